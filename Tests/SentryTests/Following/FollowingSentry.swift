import Relations
import Storage
import TestKit

@testable import Sentry

/// A sentry that follows a ledger, as a service has one: it knows the reads of the registry, takes in what is appended, keeps
/// checkpoints, and goes on from the last one when the service starts again.
struct FollowingSentry: ~Copyable {
  static let key = FingerprintKey((0..<16).map { UInt8($0 * 3) })
  private let ledger: DurableLedger
  private let registry: Registry
  private var sentry: Sentry
  private(set) var position: Position
  /// Of each branch, in the order in which it asked.
  private var reads: [String: [Sentry.ReadID]]

  private init(_ ledger: DurableLedger, _ sentry: consuming Sentry, at position: Position, _ reads: [String: [Sentry.ReadID]]) {
    self.ledger = ledger
    registry = Registry(ledger)
    self.sentry = sentry
    self.position = position
    self.reads = reads
  }

  /// Goes on from the checkpoint; without one, begins at the ledger's end.
  init(_ ledger: DurableLedger) throws {
    if let (position, bytes) = try Registry(ledger).checkpoint() {
      let (reads, rest) = Self.header(of: bytes)
      try self.init(ledger, Sentry(checkpoint: rest, key: Self.key), at: position, reads)
    } else {
      try self.init(ledger, Sentry(key: Self.key), at: ledger.read().end, [:])
    }
  }

  /// Takes in what was appended, and what was registered and removed.
  mutating func follow() throws {
    let branches = try registry.branches()
    // Later than the branches: it has what they pin.
    var reader = try ledger.read()
    var attempts = 0
    while try !catchUp(reader) {
      attempts += 1
      if attempts > 100 { throw StoreError.failed(doing: "following", "what came since the checkpoint was collected") }
      self = try FollowingSentry(ledger)
      reader = try ledger.read()
    }
    for name in reads.keys.sorted() where branches[name] == nil { sentry.unregister(reads.removeValue(forKey: name)!) }
    for branch in branches.values.sorted(by: { $0.name < $1.name }) { try register(branch, reader) }
  }

  /// How much what each read of a branch sees has changed since its fork.
  mutating func differences(of branch: String) -> [Difference?] { sentry.differences(of: reads[branch] ?? []) }
}

// MARK: - Following

extension FollowingSentry {
  /// Returns false if what is between was collected; then it goes on from the checkpoint, since which net changes are there.
  private mutating func catchUp(_ reader: LedgerReader) throws -> Bool {
    if position >= reader.horizon {
      let stream = try reader.transactions(since: position)
      while let batch = try stream.next() { sentry.step(batch) }
    } else if reader.pins["checkpoint"]?.position == position {
      sentry.step(try reader.net(since: position), of: NumberedHistory.table)
    } else {
      return false
    }
    position = reader.end
    return true
  }

  /// Registers those of a branch's reads that came since the last time.
  private mutating func register(_ branch: BranchRecord, _ reader: LedgerReader) throws {
    let known = reads[branch.name]?.count ?? 0
    var new: [NumberedQuestion] = []
    try registry.forEachRead(on: branch.name) { number, record throws(StoreError) in
      if number < known { return }
      do { new.append(try NumberedQuestion(record)) } catch { throw .failed(doing: "reading a question", "\(error)") }
    }
    if new.isEmpty { return }
    // Whoever removed the branch meanwhile has let go of its fork.
    guard (try? reader.require(branch.fork)) != nil else { return }
    let net = try reader.net(since: branch.fork)
    for question in new {
      let kind = NumberedQuestion.kinds[question.kind]
      let template = try sentry.add(kind.footprint, sums: kind.sums)
      reads[branch.name, default: []] += try sentry.register(template, constants: question.columns, count: 1, net: net)
    }
  }
}

extension LedgerReader {
  /// What has changed in the numbered table on balance.
  fileprivate func net(since: Position) throws -> ZSet {
    var changes: [(row: [Value], weight: Int64)] = []
    guard let net = try netChanges(of: NumberedHistory.table, since: since) else { return ZSet(NumberedHistory.types) }
    while let part = try net.next() {
      guard case .block(let block) = part else { throw StoreError.failed(doing: "following", "the table was never emptied") }
      for row in 0..<block.changes.count { changes.append((block.changes.rows[row], block.changes.weights[row])) }
    }
    return ZSet(NumberedHistory.types, changes)
  }
}

// MARK: - Checkpoints

extension FollowingSentry {
  /// Keeps what it has come to. Returns false if its position was collected before it could be pinned.
  mutating func keep() throws -> Bool {
    do throws(StoreError) {
      try registry.setCheckpoint(header + sentry.checkpoint(), at: position)
      return true
    } catch {
      guard case .notRetained = error else { throw error }
      return false
    }
  }

  /// The reads it knows, a line a branch: its name, and template and place of each read. Then an empty line.
  private var header: [UInt8] {
    let lines = reads.sorted { $0.key < $1.key }.map { name, reads in
      ([name] + reads.map { "\($0.template.number) \($0.place)" }).joined(separator: " ") + "\n"
    }
    return Array((lines.joined() + "\n").utf8)
  }

  private static func header(of bytes: [UInt8]) -> (reads: [String: [Sentry.ReadID]], rest: [UInt8]) {
    var reads: [String: [Sentry.ReadID]] = [:]
    var rest = bytes[...]
    while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
      let words = String(decoding: rest[..<end], as: UTF8.self).split(separator: " ")
      rest = rest[(end + 1)...]
      guard let name = words.first else { break }
      reads[String(name)] = stride(from: 1, to: words.count, by: 2).map { place in
        Sentry.ReadID(template: Sentry.TemplateID(number: Int32(words[place])!), place: UInt32(words[place + 1])!)
      }
    }
    return (reads, Array(rest))
  }
}

import Formats
import Queries
import Relations
import SQL
import Storage
import TestKit

@testable import Engine

/// What a service would be made of: an engine in memory, and in a store everything that it takes to have it again. What returns is
/// acknowledged.
struct SimulatedNode {
  private let ledger: DurableLedger
  private let registry: Registry
  private(set) var engine: VerdictEngine
  /// Whether the engine was told what came of the older changes, because the changes themselves had been collected.
  private(set) var isNet = false

  /// Where the log begins, and the base is.
  static let start = Position(100)

  /// Opens what is in a store, or begins it.
  ///
  /// - Parameter base: main's rows at the start, from a file that stays; nil if there is none.
  init(in store: MemoryStore, _ schema: Schema, base: BaseTables?) throws {
    var keys: [TableID: [Int]] = [:]
    for table in schema.allTables { keys[table.id] = table.comparableKey }
    ledger = try DurableLedger(in: store, from: Self.start, keys: keys)
    registry = Registry(ledger)
    engine = VerdictEngine(schema: schema, key: FingerprintKey(0..<16))
    // Every state that anybody asks of is counted from there.
    try ledger.pin("base", at: Self.start)
    if let base { engine.load(base) }
    try replayMain()
    try replayBranches()
  }
}

// MARK: - Taking in

extension SimulatedNode {
  /// Whether what was taken in is all there is up to this position is for the feed to know.
  var end: Position { get throws { try ledger.read().end } }

  mutating func append(_ batch: TransactionBatch) throws {
    let new = try ledger.new(in: batch)
    try ledger.append(batch)
    if !new.isEmpty { try engine.append(new) }
  }

  mutating func append(_ event: StreamEvent) throws {
    let isKnown = try ledger.knows(event)
    try ledger.append(event)
    if !isKnown { engine.append(event) }
  }

  mutating func fork(_ name: String, from parent: String? = nil, at position: Position) throws {
    try registry.declare(BranchRecord(name, parent: parent, fork: position))
    try engine.fork(name, from: parent, at: .at(position))
  }

  mutating func write(_ batch: TransactionBatch, to branch: String) throws {
    try registry.append(batch, on: branch)
    try engine.write(batch, to: branch)
  }

  mutating func ask(_ read: RecordedRead) throws {
    // Cursors of those who watch verdicts count reads in the order in which they came, whatever branch they are of.
    let number = UInt64(engine.readCount)
    let fields = ["id": read.id!, "number": "\(number)", "at": "\(read.at!.number)", "answer": read.answer.map(Self.text) ?? ""]
    let record = ReadRecord(template: read.sql, fields: fields.mapValues { Array($0.utf8) })
    try registry.record([record], on: read.branch!)
    try engine.ask(read)
  }

  func derive() throws { try ledger.derive() }

  /// Forgets what is before a position and not pinned.
  func collect(horizon: Position) throws { try ledger.collect(horizon: horizon) }

  /// Whether a state can still be asked of.
  func retains(_ position: Position) -> Bool { (try? ledger.read().require(position)) != nil }
}

// MARK: - Having it again

extension SimulatedNode {
  private mutating func replayMain() throws {
    let reader = try ledger.read()
    guard reader.horizon > Self.start else {
      let log = try reader.log(since: Self.start)
      while let item = try log.next() {
        switch item {
        case .event(let event): engine.append(event)
        case .transactions(let batch): try engine.append(batch)
        }
      }
      return
    }
    isNet = true
    // What a rewind took back is in no net change: it is told while there is nothing yet.
    let all = reader.events()
    for event in all { if case .rewind = event { engine.append(event) } }
    var events = all.filter { if case .rewind = $0 { false } else { true } }[...]
    func tell(before position: Position) {
      while let event = events.first, event.position < position {
        engine.append(event)
        events.removeFirst()
      }
    }
    // Of a pin past a rewind nothing can be asked any more.
    let pins = Set(reader.pins.values.map(\.position)).filter {
      $0 > Self.start && $0 < reader.horizon && (try? reader.require($0)) != nil
    }
    var since = Self.start
    for until in pins.sorted() + [reader.horizon] {
      let changes = try reader.changedTables.flatMap { try Self.net(reader, $0, since, until) }
      let header = Transaction.Header(until, committedAt: try reader.commitTime(at: until))
      // A hole is where it was, whatever is told at once of the time around it.
      tell(before: since)
      let schema = engine.schema
      try engine.append(TransactionBatch([Transaction(header, changes)]) { schema[$0]!.types })
      since = until
    }
    engine.becomeNet(between: pins.union([Self.start, reader.horizon]))
    let rest = try reader.transactions(since: reader.horizon)
    while let batch = try rest.next() {
      tell(before: batch.first!)
      try engine.append(batch)
    }
    while let event = events.popFirst() { engine.append(event) }
  }

  private static func net(_ reader: LedgerReader, _ table: TableID, _ since: Position, _ until: Position) throws -> [Change] {
    var changes: [Change] = []
    guard let net = try reader.netChanges(of: table, since: since, until: until) else { return [] }
    while let part = try net.next() {
      switch part {
      case .block(let block): changes += block.boxed
      case .truncation: changes.append(Change(table, .truncate))
      case .shape, .unknownRow: preconditionFailure("no world has that")
      }
    }
    return changes
  }

  private mutating func replayBranches() throws {
    var reads: [(number: UInt64, read: RecordedRead)] = []
    for (name, branch) in try registry.branches().sorted(by: { $0.key < $1.key }) {
      engine.declare(name, parent: branch.parent, fork: branch.fork)
      var writes: [TransactionBatch] = []
      try registry.forEachWrite(on: name) { writes.append($0) }
      for batch in writes { try engine.write(batch, to: name) }
      try registry.forEachRead(on: name) { _, record in
        func field(_ name: String) -> String { String(decoding: record.fields[name]!, as: UTF8.self) }
        var read = RecordedRead(record.template, on: name, id: field("id"), at: Position(UInt64(field("at"))!))
        read.settings = [RecordedRead.Setting(name: "TimeZone", value: "UTC")]
        read.answer = Self.answer(field("answer"))
        reads.append((UInt64(field("number"))!, read))
      }
    }
    for (_, read) in reads.sorted(by: { $0.number < $1.number }) { try engine.ask(read) }
  }

  /// An answer's rows as a text: `r` for each row, its values between.
  private static func text(_ answer: RecordedRead.Answer) -> String {
    guard case .rows(let rows) = answer else { return "" }
    return "!"
      + rows.map { row in
        row.map { if case .text(let text) = $0 { "=" + text + "\t" } else { "0\t" } }.joined() + "\n"
      }.joined()
  }

  private static func answer(_ text: String) -> RecordedRead.Answer? {
    guard text.hasPrefix("!") else { return nil }
    return .rows(
      text.dropFirst().split(separator: "\n").map { row in
        row.split(separator: "\t").map { $0.hasPrefix("=") ? .text(String($0.dropFirst())) : .null }
      })
  }
}

extension VerdictEngine {
  fileprivate var readCount: Int { branchNames.reduce(0) { $0 + ((try? branch($1).reads) ?? 0) } }
}

extension NetBlock {
  /// As the changes that a log would tell.
  fileprivate var boxed: [Change] {
    var boxed: [Change] = []
    var row = 0
    while row < changes.count {
      let copies = Int(changes.weights[row].magnitude)
      let operation: Change.Operation
      switch kinds[row] {
      case .before:
        operation = .update(before: image(row), after: image(row + 1))
        row += 1
      case .delete: operation = .delete(before: image(row))
      case .insert, .after: operation = .insert(after: image(row))
      }
      boxed += Array(repeating: Change(table, operation), count: copies)
      row += 1
    }
    return boxed
  }

  private func image(_ row: Int) -> RowImage {
    let values = changes.rows[row]
    return RowImage(values.indices.map { column in absent[column].map { $0[row] } ?? false ? nil : values[column] })
  }
}

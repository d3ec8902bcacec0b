import Glibc
import Relations
import TestKit
import Testing

@testable import Storage

/// A process that works on a store is killed at random moments; whoever opens the store then finds everything that was acknowledged,
/// nothing twice, from every pin the net changes that there were, and of every read the verdict of a run that was never killed.
@Suite(.serialized) struct KillTests {
  @Test func `kill -9 loses nothing that was acknowledged`() throws {
    let seed: UInt64 = Cases.replayed ?? 1
    var random = SplitMix64(seed: seed)
    let directory = try TemporaryDirectory()
    var found = Found()
    for kill in 0..<Cases.count(200) {
      let comment = Comment(rawValue: "kill \(kill) \(Cases.replay(seed))")
      // So much is said and then so long is waited: something happens in each life, on a busy machine too.
      let (lines, life) = (Int.random(in: 0...20, using: &random), UInt32.random(in: 0...30_000, using: &random))
      let said = try run(directory.path, seed: random.next(), lines, life)
      #expect(!said.contains { $0.hasPrefix("error") }, "\(said.last ?? "") \(comment)")
      try found.check(directory.path, after: said, comment)
    }
    #expect(found.end > 2 * Cases.count(200) && found.checkpoint > 0 && found.verdicts > Cases.count(200), "\(Cases.replay(seed))")
    // Enough of it was under way to be interrupted.
    print(
      "killed \(Cases.count(200)) times: \(found.end) transactions, \(found.verdicts) verdicts, \(found.interrupted) interrupted")
  }

  private func run(_ path: String, seed: UInt64, _ lines: Int, _ microseconds: UInt32) throws -> [String] {
    let program = try RunningProgram("StoreCrasher", [path, "\(seed)"])
    // Now and then it is killed while it opens.
    var said: [String] = []
    if seed % 8 != 0 { while said.count <= lines, let line = program.readLine() { said.append(line) } }
    usleep(microseconds)
    let (rest, signal) = program.killed()
    #expect(signal == SIGKILL, "it ended by itself, by signal \(signal)")
    return said + rest
  }

  /// What is known to be in the store.
  fileprivate struct Found {
    var end: UInt64 = 0
    var pins: [String: UInt64] = [:]
    var branches: [String: Branch] = [:]
    var checkpoint: UInt64 = 0
    var verdicts = 0
    /// States that are asked about again and again, from the first transaction on.
    fileprivate var states: [UInt64: NumberedHistory] = [0: NumberedHistory()]
    /// How often a registration was begun and not acknowledged.
    var interrupted = 0

    struct Branch {
      var fork: UInt64
      var reads = 0
      var writes = 0
    }

    mutating func check(_ path: String, after said: [String], _ comment: Comment) throws {
      // What was begun and not finished is there or not.
      var open: [String: UInt64?] = [:]
      var begun: (what: String, name: String, number: Int)?
      for line in said {
        let words = line.split(separator: " ").map(String.init)
        switch words[0] {
        case "end": end = max(end, UInt64(words[1])!)
        case "pinning": open[words[1] + " " + words[2]] = UInt64(words[3])!
        case "unpinning": open[words[1] + " " + words[2]] = .some(nil)
        case "pin", "unpin", "refused":
          let name = words[1] + " " + words[2]
          open[name] = nil
          if words[0] == "pin" { pins[name] = UInt64(words[3])! }
          if words[0] == "unpin" { pins[name] = nil }
        case "checkpoint": checkpoint = max(checkpoint, UInt64(words[1])!)
        case "branching", "removing", "reading", "writing": begun = (words[0], words[1], Int(words[2])!)
        case "branch", "removed", "read", "wrote", "refusal":
          if words[0] != "refusal" { settle(begun!) }
          begun = nil
        default: break
        }
      }
      let ledger = try DurableLedger(in: RocksStore(at: path), keys: [NumberedHistory.table: NumberedHistory.key])
      let reader = try ledger.read()
      #expect(reader.end.number >= end, comment)
      end = reader.end.number
      let there = reader.pins.filter { $0.key.hasPrefix("pin ") }.mapValues(\.position.number)
      for name in Set(there.keys).union(pins.keys) {
        let begun = open[name].map { there[name] == $0 } ?? false
        #expect(there[name] == pins[name] || begun, "\(name) \(comment)")
      }
      pins = there
      try checkRows(reader, comment)
      if let begun {
        interrupted += 1
        try settleIfThere(begun, Registry(ledger))
      }
      try checkReads(Registry(ledger), reader, comment)
      try checkImage(ledger, comment)
      if states.count > 500 { states = [0: NumberedHistory(), end: history(end)] }
    }

    private mutating func checkRows(_ reader: LedgerReader, _ comment: Comment) throws {
      let asked = Set(pins.values).union([reader.horizon.number, end]).sorted()
      for position in asked {
        let net = try LedgerModel.net(reader, NumberedHistory.table, position, end)
        #expect(net == [history(end).net(since: history(position))], "since \(position) \(comment)")
      }
      // The log from the horizon on.
      let stream = try reader.transactions(since: reader.horizon)
      var expected = history(reader.horizon.number)
      while let batch = try stream.next() {
        let same = TransactionBatch(expected.next(batch.transactions.count)) { _ in NumberedHistory.types }
        #expect(batch.isSame(as: same), comment)
      }
      #expect(expected.end == end, comment)
    }
  }
}

// MARK: - Registrations

extension KillTests.Found {
  /// The state at a transaction.
  fileprivate mutating func history(_ position: UInt64) -> NumberedHistory {
    if let known = states[position] { return known }
    let before = states.keys.filter { $0 < position }.max()!
    var history = states[before]!
    history.advance(to: position)
    states[position] = history
    return history
  }

  /// What was acknowledged.
  private mutating func settle(_ done: (what: String, name: String, number: Int)) {
    switch done.what {
    case "branching": branches[done.name] = Branch(fork: UInt64(done.number))
    case "removing": branches[done.name] = nil
    case "reading": branches[done.name]?.reads = done.number
    default: branches[done.name]?.writes = done.number
    }
  }

  /// What was begun and not acknowledged is there whole or not at all; of a branch's writes, which are transactions of their own, all of it too,
  /// because they came in one call.
  private mutating func settleIfThere(_ begun: (what: String, name: String, number: Int), _ registry: Registry) throws {
    let isThere = try registry.branches()[begun.name] != nil
    var (reads, writes) = (0, 0)
    try registry.forEachRead(on: begun.name) { _, _ throws(StoreError) in reads += 1 }
    try registry.forEachWrite(on: begun.name) { _ throws(StoreError) in writes += 1 }
    let isDone =
      switch begun.what {
      case "branching": isThere
      case "removing": !isThere
      case "reading": reads == begun.number
      default: writes == begun.number
      }
    if isDone { settle(begun) }
  }

  private mutating func checkReads(_ registry: Registry, _ reader: LedgerReader, _ comment: Comment) throws {
    let there = try registry.branches()
    #expect(there.mapValues(\.fork.number) == branches.mapValues(\.fork), comment)
    let now = history(end)
    for (name, branch) in branches.sorted(by: { $0.key < $1.key }) {
      let truth = Set(now.changedKeys(since: history(branch.fork)))
      let changed = try KillTests.changedKeys(reader, since: branch.fork)
      #expect(changed == truth, "\(name) at \(branch.fork) \(comment)")
      var number = 0
      try registry.forEachRead(on: name) { place, record throws(StoreError) in
        let read = NumberedRead(number)
        #expect(place == number && record.constants == read.constants && record.template == NumberedRead.template, comment)
        // The verdict: stale if a row that the read sees is another one.
        #expect(changed.contains(where: read.keys.contains) == truth.contains(where: read.keys.contains), comment)
        number += 1
        verdicts += 1
      }
      #expect(number == branch.reads, "\(name) \(comment)")
      var writes = NumberedHistory()
      try registry.forEachWrite(on: name) { batch throws(StoreError) in
        #expect(batch.isSame(as: TransactionBatch(writes.next(1)) { _ in NumberedHistory.types }), "\(name) \(comment)")
      }
      #expect(writes.end == UInt64(branch.writes), "\(name) \(comment)")
    }
    try checkCheckpoint(registry, reader, now, comment)
  }

  /// Who goes on from the checkpoint with what the ledger has since is where somebody is who never ended.
  private mutating func checkCheckpoint(
    _ registry: Registry, _ reader: LedgerReader, _ now: NumberedHistory, _ comment: Comment
  ) throws {
    guard let (position, bytes) = try registry.checkpoint() else {
      #expect(checkpoint == 0, comment)
      return
    }
    var state = try #require(NumberedHistory(bytes), comment)
    #expect(position.number == state.end && state.end >= checkpoint && state == history(state.end), comment)
    let net = try KillTests.changedKeys(reader, since: state.end)
    #expect(net == Set(now.changedKeys(since: state)), comment)
    guard position >= reader.horizon else { return }
    let stream = try reader.transactions(since: position)
    while let batch = try stream.next() { for transaction in batch.boxed { state.apply(transaction) } }
    #expect(state == now, comment)
  }

  /// All rows, by their keys and by an index.
  private mutating func checkImage(_ ledger: DurableLedger, _ comment: Comment) throws {
    let reader = try ledger.read()
    let truth = history(end)
    // Killed before it could be told that it begins empty.
    guard end > 0 else { return }
    let scan = try reader.scan(NumberedHistory.table, at: reader.end)
    let found = try ledger.index(of: NumberedHistory.table, on: [2, 1]).rows()
    var (rows, indexed): ([String], [String]) = ([], [])
    while let block = try scan.next() { rows += (0..<block.changes.count).map { "\(block.changes.rows[$0])" } }
    while let block = try found.next() { indexed += (0..<block.changes.count).map { "\(block.changes.rows[$0])" } }
    #expect(rows.sorted() == truth.lines && indexed.sorted() == truth.lines, comment)
  }
}

extension KillTests {
  fileprivate static func changedKeys(_ reader: LedgerReader, since: UInt64) throws -> Set<Int> {
    var keys: Set<Int> = []
    guard let net = try reader.netChanges(of: NumberedHistory.table, since: Position(since)) else { return [] }
    while let part = try net.next() {
      guard case .block(let block) = part else { continue }
      for row in 0..<block.changes.count {
        if case .integer(let key) = block.changes.rows.columns[0][row] { keys.insert(Int(key)) }
      }
    }
    return keys
  }
}

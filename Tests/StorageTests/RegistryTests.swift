import Relations
import TestKit
import Testing

@testable import Storage

@Suite struct RegistryTests {
  private static func ledger(_ store: any KeyValueStore) throws -> DurableLedger {
    let ledger = try DurableLedger(in: store, keys: [NumberedHistory.table: NumberedHistory.key])
    if try ledger.read().end == .start {
      var history = NumberedHistory()
      try ledger.append(TransactionBatch(history.next(100)) { _ in NumberedHistory.types })
    }
    return ledger
  }

  @Test func `reads are there after a restart, their templates once`() throws {
    let store = MemoryStore()
    let registry = Registry(try Self.ledger(store))
    try registry.declare(BranchRecord("alice", fork: Position(40)))
    try registry.declare(BranchRecord("al", fork: Position(50)))
    let reads = (0..<100).map { number in
      ReadRecord(
        template: "SELECT count(*) FROM orders WHERE total > $1", types: [.int8],
        constants: RowEncoding([.int8]).encode([.integer(Int64(number))]), fields: ["answer": [UInt8(number)]])
    }
    #expect(try registry.record(Array(reads[..<60]), on: "alice") == 0)
    #expect(try registry.record(Array(reads[60...]), on: "alice") == 60)
    try registry.record([reads[0]], on: "al")
    let again = Registry(try Self.ledger(store))
    var found: [ReadRecord] = []
    try again.forEachRead(on: "alice") { found.append($1) }
    #expect(found == reads)
    #expect(try StoreCheck(of: store).problems.isEmpty)
    #expect(store.keys.filter { $0.starts(with: StoreKey.records(Registry.Kind.template)) }.count == 1)
    #expect(throws: StoreError.unknown("branch 'bob'")) { try again.record(reads, on: "bob") }
  }

  @Test func `a branch pins its fork, and its ancestors for as long as it is there`() throws {
    let ledger = try Self.ledger(MemoryStore())
    let registry = Registry(ledger)
    try registry.declare(BranchRecord("alice", fork: Position(40)))
    try registry.declare(BranchRecord("alice", fork: Position(40)))
    try registry.declare(BranchRecord("child", parent: "alice", fork: Position(3)))
    #expect(throws: StoreError.self) { try registry.declare(BranchRecord("alice", fork: Position(41))) }
    try ledger.collect(horizon: Position(90))
    #expect(throws: StoreError.notRetained(Position(41), horizon: Position(90))) {
      try registry.declare(BranchRecord("late", fork: Position(41)))
    }
    try registry.declare(BranchRecord("bob", fork: Position(40)))
    try registry.remove(branch: "bob")
    try registry.remove(branch: "alice")
    #expect(try registry.branches().mapValues(\.isHidden) == ["alice": true, "child": false])
    try ledger.read().require(Position(40))
    try registry.remove(branch: "child")
    #expect(try registry.branches().isEmpty && ledger.read().pins.isEmpty)
    #expect(throws: StoreError.notRetained(Position(40), horizon: Position(90))) { try ledger.read().require(Position(40)) }
  }

  @Test func `a branch's writes count once`() throws {
    let store = MemoryStore()
    let registry = Registry(try Self.ledger(store))
    try registry.declare(BranchRecord("alice", fork: Position(40)))
    var history = NumberedHistory()
    let all = TransactionBatch(history.next(10)) { _ in NumberedHistory.types }
    try registry.append(all.slice(0..<6), on: "alice")
    try registry.append(all.slice(3..<10), on: "alice")
    var found: [TransactionBatch] = []
    try Registry(Self.ledger(store)).forEachWrite(on: "alice") { found.append($0) }
    #expect(found.count == 10 && found.indices.allSatisfy { found[$0].isSame(as: all.slice($0..<$0 + 1)) })
    let other = TransactionBatch([Transaction(Transaction.Header(Position(4)), [])]) { _ in NumberedHistory.types }
    #expect { try registry.append(other, on: "alice") } throws: { ($0 as? StoreError)?.code == "differs" }
  }

  @Test func `anything else is kept by name`() throws {
    let store = MemoryStore()
    let registry = Registry(try Self.ledger(store))
    try registry.set("rule escrow", to: [1, 2, 3])
    #expect(try Registry(Self.ledger(store)).value(of: "rule escrow") == [1, 2, 3])
    try registry.set("rule escrow", to: nil)
    #expect(try registry.value(of: "rule escrow") == nil)
  }

  @Test(arguments: Cases.seeds(30)) func `a checkpoint is there whole, the last one or the one before`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    var store = MemoryStore()
    var known: [UInt8]?
    for round in 0..<6 as Range<UInt8> {
      let registry = Registry(try Self.ledger(store))
      #expect(try registry.checkpoint()?.bytes == known, "\(Cases.replay(seed))")
      // Of one piece, of several, or of none.
      let next = [UInt8](repeating: round, count: [0, 7, 4 << 20, 9 << 20].randomElement(using: &random)!)
      store.set(MemoryStore.Faults(powerLossAt: store.writes + Int.random(in: 0...5, using: &random)))
      var isAcknowledged = false
      do throws(StoreError) {
        try registry.setCheckpoint(next, at: Position(UInt64(round) * 10))
        isAcknowledged = true
      } catch {}
      store = store.afterPowerLoss(&random)
      let found = try Registry(Self.ledger(store)).checkpoint()
      #expect(found?.bytes == next || !isAcknowledged && found?.bytes == known, "\(Cases.replay(seed))")
      if found?.bytes == next, next != known ?? [1] {
        #expect(found?.position == Position(UInt64(round) * 10), "\(Cases.replay(seed))")
        #expect(try Self.ledger(store).read().position(of: "checkpoint") == Position(UInt64(round) * 10))
      }
      known = found?.bytes
      #expect(try StoreCheck(of: store).problems.isEmpty)
    }
  }

  @Test func `what is known of a timeline and its base is there again`() throws {
    let store = MemoryStore()
    let registry = Registry(try Self.ledger(store))
    #expect(try registry.timeline() == nil && registry.base() == nil)
    var timeline = TimelineRecord(definitions: "CREATE TABLE t (a int)")
    timeline.form = .decimal
    timeline.notes = ["one", "two"]
    timeline.unknownTables = [TimelineRecord.UnknownName(name: "gone", place: "log:7")]
    try registry.set(timeline)
    let types: [SQLType] = [.int8, .text]
    func part(_ number: Int) -> Registry.Rows {
      let rows = (0..<number * 5).map { row -> [Value] in [.integer(Int64(5 - row)), row % 2 == 0 ? .null : .text("row \(row)")] }
      return (table: TableID(UInt32(number % 2 + 1)), rows: Batch(types, rows: rows))
    }
    let rows = (0..<3).map(part)
    let record = BaseRecord(at: Position(40), form: .lsn, tables: [TableID(1): [], TableID(2): [1]], notes: ["a note"])
    try registry.keep(record, rows)
    let again = Registry(try Self.ledger(store))
    #expect(try again.timeline() == timeline)
    let found = try #require(try again.base())
    #expect(found == registry.described(record, rows))
    var kept: [String] = []
    try again.forEachRows(of: found) { table, rows in kept.append("\(table) \((0..<rows.count).map { rows[$0] })") }
    #expect(kept == rows.map { "\($0.table) \($0.rows.rowsBoxed)" })
    // A piece that is missing has no checksum that could tell.
    let key = try #require(store.keys.last { $0.starts(with: StoreKey.records(Registry.Kind.rows)) })
    var batch = WriteBatch()
    batch.delete(key)
    try store.write(batch, durably: true)
    #expect(throws: StoreError.corrupt("the base", why: "not all of its rows are there")) {
      try again.forEachRows(of: found) { _ in }
    }
  }
}

extension Batch {
  fileprivate var rowsBoxed: [[Value]] { (0..<count).map { self[$0] } }
}

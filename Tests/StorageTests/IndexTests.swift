import Relations
import TestKit
import Testing

@testable import Storage

/// Rows by other columns than their key: what a walk over all rows would find, at every position that can be asked at.
@Suite struct IndexTests {
  private static let table = TableID(1)
  private static let types: [SQLType] = [.int8, .text, .int4]

  /// Compares an index over random columns with plain lists; all bases have been loaded.
  static func check(
    _ ledger: DurableLedger, _ model: LedgerModel, _ table: TableID, at position: UInt64, _ random: inout SplitMix64,
    _ comment: Comment
  ) throws {
    let types = LedgerModel.types[table]!
    let columns = Array(types.indices.shuffled(using: &random).prefix(Int.random(in: 1...types.count, using: &random)))
    let index = try ledger.index(of: table, on: columns, at: Position(position))
    let rows = model.rows(table, at: position)
    let encoding = KeyEncoding(columns.map { types[$0] })
    func key(_ row: [Value]) -> [UInt8] { encoding.encode(columns.map { row[$0] }) }
    let expected = rows.map { (key: key($0), line: "\($0)") }
    let all = try lines(try index.rows(at: Position(position)), columns)
    #expect(all.map(\.line).sorted() == expected.map(\.line).sorted(), "\(table) on \(columns) at \(position) \(comment)")
    #expect(zip(all, all.dropFirst()).allSatisfy { !$1.key.precedes($0.key) }, comment)

    // Equal values of the first columns, those of a row that there is or was.
    let some = model.rows(table, at: model.end) + rows
    guard let row = some.randomElement(using: &random) else { return }
    let values = columns.prefix(Int.random(in: 1...columns.count, using: &random)).map { row[$0] }
    let prefix = KeyEncoding(columns.prefix(values.count).map { types[$0] }).encode(values)
    let equal = try lines(try index.rows(equalTo: values, at: Position(position)), columns).map(\.line).sorted()
    #expect(equal == expected.filter { $0.key.starts(with: prefix) }.map(\.line).sorted(), "\(values) \(comment)")

    let (lower, upper) = (key(some.randomElement(using: &random)!), key(some.randomElement(using: &random)!))
    let between = try lines(try index.rows(from: lower, to: upper, at: Position(position)), columns).map(\.line).sorted()
    #expect(between == expected.filter { !$0.key.precedes(lower) && $0.key.precedes(upper) }.map(\.line).sorted(), comment)
  }

  private static func lines(_ scan: IndexScan, _ columns: [Int]) throws -> [(key: [UInt8], line: String)] {
    var lines: [(key: [UInt8], line: String)] = []
    while let block = try scan.next() {
      let keys = block.changes.rows.keys(columns: columns)
      for row in 0..<block.changes.count {
        let line = (key: Array(keys[row]), line: "\(block.changes.rows[row])")
        lines += repeatElement(line, count: Int(block.changes.weights[row]))
      }
    }
    return lines
  }

  @Test(arguments: Cases.seeds(40)) func `an index finds what a walk over all rows finds`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let comment = Comment(rawValue: Cases.replay(seed))
    let store = MemoryStore()
    var options = DurableLedger.Options()
    // Small enough that indexes are sorted in many lots, that they go cold, and that they are made anew.
    (options.sortLimit, options.coldAfter) = (200, 3)
    var ledger = try DurableLedger(in: store, options: options, keys: LedgerModel.keys)
    var model = LedgerModel()
    for table in LedgerModel.tables {
      try ledger.loadBase(of: table, types: LedgerModel.types[table]!, at: .start).finish()
    }
    for _ in 0..<60 {
      var step = LedgerStep.random(model, &random)
      if case .restart = step { step = .collect(model.end) }
      var next = model
      let expected = step.apply(to: &next)
      let thrown = step.run(&ledger, store)
      #expect(thrown?.code == expected, "\(step) \(comment)")
      if thrown == nil { model = next }
      let position = model.position(&random)
      guard model.isRetained(position) else { continue }
      let table = LedgerModel.tables.randomElement(using: &random)!
      try Self.check(ledger, model, table, at: position, &random, comment)
    }
    try model.check(ledger, &random, comment)
    #expect(try StoreCheck(of: store).problems.isEmpty, comment)
  }
}

// MARK: - One by one

extension IndexTests {
  private static func row(_ id: Int64, _ text: String?, _ number: Int64?) -> [Value] {
    [.integer(id), text.map { .text($0) } ?? .null, number.map { .integer($0) } ?? .null]
  }

  private static func ledger(_ rows: [[Value]], _ options: DurableLedger.Options = .init()) throws -> DurableLedger {
    let ledger = try DurableLedger(in: MemoryStore(), options: options, keys: [table: [0]])
    let loader = try ledger.loadBase(of: table, types: types, at: .start)
    try loader.append(Batch(types, rows: rows))
    try loader.finish()
    return ledger
  }

  private static func append(_ change: Change, to ledger: DurableLedger) throws {
    let position = Position(try ledger.read().end.number + 1)
    try ledger.append(TransactionBatch([Transaction(Transaction.Header(position), [change])]) { _ in types })
  }

  private static func ids(_ index: TableIndex, _ values: [Value], at position: UInt64? = nil) throws -> [Int64] {
    var ids: [Int64] = []
    let scan = try index.rows(equalTo: values, at: position.map { Position($0) })
    while let block = try scan.next() {
      for row in 0..<block.changes.count {
        if case .integer(let id) = block.changes.rows.columns[0][row] { ids.append(id) }
      }
    }
    return ids
  }

  @Test func `an index that was handed out does not change, and the next one knows what happened since`() throws {
    let ledger = try Self.ledger([Self.row(1, "a", 1), Self.row(2, "b", nil), Self.row(3, "a", nil)])
    let before = try ledger.index(of: Self.table, on: [1])
    #expect(try Self.ids(before, [.text("a")]) == [1, 3])
    try Self.append(
      Change(Self.table, .update(before: RowImage(Self.row(3, "a", nil)), after: RowImage(Self.row(3, "b", nil)))), to: ledger)
    try Self.append(Change(Self.table, .insert(after: RowImage(Self.row(4, "a", nil)))), to: ledger)
    let after = try ledger.index(of: Self.table, on: [1])
    #expect(try Self.ids(before, [.text("a")]) == [1, 3])
    #expect(try Self.ids(after, [.text("a")]) == [1, 4] && Self.ids(after, [.text("b")]) == [2, 3])
    #expect(try Self.ids(after, [.text("a")], at: 0) == [1, 3] && Self.ids(after, [.text("a")], at: 1) == [1])
    #expect(throws: StoreError.notReached(Position(2), end: .start)) { try before.rows(at: Position(2)) }
    #expect(try Self.ids(ledger.index(of: Self.table, on: [2]), [.null]) == [2, 3, 4], "NULL is found as well")
  }

  @Test func `what the log does not tell of old rows is filled in from the base`() throws {
    let ledger = try Self.ledger([Self.row(1, "a", 1), Self.row(2, "b", 2)])
    #expect(try Self.ids(ledger.index(of: Self.table, on: [1]), [.text("a")]) == [1])
    for text in ["c", "d"] {
      let change = Change(
        Self.table, .update(before: .unknown(columns: 3), after: RowImage(Self.row(1, text, 1))))
      try Self.append(change, to: ledger)
    }
    try Self.append(Change(Self.table, .delete(before: RowImage([.integer(2), nil, nil]))), to: ledger)
    for _ in 0..<2 {
      let index = try ledger.index(of: Self.table, on: [1])
      #expect(
        try Self.ids(index, [.text("a")]) == [] && Self.ids(index, [.text("d")]) == [1] && Self.ids(index, [.text("b")]) == [])
      #expect(try Self.ids(index, [.text("a")], at: 0) == [1] && Self.ids(index, [.text("c")], at: 1) == [1])
      ledger.dropIndexes()
    }
  }

  @Test func `rows that were not loaded are in no index`() throws {
    let ledger = try DurableLedger(in: MemoryStore(), keys: [Self.table: [0]])
    try Self.append(Change(Self.table, .insert(after: RowImage(Self.row(1, "a", 1)))), to: ledger)
    #expect { try ledger.index(of: Self.table, on: [1]) } throws: { ($0 as? StoreError)?.code == "unknown-name" }
    #expect { try ledger.index(of: TableID(9), on: [1]) } throws: { ($0 as? StoreError)?.code == "unknown-name" }
    // What was emptied is known again.
    try Self.append(Change(Self.table, .truncate), to: ledger)
    try Self.append(Change(Self.table, .insert(after: RowImage(Self.row(2, "a", 1)))), to: ledger)
    #expect(try Self.ids(ledger.index(of: Self.table, on: [1]), [.text("a")]) == [2])
  }

  @Test func `an index grows with the rows and not with the traffic, and goes when nobody asks`() throws {
    var options = DurableLedger.Options()
    (options.sortLimit, options.coldAfter) = (4 << 10, 50)
    let rows = (0..<500).map { Self.row(Int64($0), "text \($0 % 7)", 0) }
    let ledger = try Self.ledger(rows, options)
    let store = ledger.store as! MemoryStore
    var bytes: [Int] = []
    for round in 0..<40 {
      for id in 0..<50 {
        let change = Change(
          Self.table,
          .update(
            before: RowImage(Self.row(Int64(id), "text \(round == 0 ? id % 7 : round + 100)", 0)),
            after: RowImage(Self.row(Int64(id), "text \(round + 101)", 0))))
        try Self.append(change, to: ledger)
      }
      let index = try ledger.index(of: Self.table, on: [1, 0])
      #expect(try Self.ids(index, [.text("text 6")]).count == (500 - 50) / 7)
      #expect(try Self.ids(index, [.text("text \(round + 101)")]) == (0..<50).map { Int64($0) })
      try ledger.collect(horizon: ledger.read().end)
      bytes.append(ledger.indexStatistics[0].bytes)
    }
    #expect(bytes.max()! < 3 * bytes[0] + 2 * BlockWriter.fullCount, "\(bytes)")
    for _ in 0..<51 { try ledger.collect(horizon: ledger.read().end) }
    #expect(ledger.indexStatistics.isEmpty)
    #expect(store.keys.count { $0.first == 4 } < 8)
  }

  @Test func `many ask while others append and collect`() throws {
    var history = NumberedHistory()
    let ledger = try DurableLedger(in: MemoryStore(), keys: [NumberedHistory.table: NumberedHistory.key])
    try ledger.loadBase(of: NumberedHistory.table, types: NumberedHistory.types, at: .start).finish()
    var options = LedgerKeeper.Options()
    (options.keeps, options.pause) = (0, 100)
    let keeper = LedgerKeeper(ledger, options, clock: { .max }) { Issue.record($0) }
    for _ in 0..<60 {
      try ledger.append(TransactionBatch(history.next(20)) { _ in NumberedHistory.types })
      let index = try ledger.index(of: NumberedHistory.table, on: [1])
      var rows = 0
      let scan = try index.rows()
      while let block = try scan.next() { rows += block.changes.count }
      #expect(rows == (0..<300).count { history.row($0) != nil } && index.end.number == history.end)
    }
    keeper.stop()
  }
}

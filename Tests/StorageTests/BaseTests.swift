import Relations
import TestKit
import Testing

@testable import Storage

/// Tables whose rows were loaded: every row at every retained position, whatever was collected since.
@Suite struct BaseTests {
  @Test(arguments: Cases.seeds(40)) func `with a base all rows at every retained position are known`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let comment = Comment(rawValue: Cases.replay(seed))
    let store = MemoryStore()
    var ledger = try DurableLedger(in: store, keys: LedgerModel.keys)
    var model = LedgerModel()
    var bases: [TableID: UInt64] = [:]
    for step in 0..<50 {
      if step % 12 == 5 {
        let position = [model.end, model.horizon].randomElement(using: &random)!
        for table in LedgerModel.tables where bases[table] == nil {
          try load(table, at: position, model, &ledger, store, &random)
          bases[table] = position
        }
      }
      let next = LedgerStep.random(model, &random)
      if case .event(.rewind) = next { continue }
      var after = model
      let expected = next.apply(to: &after)
      let thrown = next.run(&ledger, store)
      #expect(thrown?.code == expected, "\(next) \(comment)")
      if thrown == nil { model = after }
      if !bases.isEmpty { try check(ledger, model, &random, comment) }
    }
    try model.check(ledger, &random, questions: 20, comment)
  }

  private func load(
    _ table: TableID, at position: UInt64, _ model: LedgerModel, _ ledger: inout DurableLedger, _ store: MemoryStore,
    _ random: inout SplitMix64
  ) throws {
    let rows = model.rows(table, at: position).shuffled(using: &random)
    let types = LedgerModel.types[table]!
    var loader = try ledger.loadBase(of: table, types: types, at: Position(position))
    while loader.rows < rows.count {
      let count = Int.random(in: 1...4, using: &random)
      try loader.append(Batch(types, rows: rows.dropFirst(loader.rows).prefix(count)))
      if Int.random(in: 0..<4, using: &random) == 0 {
        // What was appended is there after a restart, and loading goes on behind it.
        ledger = try DurableLedger(in: store, keys: LedgerModel.keys)
        let again = try ledger.loadBase(of: table, types: types, at: Position(position))
        #expect(again.rows == loader.rows)
        loader = again
      }
    }
    try loader.finish()
  }

  private func check(_ ledger: DurableLedger, _ model: LedgerModel, _ random: inout SplitMix64, _ comment: Comment) throws {
    let reader = try ledger.read()
    let position = model.position(&random)
    guard model.isRetained(position) else { return }
    let table = LedgerModel.tables.randomElement(using: &random)!
    let lines: [String]
    do { lines = try BaseTests.lines(reader, table, position) } catch let error as StoreError {
      // Before all rows went, and the base came later: those rows nobody knows.
      #expect(error.code == "unknown-name", comment)
      return
    }
    #expect(lines == model.lines(table, at: position), "\(table) at \(position) \(comment)")
    try IndexTests.check(ledger, model, table, at: position, &random, comment)
    guard let key = model.keys(table).randomElement(using: &random), LedgerModel.keys[table] != nil else { return }
    let row = model.row(key, table, at: position)
    switch try reader.row(key, of: table, at: Position(position)) {
    case .row(let image): #expect("\(image.columns.map { $0! })" == row.map { "\($0)" }, comment)
    case .absent: #expect(row == nil, comment)
    case .unknown: Issue.record("a row is unknown although the rows were loaded: \(comment)")
    }
  }

  private static func lines(_ reader: LedgerReader, _ table: TableID, _ position: UInt64) throws -> [String] {
    var lines: [String] = []
    let scan = try reader.scan(table, at: Position(position))
    while let block = try scan.next() {
      for row in 0..<block.changes.count {
        lines += Array(repeating: "\(block.changes.rows[row])", count: Int(block.changes.weights[row]))
      }
    }
    return lines.sorted()
  }
}

import Relations
import TestKit
import Testing

@testable import Storage

/// Logs that do not tell all: holes in images, rows without a key, tables that change their columns.
@Suite struct ImagesInLedgerTests {
  private static let table = TableID(1)
  private static let types: [SQLType] = [.int8, .text, .text]

  private static func row(_ id: Int64, _ first: String?, _ second: String?) -> RowImage {
    RowImage([.integer(id), first.map { .text($0) }, second.map { .text($0) }])
  }

  private static func ledger(_ transactions: [[Change]], key: [Int]? = [0], types: [SQLType] = types) throws -> DurableLedger {
    let ledger = try DurableLedger(in: MemoryStore(), keys: key.map { [table: $0] } ?? [:])
    for (index, changes) in transactions.enumerated() {
      try ledger.append(
        TransactionBatch([Transaction(Transaction.Header(Position(UInt64(index + 1))), changes)]) { _ in types })
    }
    return ledger
  }

  private static func update(_ before: RowImage, _ after: RowImage) -> Change {
    Change(table, .update(before: before, after: after))
  }

  /// Rows with `?` for what is not known.
  private static func net(_ ledger: DurableLedger, since: UInt64) throws -> [String] {
    var lines: [String] = []
    guard let net = try ledger.read().netChanges(of: table, since: Position(since)) else { return [] }
    while let part = try net.next() {
      switch part {
      case .block(let block):
        for row in 0..<block.changes.count {
          let values = block.changes.rows.columns.indices.map { column in
            block.absent[column]?[row] ?? false ? "?" : block.changes.rows.columns[column][row].plain
          }
          lines.append("\(block.changes.weights[row] > 0 ? "+" : "")\(block.changes.weights[row]) \(values.joined(separator: " "))")
        }
      case .truncation(let position): lines.append("truncated \(position.number)")
      case .shape(let position): lines.append("shape \(position.number)")
      case .unknownRow(let position): lines.append("unknown row \(position.number)")
      }
    }
    return lines
  }

  /// The same before and after everything has gone to the store and been collected as far as pins let it.
  private static func expect(_ ledger: DurableLedger, since: UInt64, _ expected: [String]) throws {
    #expect(try net(ledger, since: since) == expected)
    try ledger.derive()
    #expect(try net(ledger, since: since) == expected)
    try ledger.pin("p", at: Position(since))
    try ledger.collect(horizon: ledger.read().end)
    #expect(try net(ledger, since: since) == expected)
  }

  @Test func `an old row that the log does not tell is filled from what the ledger knows of it`() throws {
    // PostgreSQL's default: no old row at all where the key stays.
    let history = [
      [Change(Self.table, .insert(after: Self.row(1, "a", "b")))],
      [Self.update(.unknown(columns: 3), Self.row(1, "c", "b"))],
      [Self.update(.unknown(columns: 3), Self.row(1, "d", "e"))],
    ]
    #expect(try Self.net(Self.ledger(history), since: 0) == ["+1 1 d e"])
    #expect(try Self.net(Self.ledger(history), since: 1) == ["-1 1 a b", "+1 1 d e"])
    #expect(try Self.net(Self.ledger(history), since: 2) == ["-1 1 c b", "+1 1 d e"])
  }

  @Test func `what is not known stays unknown, collected or not`() throws {
    let history = [
      [], [Self.update(.unknown(columns: 3), Self.row(1, "c", "b"))], [Self.update(.unknown(columns: 3), Self.row(1, "d", "b"))],
      [Change(Self.table, .delete(before: Self.row(2, nil, nil)))],
    ]
    try Self.expect(Self.ledger(history), since: 1, ["-1 ? ? ?", "+1 1 d b", "-1 2 ? ?"])
  }

  @Test func `an update that does not tell a column has not changed it`() throws {
    let history = [
      [Change(Self.table, .insert(after: Self.row(1, "a", "long")))],
      [Self.update(Self.row(1, nil, nil), Self.row(1, "b", nil))],
      [Self.update(Self.row(1, nil, nil), Self.row(1, "c", nil))],
    ]
    try Self.expect(Self.ledger(history), since: 0, ["+1 1 c long"])
    #expect(try Self.net(Self.ledger(history), since: 1) == ["-1 1 a long", "+1 1 c long"])
    #expect(try Self.net(Self.ledger(history), since: 2) == ["-1 1 b long", "+1 1 c long"])
  }

  @Test func `a changed key is a row less and a row more`() throws {
    let history = [[], [Self.update(Self.row(1, "a", "b"), Self.row(2, "a", "b"))]]
    try Self.expect(Self.ledger(history), since: 1, ["-1 1 a b", "+1 2 a b"])
  }

  @Test func `a key that swaps rows within a transaction nets to what it is`() throws {
    let history = [
      [
        Change(Self.table, .insert(after: Self.row(1, "a", "b"))), Change(Self.table, .delete(before: Self.row(1, "a", "b"))),
        Change(Self.table, .insert(after: Self.row(1, "c", "d"))),
      ]
    ]
    try Self.expect(Self.ledger(history), since: 0, ["+1 1 c d"])
  }

  @Test func `a row of which the log tells nothing ends what can be followed`() throws {
    let history = [
      [Change(Self.table, .insert(after: Self.row(1, "a", "b")))],
      [Change(Self.table, .delete(before: .unknown(columns: 3)))],
      [Change(Self.table, .insert(after: Self.row(2, "c", "d")))],
    ]
    try Self.expect(Self.ledger(history), since: 0, ["+1 1 a b", "unknown row 2", "+1 2 c d"])
    try Self.expect(Self.ledger(history, key: nil), since: 0, ["+1 1 a b", "unknown row 2", "+1 2 c d"])
  }

  @Test func `rows without a key are counted`() throws {
    let row = Self.row(1, "a", "b")
    let history = [
      [Change(Self.table, .insert(after: row)), Change(Self.table, .insert(after: row))],
      [
        Change(Self.table, .insert(after: row)), Change(Self.table, .delete(before: row)), Change(Self.table, .delete(before: row)),
      ],
    ]
    try Self.expect(Self.ledger(history, key: nil), since: 0, ["+1 1 a b"])
    #expect(try Self.net(Self.ledger(history, key: nil), since: 1) == ["-1 1 a b"])
  }

  @Test func `rows with other columns, or another key, are not netted with the old ones`() throws {
    let ledger = try Self.ledger([[Change(Self.table, .insert(after: Self.row(1, "a", "b")))]])
    let more: [SQLType] = Self.types + [.bool]
    let row = RowImage([.integer(1), .text("a"), .text("b"), .bool(true)])
    let change = Change(Self.table, .update(before: row, after: RowImage([.integer(1), .text("z"), .text("b"), .bool(true)])))
    try ledger.append(TransactionBatch([Transaction(Transaction.Header(Position(2)), [change])]) { _ in more })
    try Self.expect(ledger, since: 0, ["+1 1 a b", "shape 2", "-1 1 a b t", "+1 1 z b t"])
  }

  @Test func `asking what a collection would free changes nothing`() throws {
    let store = MemoryStore()
    let ledger = try DurableLedger(in: store, keys: [NumberedHistory.table: NumberedHistory.key])
    try ledger.loadBase(of: NumberedHistory.table, types: NumberedHistory.types, at: .start).finish()
    var history = NumberedHistory()
    for pin in ["early", "late"] {
      try ledger.append(TransactionBatch(history.next(500)) { _ in NumberedHistory.types })
      try ledger.pin(pin, at: ledger.read().end)
    }
    try ledger.derive()
    let (writes, keys) = (store.writes, store.keys)
    let promised = try ledger.wouldCollect(horizon: Position(1000))
    let without = try ledger.wouldCollect(horizon: Position(1000), removing: ["early", "late"])
    #expect(store.writes == writes && store.keys == keys)
    #expect(promised.after < promised.before && without.after < promised.after)
    #expect(throws: StoreError.unknown("pin 'nobody'")) { try ledger.wouldCollect(horizon: .start, removing: ["nobody"]) }
    #expect(try ledger.collect(horizon: Position(1000)) == promised)
    #expect(try ledger.wouldFree(removing: ["early", "late"]) == promised.after - without.after)
    try ledger.unpin("early")
    try ledger.unpin("late")
    #expect(try ledger.collect(horizon: Position(1000)).after == without.after)
  }

  @Test func `what removing a pin would free is what it frees`() throws {
    let store = MemoryStore()
    let ledger = try DurableLedger(in: store, keys: [NumberedHistory.table: NumberedHistory.key])
    var history = NumberedHistory()
    for step in 0..<10 {
      try ledger.append(TransactionBatch(history.next(100)) { _ in NumberedHistory.types })
      try ledger.pin("pin \(step)", at: ledger.read().end)
    }
    let before = try ledger.collect(horizon: ledger.read().end).after
    for step in [3, 0, 7] {
      let promised = try ledger.wouldFree(removing: ["pin \(step)"])
      let left = try ledger.read().state.storedBytes
      try ledger.unpin("pin \(step)")
      let after = try ledger.collect(horizon: ledger.read().end).after
      #expect(promised > 0 && left - after == promised)
    }
    for step in [1, 2, 4, 5, 6, 8, 9] { try ledger.unpin("pin \(step)") }
    #expect(try ledger.collect(horizon: ledger.read().end).after == 0)
    #expect(before > 0)
  }

  @Test func `traffic on one key under few pins costs as much as a few updates`() throws {
    let ledger = try DurableLedger(in: MemoryStore(), keys: [Self.table: [0]])
    var position: UInt64 = 0
    for fork in 0..<5 {
      try ledger.pin("fork \(fork)", at: ledger.read().end)
      for _ in 0..<200 {
        position += 1
        let rows = [position - 1, position].map { Self.row(1, "\($0)", "x") }
        let change = position == 1 ? Change(Self.table, .insert(after: rows[1])) : Self.update(rows[0], rows[1])
        try ledger.append(
          TransactionBatch([Transaction(Transaction.Header(Position(position)), [change])]) { _ in Self.types })
      }
    }
    let left = try ledger.collect(horizon: ledger.read().end)
    #expect(left.after < 5 * 60 && left.before > 20_000, "\(left)")
    #expect(try Self.net(ledger, since: 400) == ["-1 1 400 x", "+1 1 1000 x"])
  }
}

extension Value {
  /// Short, for lines of a test.
  fileprivate var plain: String {
    switch self {
    case .integer(let number): "\(number)"
    case .bytes(let bytes): String(decoding: bytes, as: UTF8.self)
    case .bool(let bool): bool ? "t" : "f"
    default: "\(self)"
    }
  }
}

import Queries
import Relations
import TestKit
import Testing

@testable import Storage

/// The ledger beside a plain list of what went in.
@Suite struct MemoryLedgerTests {
  private static let types: [SQLType] = [.int8, .text]
  private static let tables = [TableID(1), TableID(2)]

  @Test(arguments: Cases.seeds(50)) func `a span is what went in between two positions`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let transactions = Self.transactions(&random)
    var ledger = MemoryLedger()
    var rest = transactions[...]
    while !rest.isEmpty {
      let count = Int.random(in: 1...4, using: &random)
      try ledger.append(TransactionBatch(Array(rest.prefix(count))) { _ in Self.types })
      rest = rest.dropFirst(count)
    }
    for _ in 0..<20 {
      let ends = [0, 0].map { _ in UInt64.random(in: 0...60, using: &random) }.sorted()
      for table in Self.tables {
        let span = ledger.span(of: table, since: Position(ends[0]), until: Position(ends[1]))
        let expected = transactions.filter { $0.position.number > ends[0] && $0.position.number <= ends[1] }
        #expect(Self.described(span) == Self.described(expected, table), "\(ends)\n\(Cases.replay(seed))")
      }
    }
  }

  @Test(arguments: Cases.seeds(50)) func `of a long log the net between pins is kept`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    // A table that is emptied is kept whole.
    let transactions = Self.transactions(&random, truncates: seed % 5 == 0)
    let pins = (0..<3).map { _ in Position(UInt64.random(in: 0...60, using: &random)) }
    var (whole, net) = (MemoryLedger(), MemoryLedger(retention: MemoryLedger.Retention(pins: pins, keys: [:], images: 6)))
    var rest = transactions[...]
    while !rest.isEmpty {
      let count = Int.random(in: 1...4, using: &random)
      let batch = TransactionBatch(Array(rest.prefix(count))) { _ in Self.types }
      try whole.append(batch)
      try net.append(batch)
      rest = rest.dropFirst(count)
    }
    for since in (0...60 as ClosedRange<UInt64>).map({ Position($0) }) where net.retains(since) {
      for until in (since.number...61).map({ Position($0) }) where net.retains(until) {
        for table in Self.tables {
          let (a, b) = (whole.span(of: table, since: since, until: until), net.span(of: table, since: since, until: until))
          #expect(
            a?.changes.consolidated() ?? ZSet(Self.types) == b?.changes.consolidated() ?? ZSet(Self.types), "\(Cases.replay(seed))")
          let emptied = [a, b].map { $0?.truncations.map(\.position) ?? [] }
          #expect(emptied[0] == emptied[1], "\(Cases.replay(seed))")
        }
      }
    }
  }

  @Test func `a hot row of a long log is kept once between pins`() throws {
    func row(_ number: Int64) -> RowImage { RowImage([.integer(1), .text("\(number)")]) }
    let retention = MemoryLedger.Retention(pins: [Position(30)], keys: [TableID(1): [0]], images: 8)
    var ledger = MemoryLedger(retention: retention)
    for number in 1...100 as ClosedRange<Int64> {
      let change = Change(TableID(1), .update(before: row(number - 1), after: row(number)))
      let transaction = Transaction(Transaction.Header(Position(UInt64(number))), [change])
      try ledger.append(TransactionBatch([transaction]) { _ in Self.types })
    }
    let span = try #require(ledger.span(of: TableID(1), since: .start, until: .end))
    // Two images for each side of the pin, and what is not worth adding up yet.
    #expect(span.count <= 4 + 8 && ledger.wholeFrom > Position(90))
    #expect(span.changes == ZSet(Self.types, [([.integer(1), .text("0")], -1), ([.integer(1), .text("100")], 1)]))
    #expect(ledger.retains(Position(30)) && !ledger.retains(Position(31)) && ledger.retains(Position(100)))
    let sincePin = try #require(ledger.span(of: TableID(1), since: Position(30), until: .end))
    #expect(sincePin.changes == ZSet(Self.types, [([.integer(1), .text("30")], -1), ([.integer(1), .text("100")], 1)]))
  }

  @Test func `a transaction that is not after the last one is refused`() throws {
    var ledger = MemoryLedger()
    func batch(_ position: UInt64) -> TransactionBatch {
      TransactionBatch([Transaction(Transaction.Header(Position(position)), [])]) { _ in Self.types }
    }
    try ledger.append(batch(5))
    #expect(throws: LedgerError.outOfOrder(Position(5), expectedAfter: Position(5))) { try ledger.append(batch(5)) }
    #expect(throws: LedgerError.outOfOrder(Position(4), expectedAfter: Position(5))) { try ledger.append(batch(4)) }
    try ledger.append(batch(6))
    #expect(ledger.end == Position(6) && ledger.firstPosition == Position(5))
  }

  @Test func `a hole in an old row is told from one in a new row`() throws {
    var ledger = MemoryLedger()
    let whole = RowImage([.integer(1), .text("a")])
    let keyed = RowImage([.integer(1), nil])
    let changes = [
      Change(TableID(1), .update(before: keyed, after: whole)), Change(TableID(2), .insert(after: keyed)),
    ]
    try ledger.append(TransactionBatch([Transaction(Transaction.Header(Position(1)), changes)]) { _ in Self.types })
    func span(_ table: UInt32) throws -> TableSpan {
      try #require(ledger.span(of: TableID(table), since: .start, until: .end))
    }
    #expect(try span(1).unknown(0) == nil && span(1).unknown(1) == DoubtReason.noBeforeImage)
    #expect(try span(2).unknown(1) == DoubtReason.missingColumn)
  }

  @Test func `the time of a state is that of its last commit`() throws {
    var ledger = MemoryLedger()
    let headers = [(1, 10), (3, 30), (7, nil)].map { Transaction.Header(Position($0), committedAt: $1) }
    try ledger.append(TransactionBatch(headers.map { Transaction($0, []) }) { _ in Self.types })
    #expect([0, 1, 2, 3, 7, 9].map { ledger.commitTime(at: Position($0)) } == [nil, 10, 10, 30, 30, 30])
  }
}

// MARK: - Histories

extension MemoryLedgerTests {
  private static func transactions(_ random: inout SplitMix64, truncates: Bool = true) -> [Transaction] {
    var position: UInt64 = 0
    return (0..<20).map { _ in
      position += UInt64.random(in: 1...3, using: &random)
      let changes = (0..<Int.random(in: 0...4, using: &random)).map { _ in change(&random, truncates) }
      return Transaction(Transaction.Header(Position(position)), changes)
    }
  }

  private static func change(_ random: inout SplitMix64, _ truncates: Bool) -> Change {
    func row() -> RowImage {
      RowImage([.integer(Int64.random(in: 0...9, using: &random)), .text(["a", "b"].randomElement(using: &random)!)])
    }
    let operation: Change.Operation =
      switch Int.random(in: 0...4, using: &random) {
      case 0: .delete(before: row())
      case 1 where truncates: .truncate
      case 2: .update(before: row(), after: row())
      default: .insert(after: row())
      }
    return Change(tables.randomElement(using: &random)!, operation)
  }

  /// One word an image, in order, with a mark where the table was emptied.
  private static func described(_ span: TableSpan?) -> [String] {
    guard let span else { return [] }
    var words: [String] = []
    for row in 0...span.count {
      words += span.truncations.filter { $0.imagesBefore == row }.map { "truncate@\($0.position.number)" }
      if row < span.count { words.append("\(span.kinds[row].weight)\(span.images[row])@\(span.positions[row].number)") }
    }
    return words
  }

  private static func described(_ transactions: [Transaction], _ table: TableID) -> [String] {
    transactions.flatMap { transaction in
      transaction.changes.filter { $0.table == table }.flatMap { change -> [String] in
        if case .truncate = change.operation { return ["truncate@\(transaction.position.number)"] }
        let images = [(-1, change.before), (1, change.after)].compactMap { weight, image in image.map { (weight, $0) } }
        return images.map { "\($0)\($1.columns.map { $0! })@\(transaction.position.number)" }
      }
    }
  }
}

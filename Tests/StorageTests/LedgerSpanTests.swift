import Relations
import TestKit
import Testing

@testable import Storage

/// The two forms of a ledger beside each other.
@Suite struct LedgerSpanTests {
  @Test(arguments: Cases.seeds(40)) func `what comes of a span is the same in memory and on disk`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let comment = Comment(rawValue: Cases.replay(seed))
    var memory = MemoryLedger()
    let durable = try DurableLedger(in: MemoryStore(), keys: LedgerModel.keys)
    var model = LedgerModel()
    for step in 0..<15 {
      let transactions = model.next(&random, count: 3)
      model.append(transactions)
      let batch = TransactionBatch(transactions) { LedgerModel.types[$0]! }
      try memory.append(batch)
      try durable.append(batch)
      if step % 4 == 3 { try durable.derive() }
    }
    let forms: [any Ledger] = [memory, try durable.read()]
    #expect(forms[0].end == forms[1].end && forms[0].changedTables == forms[1].changedTables, comment)
    for _ in 0..<20 {
      let ends = [0, 0].map { _ in UInt64.random(in: 0...model.end, using: &random) }.sorted().map(Position.init)
      #expect(try forms[0].commitTime(at: ends[0]) == forms[1].commitTime(at: ends[0]), comment)
      for table in LedgerModel.tables {
        let spans = try forms.map { try LedgerSpanTests.lines($0.span(of: table, since: ends[0], until: ends[1])) }
        #expect(spans[0] == spans[1], "\(table) \(ends) \(comment)")
      }
    }
  }

  /// What came of a span, between one truncation and the next.
  private static func lines(_ span: TableSpan?) -> [[String]] {
    guard let span else { return [[]] }
    var eras: [[String: Int64]] = [[:]]
    for row in 0...span.count {
      for _ in span.truncations where span.truncations.contains(where: { $0.imagesBefore == row }) {
        if eras.count <= span.truncations.filter({ $0.imagesBefore <= row }).count { eras.append([:]) }
      }
      if row < span.count { eras[eras.count - 1]["\(span.images[row])", default: 0] += span.kinds[row].weight }
    }
    return eras.map { era in era.filter { $0.value != 0 }.map { "\($0.key) × \($0.value)" }.sorted() }
  }
}

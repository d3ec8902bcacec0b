import Queries
import Relations
import SQL
import Sentry
import TestKit
import Testing

/// A change costs no allocation and no counted reference: what a step asks of the heap is asked for a batch.
@Suite(.serialized) struct AllocationTests {
  private static let types: [SQLType] = [.int8, .int4, .text, .numeric(10, 2)]
  private static let names = ["id", "customer", "region", "total"]

  private static let table = TableID(1)

  private func sentry() throws -> Sentry {
    var schema = Schema(collation: "C")
    let columns = zip(Self.names, Self.types).enumerated().map { place, column in
      TableColumn(ColumnID(Int16(place + 1)), Identifier(column.0), column.1)
    }
    schema.add(Table(schema.newTableID(), QualifiedName("public", "orders"), columns: columns))
    let binder = Binder(schema)
    var sentry = Sentry(key: FingerprintKey((0..<16).map { UInt8($0) }))
    let count = 2000
    let numbers = Column(.int8, .integers((0..<count).map { Int64($0) }))
    let regions = Column(.text, .bytes(ByteColumn((0..<count).map { Array("region \($0 % 50)".utf8) })))
    let totals = Column(.numeric, .decimals((0..<count).map { Int64($0 * 50) }, scale: 2))
    for (text, sums, constants) in [
      ("SELECT count(*) FROM orders WHERE region = 'r' AND total > 1.25", [], [regions, totals]),
      ("SELECT sum(total) FROM orders WHERE customer = 7", [3], [numbers]),
      ("SELECT * FROM orders WHERE id = 7000000000", [], [numbers]),
      ("SELECT * FROM orders WHERE total BETWEEN 1.25 AND 2.25", [], [totals, totals]),
    ] as [(String, [Int], [Column])] {
      let template = try binder.query(text).template.0
      let footprint = template.query.footprints[0]
      precondition(footprint.table == Self.table)
      let id = try sentry.add(footprint, sums: sums.map { .column($0, Self.types[$0]) })
      let typed = zip(template.parameters.indices, template.parameters).map { index, type in
        constants.first { $0.type.id.layout == type.id.layout && (type.id != .text || $0.type.id == .text) }!.relabeled(type)
      }
      _ = try sentry.register(id, constants: typed, count: count)
    }
    return sentry
  }

  private func batch(_ size: Int, _ random: inout SplitMix64, _ position: inout UInt64) -> TransactionBatch {
    var builder = TransactionBatchBuilder()
    let index = builder.index(of: Self.table, Self.types)
    position += 1
    builder.begin(Transaction.Header(Position(position)))
    for _ in 0..<size {
      builder.add(Bool.random(using: &random) ? .insert : .delete, to: index)
      builder.tables[index].columns[0].append(integer: Int64.random(in: 0..<4000, using: &random))
      builder.tables[index].columns[1].append(integer: Int64.random(in: 0..<4000, using: &random))
      let region = Array("region \(Int.random(in: 0..<60, using: &random))".utf8)
      region.withUnsafeBufferPointer { builder.tables[index].columns[2].append(bytes: $0) }
      builder.tables[index].columns[3].append(decimal: Int64.random(in: 0..<120_000, using: &random), scale: 2)
    }
    return builder.finish()
  }

  @Test func `a batch asks the heap as often whatever its size`() throws {
    var (random, position) = (SplitMix64(seed: 9), 0 as UInt64)
    var sentry = try sentry()
    let (small, large) = (batch(5000, &random, &position), batch(50_000, &random, &position))
    // Everything has been as large as it will be.
    for _ in 0..<2 {
      sentry.step(large)
      sentry.step(small)
    }
    let few = CallCounter.count { sentry.step(small) }
    let many = CallCounter.count { sentry.step(large) }
    #expect(few.allocations > 0, "allocations are not counted")
    // What is not optimised counts and boxes as it likes.
    #if !DEBUG
      #expect(many.allocations < 1000, "\(many) calls for 50 000 changes, \(few) for 5 000")
      // Rows are hashed in blocks, and each counts a few.
      #expect(many.references < 5000, "\(many) calls for 50 000 changes, \(few) for 5 000")
    #endif
  }

  @Test func `small transactions allocate nothing of their own`() throws {
    var (random, position) = (SplitMix64(seed: 10), 0 as UInt64)
    var sentry = try sentry()
    let transactions = (0..<8000).map { _ in batch(5, &random, &position) }
    for transaction in transactions { sentry.step(transaction) }
    let calls = CallCounter.count { for transaction in transactions { sentry.step(transaction) } }
    #if !DEBUG
      #expect(calls.allocations < 4000, "\(calls) calls for 40 000 changes in 8 000 transactions")
    #else
      #expect(calls.allocations > 0)
    #endif
  }
}

import TestKit
import Testing

@testable import Relations

@Suite struct TransactionBatchTests {
  private static let orders = TableID(1)
  private static let types: [SQLType] = [.int8, .numeric(10, 2), .text]

  private static func image(_ id: Int64, _ cents: Int64?, _ region: String?) -> RowImage {
    RowImage([.integer(id), cents.map { .numeric(Numeric(coefficient: Int128($0), scale: 2)) }, region.map { .text($0) }])
  }

  /// The example of the change log's format: an insert, an update, a delete, and another table emptied.
  private static let example = Transaction(
    Transaction.Header(Position(0x16B_3748), committedAt: 831_024_000_000_000, origin: "branch"),
    [
      Change(orders, .insert(after: image(9001, 15000, "emea"))),
      Change(orders, .update(before: image(7, 9000, "apac"), after: image(7, 9500, nil))),
      Change(orders, .delete(before: image(8, 1000, nil))),
      Change(TableID(2), .truncate),
    ])

  @Test func `an update is minus before and plus after, side by side`() throws {
    let batch = TransactionBatch([Self.example], types: { _ in Self.types })
    let orders = try #require(batch[Self.orders])
    #expect(orders.kinds == [.insert, .before, .after, .delete])
    #expect(orders.weights == [1, -1, 1, -1])
    #expect(orders.ordinals == [0, 1, 1, 2])
    #expect(orders.transactions == [0, 0, 0, 0])
    #expect(orders.image(2).columns[2]?.isIdentical(to: .text("apac")) == true, "as before")
    #expect(orders.isAbsent(3, 2) && orders.absent[0] == nil)
    #expect(orders.zset([0, 1])?.named == ["9001 | 150.00 × 1", "7 | 90.00 × -1", "7 | 95.00 × 1", "8 | 10.00 × -1"])
    #expect(orders.zset([2]) == nil, "a value is not known")
    #expect(batch[TableID(2)]?.truncations == [.init(transaction: 0, ordinal: 3)])
    #expect(batch[TableID(2)]?.zset([0]) == nil, "nobody knows which rows went")
    #expect(batch[TableID(3)] == nil)
    #expect(batch.last == Position(0x16B_3748))
  }

  @Test func `a transaction without changes moves the log on`() {
    var builder = TransactionBatchBuilder()
    builder.begin(Transaction.Header(Position(5)))
    let batch = builder.finish()
    #expect(batch.last == Position(5) && batch.tables.isEmpty && !batch.isEmpty)
  }

  @Test func `decoders append without boxing`() throws {
    var builder = TransactionBatchBuilder()
    builder.begin(Transaction.Header(Position(5)))
    let types: [SQLType] = [.bool, .int8, .float8, .numeric, .uuid, .text]
    let table = builder.index(of: Self.orders, types)
    builder.add(.before, to: table)
    builder.tables[table].columns[0].append(bool: true)
    builder.tables[table].columns[1].append(integer: 7)
    builder.tables[table].columns[2].append(float: -0.0)
    builder.tables[table].columns[3].append(decimal: 150, scale: 2)
    builder.tables[table].columns[4].append(uuid: 9)
    Array("some text".utf8).withUnsafeBufferPointer { builder.tables[table].columns[5].append(bytes: $0) }
    builder.add(.after, to: builder.index(of: Self.orders, types))
    for column in 0..<5 { builder.tables[table].columns[column].appendAbsent() }
    builder.tables[table].columns[5].appendNull()
    let changes = try #require(builder.finish()[Self.orders])
    #expect(
      changes.images.rows.map(NaiveZSet.name)[0]
        == NaiveZSet.name([
          .bool(true), .integer(7), .float(-0.0), .numeric(Numeric(coefficient: 150, scale: 2)), .uuid(9), .text("some text"),
        ]))
    #expect(changes.absent.allSatisfy { $0 == nil })
    #expect(changes.zset([0, 1, 2, 3, 4])?.consolidated().isEmpty == true, "nothing changed in these")
  }

  @Test func `decimals stay scaled integers while they share a scale`() throws {
    var column = ImageColumnBuilder(.numeric)
    column.appendNull()
    column.append(decimal: 150, scale: 2)
    column.append(numeric: Numeric(coefficient: 7, scale: 2))
    guard case .decimals([0, 150, 7], scale: 2) = column.finish([.insert, .insert, .insert]).column.storage else {
      Issue.record("not stored as decimals")
      return
    }
    column.append(decimal: 1, scale: 0)
    column.append(numeric: .nan)
    column.appendAbsent()
    let finished = column.finish(Array(repeating: .insert, count: 6))
    #expect(finished.column.values.map { NaiveZSet.name([$0]) } == ["null", "1.50", "0.07", "1", "NaN", "null"])
    #expect(finished.absent?.trueRows == [5])
  }

  @Test func `transactions out of order and halves of updates trap`() async {
    await #expect(processExitsWith: .failure) {
      var builder = TransactionBatchBuilder()
      builder.begin(Transaction.Header(Position(5)))
      builder.begin(Transaction.Header(Position(5)))
    }
    await #expect(processExitsWith: .failure) {
      var builder = TransactionBatchBuilder()
      builder.begin(Transaction.Header(Position(5)))
      builder.add(.after, to: builder.index(of: TableID(1), []))
    }
    await #expect(processExitsWith: .failure) {
      var builder = TransactionBatchBuilder()
      builder.begin(Transaction.Header(Position(5)))
      builder.add(.before, to: builder.index(of: TableID(1), []))
      _ = builder.finish()
    }
  }

  @Test(arguments: Cases.seeds(50))
  func `keeps every change, in order, completed`(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    let tables = (1...3).map { number in
      (TableID(UInt32(number)), GeneratedRows.types(.random(in: 0...4, using: &random), using: &random))
    }
    let types = Dictionary(uniqueKeysWithValues: tables)
    let transactions = (0..<Int.random(in: 0...12, using: &random)).map { index in
      let header = Transaction.Header(Position(UInt64(index) * 8 + 8), committedAt: index % 2 == 0 ? nil : Int64(index))
      return Transaction(header, (0..<Int.random(in: 0...30, using: &random)).map { _ in Self.change(tables, using: &random) })
    }
    let batch = TransactionBatch(transactions, types: { types[$0]! })
    let expected = transactions.map { Self.describe(Transaction($0.header, $0.changes.map(\.completed))) }
    #expect(batch.boxed.map(Self.describe) == expected, "\(Cases.replay(seed))")
    for (table, types) in tables {
      guard let changes = batch[table] else { continue }
      let complete = types.indices.filter { changes.absent[$0] == nil }
      let naive = transactions.flatMap(\.changes).filter { $0.table == table }.map(\.completed).flatMap { change in
        [(change.before, -1), (change.after, 1)].compactMap { image, weight in
          image.map { image in (row: complete.map { image.columns[$0]! }, weight: weight as Int64) }
        }
      }
      guard changes.truncations.isEmpty else { continue }
      #expect(changes.zset(complete)?.named == naive.map { "\(NaiveZSet.name($0.row)) × \($0.weight)" }, "\(Cases.replay(seed))")
    }
  }

  private static func change(_ tables: [(TableID, [SQLType])], using random: inout SplitMix64) -> Change {
    let (table, types) = tables.randomElement(using: &random)!
    let holes = Int.random(in: 0..<3, using: &random) == 0
    func image() -> RowImage {
      RowImage(
        types.map { type in
          switch Int.random(in: 0..<8, using: &random) {
          case 0...2 where holes: nil
          case 3: .null
          default: GeneratedRows.value(type, using: &random)
          }
        })
    }
    return switch Int.random(in: 0..<16, using: &random) {
    case 0: Change(table, .truncate)
    case 1...5: Change(table, .insert(after: image()))
    case 6...9: Change(table, .delete(before: image()))
    default: Change(table, .update(before: image(), after: image()))
    }
  }

  private static func describe(_ transaction: Transaction) -> String {
    "\(transaction.header) " + transaction.changes.map { "\($0.table) \(describe($0.operation))" }.joined(separator: "; ")
  }

  private static func describe(_ operation: Change.Operation) -> String {
    switch operation {
    case .insert(let after): "insert \(describe(after))"
    case .delete(let before): "delete \(describe(before))"
    case .update(let before, let after): "update \(describe(before)) to \(describe(after))"
    case .truncate: "truncate"
    }
  }

  private static func describe(_ image: RowImage) -> String {
    image.columns.map { $0.map { NaiveZSet.name([$0]) } ?? "absent" }.joined(separator: " | ")
  }
}

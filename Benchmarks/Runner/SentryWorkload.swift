import Queries
import Relations
import SQL

/// A million orders, changes of them in transactions of one to ten, and reads that ask five kinds of question about them.
///
///     orders(id, customer_id of 100 000, status of 6, region of 50, total 0..1000.00, created_at)
struct SentryWorkload {
  static let rows = 1_000_000
  private static let customers: UInt64 = 100_000
  private static let statuses = ["new", "paid", "packed", "shipped", "returned", "cancelled"].map { Array($0.utf8) }
  private static let regions = (0..<50).map { Array("region-\($0)".utf8) }
  static let columns: [(name: String, type: SQLType)] = [
    ("id", .int8), ("customer_id", .int4), ("status", .text), ("region", .text), ("total", .numeric(10, 2)),
    ("created_at", .timestamptz),
  ]

  private var random: Generator
  private var orders: [Order?]
  private var position: UInt64 = 0

  private struct Order {
    var id: Int64
    var customer: Int64
    var status: Int
    var region: Int
    var total: Int64
    var created: Int64
  }

  init(seed: UInt64, rows: Int = SentryWorkload.rows) {
    random = Generator(seed: seed)
    orders = []
    orders.reserveCapacity(rows)
    for id in 0..<rows { orders.append(order(Int64(id))) }
  }

  private mutating func pick(_ count: Int) -> Int { Int(random.next(below: UInt64(count))) }

  private mutating func order(_ id: Int64) -> Order {
    Order(
      id: id, customer: Int64(random.next(below: Self.customers)), status: pick(Self.statuses.count),
      region: pick(Self.regions.count), total: Int64(pick(100_001)), created: 800_000_000_000_000 + id * 1_000_000)
  }
}

// MARK: - Changes

extension SentryWorkload {
  static let table = TableID(1)

  /// Changes in transactions: of ten, six update, and of four, five in eight insert.
  mutating func changes(_ count: Int) -> TransactionBatch {
    var builder = TransactionBatchBuilder()
    let index = builder.index(of: Self.table, Self.columns.map(\.type))
    var left = count
    while left > 0 {
      let size = min(left, 1 + pick(10))
      left -= size
      position += 1
      builder.begin(Transaction.Header(Position(position)))
      for _ in 0..<size { addChange(&builder, index) }
    }
    return builder.finish()
  }

  /// The same in batches of so many transactions.
  mutating func transactions(_ count: Int, perBatch: Int) -> [TransactionBatch] {
    var batches: [TransactionBatch] = []
    var left = count
    while left > 0 {
      // Five and a half changes a transaction.
      let size = min(left, perBatch == 1 ? 1 + pick(10) : perBatch * 11 / 2)
      left -= size
      batches.append(changes(size))
    }
    return batches
  }

  private mutating func addChange(_ builder: inout TransactionBatchBuilder, _ index: Int) {
    let kind = pick(100)
    if kind >= 60 && kind < 85 {
      let order = order(Int64(orders.count))
      orders.append(order)
      return append(.insert, order, &builder, index)
    }
    var place = pick(orders.count)
    while orders[place] == nil { place = pick(orders.count) }
    let before = orders[place]!
    if kind >= 85 {
      orders[place] = nil
      return append(.delete, before, &builder, index)
    }
    var after = before
    after.status = pick(Self.statuses.count)
    if pick(2) == 0 { after.total = Int64(pick(100_001)) }
    orders[place] = after
    append(.before, before, &builder, index)
    append(.after, after, &builder, index)
  }

  private func append(_ kind: TableChanges.Kind, _ order: Order, _ builder: inout TransactionBatchBuilder, _ index: Int) {
    builder.add(kind, to: index)
    builder.tables[index].columns[0].append(integer: order.id)
    builder.tables[index].columns[1].append(integer: order.customer)
    Self.statuses[order.status].withUnsafeBufferPointer { builder.tables[index].columns[2].append(bytes: $0) }
    Self.regions[order.region].withUnsafeBufferPointer { builder.tables[index].columns[3].append(bytes: $0) }
    builder.tables[index].columns[4].append(decimal: order.total, scale: 2)
    builder.tables[index].columns[5].append(integer: order.created)
  }
}

// MARK: - Reads

extension SentryWorkload {
  /// Reads of one template.
  struct Question {
    let template: Template
    let footprint: Footprint
    let sums: [Int]
    let constants: [Column]
    let count: Int
  }

  /// Of a hundred reads 50, 20, 15, 10 and 5.
  mutating func questions(_ reads: Int) throws -> [Question] {
    var schema = Schema(collation: "C")
    let columns = Self.columns.enumerated().map { TableColumn(ColumnID(Int16($0 + 1)), Identifier($1.name), $1.type) }
    schema.add(Table(schema.newTableID(), QualifiedName("public", "orders"), columns: columns))
    let binder = Binder(schema)
    func template(_ text: String) throws -> Template { try binder.query(text).template.0 }

    let few = reads / 100
    return [
      question(
        try template("SELECT count(*) FROM orders WHERE total > 100.25 AND region = 'r'"),
        [totals(50 * few), regions(50 * few)]),
      question(
        try template("SELECT sum(total) FROM orders WHERE customer_id = 7"), [integers(20 * few, Self.customers)], sums: [4]),
      question(
        try template("SELECT * FROM orders WHERE id = 7000000000"), [integers(15 * few, UInt64(Self.rows))]),
      question(
        try template("SELECT * FROM orders WHERE total BETWEEN 1.25 AND 2.25 AND status = 's'"), intervals(10 * few)),
      question(
        try template("SELECT region, count(*) FROM orders WHERE total > 100.25 GROUP BY region"), [totals(5 * few)]),
    ]
  }

  private func question(_ template: Template, _ constants: [Column], sums: [Int] = []) -> Question {
    let footprint = template.query.footprints[0]
    let typed = zip(template.parameters, constants).map { $1.relabeled($0) }
    return Question(template: template, footprint: footprint, sums: sums, constants: typed, count: constants[0].count)
  }

  private mutating func totals(_ count: Int) -> Column {
    Column(.numeric, .decimals((0..<count).map { _ in Int64(pick(100_001)) }, scale: 2))
  }

  private mutating func regions(_ count: Int) -> Column {
    Column(.text, .bytes(ByteColumn((0..<count).map { _ in Self.regions[pick(Self.regions.count)] })))
  }

  private mutating func integers(_ count: Int, _ below: UInt64) -> Column {
    Column(.int8, .integers((0..<count).map { _ in Int64(random.next(below: below)) }))
  }

  /// Between totals up to a hundred apart, of one status.
  private mutating func intervals(_ count: Int) -> [Column] {
    let lower = (0..<count).map { _ in Int64(pick(100_001)) }
    let upper = lower.map { $0 + Int64(pick(10_001)) }
    let statuses = ByteColumn((0..<count).map { _ in Self.statuses[pick(Self.statuses.count)] })
    return [
      Column(.numeric, .decimals(lower, scale: 2)), Column(.numeric, .decimals(upper, scale: 2)), Column(.text, .bytes(statuses)),
    ]
  }
}

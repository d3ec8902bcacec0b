import Premise

/// A shop as an embedding program knows it: what it holds at first, and what it is told of.
enum Shop {
  static let definitions = """
    CREATE TABLE orders (id int PRIMARY KEY, customer int, total numeric);
    CREATE TABLE points (id int PRIMARY KEY, x float8);
    ALTER TABLE orders REPLICA IDENTITY FULL;
    """

  static var schema: Schema {
    get throws {
      var loader = SchemaLoader()
      try loader.load(definitions)
      return loader.schema
    }
  }

  /// With the rows of orders 1 to 3 at 0/10.
  static var engine: VerdictEngine {
    get throws {
      var engine = VerdictEngine(schema: try schema)
      let orders = engine.schema.table(QualifiedName("public", Identifier("orders")))!
      let points = engine.schema.table(QualifiedName("public", Identifier("points")))!
      var base = BaseTables(at: Position(0x10))
      base.append([Batch(orders.types, rows: (1...3).map { order($0, total: $0 * 50) })], to: orders.id)
      base.append([], to: points.id)
      engine.load(base)
      return engine
    }
  }

  static func order(_ id: Int, customer: Int = 1, total: Int) -> [Value] {
    [.integer(Int64(id)), .integer(Int64(customer)), .numeric(Numeric(Int64(total)))]
  }

  /// A transaction that inserts an order: as one value, where a program has its own source of changes.
  static func inserting(_ id: Int, total: Int, at position: UInt64, committedAt: Int64? = nil, in schema: Schema)
    -> TransactionBatch
  {
    let orders = schema.table(QualifiedName("public", Identifier("orders")))!
    let row = RowImage(order(id, total: total))
    return TransactionBatch(
      [Transaction(Transaction.Header(Position(position), committedAt: committedAt), [Change(orders.id, .insert(after: row))])],
      types: { _ in orders.types })
  }

  static func emptying(at position: UInt64, in schema: Schema) -> TransactionBatch {
    let orders = schema.table(QualifiedName("public", Identifier("orders")))!
    return TransactionBatch(
      [Transaction(Transaction.Header(Position(position)), [Change(orders.id, .truncate)])], types: { _ in orders.types })
  }
}

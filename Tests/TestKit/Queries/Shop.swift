import Relations

/// Three tables that refer to each other, and what else a schema has: a view of them, partitions, children, odd names. The same as SQL
/// and as a schema of ours.
public enum Shop {
  /// `CREATE` statements, in whatever namespace is current.
  public static let definition = """
    CREATE TABLE customers (id int4 PRIMARY KEY, name text, region varchar(8), balance numeric(10,2), active bool, joined date);
    CREATE TABLE orders (id int8 PRIMARY KEY, customer_id int4, total numeric(10,2), status text, placed timestamptz, region varchar(8));
    CREATE TABLE items (order_id int8, line int2, product text, quantity int4, price float8, code bpchar(4),
      PRIMARY KEY (order_id, line));
    CREATE TABLE "Odd Names" ("Id" int4, "select" text);
    CREATE TABLE events (id int4, kind text, at date) PARTITION BY LIST (kind);
    CREATE TABLE events_a PARTITION OF events FOR VALUES IN ('a');
    CREATE TABLE events_rest (at date, kind text, id int4);
    ALTER TABLE events ATTACH PARTITION events_rest DEFAULT;
    CREATE TABLE base (id int4 PRIMARY KEY, note text);
    CREATE TABLE derived (extra int4) INHERITS (base);
    CREATE VIEW big_orders AS SELECT o.id, o.customer_id, o.total FROM orders o WHERE o.total > 100;
    CREATE VIEW totals (customer, amount) AS SELECT c.name, sum(b.total) FROM customers c LEFT JOIN big_orders b ON b.customer_id = c.id
      GROUP BY c.id;
    """

  public static let schema: Schema = {
    var schema = Schema(collation: "C")
    func table(
      _ name: String, _ columns: [(String, SQLType)], key: [Int] = [], kind: RelationKind = .table
    ) -> Table {
      let columns = columns.enumerated().map { TableColumn(ColumnID(Int16($0 + 1)), Identifier($1.0), $1.1) }
      var table = Table(schema.newTableID(), QualifiedName("public", Identifier(name)), kind, columns: columns)
      if !key.isEmpty { table.primaryKey = UniqueKey(Identifier(name + "_pkey"), key.map { .column(columns[$0].id) }) }
      return table
    }
    func view(_ name: String, _ columns: [(String, SQLType)], _ query: String) -> Table {
      var view = table(name, columns, kind: .view)
      view.query = query
      return view
    }
    schema.add(
      table(
        "customers",
        [
          ("id", .int4), ("name", .text), ("region", .varchar(8)), ("balance", .numeric(10, 2)), ("active", .bool),
          ("joined", .date),
        ], key: [0]))
    schema.add(
      table(
        "orders",
        [
          ("id", .int8), ("customer_id", .int4), ("total", .numeric(10, 2)), ("status", .text), ("placed", .timestamptz),
          ("region", .varchar(8)),
        ], key: [0]))
    schema.add(
      table(
        "items",
        [
          ("order_id", .int8), ("line", .int2), ("product", .text), ("quantity", .int4), ("price", .float8), ("code", .bpchar(4)),
        ], key: [0, 1]))
    schema.add(table("Odd Names", [("Id", .int4), ("select", .text)]))
    var events = table("events", [("id", .int4), ("kind", .text), ("at", .date)], kind: .partitioned)
    events.partitioning = Partitioning(.list, key: ["kind"])
    schema.add(events)
    var first = table("events_a", [("id", .int4), ("kind", .text), ("at", .date)])
    first.partitionOf = PartitionBound(of: events.id, "FOR VALUES IN ('a')")
    schema.add(first)
    var rest = table("events_rest", [("at", .date), ("kind", .text), ("id", .int4)])
    rest.partitionOf = PartitionBound(of: events.id, "DEFAULT")
    schema.add(rest)
    let base = table("base", [("id", .int4), ("note", .text)], key: [0])
    schema.add(base)
    var derived = table("derived", [("id", .int4), ("note", .text), ("extra", .int4)])
    derived.parents = [base.id]
    schema.add(derived)
    schema.add(
      view(
        "big_orders", [("id", .int8), ("customer_id", .int4), ("total", .numeric(10, 2))],
        "SELECT o.id, o.customer_id, o.total FROM public.orders o WHERE o.total > 100"))
    schema.add(
      view(
        "totals", [("customer", .text), ("amount", .numeric)],
        "SELECT c.name, sum(b.total) FROM public.customers c LEFT JOIN public.big_orders b ON b.customer_id = c.id GROUP BY c.id"))
    return schema
  }()
}

extension Shop {
  /// `INSERT`s of a few rows: values out of small sets, so that rows meet, tie and repeat; nulls everywhere.
  public static func rows(_ count: Int, using random: inout SplitMix64) -> String {
    func any(_ values: [String]) -> String {
      Int.random(in: 0..<6, using: &random) == 0 ? "NULL" : values.randomElement(using: &random)!
    }
    let regions = ["'emea'", "'apac'", "'amer'", "''"]
    let names = ["'Ann'", "'Bob'", "'ann'", "'Zoë'", "''"]
    let days = ["'2024-01-01'", "'2024-01-02'", "'2024-02-29'", "'2023-12-31'"]
    let numbers = ["0", "1", "2", "3", "5", "-1"]
    let amounts = ["0.00", "1.00", "2.50", "99.90", "150.00", "-3.10"]
    func insert(_ table: String, _ row: (Int) -> [String]) -> String {
      "INSERT INTO \(table) VALUES " + (0..<count).map { "(\(row($0).joined(separator: ", ")))" }.joined(separator: ", ") + ";\n"
    }
    var text = insert("customers") {
      ["\($0)", any(names), any(regions), any(amounts), any(["true", "false"]), any(days)]
    }
    text += insert("orders") {
      [
        "\($0)", any(numbers), any(amounts), any(["'paid'", "'open'"]), any(["'2024-01-01 00:00Z'", "'2024-02-01 12:30Z'"]),
        any(regions),
      ]
    }
    text += insert("items") {
      ["\($0 / 2)", "\($0 % 2)", any(["'pen'", "'ink'"]), any(numbers), any(["0.5", "2.25", "3"]), any(["'a'", "'ab'", "'b'"])]
    }
    text += insert("\"Odd Names\"") { _ in [any(numbers), any(names)] }
    text += insert("events") { _ in [any(numbers), any(["'a'", "'b'", "'c'"]), any(days)] }
    text += insert("base") { ["\($0)", any(names)] }
    return text + insert("derived") { ["\($0)", any(names), any(numbers)] }
  }
}

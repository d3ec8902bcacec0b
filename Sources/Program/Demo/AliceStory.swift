import Relations

/// What Alice asked, wrote and decided in four weeks, as the files of an audit.
struct AliceStory {
  /// By name.
  let files: [(name: String, text: String)]
  let introduction: String

  init() {
    var shop = Shop()
    let base = shop.tables
    let count = Self.large(base["orders"]!)
    shop.live()
    let reads = [Self.branch] + Self.reads(count)
    files = [
      ("schema.sql", Shop.schema), ("base.ndjson", Self.base(base)), ("reads.ndjson", Self.lines(reads)),
      ("writes.ndjson", Self.lines(Self.writes)), ("changes.ndjson", Self.lines([Self.start] + shop.log)),
    ]
    introduction = """
      Four weeks ago Alice forked production and asked \(reads.count - 1) questions on her branch. "SELECT count(*) FROM orders WHERE total > 100"
      said \(count), so she planned a campaign for \(count). She moved customer 5 to emea and wrote a note on order 7. Production did \(shop.log.count) transactions
      meanwhile. Today she wants to promote her work:
      """
  }

  private static func lines(_ lines: [String]) -> String { lines.map { $0 + "\n" }.joined() }

  private static func large(_ orders: [Shop.Row]) -> Int {
    orders.count { row in
      guard let total = row.first(where: { $0.name == "total" })?.value, let number = try? Numeric(total) else { return false }
      return number > Numeric(100)
    }
  }
}

// MARK: - Main

extension AliceStory {
  private static func base(_ tables: [String: [Shop.Row]]) -> String {
    let rows = ["customers", "orders", "stock"].flatMap { table in
      tables[table]!.map { "\(JSON.object([("table", .text("public.\(table)")), ("row", Shop.json($0))]))" }
    }
    return lines(["{\"position\":\"\(Shop.text(Shop.fork))\"}"] + rows)
  }

  private static let start =
    "{\"event\":\"start\",\"position\":\"\(Shop.text(Shop.fork))\",\"tables\":[\"public.customers\",\"public.orders\",\"public.stock\"]}"
}

// MARK: - Her branch

extension AliceStory {
  private static let branch = "{\"branch\":\"alice\",\"parent\":\"main\",\"fork\":\"\(Shop.text(Shop.fork))\"}"

  private static let writes = [
    """
    {"branch":"alice","position":"0/100","unit":"emea","changes":[{"table":"public.customers","op":"update","before":{"id":5},"after":{"id":5,"region":"emea"}}]}
    """,
    """
    {"branch":"alice","position":"0/200","unit":"campaign","changes":[{"table":"public.orders","op":"update","before":{"id":7},"after":{"id":7,"note":"call them"}}]}
    """,
  ]

  private static func reads(_ count: Int) -> [String] {
    var reads: [String] = []
    func ask(_ unit: String, _ sql: String, _ parameters: [JSON] = [], _ more: [(String, JSON?)] = []) {
      let fields: [(String, JSON?)] = [
        ("read", .text("q\(reads.count + 1)")), ("branch", .text("alice")), ("sql", .text(sql)),
        ("params", parameters.isEmpty ? nil : .array(parameters)), ("at", .text("0/200")),
        ("asked_at", .text("2026-05-01T09:\(10 + reads.count % 50):00Z")), ("unit", .text(unit)),
        ("settings", .object([("TimeZone", .text("UTC"))])),
      ]
      reads.append("\(JSON.object(fields + more))")
    }

    let answer = JSON.array([.array([.number(count)])])
    ask(
      "campaign", "SELECT count(*) FROM orders WHERE total > 100", [],
      [("answer", answer), ("holds_if", .text("count < \(count + 50)"))])
    ask("campaign", "SELECT total, status FROM orders WHERE id = 7")
    ask("campaign", "SELECT region, count(*) FROM customers GROUP BY region ORDER BY region")
    for plan in ["free", "pro", "team"] { ask("campaign", "SELECT count(*) FROM customers WHERE plan = $1", [.text(plan)]) }

    for region in ["emea", "apac", "amer"] {
      ask(
        "emea",
        "SELECT count(*) FROM orders o JOIN customers c ON c.id = o.customer_id WHERE c.region = $1 AND o.status = 'paid'",
        [.text(region)])
    }
    ask("emea", "SELECT id, name FROM customers WHERE region = 'emea' AND plan = 'team' ORDER BY id")

    for id in 1...150 { ask("orders", "SELECT status, total FROM orders WHERE id = $1", [.number(id * 6)]) }
    for id in 1...60 { ask("customers", "SELECT sum(total), count(*) FROM orders WHERE customer_id = $1", [.number(id * 3)]) }
    for number in 1...60 { ask("restock", "SELECT on_hand FROM stock WHERE sku = $1", [.text("sku-\(number)")]) }

    ask("idle", "SELECT count(*) FROM customers c WHERE NOT EXISTS (SELECT 1 FROM orders o WHERE o.customer_id = c.id)")
    ask("idle", "SELECT count(*) FROM orders WHERE placed_at > now() - interval '7 days'")
    ask("idle", "SELECT id, total FROM orders WHERE total IS NOT NULL ORDER BY total DESC, id LIMIT 5")
    ask("idle", "SELECT id FROM customers ORDER BY random() LIMIT 1")
    return reads
  }
}

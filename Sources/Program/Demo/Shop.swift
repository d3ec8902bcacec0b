import Relations

/// A shop's tables and what happens to them, the same in every run: what the demo is about.
struct Shop {
  private(set) var tables: [String: [Row]] = ["customers": [], "orders": [], "stock": []]
  /// Main's transactions after the base, a line each.
  private(set) var log: [String] = []
  private var random = Dice(state: 2026)
  private var nextOrder = 1
  private var position = Shop.fork

  typealias Row = [(name: String, value: String?)]

  /// Where Alice forked.
  static let fork: UInt64 = 0x16B_0000

  static let schema = """
    CREATE DATABASE shop WITH TEMPLATE = template0 ENCODING = 'UTF8' LOCALE_PROVIDER = libc LOCALE = 'C';
    CREATE TABLE public.customers (id integer NOT NULL, name text NOT NULL, region text, plan text NOT NULL);
    CREATE TABLE public.orders (id integer NOT NULL, customer_id integer NOT NULL, total numeric(10,2), status text NOT NULL,
      placed_at timestamp with time zone NOT NULL, note text);
    CREATE TABLE public.stock (sku text NOT NULL, on_hand integer NOT NULL);
    ALTER TABLE ONLY public.customers ADD CONSTRAINT customers_pkey PRIMARY KEY (id);
    ALTER TABLE ONLY public.orders ADD CONSTRAINT orders_pkey PRIMARY KEY (id);
    ALTER TABLE ONLY public.stock ADD CONSTRAINT stock_pkey PRIMARY KEY (sku);
    ALTER TABLE ONLY public.customers REPLICA IDENTITY FULL;
    ALTER TABLE ONLY public.orders REPLICA IDENTITY FULL;
    ALTER TABLE ONLY public.stock REPLICA IDENTITY FULL;

    """

  /// The shop at the fork.
  init() {
    for id in 1...200 {
      tables["customers"]!.append([
        ("id", "\(id)"), ("name", "Customer \(id)"), ("region", id % 17 == 0 ? nil : ["emea", "apac", "amer"][random.roll(3)]),
        ("plan", ["free", "pro", "team"][random.roll(3)]),
      ])
    }
    for _ in 0..<1_000 { tables["orders"]!.append(order(day: -random.roll(90))) }
    for number in 1...60 { tables["stock"]!.append([("sku", "sku-\(number)"), ("on_hand", "\(random.roll(200))")]) }
  }

  private mutating func order(day: Int) -> Row {
    defer { nextOrder += 1 }
    return [
      ("id", "\(nextOrder)"), ("customer_id", "\(1 + random.roll(200))"),
      ("total", random.roll(40) == 0 ? nil : "\(random.roll(200)).\(10 + random.roll(90))"),
      ("status", ["new", "paid", "sent", "back"][random.roll(4)]), ("placed_at", Self.moment(day: day, hour: random.roll(24))),
      ("note", nil),
    ]
  }

  /// A moment so many days after the fork, which was on 2026-05-01.
  static func moment(day: Int, hour: Int) -> String {
    let microseconds = 830_908_800_000_000 + Int64(day) * 86_400_000_000 + Int64(hour) * 3_600_000_000
    return (Value.integer(microseconds).text(as: .timestamp, style: TextStyle()) ?? "") + "+00"
  }
}

// MARK: - Four weeks

extension Shop {
  /// Main's month.
  mutating func live() {
    for day in 0..<28 {
      switch day % 7 {
      case 5, 6: commit(day, [("orders", nil, order(day: day))])
      default:
        commit(day, [("orders", nil, order(day: day)), sale()])
        commit(day, [changed("orders", 1 + random.roll(40), "status", ["paid", "sent", "back"][random.roll(3)])])
        // Somebody clicks wrong, and puts it right.
        let place = 100 + random.roll(20)
        let before = tables["orders"]![place].first { $0.name == "status" }!.value
        commit(day, [changed("orders", place, "status", "lost")])
        commit(day, [changed("orders", place, "status", before)])
      }
      if day == 10 { commit(day, [changed("customers", 40, "region", "emea")]) }
      if day == 12 { commit(day, [changed("orders", 6, "total", "150.00")]) }
      if day == 20 { commit(day, [deleted("orders", 30)]) }
    }
  }

  private typealias Change = (table: String, before: Row?, after: Row?)

  private mutating func sale() -> Change {
    let place = random.roll(12)
    let left = Int(tables["stock"]![place][1].value ?? "") ?? 0
    return changed("stock", place, "on_hand", "\(max(0, left - 1 - random.roll(3)))")
  }

  private func changed(_ table: String, _ place: Int, _ column: String, _ value: String?) -> Change {
    let before = tables[table]![place]
    return (table, before, before.map { $0.name == column ? (column, value) : $0 })
  }

  private func deleted(_ table: String, _ place: Int) -> Change { (table, tables[table]![place], nil) }

  private mutating func commit(_ day: Int, _ changes: [Change]) {
    position += 0x98
    for (table, before, after) in changes {
      let place = before.flatMap { row in tables[table]!.firstIndex { $0[0].value == row[0].value } }
      switch (place, after) {
      case (let place?, let after?): tables[table]![place] = after
      case (let place?, nil): tables[table]!.remove(at: place)
      case (nil, let after?): tables[table]!.append(after)
      case (nil, nil): break
      }
    }
    let time = Self.moment(day: day, hour: 8 + random.roll(12)).prefix(10) + "T12:00:00Z"
    log.append(
      "\(JSON.object([("position", .text(Self.text(position))), ("committed_at", .text(String(time))), ("changes", .array(changes.map(Self.json)))]))"
    )
  }

  private static func json(_ change: Change) -> JSON {
    .object([
      ("table", .text("public.\(change.table)")),
      ("op", .text(change.before == nil ? "insert" : change.after == nil ? "delete" : "update")),
      ("before", change.before.map(json)), ("after", change.after.map(json)),
    ])
  }

  static func json(_ row: Row) -> JSON { .object(row.map { ($0.name, $0.value.map(JSON.text) ?? .scalar(.null)) }) }

  static func text(_ position: UInt64) -> String { Position(position).text(.lsn) }
}

/// Numbers that are the same in every run.
private struct Dice {
  var state: UInt64

  mutating func roll(_ sides: Int) -> Int {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int((state >> 33) % UInt64(sides))
  }
}

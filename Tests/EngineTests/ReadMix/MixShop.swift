import Engine
import Relations
import SQL
import TestKit

/// A shop at the fork, its month on main, and a branch's work: made from a seed, told to the engine as a log and to PostgreSQL as rows.
struct MixShop {
  static let (customers, products, orders, tickets) = (300, 80, 1_200, 300)
  static let statuses = ["new", "paid", "sent", "done", "back"]
  static let regions = ["emea", "apac", "amer", "north"]
  static let plans = ["free", "pro", "team"]
  static let categories = ["tools", "toys", "books", "food", "garden"]
  static let names = ["customers", "products", "orders", "lines", "tickets"]
  private static let (customerTable, productTable, orderTable, lineTable, ticketTable) = (0, 1, 2, 3, 4)

  typealias Row = [String?]
  /// A table's rows by the text of their key.
  typealias Rows = [String: Row]

  struct Edit {
    let table: Int
    let before: Row?
    let after: Row?
  }

  private(set) var fork: [Rows] = Array(repeating: [:], count: 5)
  private(set) var main: [[Edit]] = []
  private(set) var branch: [[Edit]] = []
  private var random: SplitMix64

  init(seed: UInt64) {
    random = SplitMix64(seed: seed)
    fork = furnished()
    var state = fork
    main = (0..<260).map { day in transaction(&state, day: day / 10, newOrder: Self.orders + day + 1) }
    var seen = fork
    branch = (0..<12).map { place in ownTransaction(&seen, newOrder: 1_000_000 + place) }
  }

  private mutating func pick(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }
  private mutating func one(_ choices: [String]) -> String { choices.randomElement(using: &random)! }

  /// A moment so many days after the fork, which was on 2026-05-01.
  static func moment(day: Int, second: Int) -> String {
    Value.integer(830_908_800_000_000 + Int64(day) * 86_400_000_000 + Int64(second) * 1_000_000)
      .text(as: .timestamptz, style: TextStyle())!
  }

  static func microseconds(day: Int) -> Int64 { 830_908_800_000_000 + Int64(day) * 86_400_000_000 }
}

// MARK: - Rows

extension MixShop {
  private mutating func furnished() -> [Rows] {
    var tables: [Rows] = Array(repeating: [:], count: 5)
    func put(_ table: Int, _ row: Row) { tables[table][Self.key(row, table)] = row }
    for id in 1...Self.customers {
      put(
        Self.customerTable,
        [
          "\(id)", "\(one(["anna", "bert", "carla", "dirk", "eva"])) \(id)", pick(1...20) == 1 ? nil : one(Self.regions),
          one(Self.plans), pick(1...9) == 1 ? nil : "\(pick(0...5_000)).00", moment(before: 900),
        ])
    }
    for id in 1...Self.products {
      put(
        Self.productTable,
        ["\(id)", "sku-\(id)", one(Self.categories), "\(pick(1...300)).\(pick(10...99))", pick(1...10) == 1 ? "t" : "f"])
    }
    for id in 1...Self.orders { for (table, row) in order(id, moment(before: 90)) { put(table, row) } }
    for id in 1...Self.tickets { put(Self.ticketTable, ticket(id, moment(before: 60))) }
    return tables
  }

  private mutating func moment(before days: Int) -> String { Self.moment(day: -pick(1...days), second: pick(0...86_399)) }

  private mutating func order(_ id: Int, _ placed: String) -> [(table: Int, row: Row)] {
    let order: Row = [
      "\(id)", "\(pick(1...Self.customers))", one(Self.statuses), pick(1...40) == 1 ? nil : "\(pick(1...499)).\(pick(10...99))",
      placed,
      pick(1...4) == 1 ? one(["back soon", "call", "a gift", "to the cellar"]) : nil,
    ]
    let lines = (1...pick(1...4)).map { line -> (table: Int, row: Row) in
      (
        Self.lineTable,
        ["\(id)", "\(line)", "\(pick(1...Self.products))", "\(pick(1...6))", "\(pick(1...300)).\(pick(10...99))"]
      )
    }
    return [(Self.orderTable, order)] + lines
  }

  private mutating func ticket(_ id: Int, _ opened: String) -> Row {
    let closed = pick(1...3) == 1 ? nil : Self.moment(day: pick(0...3), second: pick(0...86_399))
    return [
      "\(id)", pick(1...30) == 1 ? nil : "\(pick(1...Self.customers))", id > 10 && pick(1...2) == 1 ? "\(pick(1...id - 1))" : nil,
      "\(pick(1...5))", opened, closed, one(["abcd broken", "does not open", "Refund please", "cable missing", "too late"]),
    ]
  }

  static func key(_ row: Row, _ table: Int) -> String { table == lineTable ? "\(row[0]!)/\(row[1]!)" : row[0]! }
}

// MARK: - What happens

extension MixShop {
  private mutating func transaction(_ state: inout [Rows], day: Int, newOrder: Int) -> [Edit] {
    let now = Self.moment(day: day, second: pick(0...86_399))
    switch pick(1...20) {
    case 1...7: return apply(order(newOrder, now).map { Edit(table: $0.table, before: nil, after: $0.row) }, to: &state)
    case 8...12: return set(Self.orderTable, 2, one(Self.statuses), odd: pick(1...Self.orders), &state)
    case 13: return set(Self.productTable, 3, "\(pick(1...300)).99", odd: pick(1...Self.products), &state)
    case 14: return apply([Edit(table: Self.ticketTable, before: nil, after: ticket(10_000 + newOrder, now))], to: &state)
    case 15: return set(Self.ticketTable, 5, now, odd: pick(1...Self.tickets), &state)
    case 16: return set(Self.customerTable, 2, one(Self.regions), odd: pick(1...Self.customers), &state)
    case 17: return set(Self.orderTable, 3, "\(pick(1...499)).50", odd: pick(1...Self.orders), &state)
    case 18: return set(Self.orderTable, 5, one(["late", "call"]), odd: pick(1...Self.orders), &state)
    case 19: return removal(of: pick(1...Self.orders) | 1, &state)
    default:
      // Somebody clicks wrong, and puts it right.
      let wrong = set(Self.orderTable, 2, "lost", odd: pick(1...Self.orders), &state)
      return wrong + apply(wrong.map { Edit(table: $0.table, before: $0.after, after: $0.before) }, to: &state)
    }
  }

  /// What the branch does: nothing that main contradicts, for what was agreed on is not what a mix of reads is about.
  private mutating func ownTransaction(_ state: inout [Rows], newOrder: Int) -> [Edit] {
    switch pick(1...5) {
    case 1:
      let made = order(newOrder, Self.moment(day: 0, second: pick(0...80_000)))
      return apply(made.map { Edit(table: $0.table, before: nil, after: $0.row) }, to: &state)
    case 2: return set(Self.customerTable, 2, one(Self.regions), even: pick(1...Self.customers), &state)
    case 3: return set(Self.orderTable, 5, "checked", even: pick(1...Self.orders), &state)
    case 4: return set(Self.productTable, 3, "\(pick(1...300)).49", even: pick(1...Self.products), &state)
    default: return set(Self.ticketTable, 5, Self.moment(day: 1, second: pick(0...80_000)), even: pick(1...Self.tickets), &state)
    }
  }

  private func set(_ table: Int, _ column: Int, _ value: String, odd id: Int, _ state: inout [Rows]) -> [Edit] {
    set(table, column, value, of: "\(id | 1)", &state)
  }

  private func set(_ table: Int, _ column: Int, _ value: String, even id: Int, _ state: inout [Rows]) -> [Edit] {
    set(table, column, value, of: "\(max(2, id & ~1))", &state)
  }

  private func set(_ table: Int, _ column: Int, _ value: String, of key: String, _ state: inout [Rows]) -> [Edit] {
    guard let before = state[table][key] else { return [] }
    var after = before
    after[column] = value
    return apply([Edit(table: table, before: before, after: after)], to: &state)
  }

  private func removal(of id: Int, _ state: inout [Rows]) -> [Edit] {
    guard let order = state[Self.orderTable]["\(id)"] else { return [] }
    let lines = (1...4).compactMap { state[Self.lineTable]["\(id)/\($0)"] }
    return apply(
      lines.map { Edit(table: Self.lineTable, before: $0, after: nil) } + [Edit(table: Self.orderTable, before: order, after: nil)],
      to: &state)
  }

  private func apply(_ edits: [Edit], to state: inout [Rows]) -> [Edit] {
    for edit in edits { state.apply(edit) }
    return edits
  }
}

extension [MixShop.Rows] {
  mutating func apply(_ edit: MixShop.Edit) {
    if let before = edit.before { self[edit.table][MixShop.key(before, edit.table)] = nil }
    if let after = edit.after { self[edit.table][MixShop.key(after, edit.table)] = after }
  }

  /// The tables after the edits. A branch's are laid over main's: of an update, the columns that it changed.
  func laying(_ edits: some Sequence<MixShop.Edit>) -> [MixShop.Rows] {
    var state = self
    for edit in edits {
      var edit = edit
      if let before = edit.before, let after = edit.after, let row = state[edit.table][MixShop.key(before, edit.table)] {
        let laid = zip(row, zip(before, after)).map { $1.0 == $1.1 ? $0 : $1.1 }
        edit = MixShop.Edit(table: edit.table, before: row, after: laid)
      }
      state.apply(edit)
    }
    return state
  }
}

// MARK: - As it is told

extension MixShop {
  /// The engine with main's log and two branches: `plain`, which wrote nothing, and `busy`.
  func engine(_ schema: Schema, hasBase: Bool) throws -> VerdictEngine {
    var engine = VerdictEngine(schema: schema)
    let tables = Self.names.map { schema.table(QualifiedName("public", Identifier($0)))! }
    if hasBase {
      var base = BaseTables(at: Position(100))
      for (table, rows) in zip(tables, fork) {
        base.append([Batch(table.types, rows: try rows.values.map { try Self.values($0, table) })], to: table.id)
      }
      engine.load(base)
    }
    for branch in ["plain", "busy"] { engine.declare(branch, fork: Position(100)) }
    try engine.append(Self.batch(main, tables, from: 101, schema))
    engine.append(try Self.batch(branch, tables, from: 1, schema), branch: "busy")
    return engine
  }

  /// The tables as SQL: everything that a transaction needs to hold this state.
  static func sql(_ state: [Rows]) -> String {
    zip(names, state).map { name, rows in
      let values = rows.values.map { row in "(" + row.map { $0.map { "'\($0)'" } ?? "NULL" }.joined(separator: ",") + ")" }
      return "INSERT INTO \(name) VALUES \(values.joined(separator: ","));"
    }.joined()
  }

  private static func batch(_ edits: [[Edit]], _ tables: [Table], from position: UInt64, _ schema: Schema) throws
    -> TransactionBatch
  {
    let transactions = try edits.enumerated().map { place, edits in
      Transaction(
        Transaction.Header(Position(position + UInt64(place)), committedAt: microseconds(day: place / 10)),
        try edits.map { edit in
          let table = tables[edit.table]
          let (before, after) = (try edit.before.map { try values($0, table) }, try edit.after.map { try values($0, table) })
          return switch (before, after) {
          case (let before?, let after?): Change(table.id, .update(before: RowImage(before), after: RowImage(after)))
          case (let before?, nil): Change(table.id, .delete(before: RowImage(before)))
          default: Change(table.id, .insert(after: RowImage(after!)))
          }
        })
    }
    return TransactionBatch(transactions) { schema[$0]!.types }
  }

  private static func values(_ row: Row, _ table: Table) throws -> [Value] {
    try zip(row, table.types).map { text, type in
      try text.map { try Value(parsing: $0, as: type, style: TextStyle()) } ?? .null
    }
  }
}

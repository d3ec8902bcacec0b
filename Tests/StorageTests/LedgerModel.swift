import Relations
import TestKit

@testable import Storage

/// A ledger as plain lists: everything that happened, kept for ever, and what may be asked of it.
struct LedgerModel {
  static let types: [TableID: [SQLType]] = [
    TableID(1): [.int8, .numeric, .text],
    TableID(2): [.numeric, .text, .int4],
    TableID(3): [.int4, .text],
  ]
  static let keys: [TableID: [Int]] = [TableID(1): [0], TableID(2): [1, 0]]
  static let tables = types.keys.sorted()

  var transactions: [Transaction] = []
  var events: [(place: UInt64, event: StreamEvent)] = []
  var pins: [String: UInt64] = [:]
  var rewound: Set<String> = []
  var horizon: UInt64 = 0
  var end: UInt64 = 0
  /// The rows of each table now.
  private var rows: [TableID: [[Value]]] = [:]

  func isRetained(_ position: UInt64) -> Bool {
    position <= end && (position >= horizon || pins.contains { $0.value == position && !rewound.contains($0.key) })
  }

  /// Positions that may be asked from, and some others.
  func position(_ random: inout SplitMix64) -> UInt64 {
    let known = [end, horizon] + pins.values.sorted() + transactions.map(\.position.number)
    return Bool.random(using: &random) ? known.randomElement(using: &random)! : UInt64.random(in: 0...end, using: &random)
  }
}

// MARK: - What happens

extension LedgerModel {
  mutating func append(_ transactions: [Transaction]) {
    for transaction in transactions {
      self.transactions.append(transaction)
      end = transaction.position.number
    }
    rows = LedgerModel.rows(self.transactions[...])
  }

  mutating func append(_ event: StreamEvent) {
    end = max(end, event.position.number)
    events.append((end, event))
  }

  mutating func rewind(to position: UInt64) {
    transactions.removeAll { $0.position.number > position }
    events.removeAll { $0.place > position }
    for (name, pin) in pins where pin > position { rewound.insert(name) }
    horizon = min(horizon, position)
    end = position
    events.append((position, .rewind(to: Position(position))))
    rows = LedgerModel.rows(transactions[...])
  }

  private static func rows(_ transactions: ArraySlice<Transaction>) -> [TableID: [[Value]]] {
    var rows: [TableID: [[Value]]] = [:]
    for change in transactions.lazy.flatMap(\.changes) {
      if case .truncate = change.operation { rows[change.table] = [] }
      if let before = change.before {
        let place = rows[change.table]!.firstIndex { same($0, before.columns.map { $0! }) }!
        rows[change.table]!.remove(at: place)
      }
      if let after = change.after { rows[change.table, default: []].append(after.columns.map { $0! }) }
    }
    return rows
  }

  static func same(_ a: [Value], _ b: [Value]) -> Bool { zip(a, b).allSatisfy { $0.isIdentical(to: $1) } }

  static func key(_ row: [Value], _ table: TableID) -> [UInt8] {
    keys[table].map { key in KeyEncoding(key.map { types[table]![$0] }).encode(key.map { row[$0] }) }
      ?? RowEncoding(types[table]!).encode(row)
  }
}

// MARK: - Random changes

extension LedgerModel {
  /// Transactions that could happen now.
  func next(_ random: inout SplitMix64, count: Int) -> [Transaction] {
    var rows = rows
    var position = end
    return (0..<count).map { _ in
      position += UInt64.random(in: 1...3, using: &random)
      let changes = (0..<Int.random(in: 0...5, using: &random)).map { _ in LedgerModel.change(&rows, &random) }
      let time = Int.random(in: 0...9, using: &random) == 0 ? nil : Int64(position * 10) - Int64.random(in: 0...25, using: &random)
      return Transaction(Transaction.Header(Position(position), committedAt: time), changes)
    }
  }

  private static func change(_ rows: inout [TableID: [[Value]]], _ random: inout SplitMix64) -> Change {
    let table = tables.randomElement(using: &random)!
    let old = rows[table] ?? []
    func image(_ row: [Value]) -> RowImage { RowImage(row) }
    func isFree(_ row: [Value], but place: Int?) -> Bool {
      keys[table] == nil || !old.enumerated().contains { $0 != place && key($1, table) == key(row, table) }
    }
    if Int.random(in: 0..<40, using: &random) == 0 {
      rows[table] = []
      return Change(table, .truncate)
    }
    if !old.isEmpty, Int.random(in: 0..<3, using: &random) > 0 {
      let place = Int.random(in: old.indices, using: &random)
      let fresh = row(table, &random)
      switch Int.random(in: 0..<4, using: &random) {
      case 0:
        rows[table]!.remove(at: place)
        return Change(table, .delete(before: image(old[place])))
      case 1 where isFree(fresh, but: place):
        rows[table]![place] = fresh
        return Change(table, .update(before: image(old[place]), after: image(fresh)))
      default:
        var same = old[place]
        same[2 % same.count] = fresh[2 % same.count]
        if !isFree(same, but: place) { same = old[place] }
        rows[table]![place] = same
        return Change(table, .update(before: image(old[place]), after: image(same)))
      }
    }
    var fresh = row(table, &random)
    while !isFree(fresh, but: nil) { fresh = row(table, &random) }
    rows[table, default: []].append(fresh)
    return Change(table, .insert(after: image(fresh)))
  }

  private static func row(_ table: TableID, _ random: inout SplitMix64) -> [Value] {
    func text() -> Value {
      .text(["", "a", "b\u{1}", "é", String(repeating: "long ", count: 8)].randomElement(using: &random)!)
    }
    func number() -> Value {
      let scale = Int.random(in: 0...1, using: &random)
      return .numeric(Numeric(coefficient: Int128.random(in: 0...20, using: &random) * (scale == 0 ? 1 : 10), scale: scale))
    }
    let small = Value.integer(Int64.random(in: 0...30, using: &random))
    return switch table.number {
    case 1: [small, number(), text()]
    case 2: [number(), text(), small]
    default: [.integer(Int64.random(in: 0...3, using: &random)), text()]
    }
  }
}

// MARK: - What is true

extension LedgerModel {
  /// What changed on balance, a line a row, era by era.
  func net(_ table: TableID, since: UInt64, until: UInt64) -> [[String]] {
    var eras: [[String]] = [[]]
    var net = NetRows()
    for transaction in transactions where transaction.position.number > since && transaction.position.number <= until {
      for change in transaction.changes where change.table == table {
        if case .truncate = change.operation {
          eras[eras.count - 1] += net.lines
          eras.append(["truncated at \(transaction.position.number)"])
          net = NetRows()
        }
        if let row = change.before { net.add(row.columns.map { $0! }, -1, table, transaction.position.number) }
        if let row = change.after { net.add(row.columns.map { $0! }, 1, table, transaction.position.number) }
      }
    }
    eras[eras.count - 1] += net.lines
    return eras.map { $0.sorted() }
  }

  private struct NetRows {
    var weights: [String: Int] = [:]

    mutating func add(_ row: [Value], _ weight: Int, _ table: TableID, _ position: UInt64) {
      weights["\(row)", default: 0] += weight
    }

    var lines: [String] { weights.filter { $0.value != 0 }.map { "\($0.key) × \($0.value)" } }
  }

  /// The rows of a table at a position, in order.
  func lines(_ table: TableID, at position: UInt64) -> [String] {
    let until = transactions.partitionPoint { $0.position.number > position }
    return (LedgerModel.rows(transactions[..<until])[table] ?? []).map { "\($0)" }.sorted()
  }

  func rows(_ table: TableID, at position: UInt64) -> [[Value]] {
    let until = transactions.partitionPoint { $0.position.number > position }
    return LedgerModel.rows(transactions[..<until])[table] ?? []
  }

  func row(_ key: [UInt8], _ table: TableID, at position: UInt64) -> [Value]? {
    let until = transactions.partitionPoint { $0.position.number > position }
    return LedgerModel.rows(transactions[..<until])[table]?.first { LedgerModel.key($0, table) == key }
  }

  /// Every key of a table that there ever was.
  func keys(_ table: TableID) -> [[UInt8]] {
    let rows = transactions.lazy.flatMap(\.changes).filter { $0.table == table }.flatMap {
      [$0.before, $0.after].compactMap { $0 }
    }
    return Set(rows.map { LedgerModel.key($0.columns.map { $0! }, table) }).sorted { $0.precedes($1) }
  }

  func commitTime(at position: UInt64) -> Int64? {
    transactions.last { $0.position.number <= position && $0.header.committedAt != nil }?.header.committedAt
  }

  /// The position before the first transaction that was committed later.
  func position(at time: Int64) -> UInt64 {
    guard let later = transactions.firstIndex(where: { $0.header.committedAt.map { $0 > time } ?? false }) else { return end }
    let next = transactions[later].position.number
    let before = later == 0 ? 0 : transactions[later - 1].position.number
    // What else moved the timeline in between has no time.
    return max(before, events.lazy.map(\.place).filter { $0 < next }.max() ?? 0, horizon < next ? horizon : 0)
  }
}

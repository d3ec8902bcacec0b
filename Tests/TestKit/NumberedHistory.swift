import Relations

/// A history of which every transaction follows from its number, so that two processes agree on it without talking.
///
/// Transaction n is at position n and changes one of a few hundred keys: inserts it if it is not there, else updates or deletes it.
public struct NumberedHistory: Hashable, Sendable {
  public static let table = TableID(1)
  public static let types: [SQLType] = [.int4, .int8, .text]
  public static let key = [0]
  static let keys: UInt64 = 300

  /// The transaction that wrote the row of each key; nil where there is none.
  private var writers: [UInt64?] = Array(repeating: nil, count: Int(keys))
  public private(set) var end: UInt64 = 0

  public init() {}

  private static func mixed(_ number: UInt64) -> UInt64 {
    var random = SplitMix64(seed: number)
    return random.next()
  }

  public static func row(_ key: Int, writer: UInt64) -> [Value] {
    [.integer(Int64(key)), .integer(Int64(writer)), .text("row of \(writer) \(mixed(writer) % 1000)")]
  }

  /// The next transactions.
  public mutating func next(_ count: Int) -> [Transaction] {
    (0..<count).map { _ in
      end += 1
      let mixed = NumberedHistory.mixed(end)
      let key = Int(mixed % NumberedHistory.keys)
      let before = writers[key].map { RowImage(NumberedHistory.row(key, writer: $0)) }
      let after = RowImage(NumberedHistory.row(key, writer: end))
      let isDelete = before != nil && mixed >> 32 % 4 == 0
      writers[key] = isDelete ? nil : end
      let operation: Change.Operation =
        before.map { isDelete ? .delete(before: $0) : .update(before: $0, after: after) } ?? .insert(after: after)
      return Transaction(
        Transaction.Header(Position(end), committedAt: Int64(end) * 1000), [Change(NumberedHistory.table, operation)])
    }
  }

  public func row(_ key: Int) -> [Value]? { writers[key].map { NumberedHistory.row(key, writer: $0) } }

  /// Goes on to a transaction without telling those before it.
  public mutating func advance(to position: UInt64) {
    while end < position {
      end += 1
      let mixed = NumberedHistory.mixed(end)
      let key = Int(mixed % NumberedHistory.keys)
      writers[key] = writers[key] != nil && mixed >> 32 % 4 == 0 ? nil : end
    }
  }

  /// Takes in a transaction that somebody else tells.
  public mutating func apply(_ transaction: Transaction) {
    end = transaction.position.number
    for change in transaction.changes {
      if case .integer(let key)? = change.before?.columns[0] { writers[Int(key)] = nil }
      if case .integer(let key)? = change.after?.columns[0], case .integer(let writer)? = change.after?.columns[1] {
        writers[Int(key)] = UInt64(writer)
      }
    }
  }

  /// All of it, to go on with later.
  public var bytes: [UInt8] {
    ([end] + writers.map { $0 ?? 0 }).flatMap { number in (0..<8).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) } }
  }

  /// - Parameter bytes: what `bytes` was, and perhaps something behind it.
  public init?(_ bytes: [UInt8]) {
    guard bytes.count >= 8 * (1 + writers.count) else { return nil }
    func number(_ place: Int) -> UInt64 { (0..<8).reduce(0) { $0 | UInt64(bytes[8 * place + $1]) << UInt64(8 * $1) } }
    end = number(0)
    for key in writers.indices { writers[key] = number(key + 1) == 0 ? nil : number(key + 1) }
  }

  /// The keys whose rows are not what they were.
  public func changedKeys(since: NumberedHistory) -> [Int] { writers.indices.filter { writers[$0] != since.writers[$0] } }

  /// All rows, a line each, in order.
  public var lines: [String] { writers.indices.compactMap { row($0).map { "\($0)" } }.sorted() }

  /// What has changed since an earlier state, a line a row, in order.
  public func net(since: NumberedHistory) -> [String] {
    writers.indices.flatMap { key -> [String] in
      if writers[key] == since.writers[key] { return [] }
      return [since.row(key).map { "\($0) × -1" }, row(key).map { "\($0) × 1" }].compactMap { $0 }
    }.sorted()
  }
}

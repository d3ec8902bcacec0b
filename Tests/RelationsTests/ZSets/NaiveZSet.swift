@testable import Relations

/// What a Z-set is, without regard for speed: a dictionary from rows to weights.
struct NaiveZSet: Equatable {
  private(set) var weights: [String: Int64] = [:]
  /// In order of first occurrence.
  private(set) var rows: [String] = []

  init(_ zset: ZSet) {
    for (row, weight) in zip(zset.rows.rows, zset.weights) { add(NaiveZSet.name(row), weight) }
  }

  private mutating func add(_ row: String, _ weight: Int64) {
    if weights[row] == nil { rows.append(row) }
    weights[row, default: 0] += weight
  }

  static func == (a: NaiveZSet, b: NaiveZSet) -> Bool { a.nonZero == b.nonZero }
  var nonZero: [String: Int64] { weights.filter { $1 != 0 } }

  /// The rows of the short form with their weights, in order.
  var consolidated: [String] { rows.filter { weights[$0] != 0 }.map { "\($0) × \(weights[$0]!)" } }

  /// Different for different representations, and the same for the same one.
  static func name(_ row: [Value]) -> String { row.map(name).joined(separator: " | ") }

  private static func name(_ value: Value) -> String {
    switch value {
    case .null: "null"
    case .bool(let bool): "\(bool)"
    case .integer(let integer): "\(integer)"
    case .float(let float): float.isNaN ? "nan" : "\(float.bitPattern)"
    case .numeric(let numeric): "\(numeric)"
    case .uuid(let uuid): "\(uuid)"
    case .interval(let interval): "\(interval)"
    case .bytes(let bytes): "\(bytes)"
    }
  }
}

extension ZSet {
  /// The rows as listed, with their weights.
  var named: [String] { zip(rows.rows, weights).map { "\(NaiveZSet.name($0)) × \($1)" } }
}

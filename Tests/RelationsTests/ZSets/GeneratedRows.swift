import TestKit

@testable import Relations

/// Batches of every type and storage, full of values that are equal, nearly equal, or equal in one way and not in the other.
enum GeneratedRows {
  static let types: [SQLType] = [
    .bool, .int2, .int8, .float4, .float8, .numeric(10, 2), .numeric, .text, .bpchar(8), .date, .timetz, .timestamptz, .uuid,
    .interval, SQLType(TypeID(829)),
  ]

  static func types(_ count: Int, using random: inout SplitMix64) -> [SQLType] {
    (0..<count).map { _ in types.randomElement(using: &random)! }
  }

  /// Rows out of few values per column, stored in whatever way the types allow.
  static func batch(_ types: [SQLType], count: Int, using random: inout SplitMix64) -> Batch {
    let columns = types.map { type in
      let pool = (0..<Int.random(in: 1...6, using: &random)).map { _ in value(type, using: &random) }
      let nulls = Bool.random(using: &random) ? 0.2 : 0
      let values = (0..<count).map { _ in
        Double.random(in: 0..<1, using: &random) < nulls ? .null : pool.randomElement(using: &random)!
      }
      return stored(Column(type, values), using: &random)
    }
    return Batch(columns, count: count)
  }

  static func zset(_ types: [SQLType], count: Int, using random: inout SplitMix64) -> ZSet {
    ZSet(
      batch(types, count: count, using: &random),
      weights: (0..<count).map { _ in
        Int.random(in: 0..<20, using: &random) == 0
          ? .random(in: -(1 << 40)...1 << 40, using: &random) : .random(in: -2...2, using: &random)
      })
  }

  /// A size that meets every path: none, few, a table, several parts.
  static func count(using random: inout SplitMix64) -> Int {
    [0, 1, 2, 63, 64, .random(in: 3...62, using: &random), .random(in: 65...2000, using: &random), 20_000].randomElement(
      using: &random)!
  }

  static func value(_ type: SQLType, using random: inout SplitMix64) -> Value {
    switch type.id.layout {
    case .bits: .bool(.random(using: &random))
    case .integers: .integer([0, 1, -1, .min, .max, .random(in: -300...300, using: &random)].randomElement(using: &random)!)
    case .floats: .float(floats.randomElement(using: &random)!)
    case .numerics where type == .numeric: .numeric(numerics.randomElement(using: &random)!)
    case .numerics: .numeric(Numeric(coefficient: Int128(Int.random(in: -300...300, using: &random)), scale: 2))
    case .uuids: .uuid([0, 1, 1 << 64, 1 << 127, .max].randomElement(using: &random)!)
    case .intervals: .interval(intervals.randomElement(using: &random)!)
    case .bytes: .bytes(text(blanks: type.id == .bpchar, using: &random))
    }
  }

  private static let intervals: [Interval] = [
    .zero, Interval(months: 1), Interval(days: 30), Interval(months: -1, days: 60), Interval(microseconds: 1),
    Interval(days: -1, microseconds: 86_400_000_000), Interval(microseconds: -1), Interval(months: .max),
    Interval(months: .min, days: .min),
    Interval(microseconds: .max), Interval(days: 106_751_991, microseconds: 14_454_775_807),
  ]

  private static let floats: [Double] = [
    0, -0.0, 1, -1, .nan, -.nan, Double(bitPattern: 0x7FF8_0000_0000_1234), .infinity, -.infinity, .leastNonzeroMagnitude, 1e300,
    0.1,
  ]

  private static let numerics: [Numeric] = [
    Numeric(coefficient: 10, scale: 1), Numeric(coefficient: 100, scale: 2), Numeric(1), .zero, Numeric(coefficient: 0, scale: 3),
    .nan,
    .infinity, .negativeInfinity, Numeric(coefficient: -(1 << 100), scale: 7), Numeric(coefficient: .max, scale: 0),
    Numeric(coefficient: .max, scale: 1), Numeric(coefficient: -5, scale: 1),
  ]

  /// Beginnings are shared over eight, seven and many bytes; some differ in length only.
  private static func text(blanks: Bool, using random: inout SplitMix64) -> [UInt8] {
    let beginning = ["", "a", "abcdefg", "abcdefgh", String(repeating: "long shared ", count: 20)].randomElement(using: &random)!
    let end = ["", "a", "b", "\u{1}", "é", "~", "aaaaaaaa", blanks ? " " : "z", blanks ? "   " : "zz"].randomElement(
      using: &random)!
    return Array((beginning + end).utf8)
  }

  /// The same column, stored in another way.
  static func stored(_ column: Column, using random: inout SplitMix64) -> Column {
    guard Bool.random(using: &random) else { return column }
    switch column.storage {
    case .bytes(let bytes): return Column(column.type, coded(bytes), nulls: column.nulls)
    case .decimals: return Column(column.type, .numerics(column.storage.asNumerics), nulls: column.nulls)
    default: return column
    }
  }

  private static func coded(_ bytes: ByteColumn) -> Column.Storage {
    var dictionary = ByteColumn([Array("not used".utf8)])
    var codes: [[UInt8]: UInt32] = [:]
    let rows = (0..<bytes.count).map { row in
      if let code = codes[bytes[row]] { return code }
      dictionary.append(bytes[row])
      codes[bytes[row]] = UInt32(dictionary.count - 1)
      return UInt32(dictionary.count - 1)
    }
    return .coded(rows, dictionary: dictionary)
  }
}

import Relations
import TestKit

@testable import Formats

/// Change logs full of values of every type, in the forms that a writer may choose.
struct GeneratedLog {
  var random: SplitMix64

  init(seed: UInt64) { random = SplitMix64(seed: seed) }

  mutating func transactions(_ count: Int) throws -> [Transaction] {
    let tables = [try Sample.table("orders"), try Sample.table("everything"), Sample.schema.allTables[2]]
    return (0..<count).map { index in
      let header = Transaction.Header(
        Position(UInt64(index + 1) << 28), committedAt: one(of: 3) ? nil : Int64.random(in: 0...1 << 50, using: &random),
        origin: one(of: 5) ? text() : nil)
      let changes = (0..<Int.random(in: 0...4, using: &random)).map { _ in change(tables.randomElement(using: &random)!) }
      return Transaction(header, changes)
    }
  }

  private mutating func one(of count: Int) -> Bool { Int.random(in: 0..<count, using: &random) == 0 }

  private mutating func change(_ table: Table) -> Change {
    switch Int.random(in: 0..<10, using: &random) {
    case 0: Change(table.id, .truncate)
    case 1...4: Change(table.id, .insert(after: image(table)))
    case 5...7: Change(table.id, .update(before: image(table), after: image(table)))
    default: Change(table.id, .delete(before: image(table)))
    }
  }

  private mutating func image(_ table: Table) -> RowImage {
    let holes = one(of: 3)
    return RowImage(
      table.types.map { type in
        if holes, one(of: 2) { return nil }
        return one(of: 8) ? .null : value(type)
      })
  }

  mutating func value(_ type: SQLType) -> Value {
    switch type.id {
    case .bool: .bool(.random(using: &random))
    case .int2: .integer(Int64(Int16.random(in: .min ... .max, using: &random)))
    case .int4: .integer(Int64(Int32.random(in: .min ... .max, using: &random)))
    case .int8: .integer([.min, .max, 0, -1, .random(in: .min ... .max, using: &random)].randomElement(using: &random)!)
    case .float4: .float([0, -0.0, .infinity, .nan, Double(Float(0.1)), 1e6].randomElement(using: &random)!)
    case .float8: .float([0, -0.0, .infinity, -.infinity, .nan, .leastNonzeroMagnitude, 0.1, 1e300].randomElement(using: &random)!)
    case .numeric where type.modifier >= 0:
      .numeric(Numeric(coefficient: Int128(Int.random(in: -9_999_999_999...9_999_999_999, using: &random)), scale: 2))
    case .numeric: .numeric(numeric())
    case .date: .integer([DateRange.infinity, DateRange.minusInfinity, 0, 9_000, -800_000].randomElement(using: &random)!)
    case .time: .integer([0, TimeRange.last, 36_000_250_000].randomElement(using: &random)!)
    case .timetz: .integer(ZonedTime(local: 36_000_000_000, west: [0, -7_200, 12_345].randomElement(using: &random)!).packed)
    case .interval:
      .interval(
        Interval(
          months: .random(in: -30...30, using: &random), days: .random(in: -40...40, using: &random),
          microseconds: .random(in: -1 << 40...1 << 40, using: &random)))
    case .timestamp, .timestamptz:
      .integer([TimestampRange.infinity, 0, -1, 831_028_320_000_001].randomElement(using: &random)!)
    case .uuid: .uuid(UInt128(random.next()) << 64 | UInt128(random.next()))
    case .varchar: .text(String(text().unicodeScalars.prefix(8).map(Character.init)))
    case .bpchar: .text(["      ", "ab    ", "äöü€😀x"].randomElement(using: &random)!)
    case .json: .text(["{\"b\":1, \"a\":\"\\u0000\"}", "null", " [1.50] ", "\"x\""].randomElement(using: &random)!)
    case .jsonb: .text(["{\"a\": 1, \"bb\": [1.50, null]}", "null", "\"x\\\"\\n\"", "{}", "true"].randomElement(using: &random)!)
    case TypeID(1007), TypeID(1009): .bytes(array(type).stored(as: type))
    default: .text(text())
    }
  }

  /// Mostly a short list; now and then none, two dimensions, or one that begins elsewhere.
  private mutating func array(_ type: SQLType) -> ArrayValue {
    let element = type.arrayElement!
    let count = Int.random(in: 0...4, using: &random)
    let values = (0..<count).map { _ in one(of: 4) ? Value.null : value(element) }
    return switch count {
    case 4 where one(of: 2): ArrayValue(bounds: [.init(count: 2), .init(lower: -1, count: 2)], elements: values)
    case 1... where one(of: 4): ArrayValue(bounds: [.init(lower: 0, count: count)], elements: values)
    default: ArrayValue(values)
    }
  }

  private mutating func numeric() -> Numeric {
    [
      .nan, .infinity, .zero, Numeric(coefficient: 1, scale: 30), Numeric(coefficient: .max, scale: 0),
      Numeric(coefficient: Int128(random.next()), scale: Int.random(in: 0...20, using: &random)),
    ].randomElement(using: &random)!
  }

  mutating func text() -> String {
    let pieces = ["a", "\"", "\\", "\n", "\u{1}", "\u{1F}", "\u{7F}", "é", "€", "😀", "/", " ", "{", "long enough for a word"]
    return (0..<Int.random(in: 0...6, using: &random)).map { _ in pieces.randomElement(using: &random)! }.joined()
  }
}

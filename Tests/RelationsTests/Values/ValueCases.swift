import TestKit

@testable import Relations

/// Texts of values of every full type, as PostgreSQL prints them or nearly: few different ones, so that many are equal, and the extremes.
struct ValueCases {
  var dates: DateTimeCases

  init(seed: UInt64) { dates = DateTimeCases(seed: seed) }

  static let types: [SQLType] = [
    .bool, .int2, .int4, .int8, .float8, .numeric, .uuid, .text, .varchar, .bpchar, .date, .timestamp, .timestamptz,
  ]

  mutating func text(of type: TypeID) -> String {
    switch type {
    case .bool: pick(["t", "f"])
    case .int2: integer(Int64(Int16.min)...Int64(Int16.max))
    case .int4: integer(Int64(Int32.min)...Int64(Int32.max))
    case .int8: integer(.min ... .max)
    case .float8: float()
    case .numeric: dates.integer(0...4) == 0 ? pick(["NaN", "Infinity", "-Infinity"]) : pick(Self.numbers) + pick(["", "0", "00"])
    case .uuid: uuid()
    case .date: printed(.integer(dates.day()), as: .date)
    case .timestamp: printed(.integer(dates.moment()), as: .timestamp)
    case .timestamptz: printed(.integer(dates.moment()), as: .timestamptz)
    default: string()
    }
  }

  private static let numbers = ["0.", "-0.", "1.", "1.0", "-1.5", "1.5", "99999999999999999999.", "0.00000000000000000000000001"]

  private mutating func pick(_ texts: [String]) -> String { texts.randomElement(using: &dates.random) ?? "" }

  private mutating func integer(_ range: ClosedRange<Int64>) -> String {
    switch dates.integer(0...3) {
    case 0: "\(dates.integer(0...1) == 0 ? range.lowerBound : range.upperBound)"
    case 1: "\(dates.integer(-3...3))"
    default: "\(dates.integer(range))"
    }
  }

  private mutating func float() -> String {
    switch dates.integer(0...2) {
    case 0:
      pick([
        "NaN", "Infinity", "-Infinity", "0", "-0", "5e-324", "-5e-324", "1.7976931348623157e+308", "2.2250738585072014e-308",
        "1e15",
      ])
    case 1: "\(Double(dates.integer(-20...20)) / 8)"
    default: printed(.float(Double(bitPattern: dates.random.next())), as: .float8)
    }
  }

  private mutating func uuid() -> String {
    let high = dates.integer(0...1) == 0 ? dates.random.next() : UInt64(dates.integer(0...1)) << 63
    var text: [UInt8] = []
    TextForm.appendUUID(UInt128(high) << 64 | UInt128(dates.random.next() >> UInt64(dates.integer(0...1) * 63)), to: &text)
    return String(decoding: text, as: UTF8.self)
  }

  private mutating func string() -> String {
    let pieces = [
      "", "a", "b", "A", " ", "  ", "\t", "ä", "€", "😀", "é", "e\u{301}", "\u{1}", "~", "\u{7F}", "\u{D7FF}", "\u{E000}",
      "\u{10FFFF}",
    ]
    return (0..<dates.integer(0...4)).map { _ in pick(pieces) }.joined()
  }

  private func printed(_ value: Value, as type: SQLType) -> String { value.text(as: type, style: TextStyle()) ?? "" }
}

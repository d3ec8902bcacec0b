import TestKit

@testable import Relations

/// Texts of values of every full type, as PostgreSQL prints them or nearly: few different ones, so that many are equal, and the extremes.
struct ValueCases {
  var dates: DateTimeCases

  init(seed: UInt64) { dates = DateTimeCases(seed: seed) }

  static let types: [SQLType] = [
    .bool, .int2, .int4, .int8, .float4, .float8, .numeric, .uuid, .text, .varchar, .bpchar, .date, .time, .timetz, .timestamp,
    .timestamptz, .interval,
  ]

  mutating func text(of type: TypeID) -> String {
    switch type {
    case .bool: pick(["t", "f"])
    case .int2: integer(Int64(Int16.min)...Int64(Int16.max))
    case .int4: integer(Int64(Int32.min)...Int64(Int32.max))
    case .int8: integer(.min ... .max)
    case .float4: float4()
    case .float8: float()
    case .numeric: dates.integer(0...4) == 0 ? pick(["NaN", "Infinity", "-Infinity"]) : pick(Self.numbers) + pick(["", "0", "00"])
    case .uuid: uuid()
    case .date: printed(.integer(dates.day()), as: .date)
    case .time: printed(.integer(time()), as: .time)
    case .timetz: printed(.integer(ZonedTime(local: time(), west: offset()).packed), as: .timetz)
    case .interval: printed(.interval(interval()), as: .interval)
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

  private mutating func float4() -> String {
    switch dates.integer(0...2) {
    case 0: pick(["NaN", "Infinity", "-Infinity", "0", "-0", "1e-45", "3.4028235e+38", "1.1754944e-38", "1e+06", "999999"])
    case 1: "\(Double(dates.integer(-20...20)) / 8)"
    default: printed(.float(Double(Float(bitPattern: UInt32(truncatingIfNeeded: dates.random.next())))), as: .float4)
    }
  }

  /// From midnight to midnight, both included.
  mutating func time() -> Int64 {
    let day = TimeRange.last
    switch dates.integer(0...3) {
    case 0: return [0, 1, 500_000, day / 2, day - 1, day].randomElement(using: &dates.random) ?? 0
    case 1: return dates.integer(0...23) * 3_600_000_000
    default: return dates.integer(0...day)
    }
  }

  /// Seconds.
  mutating func offset() -> Int64 {
    switch dates.integer(0...3) {
    case 0: [0, 57_599, -57_599, 1, -3_601].randomElement(using: &dates.random) ?? 0
    case 1: dates.integer(ZonedTime.offsets)
    default: dates.integer(-12...12) * 3_600
    }
  }

  /// Many are equal and not identical: a month is as long as 30 days here, a day as 24 hours.
  mutating func interval() -> Interval {
    let day = TimestampRange.microsecondsPerDay
    switch dates.integer(0...6) {
    case 0:
      return [
        .zero, Interval(months: 1), Interval(days: 30), Interval(microseconds: 30 * day), Interval(months: 2, days: -30),
        Interval(months: -1), Interval(days: -30), Interval(days: 1), Interval(microseconds: day),
        Interval(days: 2, microseconds: -day),
        Interval(months: 12), Interval(months: 11, days: 30), Interval(months: .max, days: .max, microseconds: .max),
        Interval(months: .min, days: .min, microseconds: -.max),
      ].randomElement(using: &dates.random) ?? .zero
    case 1: return Interval(microseconds: dates.integer(-2 * day...2 * day))
    case 2: return Interval(months: Int32(dates.integer(-30...30)), days: Int32(dates.integer(-90...90)))
    case 3:
      return Interval(
        months: Int32(dates.integer(-3...3)), days: Int32(dates.integer(-3...3)), microseconds: dates.integer(-3...3) * day)
    case 4: return Interval(days: Int32(dates.integer(-3...3)), microseconds: dates.integer(-3...3) * 3_600_000_000)
    case 5: return Interval(microseconds: Int64(bitPattern: dates.random.next()))
    default:
      let bits = dates.random.next()
      return Interval(
        months: Int32(truncatingIfNeeded: bits), days: Int32(truncatingIfNeeded: bits >> 32),
        microseconds: Int64(bitPattern: dates.random.next()) >> dates.integer(0...60))
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

import Relations
import TestKit
import Testing

@testable import Expressions

@Suite struct DateTimeKernelTests {
  static let zones = [
    "UTC", "Europe/Berlin", "America/New_York", "America/St_Johns", "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Apia",
    "Africa/Cairo",
  ]

  @Test(arguments: zones, Cases.seeds(1)) func `functions on dates and times agree with PostgreSQL`(zoneName: String, seed: UInt64)
    throws
  {
    var random = SplitMix64(seed: seed)
    let zone = try #require(Zone.named(zoneName))
    let moments = RandomMoments(zone: zone)
    let table = try KernelTable.dateTimes(rows: 150, moments, using: &random)
    var calls = Self.functions + Self.intervalFunctions
    // A unit is nearly always written out.
    for (symbol, sql, type, result) in Self.unitFunctions {
      let hidden = symbol.hasSuffix("zone") ? [KernelCall.Argument.constant(.text("Asia/Tokyo"), .text)] : []
      for unit in Self.units.shuffled(using: &random).prefix(12) {
        let arguments = [KernelCall.Argument.constant(.text(unit), .text), .column(type)]
        calls.append(KernelCall(symbol: symbol, sql: sql, arguments: arguments + hidden, result: result))
      }
    }
    for symbol in ["date_lt_timestamptz", "timestamp_ge_timestamptz", "date_cmp_timestamp"] {
      let (left, right) = (String(symbol.prefix { $0 != "_" }), String(symbol.split(separator: "_").last!))
      for _ in 0..<5 {
        let constant = KernelCall.Argument.constant(moments.value(right, using: &random), SQLType(right))
        calls.append(
          KernelCall(
            symbol: symbol, sql: "\(symbol)($1, $2)", arguments: [.column(left + "1"), constant],
            result: symbol.contains("cmp") ? .int4 : .bool))
      }
    }
    let context = EvaluationContext(style: TextStyle(zone: zone))
    try expectAgreement(calls, table, DateTimeKernels.all, seed: seed, context: context)
  }

  @Test func `every kernel is tested`() {
    let reached = Set((Self.functions + Self.intervalFunctions).map(\.symbol) + Self.unitFunctions.map(\.0))
    #expect(DateTimeKernels.all.map(\.0).filter { !reached.contains($0) } == [])
    #expect(Set(DateTimeKernels.all.map(\.0)).count == DateTimeKernels.all.count)
  }

  private static let unitFunctions: [(String, String, String, SQLType)] = [
    ("timestamp_trunc", "date_trunc($1, $2)", "timestamp1", .timestamp),
    ("timestamptz_trunc", "date_trunc($1, $2)", "timestamptz1", .timestamptz),
    ("timestamptz_trunc_zone", "date_trunc($1, $2, 'Asia/Tokyo')", "timestamptz1", .timestamptz),
    ("extract_date", "extract($1, $2)", "date1", .numeric),
    ("extract_timestamp", "extract($1, $2)", "timestamp1", .numeric),
    ("extract_timestamptz", "extract($1, $2)", "timestamptz1", .numeric),
    ("timestamp_part", "date_part($1, $2)", "timestamp1", .float8),
    ("timestamptz_part", "date_part($1, $2)", "timestamptz1", .float8),
  ].map { symbol, sql, type, result in (symbol, sql.replacing("extract(", with: "pg_catalog.extract("), type, result) }

  fileprivate static let units = [
    "microseconds", "milliseconds", "second", "minute", "hour", "day", "week", "month", "quarter", "year", "decade", "century",
    "millennium",
    "dow", "isodow", "doy", "isoyear", "julian", "epoch", "timezone", "timezone_hour", "timezone_minute", "Years", "USEC", "mm",
    "now", "fortnight",
    "millenniums", "", "ä",
  ]

  private static let functions: [KernelCall] = {
    var calls: [KernelCall] = []
    func add(_ symbol: String, _ sql: String, _ columns: [String], _ result: SQLType, _ hidden: [KernelCall.Argument] = []) {
      calls.append(KernelCall(symbol: symbol, sql: sql, arguments: columns.map { .column($0) } + hidden, result: result))
    }
    add("date_pli", "$1 + $2", ["date1", "days"], .date)
    add("date_mii", "$1 - $2", ["date1", "days"], .date)
    add("date_mi", "$1 - $2", ["date1", "date2"], .int4)
    add("date_finite", "isfinite($1)", ["date1"], .bool)
    add("timestamp_finite", "isfinite($1)", ["timestamp1"], .bool)
    for (type, result) in [("date", SQLType.date), ("timestamp", .timestamp)] {
      for name in ["larger", "smaller"] { add("\(type)_\(name)", "\(type)_\(name)($1, $2)", [type + "1", type + "2"], result) }
      add("\(type)_cmp", "\(type)_cmp($1, $2)", [type + "1", type + "2"], .int4)
    }
    for a in ["date", "timestamp", "timestamptz"] {
      for b in ["date", "timestamp", "timestamptz"] where a != b {
        add("\(a)_\(b)", "$1::\(b)", [a + "1"], SQLType(b))
        add("\(a)_cmp_\(b)", "\(a)_cmp_\(b)($1, $2)", [a + "1", b + "2"], .int4)
        for name in ["eq", "ne", "lt", "le", "gt", "ge"] {
          add("\(a)_\(name)_\(b)", "\(a)_\(name)_\(b)($1, $2)", [a + "1", b + "2"], .bool)
        }
      }
    }
    for precision: Int64 in [0, 3, 6] {
      let hidden = [KernelCall.Argument.constant(.integer(precision), .int4)]
      add("timestamp_scale", "$1::timestamp(\(precision))", ["timestamp1"], .timestamp, hidden)
      add("timestamptz_scale", "$1::timestamptz(\(precision))", ["timestamptz1"], .timestamptz, hidden)
    }
    add("timestamp_scale", "\"timestamp\"($1, $2)", ["timestamp1", "day"], .timestamp)
    for precision: Int64 in [2, 3] {
      for column in ["timestamp1", "milliseconds"] {
        let arguments = [KernelCall.Argument.column(column), .constant(.integer(precision), .int4)]
        calls.append(KernelCall(symbol: "timestamp_scale", sql: "\"timestamp\"($1, $2)", arguments: arguments, result: .timestamp))
      }
    }
    add("timestamp_zone", "timezone($1, $2)", ["zone", "timestamp1"], .timestamptz)
    add("timestamptz_zone", "timezone($1, $2)", ["zone", "timestamptz1"], .timestamp)
    // PostgreSQL writes the part of a date as that of a timestamp, and casts even if the unit is null: the evaluator's business.
    for (symbol, sql, type, result) in unitFunctions where !symbol.hasSuffix("zone") && !symbol.hasSuffix("date)") {
      add(symbol, sql, ["unit", type], result)
    }
    add("timestamptz_trunc_zone", "date_trunc($1, $2, $3)", ["unit", "timestamptz1", "zone"], .timestamptz)
    add("make_date", "make_date($1, $2, $3)", ["year", "month", "day"], .date)
    for name in ["make_timestamp", "make_timestamptz"] {
      add(
        name, "\(name)($1, $2, $3, $4, $5, $6)", ["year", "month", "day", "hour", "minute", "second"],
        name.hasSuffix("tz") ? .timestamptz : .timestamp)
    }
    add("float8_timestamptz", "to_timestamp($1)", ["epoch"], .timestamptz)
    return calls
  }()
}

// MARK: - Clock

extension DateTimeKernelTests {
  private func reading(_ clock: Int64?, _ reading: Expression.ClockReading, _ type: SQLType, zone: String) throws -> Kernel.Outcome
  {
    let context = EvaluationContext(clock: clock, style: TextStyle(zone: try #require(Zone.named(zone))))
    return ClockKernels.kernel(for: reading).compute(Kernel.Arguments(operands: [], count: 2, context: context, type: type))
  }

  @Test func `the present is what the context says, by the session's zone`() throws {
    // 2024-03-31 22:30:15.654321 UTC
    let clock: Int64 = (8_856 * 86_400 + 22 * 3_600 + 30 * 60 + 15) * 1_000_000 + 654_321
    func text(_ reading: Expression.ClockReading, _ type: SQLType) throws -> [String?] {
      let outcome = try self.reading(clock, reading, type, zone: "Europe/Berlin")
      let style = TextStyle(zone: try #require(Zone.named("Europe/Berlin")))
      return Column(type, outcome.storage).values.map { $0.text(as: type, style: style) }
    }
    #expect(try text(.currentDate, .date) == ["2024-04-01", "2024-04-01"])
    #expect(try text(.currentTimestamp, .timestamptz)[0] == "2024-04-01 00:30:15.654321+02")
    #expect(try text(.currentTimestamp, SQLType(.timestamptz, modifier: 1))[0] == "2024-04-01 00:30:15.7+02")
    #expect(try text(.localTimestamp, .timestamp)[0] == "2024-04-01 00:30:15.654321")
  }

  @Test func `without a clock nobody knows the present`() throws {
    let outcome = try reading(nil, .currentTimestamp, .timestamptz, zone: "UTC")
    #expect(outcome.failures.map(\.failure) == Array(repeating: .unsupported("now() without a clock"), count: 2))
  }
}

// MARK: - Cases

extension SQLType {
  fileprivate init(_ name: String) {
    self = ["date": SQLType.date, "timestamp": .timestamp, "timestamptz": .timestamptz][name]!
  }
}

/// Dates and times of all ages, many of them where a zone's clocks are set.
struct RandomMoments {
  let zone: Zone

  func value(_ type: String, using random: inout SplitMix64) -> Value {
    let isDate = type == "date"
    switch Int.random(in: 0..<24, using: &random) {
    case 0: return .integer(isDate ? DateRange.infinity : TimestampRange.infinity)
    case 1: return .integer(isDate ? DateRange.minusInfinity : TimestampRange.minusInfinity)
    case 2:
      let range = isDate ? DateRange.first...DateRange.last : TimestampRange.first...TimestampRange.last
      return .integer(.random(in: range, using: &random))
    case 3:
      // The ends of the ranges, and what a zone or a rounding may push over them.
      let distance = Int64.random(in: 0...[0, 1, 86_400_000_000].randomElement(using: &random)!, using: &random)
      let ends =
        isDate
        ? [DateRange.first, DateRange.last, 106_751_991] : [TimestampRange.first + distance, TimestampRange.last - distance]
      return .integer(ends.randomElement(using: &random)!)
    default:
      let moment = ordinary(using: &random)
      return .integer(isDate ? moment.dividedDown(by: TimestampRange.microsecondsPerDay).quotient : moment)
    }
  }

  private func ordinary(using random: inout SplitMix64) -> Int64 {
    let unix: Int64
    let century = Int64.random(in: -4_000_000_000...4_500_000_000, using: &random)
    switch Int.random(in: 0..<4, using: &random) {
    case 0: unix = .random(in: -80_000_000_000...80_000_000_000, using: &random)
    case 1: unix = century
    default:
      let transition = zone.span(at: century).end
      let hours = Int64.random(in: -30...30, using: &random) * 3_600
      unix = transition == .max ? century : transition + hours + .random(in: -60...60, using: &random)
    }
    let fraction = [0, 0, 999_999, 500_000, Int64.random(in: 0..<1_000_000, using: &random)].randomElement(using: &random)!
    return (unix - TimestampRange.unixEpoch) * 1_000_000 + fraction
  }
}

extension KernelTable {
  static func dateTimes(rows: Int, _ moments: RandomMoments, using random: inout SplitMix64) throws -> KernelTable {
    typealias Generator = (inout SplitMix64) -> Value
    func oneOf(_ usual: ClosedRange<Int64>, or extremes: [Int64]) -> Generator {
      { .integer(Int.random(in: 0..<10, using: &$0) == 0 ? extremes.randomElement(using: &$0)! : .random(in: usual, using: &$0)) }
    }
    let wide = [Int64(Int32.min), Int64(Int32.max), 0, -1, 1]
    let generators: [(String, SQLType, Generator)] = [
      ("days", .int4, oneOf(-100_000...100_000, or: wide + [2_147_483_493, -2_451_545])),
      ("year", .int4, oneOf(-60...2_400, or: wide + [-4_713, -4_714, 294_276, 294_277, 5_874_897, 5_874_898])),
      ("month", .int4, oneOf(0...12, or: wide + [13])),
      ("day", .int4, oneOf(0...31, or: wide + [32])),
      ("hour", .int4, oneOf(0...24, or: wide + [25])),
      ("minute", .int4, oneOf(0...59, or: wide + [60])),
      ("second", .float8, { .float(Self.second(using: &$0)) }),
      (
        "factor", .float8,
        { .float([0, 1, -1, 0.5, 1.5, -2.25, 1.0 / 3, 7, 1e-3, .nan, .infinity, 1e9].randomElement(using: &$0)!) }
      ),
      ("epoch", .float8, { .float(Self.epoch(using: &$0)) }),
      ("unit", .text, { .text(DateTimeKernelTests.units.randomElement(using: &$0)!) }),
      ("zone", .text, { .text((DateTimeKernelTests.zones + ["gmt", "Utc"]).randomElement(using: &$0)!) }),
    ]
    var columns = generators.map { name, type, generate in
      (
        name: name, type: type,
        values: (0..<rows).map { _ in Int.random(in: 0..<20, using: &random) == 0 ? .null : generate(&random) }
      )
    }
    for type in ["date", "timestamp", "timestamptz"] {
      for suffix in ["1", "2"] {
        let values = (0..<rows).map { _ in Int.random(in: 0..<20, using: &random) == 0 ? .null : moments.value(type, using: &random)
        }
        columns.append((type + suffix, SQLType(type), values))
      }
    }
    for (type, id) in [("interval", SQLType.interval), ("time", .time), ("timetz", .timetz)] {
      for suffix in ["1", "2", "3"] {
        let texts = (0..<rows).map { _ in
          Int.random(in: 0..<20, using: &random) == 0 ? nil : SampleTexts.text(of: id.id, using: &random)
        }
        let values = try texts.map { try $0.map { try Value(parsing: $0, as: id, style: TextStyle()) } ?? .null }
        columns.append((type + suffix, id, values))
      }
    }
    for type in ["timestamp", "timestamptz"] {
      let values = (0..<rows).map { _ in Int.random(in: 0..<20, using: &random) == 0 ? .null : moments.value(type, using: &random) }
      columns.append((type + "3", SQLType(type), values))
    }
    let milliseconds = (0..<rows).map { _ in
      Value.integer(.random(in: -1_000_000_000_000...1_000_000_000_000, using: &random) * 1_000)
    }
    columns.append(("milliseconds", SQLType(.timestamp, modifier: 3), milliseconds))
    return try KernelTable(columns)
  }

  private static func second(using random: inout SplitMix64) -> Double {
    switch Int.random(in: 0..<5, using: &random) {
    case 0: [.nan, .infinity, -1, -1e-7, 60, 60.0000004, 60.000001, 1e300].randomElement(using: &random)!
    case 1: Double(Int.random(in: 0..<60, using: &random))
    default: Double.random(in: 0..<60, using: &random)
    }
  }

  private static func epoch(using random: inout SplitMix64) -> Double {
    switch Int.random(in: 0..<5, using: &random) {
    case 0:
      [
        .nan, .infinity, -.infinity, 0, -0.0000005, 9_224_318_016_000, 9_224_318_015_999.998, -210_866_803_200,
        -210_866_803_200.001, 1e300,
      ]
      .randomElement(using: &random)!
    case 1: Double(Int.random(in: -1_000_000_000...2_000_000_000, using: &random)) / 1_000
    default: Double.random(in: -1e11...1e13, using: &random)
    }
  }
}

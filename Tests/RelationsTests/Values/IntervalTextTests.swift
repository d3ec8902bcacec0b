import TestKit
import Testing

@testable import Relations

/// Intervals and times of day as text: every form that PostgreSQL reads, and nearly right ones.
@Suite struct IntervalTextTests {
  @Test(arguments: Cases.seeds(3))
  func `intervals and times print as PostgreSQL prints them and read back as themselves`(seed: UInt64) throws {
    var cases = ValueCases(seed: seed)
    var oracle = try TextOracle()
    for type in [SQLType.time, .timetz, .interval] {
      let texts = (0..<2_000).map { _ in cases.text(of: type.id) }
      expectEqual(texts, try oracle.answers(texts, as: type), seed: seed) { "'\(texts[$0])' as \(type.id.testName)" }
      for text in texts {
        let value = try Value(parsing: text, as: type, style: TextStyle())
        #expect(value.text(as: type, style: TextStyle()) == text, "\(Cases.replay(seed))")
      }
    }
  }

  @Test(arguments: Cases.seeds(4))
  func `intervals of any text are read and refused as by PostgreSQL`(seed: UInt64) throws {
    var cases = ValueCases(seed: seed)
    let made = (0..<300).map { _ in Self.made(&cases) } + (0..<100).map { _ in cases.text(of: .interval) }
    let mutation = TextMutation(alphabet: Array("0123456789-+:. PTYMWDHSdhmsyagoE/@,é\t"))
    let all = Self.texts + made + (0..<4_000).map { _ in mutation.mutation(of: Self.texts + made, using: &cases.dates.random) }
    var oracle = try TextOracle()
    for modifier in try Self.modifiers(&cases) {
      let type = SQLType(.interval, modifier: modifier)
      let ours = all.map { answer($0, as: type, TextStyle()) }
      expectEqual(ours, try oracle.answers(all, as: type), seed: seed) { "'\(all[$0])' as interval of modifier \(modifier)" }
    }
  }

  @Test(arguments: Cases.seeds(3))
  func `times of nearly any text are read as PostgreSQL reads them, or left alone`(seed: UInt64) throws {
    var cases = ValueCases(seed: seed)
    let zone = try #require(["UTC", "Asia/Kolkata", "<-03>03"].randomElement(using: &cases.dates.random))
    let style = TextStyle(zone: try #require(Zone.named(zone)))
    let texts = Self.times + (0..<200).map { _ in cases.text(of: .time) } + (0..<200).map { _ in cases.text(of: .timetz) }
    let mutation = TextMutation(alphabet: Array("000111222345695:+-. APMapmzZutcé"), edits: 1...2)
    let all = texts + (0..<3_000).map { _ in mutation.mutation(of: texts, using: &cases.dates.random) }
    var oracle = try TextOracle(zone: zone)
    for id in [TypeID.time, .timetz] {
      let type = SQLType(id, modifier: try #require([-1, -1, 0, 2, 6].randomElement(using: &cases.dates.random)))
      let ours = all.map { answer($0, as: type, style) }
      let theirs = try oracle.answers(all, as: type)
      let supported = ours.indices.filter { ours[$0] != "unsupported" }
      expectEqual(supported.map { ours[$0] }, supported.map { theirs[$0] }, seed: seed) {
        "'\(all[supported[$0]])' as \(id.testName)(\(type.modifier)) in \(zone)"
      }
      #expect(supported.count * 6 > all.count, "\(supported.count) of \(all.count) supported; \(Cases.replay(seed))")
    }
  }

  private static let times = [
    "10:00", "10:00:00", "1:2:3", "10:00 PM", "12:00 AM", "12:00pm", "13:00 PM", "24:00:00", "23:59:60", "23:59:59.9999999",
    "24:00:01",
    "10:00+02", "10:00:00-05:30", "10:00Z", "10:00 UTC", " 10:00:00.5 ", "allballs", "10:60", "10", "noon", "", "10:00:00+15:59:59",
    "10:00:00+16", "10:00 am +02",
  ]

  private static let texts = [
    "1 day", "-1 day", "1 day ago", "@ 1 day ago", "1 mon -1 day", "1 year 2 mons 3 days 04:05:06.789", "1-2", "-1-2",
    "+1-2 -3 +4:05:06",
    "1 2:03", "1 2:03:04", "2:03.5", "1:2", "-1:00", "- 1:00", "1.5 days", "0.5 months", "1.3 years", "1.7 weeks",
    "1 decade 2 centuries",
    "1 millennium", "3 hours 5", "5 3 hours", "10", "-10.5", ".5", ".", "1.", "1 .5", "PT1S", "P1Y2M3W4DT5H6M7.8S", "P-1Y",
    "P0001-02-03T04:05:06",
    "P00010203T040506", "P1", "P1T2", "P1-2", "P1-2-3", "PT1:2", "PT1:2:3.5", "PT010203.5", "P1.5Y", "P1.5M", "P1.5W", "P1.5D",
    "PT1.5H",
    "P1E3D", "P", "PT", "P1H", "PT1Y", "", " ", "@", "day", "1 dayy", "1 microsecondsxyz", "1 us 2 ms 3 s", "1.5 ms", "1.0 s 3 ms",
    "1.5 s 3 ms",
    "1h2m3s", "1y1mon1d", "2147483647 months", "2147483648 months", "-2147483648 days ago", "178956970 years 7 mons",
    "178956970 years 8 mons",
    "9223372036854775807 us", "9223372036854775808 us", "-9223372036854775808 us", "-9223372036854775808 us ago",
    "2562047788:00:54.775807",
    "2562047788:00:54.775808", "-2562047788:00:54.775808", "1:60", "1:00:61", "1:00:60", "1:00:59.9999999", "1 ago",
    "1 day ago 1 hour",
    "ago 1 day", "1/2", "1.2.3", "1-2-3", "1-12", "1-", "1--2", "5 1-2", "infinity", "-infinity", "now", "1 quarter", "1 timezone",
    "1 mon 1 month",
    "1 sec 1:00", "1 week 1 day", "99999999999999999999", "-99999999999999999999:00", "1 day, 2 hours", "1 'day'", "1_day",
    "1 day\u{1}", "d3",
    "mon7", "1 MON", "1 Year", "0.000001", "0.0000005", "0.0000015", "1e5", "1e5 days", "0x10 days", "+ 5 days", "1 days +2:00",
    "5-", "12:", "12::",
    "1:2:3:4", "1:2.3:4", "0.1 day", "0.1 year", "0.9 mon 0.9 week", "-0.5 day", "-0.5", "-0:30", "P1Y ", " P1Y", "P-0.5D", "p1y",
    "P.5D", "P5.D",
  ]

  /// Numbers and units, put together at random.
  private static func made(_ cases: inout ValueCases) -> String {
    let units = [
      "year", "years", "mon", "months", "week", "day", "d", "hours", "min", "m", "sec", "s", "ms", "us", "decade", "c", "mil", "",
    ]
    let numbers = [
      "1", "2.5", "-3", "0.1", "-0.7", "14", "1000000", "2147483647", "+5", "1:30", "-2:03:04.5", "1-6", "0", "1.999999",
    ]
    let parts = (0..<cases.dates.integer(1...3)).map { _ in
      let number =
        cases.dates.integer(0...2) == 0
        ? "\(Double(cases.dates.integer(-5_000_000...5_000_000)) / 1_000)"
        : numbers.randomElement(using: &cases.dates.random) ?? "1"
      return number + (cases.dates.integer(0...1) == 0 ? " " : "") + (units.randomElement(using: &cases.dates.random) ?? "")
    }
    return parts.joined(separator: " ") + (cases.dates.integer(0...5) == 0 ? " ago" : "")
  }

  /// Some of what can be declared.
  private static func modifiers(_ cases: inout ValueCases) throws -> [Int32] {
    let declarations = [
      "year", "month", "day", "hour", "minute", "second", "second(2)", "year to month", "day to hour", "day to minute",
      "day to second",
      "day to second(3)", "hour to minute", "hour to second", "minute to second", "minute to second(0)",
    ]
    let chosen = try declarations.shuffled(using: &cases.dates.random).prefix(3).map {
      try SQLType(parsing: "interval \($0)").modifier
    }
    return [-1] + chosen
  }
}

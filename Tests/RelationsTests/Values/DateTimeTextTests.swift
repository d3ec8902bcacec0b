import TestKit
import Testing

@testable import Relations

@Suite struct DateTimeTextTests {
  @Test(arguments: Cases.seeds(2))
  func `dates and moments print as PostgreSQL prints them and read back as themselves`(seed: UInt64) throws {
    var cases = DateTimeCases(seed: seed)
    for name in ["UTC", "Europe/Berlin", "America/St_Johns", "<+05:30>-05:30", "Asia/Kolkata"] {
      var oracle = try TextOracle(zone: name)
      let style = TextStyle(zone: try #require(Zone.named(name)))
      for type in [SQLType.date, .timestamp, .timestamptz] {
        let values = (0..<1_000).map { _ in Value.integer(type.id == .date ? cases.day() : cases.moment()) }
        let ours = values.map { $0.text(as: type, style: style) ?? "" }
        expectEqual(ours, try oracle.answers(ours, as: type), seed: seed) { "'\(ours[$0])' as \(type.id.testName) in \(name)" }
        // What PostgreSQL makes of the number itself, without any text going in.
        expectEqual(ours, try printed(values, as: type, by: &oracle), seed: seed) {
          "\(values[$0]) as \(type.id.testName) in \(name)"
        }
        for (value, text) in zip(values, ours) {
          let parsed = try Value(parsing: text, as: type, style: style)
          #expect(parsed.isIdentical(to: value), "'\(text)' in \(name); \(Cases.replay(seed))")
        }
      }
    }
  }

  private func printed(_ values: [Value], as type: SQLType, by oracle: inout TextOracle) throws -> [String?] {
    let numbers = values.map { if case .integer(let number) = $0 { "\(number)" } else { "0" } }
    let expression =
      switch type.id {
      case .date:
        "CASE n WHEN \(DateRange.infinity) THEN 'infinity' WHEN \(DateRange.minusInfinity) THEN '-infinity' ELSE '2000-01-01'::date + n::int4 END"
      case .timestamp: Self.moment("")
      default: Self.moment(" AT TIME ZONE 'UTC'")
      }
    let sql = "SELECT (\(expression))::text FROM unnest($1::int8[]) WITH ORDINALITY AS u (n, i) ORDER BY i"
    return try oracle.rows(sql, [NumericOracle.array(numbers)]).map { $0[0] }
  }

  private static func moment(_ suffix: String) -> String {
    """
    CASE n WHEN \(Int64.max) THEN 'infinity' WHEN \(Int64.min) THEN '-infinity' ELSE
      ('2000-01-01'::timestamp + make_interval(days => (n / 86400000000)::int4) + (n % 86400000000) * '1 microsecond'::interval)\(suffix) END
    """
  }

  @Test(arguments: Cases.seeds(3))
  func `texts nearly right are read as PostgreSQL reads them, refused likewise, or left alone`(seed: UInt64) throws {
    var cases = DateTimeCases(seed: seed)
    let zone = try #require(["UTC", "Europe/Berlin", "America/New_York"].randomElement(using: &cases.random))
    let style = TextStyle(zone: try #require(Zone.named(zone)))
    var texts = Self.texts
    for _ in 0..<60 {
      texts.append(Value.integer(cases.day()).text(as: .date, style: style) ?? "")
      texts.append(Value.integer(cases.moment()).text(as: .timestamp, style: style) ?? "")
      texts.append(Value.integer(cases.moment()).text(as: .timestamptz, style: style) ?? "")
    }
    let mutation = TextMutation(alphabet: Array("00011122233456789-:+. TZtzBCbcad/é\t"), edits: 1...2)
    let all = texts + (0..<3_000).map { _ in mutation.mutation(of: texts, using: &cases.random) }
    let modifiers: [Int32] = [-1, -1, 0, 3, 6]
    var oracle = try TextOracle(zone: zone)
    for id in [TypeID.date, .timestamp, .timestamptz] {
      let type = SQLType(id, modifier: id == .date ? -1 : try #require(modifiers.randomElement(using: &cases.random)))
      let ours = all.map { answer($0, as: type, style) }
      let theirs = try oracle.answers(all, as: type)
      let supported = ours.indices.filter { ours[$0] != "unsupported" }
      expectEqual(supported.map { ours[$0] }, supported.map { theirs[$0] }, seed: seed) {
        "'\(all[supported[$0]])' as \(id.testName)(\(type.modifier)) in \(zone)"
      }
      // Most of what we leave alone, PostgreSQL refuses too. What it reads is the price of not guessing.
      let left = ours.indices.filter { ours[$0] == "unsupported" }
      let missed = left.filter { !theirs[$0].hasPrefix("ERROR") }
      #expect(left.count * 10 < all.count * 7, "\(left.count) of \(all.count) unsupported; \(Cases.replay(seed))")
      #expect(missed.count * 10 < all.count, "\(missed.count) of \(all.count) are read by PostgreSQL alone; \(Cases.replay(seed))")
    }
  }

  private static let texts = [
    "2020-01-02", "2020-1-2", " 2020-12-31\t", "0044-03-15 BC", "0001-01-01", "0001-12-31 BC", "0000-01-01", "2020-02-29",
    "2019-02-29",
    "1900-02-29", "2020-00-01", "2020-13-01", "2020-01-32", "123-04-05", "12345-06-07", "5874897-12-31", "5874898-01-01",
    "4714-11-24 BC",
    "4714-11-23 BC", "294276-12-31 23:59:59.999999", "294277-01-01", "294276-12-31 23:59:59.9999999", "4714-11-24 00:00:00+00 BC",
    "4714-11-23 23:30:00-00:30 BC", "2020-01-02T03:04:05", "2020-01-02T03:04:05Z", "2020-01-02T03:04",
    "2020-01-02 03:04:05.123456789",
    "2020-01-02 03:04:05.9999995", "2020-01-02 03:04:05.0000005", "2020-01-02 03:04:05.0000015", "2020-01-02 24:00:00",
    "2020-01-02 24:00:00.0000001", "2020-01-02 23:59:60", "2020-01-02 23:59:60.0000004", "2020-01-02 23:59:60.0000006",
    "2020-01-02 23:60:00", "2020-01-02 3:4:5", "2020-01-02 03:04:05+01", "2020-01-02 03:04:05+0130", "2020-01-02 03:04:05-01:30:15",
    "2020-01-02 03:04:05+15:59:59", "2020-01-02 03:04:05+16", "2020-13-02 03:04:05+16", "2020-01-02 25:04:05+16",
    "2020-01-02 03:04:05-03:60", "2020-01-02 03:04:05 UTC", "2020-01-02 03:04:05GMT", "2020-01-02 03:04:05Z BC",
    "2020-01-02 03:04:05 AD",
    "2020-03-29 02:30:00", "2020-10-25 02:30:00", "2020-03-08 02:30:00", "2020-11-01 01:30:00", "infinity", "-infinity",
    " Infinity ", "epoch",
    "", "  ", "yesterday x", "abc", "january", "utc", "dezember € 7",
  ]

  @Test(arguments: Cases.seeds(1))
  func `of PostgreSQL's other ways to write a date none is read wrongly`(seed: UInt64) throws {
    let forms = [
      "Jan 8, 1999", "January 8 1999", "8 Jan 1999", "1999-Jan-08", "Jan-08-1999", "08-Jan-1999", "1/8/1999", "01/02/03",
      "19990108", "990108",
      "1999.008", "J2451187", "January 8, 99 BC", "1999-01-08 04:05 PM", "1999-01-08 04:05 am", "040506", "1999-01-08 040506",
      "1999-01-08T040506", "20200102T030405Z", "1999-01-08 04:05:06 PST", "1999-01-08 04:05:06 America/New_York",
      "1999-01-08 04:05:06 PST8PDT",
      "1999-01-08 04:05:06 EST5EDT", "2020-123", "2020-01-02 UTC+3", "2020-01-02+01", "2020-01-02 +01", "2020-01-02Z",
      "Thu 2020-01-02",
      "2020-01-02 BC 03:04:05", "2020-01-02 03:04:05 BC+01", "allballs 2020-01-02", "2020-01-02 allballs", "(2020-01-02)",
      "2020-01-02, 03:04",
      "2020-01-02 at 03:04", "- infinity", "infinity BC", "2020--01-02", "2020/01/02", "2020.01.02", "2020-01-02 03:04:05+01:",
      "12-31-2020",
      "99-01-02", "2020-01-02 03:04:05.5.5", "20-01-02", "2020-01-02 12:30 MSK", "2020-01-02T03:04:05 z", "2020-01-02 03h04m",
      "t03:04 2020-01-02",
    ]
    var random = SplitMix64(seed: seed)
    let mutation = TextMutation(alphabet: Array("0123456789-:+. ,/TZBCPMamjcdetuor"))
    let all = forms + (0..<4_000).map { _ in mutation.mutation(of: forms, using: &random) }
    var oracle = try TextOracle(zone: "America/New_York")
    let style = TextStyle(zone: try #require(Zone.named("America/New_York")))
    for type in [SQLType.date, .timestamp, .timestamptz] {
      let ours = all.map { answer($0, as: type, style) }
      let theirs = try oracle.answers(all, as: type)
      let supported = ours.indices.filter { ours[$0] != "unsupported" }
      expectEqual(supported.map { ours[$0] }, supported.map { theirs[$0] }, seed: seed) {
        "'\(all[supported[$0]])' as \(type.id.testName)"
      }
    }
  }

  @Test(arguments: Cases.seeds(1))
  func `texts of letters alone are refused as PostgreSQL refuses them`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    var oracle = try TextOracle()
    let names = try oracle.rows(
      "SELECT name FROM pg_timezone_names WHERE name !~ '[^A-Za-z]' UNION SELECT abbrev FROM pg_timezone_abbrevs WHERE abbrev !~ '[^A-Za-z]'"
    ).compactMap { $0[0] }
    let words =
      names + [
        "now", "today", "tomorrow", "yesterday", "epoch", "infinity", "allballs", "january", "jan", "sept", "mon", "thursday", "am",
        "pm", "at", "on",
        "bc", "ad", "j", "jd", "julian", "t", "z", "y", "m", "d", "h", "s", "dow", "doy", "isodow", "isoyear", "dst", "invalid",
        "current", "undefined",
        "noon", "zulu", "century", "week", "quarter", "timezone", "mm", "ms", "us", "decade", "millennium", "hour", "é", "\u{1}",
        "\u{7F}",
      ]
    let phrases = (0..<2_000).map { _ in
      (0..<Int.random(in: 1...3, using: &random)).map { _ in words.randomElement(using: &random) ?? "" }.joined(separator: " ")
    }
    for type in [SQLType.date, .timestamp, .timestamptz] {
      let all = words + phrases
      let ours = all.map { answer($0, as: type, TextStyle()) }
      let theirs = try oracle.answers(all, as: type)
      let supported = ours.indices.filter { ours[$0] != "unsupported" }
      #expect(supported.count > all.count / 2)
      expectEqual(supported.map { ours[$0] }, supported.map { theirs[$0] }, seed: seed) {
        "'\(all[supported[$0]])' as \(type.id.testName)"
      }
    }
  }
}

import TestKit
import Testing

@testable import Relations

@Suite struct ZoneTests {
  /// Summer time by halves of an hour, on the other hemisphere, the wrong way round, by the moon; a day that never was; no rule at all.
  private static let peculiar = [
    "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "Pacific/Apia", "Africa/Casablanca",
    "America/St_Johns",
    "Europe/Dublin", "Asia/Gaza", "America/Godthab", "Antarctica/Troll", "Pacific/Kiritimati", "Asia/Tehran", "Europe/Lisbon",
    "Africa/Monrovia",
    "Asia/Manila", "America/Caracas", "Antarctica/Casey", "UTC", "Etc/GMT+5", "Europe/Amsterdam",
  ]

  @Test(arguments: peculiar)
  func `a zone is where PostgreSQL thinks it is`(name: String) throws {
    try expectAlike([name], momentsEach: Cases.count(600), seed: 1)
  }

  @Test func `every zone of the database is where PostgreSQL thinks it is`() throws {
    var oracle = try TextOracle()
    let names = try oracle.rows("SELECT name FROM pg_timezone_names WHERE name !~ '^posix' ORDER BY name").compactMap { $0[0] }
    #expect(names.count > 500)
    try expectAlike(names, momentsEach: Cases.count(30), seed: 2)
  }

  @Test func `fixed offsets are read as PostgreSQL reads them, or not at all`() throws {
    let names = [
      "5", "+5", "-5", "05", "5.5", "-3.5", "0", "-0", "14", "167", "168", "5.51", "5.", ".5", "1e1", "0x5", "+ 5", "+-5", "5h", "",
      "+05:30", "05:30", "-05:30", "-00:30", "+05:30:15", "UTC+5", "UTC-5", "UTC0", "GMT0", "GMT+0", "EST5", "FOO5", "FOO-5:45",
      "FOO", "AB5",
      "<+05>-05", "<+05>-5", "<+05:30>-05:30", "<-03>+03", "<abc>5", "<abc>", "<+00:30>-00:30", "<+02>-02:00:30", "abc-24",
      "abc-167", "abc-168",
      "EST5EDT", "EST5EDT,M3.2.0,M11.1.0", "UTC5x", "utc", "Utc", "Z", "zulu", "Zulu", "europe/berlin", "Europe", "Europe/", "/UTC",
      "../zoneinfo/UTC", "Europe/../UTC", "posix/UTC", "right/UTC", "tzdata.zi", "zone.tab", "  UTC", "UTC ", "Factory",
      "localtime",
    ]
    var oracle = try TextOracle()
    let schema = try Cluster.shared().schema()
    try oracle.execute(
      """
      CREATE FUNCTION \(schema).noon(z text) RETURNS text LANGUAGE plpgsql AS $$
      BEGIN PERFORM set_config('timezone', z, true);
      RETURN textin(timestamptz_out('2020-07-01 12:00:00+00')) || ' ' || textin(timestamptz_out('2020-01-01 12:00:00+00'));
      EXCEPTION WHEN OTHERS THEN RETURN NULL; END $$
      """)
    let theirs = try names.map { try oracle.rows("SELECT \(schema).noon($1)", [$0])[0][0] }
    var read = 0
    for (name, their) in zip(names, theirs) {
      guard let zone = Zone.named(name) else { continue }
      read += 1
      let style = TextStyle(zone: zone)
      let ours = ["2020-07-01 12:00:00+00", "2020-01-01 12:00:00+00"].map { answer($0, as: .timestamptz, style) }
      #expect(ours.joined(separator: " ") == their, "\(name)")
    }
    #expect(read >= 30)
  }

  @Test func `a broken file is no zone`() throws {
    var file: [UInt8] = Array("TZif2".utf8)
    #expect(Zone(name: "x", file: file) == nil)
    file += [UInt8](repeating: 0, count: 39)
    #expect(Zone(name: "x", file: file) == nil)
    #expect(Zone(name: "x", file: []) == nil)
    #expect(Zone(name: "x", file: Array(repeating: 0xFF, count: 5_000)) == nil)
  }

  /// Prints moments and reads local times, many of them near the zone's transitions, in our way and in PostgreSQL's.
  private func expectAlike(_ names: [String], momentsEach: Int, seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    var oracle = try TextOracle()
    for name in names {
      let zone = try #require(Zone.named(name), "\(name)")
      let style = TextStyle(zone: zone)
      try oracle.setZone(name)
      let moments = (0..<momentsEach).map { _ in Self.moment(near: zone, using: &random) }
      let universal = moments.map { Value.integer($0).text(as: .timestamptz, style: TextStyle()) ?? "" }
      let local = moments.map { Value.integer($0).text(as: .timestamp, style: style) ?? "" }
      for texts in [universal, local] {
        let ours = texts.map { answer($0, as: .timestamptz, style) }
        expectEqual(ours, try oracle.answers(texts, as: .timestamptz), seed: seed) { "'\(texts[$0])' in \(name)" }
      }
    }
  }

  /// Years 1800 to 2500 and a few far ones; two of three near a transition, to the second or within two days.
  private static func moment(near zone: Zone, using random: inout SplitMix64) -> Int64 {
    var seconds = Int64.random(in: -5_364_662_400...16_756_761_600, using: &random)
    if Int.random(in: 0..<20, using: &random) == 0 {
      seconds = Int64.random(in: -200_000_000_000...9_000_000_000_000, using: &random)
    }
    if Int.random(in: 0..<3, using: &random) > 0 {
      let span = zone.span(at: seconds)
      let edge = span.end == .max ? zone.transitions.randomElement(using: &random) ?? 0 : span.end
      let steps: [Int64] = [-3_601, -3_600, -3_599, -1, 0, 1, 3_599, 3_600, 3_601]
      let near = steps.randomElement(using: &random) ?? 0
      seconds = edge + (Bool.random(using: &random) ? near : Int64.random(in: -172_800...172_800, using: &random))
      // The database's files may begin with a transition at the beginning of the universe.
      seconds = min(max(seconds, -200_000_000_000), 9_000_000_000_000)
    }
    return (seconds - TimestampRange.unixEpoch) * 1_000_000 + Int64.random(in: 0...1, using: &random) * 250_000
  }
}

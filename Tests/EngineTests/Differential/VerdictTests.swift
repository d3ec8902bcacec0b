import Engine
import Formats
import Queries
import Relations
import SQL
import TestKit
import Testing

/// The big differential test: random worlds, and PostgreSQL asked at both ends of each verdict. What was compared is printed at the end,
/// by construct; `PREMISE_CASES=×100 make test-one TEST=VerdictTests` runs for hours.
@Suite struct VerdictTests {
  private static let small = ReadTallies()
  private static let wide = ReadTallies()
  private static let foreign = ReadTallies()

  @Test(arguments: Cases.seeds(20)) func `a verdict is what PostgreSQL says at both ends`(seed: UInt64) throws {
    var differential = try Differential()
    for number in 0..<90 as Range<UInt64> {
      let mixed = seed &* 1_000 &+ number
      try differential.check(
        World(seed: mixed), Self.texts(mixed), seed: mixed, "\(Cases.replay(seed)), world \(number)")
    }
    let tally = differential.tally
    #expect(tally.contradicted > 25, "\(tally): wrong answers pass unseen")
    #expect(tally.all.holds > 250 && tally.all.stale > 250, "\(tally): the test says little")
    #expect(tally.unbound.isEmpty, "\(Cases.replay(seed))")
    Self.told(tally, Self.small, of: 20, atLeast: 50_000, "questions as people ask them")
  }

  /// All constructs in all nestings, over columns of all types.
  @Test(arguments: Cases.seeds(20)) func `a verdict on any SELECT is what PostgreSQL says at both ends`(seed: UInt64) throws {
    var differential = try Differential()
    for number in 0..<8 as Range<UInt64> {
      let mixed = seed &* 1_000 &+ number
      var selects = RandomSelects(seed: mixed)
      try differential.check(
        World(seed: mixed, .wide), (0..<25).map { _ in selects.next() }, seed: mixed, "\(Cases.replay(seed)), world \(number)")
    }
    let tally = differential.tally
    #expect(tally.all.holds > 50 && tally.all.stale > 10, "\(tally): the test says little")
    Self.told(tally, Self.wide, of: 20, atLeast: 5_000, "any SELECT")
  }

  /// PostgreSQL's database orders words, and the engine has been told another collation, or none: what it decides is right all the same.
  @Test(arguments: Cases.seeds(6)) func `a verdict by a collation that we do not have is right or is not given`(seed: UInt64) throws
  {
    let database = "words_\(seed)"
    try Cluster.shared().execute(
      "CREATE DATABASE \(database) TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'en-US' LOCALE 'C.UTF-8'")
    var differential = try Differential(database: database)
    for number in 0..<30 as Range<UInt64> {
      let mixed = seed &* 1_000 &+ number
      let world = try World(seed: mixed, collation: number % 2 == 0 ? nil : "en_US.UTF-8")
      try differential.check(
        world, Self.texts(mixed) + Self.byWords, seed: mixed, "\(Cases.replay(seed)), world \(number)")
    }
    let tally = differential.tally
    #expect(tally.all.holds > 150 && tally.all.stale > 100, "\(tally): the test says little")
    #expect(tally.all.doubts["collation"] ?? 0 > 40, "\(tally): the test says little")
    Self.told(tally, Self.foreign, of: 6, atLeast: 5_000, "by a collation that we do not have")
  }

  /// The same questions with other constants share a template, and are looked at together.
  private static func texts(_ seed: UInt64) -> [String] {
    var reads = RandomReads(seed: seed)
    return (0..<15).flatMap { _ in
      let text = reads.next()
      return [text] + (0..<2 as Range<Int>).compactMap { _ in reads.sibling(of: text) }
    }
  }

  /// Prints what was compared, once all seeds are through.
  private static func told(_ tally: ReadTally, _ tallies: ReadTallies, of seeds: Int, atLeast pairs: Int, _ what: String) {
    if Cases.replayed != nil { return print("\(what), one seed\n\(tally)") }
    guard let all = tallies.add(tally, of: Cases.count(seeds)) else { return }
    print("==> verdicts beside PostgreSQL: \(what)\n\(all)")
    #expect(all.all.pairs >= Cases.count(pairs) && all.all.wrongHolds == 0 && all.all.wrongStale == 0)
  }

  private static let byWords = [
    "SELECT id FROM items WHERE c < 'B' ORDER BY id", "SELECT count(*) FROM items WHERE c >= 'b' AND a > 2",
    "SELECT min(c) FROM items",
    "SELECT id, c FROM items ORDER BY c, id", "SELECT c FROM items WHERE a > 1 ORDER BY c LIMIT 2", "SELECT upper(c) FROM items",
    "SELECT y, count(*) FROM pairs GROUP BY y ORDER BY y", "SELECT max(y) FROM pairs WHERE f",
    "SELECT x FROM pairs WHERE y ILIKE 'A%'",
    "SELECT i.id FROM items i JOIN parts p ON p.note > i.c ORDER BY i.id, p.n LIMIT 5",
    "SELECT n FROM parts WHERE note ~* 'A' ORDER BY n",
    "SELECT n FROM parts WHERE note BETWEEN 'A' AND 'c' AND n = 2 ORDER BY n", "SELECT sum(a) FROM items WHERE lower(c) = 'b'",
    "SELECT id, j FROM things ORDER BY j, id", "SELECT id FROM things WHERE t < ARRAY['b'] ORDER BY id",
    "SELECT DISTINCT c FROM items",
    "SELECT id FROM items WHERE c COLLATE \"C\" < 'B' ORDER BY id", "SELECT count(*) FROM items WHERE c = 'b' OR c > 'x'",
    "SELECT i.id, p.note FROM items i JOIN parts p ON p.item = i.id WHERE i.a > 1 ORDER BY p.note, i.id, p.n",
  ]
}

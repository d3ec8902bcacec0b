import Engine
import Queries
import Relations
import TestKit
import Testing

/// What is still decided of text by a collation that is not known: what does not need it, and what is not touched.
@Suite struct CollationVerdictTests {
  private static let definitions = """
    CREATE TABLE people (id int PRIMARY KEY, name text, age int, german text COLLATE "de-x-icu");
    ALTER TABLE people REPLICA IDENTITY FULL;
    """

  private static let base = """
    {"table":"people","row":{"id":1,"name":"B","age":30,"german":"x"}}
    {"table":"people","row":{"id":2,"name":"c","age":40,"german":"y"}}
    """

  /// Somebody with a small letter comes, and somebody gets older.
  private static let log = """
    {"position":"0/20","changes":[{"table":"people","op":"insert","after":{"id":3,"name":"a","age":50,"german":"z"}}]}
    {"position":"0/30","changes":[{"table":"people","op":"update","before":{"id":2,"name":"c","age":40,"german":"y"},"after":{"id":2,"name":"c","age":41,"german":"y"}}]}
    """

  private func decision(_ question: String, _ collation: String?) throws -> Verdict.Decision {
    let database = collation.map { "CREATE DATABASE shop LOCALE_PROVIDER libc LOCALE '\($0)';" } ?? ""
    var scene = try Scene(database + Self.definitions, base: Self.base, collation: nil)
    try scene.main(Self.log)
    try scene.ask(question)
    return scene.decisions[0]
  }

  @Test(
    arguments: [
      // As words it would be stale: `a` comes before `B`.
      ("SELECT count(*) FROM people WHERE name < 'B'", .holds),
      ("SELECT count(*) FROM people WHERE name < 'C' AND age > 60", .holds),
      ("SELECT min(name) FROM people", .holds), ("SELECT lower(name) FROM people WHERE id = 3", .stale),
      ("SELECT name FROM people ORDER BY name LIMIT 1", .holds), ("SELECT id FROM people WHERE name ILIKE 'A'", .stale),
    ] as [(String, Verdict.Decision)])
  func `what a collation decides is decided in C alone`(question: String, inC: Verdict.Decision) throws {
    #expect(try decision(question, "C") == inC)
    for collation in [nil, "en_US.UTF-8", "C.UTF-8"] {
      let isBounded = question.contains("age > 60")
      #expect(try decision(question, collation) == (isBounded ? .holds : .doubtful(.collation)))
    }
  }

  @Test(
    arguments: [
      ("SELECT count(*) FROM people WHERE name = 'a'", .stale), ("SELECT id FROM people WHERE name LIKE 'B%'", .holds),
      ("SELECT name, age FROM people ORDER BY name", .stale),
      ("SELECT a.name, b.name FROM people a JOIN people b ON b.id = a.id ORDER BY a.name, 2", .stale),
      ("SELECT a.name, b.age / 45 FROM people a JOIN people b ON b.id = a.id AND b.age < 45 ORDER BY 1, 2", .holds),
      ("SELECT id FROM people WHERE id = 1 AND name < 'x'", .holds),
      ("SELECT id FROM people WHERE german < 'x' AND id = 2", .holds), ("SELECT count(*) FROM people WHERE german = 'z'", .stale),
      ("SELECT id FROM people WHERE german = 'y' ORDER BY german", .holds),
      ("SELECT DISTINCT name FROM people WHERE age < 45", .holds),
    ] as [(String, Verdict.Decision)])
  func `what none decides is decided`(question: String, decided: Verdict.Decision) throws {
    for collation in [nil, "en_US.UTF-8", "C"] { #expect(try decision(question, collation) == decided) }
  }

  @Test func `a column of another collation is ordered by nobody`() throws {
    #expect(try decision("SELECT max(german) FROM people", "C") == .doubtful(.collation))
    #expect(try decision("SELECT max(german COLLATE \"C\") FROM people", nil) == .stale)
  }
}

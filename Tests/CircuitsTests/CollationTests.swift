import Expressions
import PostgreSQL
import Queries
import Relations
import TestKit
import Testing

@testable import Circuits
@testable import SQL

/// What is answered over text of other collations than C is what PostgreSQL answers, and what PostgreSQL refuses is refused.
///
/// The database has an ICU collation: an order of words, in which `a` comes before `B`, and letters beyond ASCII.
@Suite struct CollationTests {
  private static let names =
    [
      (.ofDatabase(.icu, locale: "en-US"), "worded", "LOCALE_PROVIDER icu ICU_LOCALE 'en-US' LOCALE 'C.UTF-8'"),
      (nil, "untold", "LOCALE_PROVIDER icu ICU_LOCALE 'de-u-kf-upper' LOCALE 'C.UTF-8'"),
      (.ofDatabase(.libc, locale: "C", letters: "C.UTF-8"), "lettered", "LOCALE_PROVIDER libc LC_COLLATE 'C' LC_CTYPE 'C.UTF-8'"),
      (.ofDatabase(.libc, locale: "C"), "bytewise", "LOCALE_PROVIDER libc LOCALE 'C'"),
    ] as [(Collation?, String, String)]

  /// A session in a database of its own.
  private func session(_ name: String, _ options: String) throws -> Connection {
    let cluster = try Cluster.shared()
    try cluster.execute("CREATE DATABASE \(name) TEMPLATE template0 \(options)")
    return try cluster.connect(database: name)
  }

  @Test func `an order of words is never taken for one of bytes`() throws {
    var session = try session("danger", "LOCALE_PROVIDER icu ICU_LOCALE 'en-US' LOCALE 'C.UTF-8'")
    try session.execute("CREATE TABLE t (name text); INSERT INTO t VALUES ('a'), ('B'), ('c'), ('É'), ('e')")
    for collation in [nil, Collation.ofDatabase(.icu, locale: "en-US"), .ofDatabase(.libc, locale: "en_US.UTF-8")] {
      var loader = SchemaLoader()
      try loader.load("CREATE TABLE t (name text)")
      var schema = loader.schema
      schema.defaultCollation = collation
      let snapshot = try SelectAnswerTests.snapshot(schema, &session)
      for text in Self.sensitive {
        switch answer(to: try Binder(schema).query(text), on: snapshot) {
        case .unsupported: break
        // These are the rows, and nothing is said of their order.
        case .rows(let answer) where answer.unknownOrder != nil && answer.ranks == nil: break
        default: Issue.record("\(text) is answered")
        }
      }
      for text in Self.blind {
        guard case .rows(let answer) = answer(to: try Binder(schema).query(text), on: snapshot) else {
          Issue.record("\(text) is not answered")
          continue
        }
        var theirs: [String] = []
        for row in try session.query(text).rows { theirs.append(row.map { $0 ?? "" }.joined(separator: "|")) }
        let types = answer.columns.map(\.type)
        let ours = answer.rows.rows.map { row in
          zip(row, types).map { value, type in value.text(as: type, style: TextStyle()) ?? "" }.joined(separator: "|")
        }
        #expect(theirs.sorted() == ours.sorted(), "\(text)")
      }
      // And there is something to it: in C the answers are others.
      schema.defaultCollation = .c
      let inC = answer(to: try Binder(schema).query("SELECT count(*) FROM t WHERE name < 'B'"), on: snapshot)
      guard case .rows(let bytes) = inC else {
        Issue.record("C is not computed")
        return
      }
      #expect(bytes.rows[0][0].text(as: .int8, style: TextStyle()) == "0")
      #expect(try session.query("SELECT count(*) FROM t WHERE name < 'B'")[0, 0] == "1")
    }
  }

  private static let sensitive = [
    "SELECT count(*) FROM t WHERE name < 'B'", "SELECT name FROM t ORDER BY name", "SELECT min(name) FROM t",
    "SELECT lower(name) FROM t", "SELECT count(*) FROM t WHERE name ILIKE 'b'", "SELECT name FROM t WHERE name BETWEEN 'a' AND 'b'",
    "SELECT name FROM t WHERE name ~* 'b'", "SELECT name FROM t WHERE name ~ '[[:alpha:]]'",
    "SELECT name FROM t WHERE name ~ '\\w'",
    "SELECT name FROM t ORDER BY lower(name) LIMIT 1", "SELECT greatest(name, 'B') FROM t",
    "SELECT array_agg(name ORDER BY name) FROM t",
    "SELECT rank() OVER (ORDER BY name) FROM t", "SELECT DISTINCT ON (name) name FROM t ORDER BY name",
    "SELECT initcap(name) FROM t",
    "SELECT string_agg(DISTINCT name, ',') FROM t", "SELECT a.name FROM t a JOIN t b ON a.name < b.name",
    "SELECT count(*) FROM t WHERE name::varchar >= 'b'", "SELECT count(*) FROM t WHERE name::char(2) > 'b'",
    "SELECT count(*) FROM t WHERE ARRAY[name] < ARRAY['b']", "SELECT count(*) FROM t WHERE to_jsonb(name) < to_jsonb('b'::text)",
    "SELECT to_jsonb(name) FROM t ORDER BY 1", "SELECT name FROM t WHERE (name, 1) < ('b', 2)",
    "SELECT name FROM t WHERE name < ANY (ARRAY['b', 'c'])", "SELECT name FROM t WHERE name < ALL (SELECT name FROM t)",
    "SELECT max(name) OVER () FROM t", "SELECT name FROM t WHERE name COLLATE \"default\" < 'b'",
    "SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY name) FROM t", "SELECT name FROM t WHERE NOT name >= 'b'",
    "SELECT name FROM t WHERE name COLLATE \"en_US\" < 'b'", "SELECT mode() WITHIN GROUP (ORDER BY name) FROM t",
    "SELECT regexp_replace(name, '[a-z]', '', 'gi') FROM t", "SELECT name FROM t WHERE name SIMILAR TO '[[:upper:]]'",
    "WITH RECURSIVE r AS (SELECT min(name) AS n FROM t UNION ALL SELECT r.n || 'x' FROM r WHERE r.n < 'c') SELECT n FROM r",
  ]

  private static let blind = [
    "SELECT count(*) FROM t WHERE name = 'B'", "SELECT DISTINCT name FROM t", "SELECT name, count(*) FROM t GROUP BY name",
    "SELECT name FROM t WHERE name LIKE 'B%'", "SELECT name FROM t WHERE name IN ('a', 'B')", "SELECT count(DISTINCT name) FROM t",
    "SELECT name FROM t UNION SELECT 'z'", "SELECT a.name FROM t a JOIN t b USING (name)",
    "SELECT name || 'x', length(name) FROM t",
    "SELECT count(*) FROM t WHERE name COLLATE \"C\" < 'B'", "SELECT name FROM t ORDER BY name COLLATE \"C\"",
    "SELECT min(name COLLATE \"POSIX\"), lower(max(name COLLATE \"C\")) FROM t", "SELECT name FROM t WHERE name ~ '^[a-c]$'",
    "SELECT name FROM t WHERE name SIMILAR TO '(a|B)%'", "SELECT position('B' in name) FROM t",
    "SELECT replace(name, 'a', 'b') FROM t",
    "SELECT name FROM t WHERE name ~<~ 'a'", "SELECT count(*) FROM t WHERE to_jsonb(name) = '\"a\"'",
    "SELECT name FROM t WHERE starts_with(name, 'B')", "SELECT rank() OVER (PARTITION BY name) FROM t",
  ]

  @Test(arguments: names.indices) func `questions over many collations are answered as by PostgreSQL, or not at all`(
    database: Int
  ) throws {
    let (collation, name, options) = Self.names[database]
    var session = try session("many_\(name)", options)
    for seed in Cases.seeds(6) {
      var generator = CollatedQuestions(seed: seed)
      let definition = generator.definition
      try session.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public; \(definition)")
      var loader = SchemaLoader()
      try loader.load(CollatedQuestions.declarations)
      var schema = loader.schema
      schema.defaultCollation = collation
      let binder = Binder(schema)
      let snapshot = try SelectAnswerTests.snapshot(schema, &session)
      let texts = (0..<250).map { _ in generator.next() }
      for text in texts {
        let theirs = Result { () throws(PostgresError) in try session.describe(text).count }
        do throws(BindingFailure) {
          _ = try binder.query(text)
          if case .failure(let error) = theirs { Issue.record("\(text)\n\(error)\n\(Cases.replay(seed))") }
        } catch {
          guard case .refused(let refusal) = error else { continue }
          guard case .failure(let error) = theirs, error.sqlState == refusal.state.description else {
            Issue.record("\(text)\n\(refusal)\n\(theirs)\n\(Cases.replay(seed))")
            continue
          }
        }
      }
      let other = try Cluster.shared().connect(database: "many_\(name)")
      var comparison = try AnswerComparison(schema, snapshot, other)
      for text in texts {
        if let difference = comparison.difference(text) { Issue.record("\(text)\n  \(difference)\n\(Cases.replay(seed))") }
      }
      #expect(comparison.tally.compared >= 20, "\(comparison.tally)\n\(Cases.replay(seed))")
    }
  }

  @Test(arguments: Cases.seeds(3)) func `random questions in a database of words`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let tables = SampleTables(rows: 5, using: &random)
    var session = try session("random_\(seed)", "LOCALE_PROVIDER icu ICU_LOCALE 'en-US' LOCALE 'C.UTF-8'")
    try session.execute(tables.definition)
    var schema = SampleTables.schema
    schema.defaultCollation = nil
    let snapshot = try SelectAnswerTests.snapshot(schema, &session)
    var comparison = try AnswerComparison(schema, snapshot, session)
    var selects = RandomSelects(seed: seed)
    for text in (0..<100).map({ _ in selects.next() }) {
      if let difference = comparison.difference(text) { Issue.record("\(text)\n  \(difference)\n\(Cases.replay(seed))") }
    }
    #expect(comparison.tally.compared >= 10, "\(comparison.tally)\n\(Cases.replay(seed))")
  }
}

extension CollationTests {
  @Test(arguments: ["en-US", "de-u-kf-upper", "sv"])
  func `an order whose rules we have is answered as by PostgreSQL`(locale: String) throws {
    let name = "ruled_\(locale.prefix(2))"
    var session = try session(name, "LOCALE_PROVIDER icu ICU_LOCALE '\(locale)' LOCALE 'C.UTF-8'")
    // Of which version the server's rules are, it says; each locale has its own.
    let versions = try session.query(
      """
      SELECT (SELECT datcollversion FROM pg_database WHERE datname = current_database()),
        (SELECT collversion FROM pg_collation WHERE collname = 'de-x-icu')
      """)
    let collation = Collation.ofDatabase(.icu, locale: locale, version: versions[0, 0])
    guard CollationRules(collation) != nil else { return }
    for seed in Cases.seeds(4) {
      var generator = CollatedQuestions(seed: seed)
      let definition = generator.definition
      try session.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public; \(definition)")
      var loader = SchemaLoader()
      try loader.load(CollatedQuestions.declarations)
      var schema = loader.schema
      schema.defaultCollation = collation
      schema.set(Collation(QualifiedName("pg_catalog", "de-x-icu"), .icu, locale: "de", version: versions[0, 1]))
      let snapshot = try SelectAnswerTests.snapshot(schema, &session)
      let other = try Cluster.shared().connect(database: name)
      var comparison = try AnswerComparison(schema, snapshot, other)
      for text in Self.ruled + (0..<250).map({ _ in generator.next() }) {
        if let difference = comparison.difference(text) { Issue.record("\(text)\n  \(difference)\n\(Cases.replay(seed))") }
      }
      #expect(comparison.tally.compared >= 130, "\(comparison.tally)\n\(Cases.replay(seed))")
      for text in Self.ruled {
        if case .unsupported(let what) = answer(to: try Binder(schema).query(text), on: snapshot) {
          Issue.record("\(text): \(what)")
        }
      }
    }
  }

  private static let ruled = [
    "SELECT id, d FROM t ORDER BY d, id", "SELECT id FROM t ORDER BY i DESC NULLS LAST, id", "SELECT id FROM t WHERE d < 'b'",
    "SELECT id FROM t WHERE 'B' <= d", "SELECT id FROM t WHERE d BETWEEN 'A' AND 'b'",
    "SELECT id, d < i COLLATE \"de-x-icu\" FROM t",
    "SELECT d, count(*) FROM t GROUP BY d ORDER BY d", "SELECT id FROM t WHERE p > 'A' AND p <= 'z'",
    "SELECT array_agg(id ORDER BY d, id) FROM t", "SELECT id, rank() OVER (ORDER BY d) FROM t",
    "SELECT a.id, b.id FROM t a JOIN t b ON a.d < b.d", "SELECT id FROM t WHERE d < ALL (SELECT v FROM t WHERE v IS NOT NULL)",
    "SELECT id FROM t ORDER BY d || 'x', id LIMIT 3", "SELECT id FROM t WHERE (d, id) < ('b', 4)",
    "SELECT DISTINCT d FROM t ORDER BY d",
    "SELECT DISTINCT ON (d) d, id FROM t ORDER BY d, id", "SELECT DISTINCT ON (v) v, id FROM t ORDER BY v DESC, id",
    "SELECT id FROM t ORDER BY d FETCH FIRST 3 ROWS WITH TIES", "SELECT string_agg(d, ',' ORDER BY d) FROM t",
    "SELECT id, first_value(d) OVER (ORDER BY d, id) FROM t", "SELECT d FROM t UNION SELECT i FROM t ORDER BY 1",
    "SELECT id, d < ANY (SELECT v FROM t) FROM t", "SELECT id FROM t WHERE (SELECT count(*) FROM t u WHERE u.d < t.d) > 2",
    "SELECT id FROM t WHERE NOT d >= 'b'", "SELECT id FROM t WHERE g > 'ae' ORDER BY g DESC, id",
  ]
}

/// Random questions over a table whose columns have many collations.
private struct CollatedQuestions {
  private var random: SplitMix64

  init(seed: UInt64) { random = SplitMix64(seed: seed) }

  static let declarations = """
    CREATE COLLATION blind (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
    CREATE COLLATION bytes (provider = libc, locale = 'C');
    CREATE DOMAIN german AS text COLLATE "de-x-icu";
    CREATE DOMAIN early AS text CHECK (VALUE < 'q');
    CREATE TABLE t (id int PRIMARY KEY, d text, c text COLLATE "C", i text COLLATE "de-x-icu", n text COLLATE blind, b text COLLATE bytes,
      g german, p char(3), v varchar(4), k name);
    """

  mutating func pick(_ all: [String]) -> String { all.randomElement(using: &random)! }
  private mutating func chance(_ n: Int) -> Bool { Int.random(in: 0..<n, using: &random) == 0 }

  var definition: String {
    mutating get {
      let words = ["a", "A", "b", "B", "é", "É", "ab", "aB", "Z", "z", "_", "ä", "ß"]
      let rows = (1...9).map { id in
        "(\(id), " + (0..<9).map { _ in chance(8) ? "NULL" : "'\(pick(words))'" }.joined(separator: ", ") + ")"
      }
      return Self.declarations + "INSERT INTO t VALUES " + rows.joined(separator: ", ")
    }
  }

  private mutating func value(_ depth: Int) -> String {
    if depth == 0 || chance(3) {
      return pick(["d", "d", "d", "c", "c", "i", "n", "b", "g", "p", "v", "k", "'b'::text", "'B'::text", "'é'::text"])
    }
    switch Int.random(in: 0..<14, using: &random) {
    case 0, 1, 2:
      return "(\(value(depth - 1)) COLLATE \(pick(["\"C\"", "\"C\"", "\"POSIX\"", "\"de-x-icu\"", "\"default\"", "blind"])))"
    case 3: return "(\(value(depth - 1)) || \(value(depth - 1)))"
    case 4: return "coalesce(\(value(depth - 1)), \(value(depth - 1)))"
    case 5: return "\(pick(["lower", "upper", "initcap", "reverse", "md5"]))(\(value(depth - 1))::text)"
    case 6: return "CASE WHEN \(truth(depth - 1)) THEN \(value(depth - 1))::text ELSE \(value(depth - 1)) END"
    case 7: return "\(pick(["greatest", "least"]))(\(value(depth - 1))::text, \(value(depth - 1)))"
    case 8: return "left(\(value(depth - 1))::text, 1)"
    case 9: return "nullif(\(value(depth - 1))::text, \(value(depth - 1))::text)"
    case 10: return "(\(value(depth - 1))::\(pick(["varchar", "german", "early", "text"])))"
    case 11: return "(SELECT \(value(depth - 1))::text)"
    case 12: return "replace(\(value(depth - 1))::text, \(value(depth - 1))::text, 'x')"
    default: return "(SELECT max(\(value(depth - 1))::text) FROM t)"
    }
  }

  private mutating func truth(_ depth: Int) -> String {
    let (a, b) = ("\(value(depth))::text", value(depth))
    switch Int.random(in: 0..<10, using: &random) {
    case 0, 1: return "\(a) \(pick(["<", "<=", ">", ">="])) \(b)"
    case 2, 3: return "\(a) \(pick(["=", "<>"])) \(b)"
    case 4: return "\(a) \(pick(["LIKE", "ILIKE", "NOT LIKE"])) '\(pick(["a%", "%b", "É_", "z"]))'"
    case 5: return "\(a) \(pick(["~", "~*", "!~"])) '\(pick(["^a", "[a-z]", "\\\\w", "[[:upper:]]", "b|É"]))'"
    case 6: return "\(a) IN (\(b)::text, 'a')"
    case 7: return "\(a) IS NOT DISTINCT FROM \(b)"
    case 8: return "\(a) BETWEEN 'A' AND 'b'"
    default: return "position('b' in \(a)) > 0"
    }
  }

  mutating func next() -> String {
    switch Int.random(in: 0..<15, using: &random) {
    case 0, 1: "SELECT id, \(value(2)) FROM t"
    case 2, 3: "SELECT id FROM t WHERE \(truth(2))"
    case 4: "SELECT id, \(truth(2)) FROM t"
    case 5: "SELECT \(value(2)) FROM t ORDER BY 1"
    case 6: "SELECT DISTINCT \(value(1)) FROM t"
    case 7: "SELECT \(value(1)), count(*) FROM t GROUP BY 1"
    case 8: "SELECT \(pick(["min", "max"]))(\(value(2))::text) FROM t"
    case 9: "SELECT \(value(1))::text FROM t \(pick(["UNION", "UNION ALL", "EXCEPT", "INTERSECT"])) SELECT \(value(1))::text FROM t"
    case 10: "SELECT id, x < y FROM (SELECT id, \(value(1))::text AS x, \(value(1))::text AS y FROM t) s"
    case 11: "SELECT array_agg(id ORDER BY \(value(1)), id) FROM t"
    case 12: "SELECT id, rank() OVER (PARTITION BY \(value(1)) ORDER BY \(value(1))) FROM t"
    case 13: "SELECT count(DISTINCT \(value(1))), string_agg(DISTINCT \(value(1))::text, ',') FROM t"
    default:
      "SELECT a.id, b.id FROM t a JOIN t b ON a.\(pick(["d", "c", "i", "v"])) \(pick(["=", "<"])) b.\(pick(["d", "c", "b", "g"]))"
    }
  }
}

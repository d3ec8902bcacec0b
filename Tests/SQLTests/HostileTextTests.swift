import Glibc
import Queries
import Relations
import TestKit
import Testing

@testable import SQL

/// Texts that are nearly right, very deep, very long or very large in number: whatever comes of them comes soon, and ends nothing.
@Suite struct HostileTextTests {
  private static let binder = Binder(Shop.schema)

  /// All that is done with a question's text. Throws what PostgreSQL would say, and nothing else.
  private static func ask(_ text: String, _ known: KnownTemplates) {
    if case .bound(let query)? = try? binder.question(text, parameters: ["1", nil]) {
      let (template, constants) = query.sharedTemplate
      #expect(template.query(constants) == query)
      _ = (query.footprints, query.inputs())
    }
    _ = try? known.read(text, parameters: ["1", nil])
    _ = try? binder.outline(text, [], Outline.Doubt(.unsupported, "for the test"))
  }

  private static func seconds(_ body: () -> Void) -> Double {
    let time = ContinuousClock().measure(body)
    return Double(time.components.seconds) + Double(time.components.attoseconds) / 1e18
  }

  /// The most memory that this process ever had, in bytes.
  private static var peak: Int {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return usage.ru_maxrss << 10
  }

  @Test(arguments: Cases.seeds(20)) func `no question does harm`(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    let known = KnownTemplates(Self.binder)
    let texts = SelectCorpus.all
    for _ in 0..<1_500 {
      let text = Self.mutated(texts, using: &random)
      let taken = Self.seconds { Self.ask(text, known) }
      #expect(taken < 5, "\(taken) seconds for \(text)\n\(Cases.replay(seed))")
    }
  }

  @Test(arguments: Cases.seeds(20)) func `no definitions do harm`(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    let texts = Shop.definition.split(separator: ";").map(String.init) + Self.definitions
    for _ in 0..<100 {
      let text = (0..<Int.random(in: 1...4, using: &random)).map { _ in Self.mutated(texts, using: &random) }.joined(
        separator: ";\n")
      var loader = SchemaLoader(Schema(collation: "C"))
      let taken = Self.seconds {
        try? loader.load(Shop.definition)
        try? loader.load(text)
        Self.ask("SELECT * FROM customers, totals", KnownTemplates(Binder(loader.schema)))
      }
      #expect(taken < 5, "\(taken) seconds for \(text)\n\(Cases.replay(seed))")
    }
  }

  private static let definitions = [
    "CREATE TYPE mood AS ENUM ('good', 'bad')", "CREATE DOMAIN d AS int CHECK (VALUE > 0)",
    "ALTER TABLE customers ADD COLUMN extra int DEFAULT 7",
    "CREATE VIEW v AS SELECT * FROM totals", "CREATE OR REPLACE VIEW big_orders AS SELECT * FROM totals",
    "ALTER TABLE orders DROP COLUMN total CASCADE",
    "CREATE FUNCTION f(a int) RETURNS int LANGUAGE sql AS 'SELECT $1 + 1'", "ALTER TABLE customers RENAME TO clients",
    "DROP TABLE base CASCADE",
    "CREATE TABLE p PARTITION OF events FOR VALUES IN ('b', NULL)", "ALTER TABLE events DETACH PARTITION events_a",
    "ALTER TABLE base INHERIT orders",
    "CREATE POLICY p ON orders USING (region = CURRENT_USER)", "ALTER TABLE orders ENABLE ROW LEVEL SECURITY",
    "CREATE INDEX i ON orders (lower(status))",
    "CREATE OPERATOR === (LEFTARG = int, RIGHTARG = int, FUNCTION = int4eq)", "CREATE CAST (int AS text) WITH INOUT AS IMPLICIT",
    "CREATE SCHEMA s",
    "ALTER TABLE customers ADD CONSTRAINT c FOREIGN KEY (id) REFERENCES orders (id)", "CREATE SEQUENCE q OWNED BY customers.id",
    "SET search_path = s",
    "CREATE TYPE pair AS (a int, b text)", "CREATE TYPE r AS RANGE (subtype = float8)",
    "CREATE MATERIALIZED VIEW m AS SELECT 1 AS one", "CREATE RULE x AS ON INSERT TO orders DO NOTHING",
  ]

  private static func mutated(_ texts: [String], using random: inout SplitMix64) -> String {
    switch Int.random(in: 0..<8, using: &random) {
    case 0: return swapped(texts, using: &random)
    case 1: return flipped(texts.randomElement(using: &random)!, using: &random)
    case 2:
      let number = ["9", "0", "9.", ".1", "1e"].randomElement(using: &random)!
      let huge = String(repeating: number, count: Int.random(in: 1...40, using: &random))
      return replacing(
        ["1", "10", "100", "2", "3"].randomElement(using: &random)!, in: texts.randomElement(using: &random)!, by: huge)
    default: return TextMutator.mutation(of: texts, using: &random)
    }
  }

  /// Words of one text in places of another's.
  private static func swapped(_ texts: [String], using random: inout SplitMix64) -> String {
    var words = texts.randomElement(using: &random)!.split(separator: " ")
    let others = texts.randomElement(using: &random)!.split(separator: " ")
    for _ in 0..<Int.random(in: 1...3, using: &random) where !words.isEmpty && !others.isEmpty {
      words[Int.random(in: 0..<words.count, using: &random)] = others.randomElement(using: &random)!
    }
    return words.joined(separator: " ")
  }

  /// Bits of bytes, and what is no text then made one.
  private static func flipped(_ text: String, using random: inout SplitMix64) -> String {
    var bytes = Array(text.utf8)
    for _ in 0..<Int.random(in: 1...3, using: &random) where !bytes.isEmpty {
      bytes[Int.random(in: 0..<bytes.count, using: &random)] ^= 1 << UInt8.random(in: 0..<8, using: &random)
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func replacing(_ word: String, in text: String, by other: String) -> String {
    text.split(separator: " ").map { $0 == word ? other : String($0) }.joined(separator: " ")
  }

  /// Everything that nests, nested; everything that repeats, repeated; and names of names of names.
  @Test(arguments: [
    "SELECT %(%1%)%", "SELECT 1 WHERE %NOT %true", "SELECT %- %1", "SELECT 1%+1%", "SELECT %CASE WHEN true THEN %1% END%",
    "SELECT * FROM %(SELECT * FROM %customers%) a%", "SELECT %(SELECT %1%)%", "SELECT 1 % UNION SELECT 1%",
    "SELECT 1 %UNION (SELECT 1 %%)%",
    "SELECT * FROM customers % JOIN orders ON true%", "SELECT * FROM customers WHERE id IN (1%,1%)", "SELECT 1%,1%",
    "VALUES (1)%,(1)%",
    "SELECT id%::int4%FROM customers", "SELECT %coalesce(%1%)%", "SELECT id FROM customers WHERE %EXISTS (SELECT 1 WHERE %true%)%",
    "WITH a AS (SELECT 1 AS x) %, b AS (SELECT 1)%SELECT * FROM a", "WITH %a AS (WITH %b AS (SELECT 1) SELECT 1%) SELECT 1%",
    "SELECT a%.a%",
    "SELECT 1 WHERE true% AND true%", "SELECT 1 WHERE true% OR id IS NULL%", "SELECT 1%/* %", "SELECT '%''%'",
    "SELECT count(*) OVER (ORDER BY 1%,1%)",
    "SELECT count(*) FROM customers GROUP BY CUBE (id%, id%)",
    "SELECT count(*) FROM customers GROUP BY %CUBE (id, name), %ROLLUP (id)", "SELECT %lower(%'a'%)%",
    "SELECT ARRAY%[%1%]%", "SELECT id FROM customers ORDER BY id%, id%", "SELECT name LIKE '%a%%'",
    "SELECT 1 WHERE 1 BETWEEN %1 AND %1", "SELECT $1%, $2%", "SELECT %@%1",
  ])
  func `nothing nested or repeated does harm`(shape: String) {
    let parts = shape.split(separator: "%", omittingEmptySubsequences: false).map(String.init)
    let known = KnownTemplates(Self.binder)
    let before = Self.peak
    for count in [1, 2, 3, 10, 100, 400, 1_000, 3_000, 20_000] {
      // What stands between two signs is repeated.
      let text = parts.enumerated().map { $0 % 2 == 1 ? String(repeating: $1, count: count) : $1 }.joined()
      let taken = Self.seconds { Self.ask(text, known) }
      #expect(taken < 20, "\(taken) seconds for \(count) times \(shape)")
    }
    #expect(Self.peak - before < 2 << 30, "\((Self.peak - before) >> 20) MiB for \(shape)")
  }

  @Test func `names of names do not become plans without end`() {
    let known = KnownTemplates(Self.binder)
    var doubling = "WITH t0 AS (SELECT 1 AS x)"
    for i in 1...40 { doubling += ", t\(i) AS (SELECT a.x FROM t\(i - 1) a, t\(i - 1) b)" }
    #expect(Self.seconds { Self.ask(doubling + " SELECT * FROM t40", known) } < 10)

    var loader = SchemaLoader(Schema(collation: "C"))
    try? loader.load("CREATE VIEW v0 AS SELECT 1 AS x;")
    for i in 1...40 { try? loader.load("CREATE VIEW v\(i) AS SELECT a.x FROM v\(i - 1) a, v\(i - 1) b;") }
    let binder = Binder(loader.schema)
    let taken = Self.seconds {
      _ = try? binder.question("SELECT * FROM v40")
      _ = try? binder.outline("SELECT * FROM v40", [], Outline.Doubt(.unsupported, "for the test"))
    }
    #expect(taken < 10)
  }

  /// What is bound twice is bound twice as often on each level.
  @Test(arguments: [
    "CASE @ WHEN 1 THEN 1 WHEN 2 THEN 2 END", "(@ BETWEEN id AND 2)::int", "(@ BETWEEN SYMMETRIC id AND 2)::int",
    "((@ IN (id, id + 1))::int)", "(((@, 1) < (id, 2))::int)", "(((@, 1) IN ((id, 2), (1, id)))::int)",
    "coalesce(nullif(@, 1), greatest(2, id))",
  ]) func `operands of operands do not grow beyond measure`(piece: String) {
    let parts = piece.split(separator: "@", omittingEmptySubsequences: false).map(String.init)
    for levels in [1, 4, 12, 40, 400] {
      let text = (0..<levels).reduce("id") { inner, _ in parts[0] + inner + parts[1] }
      let question = "SELECT \(text) FROM customers WHERE \(text) = 1"
      let taken = Self.seconds { Self.ask(question, KnownTemplates(Self.binder)) }
      #expect(taken < 20, "\(taken) seconds for \(levels) of \(piece)")
    }
  }
}

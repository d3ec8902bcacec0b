import Queries
import Relations
import TestKit
import Testing

@testable import SQL

/// A text that is recognised by its shape means what the whole path says.
@Suite struct KnownTemplateTests {
  private static let binder = Binder(Shop.schema)

  /// What the whole path says, and what the known templates do.
  private static func compare(
    _ known: KnownTemplates, _ binder: Binder, _ text: String, _ parameters: [String?] = [],
    _ replay: @autoclosure () -> String = ""
  ) {
    let whole = Result { () throws(BindingFailure) in try binder.query(text, parameters: parameters).sharedTemplate }
    let read = Result { () throws(BindingFailure) in try known.read(text, parameters: parameters) }
    switch (whole, read) {
    case (.failure(let a), .failure(let b)): #expect(a == b, "\(text)\n\(replay())")
    case (.success(let (template, constants)), .success(let read)):
      #expect(template == read.template.template, "\(text)\n\(replay())")
      #expect(constants.lengths == read.constants.lengths, "\(text)\n\(replay())")
      #expect(
        constants.values.count == read.constants.values.count
          && zip(constants.values, read.constants.values).allSatisfy { $0.isIdentical(to: $1) },
        "\(text): \(constants.values), \(read.constants.values)\n\(replay())")
    default: Issue.record("\(text): \(whole), \(read)\n\(replay())")
    }
  }

  @Test func `a number that the grammar puts in is no parameter`() {
    let known = KnownTemplates(Self.binder)
    for value in ["1", "5", "1"] {
      Self.compare(known, Self.binder, "SELECT id FROM orders WHERE id = $1 ORDER BY id FETCH FIRST ROW ONLY", [value])
    }
    Self.compare(known, Self.binder, "SELECT id FROM orders ORDER BY id FETCH FIRST ROW ONLY")
  }

  @Test func `a pattern without classes is no pattern with them`() {
    var schema = Shop.schema
    schema.defaultCollation = nil
    let binder = Binder(schema)
    for question in ["SELECT id FROM customers WHERE name ~ '*'", "SELECT id FROM customers WHERE name SIMILAR TO '*'"] {
      let known = KnownTemplates(binder)
      for pattern in ["^a", "^b", "[[:alpha:]]", "x", "\\w", "(?i)a", "[a-z]"] {
        Self.compare(known, binder, question.replacing("*", with: pattern))
      }
    }
    let known = KnownTemplates(binder)
    for pattern in ["^a", "\\w", "^a", "[[:alpha:]]", "b"] {
      Self.compare(known, binder, "SELECT id FROM customers WHERE name ~ $1", [pattern])
    }
  }

  @Test(arguments: Cases.seeds(10)) func `a scan says what the whole path says`(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    var variants = TextVariants(seed: seed)
    let known = KnownTemplates(Self.binder, capacity: 2_000)
    var texts = (0..<60).map { _ in SelectCorpus.all.randomElement(using: &random)! } + Self.shapes
    texts.removeAll { (try? Self.binder.query($0)) == nil }
    let count = 10_000
    for _ in 0..<count {
      let text = variants.next(of: texts.randomElement(using: &random)!, oddity: [3, 12, 60].randomElement(using: &random)!)
      Self.compare(known, Self.binder, text, [], "\(Cases.replay(seed))")
    }
    #expect(known.hits > count / 4, "\(known.hits) texts were recognised: the test says little")
  }

  @Test(arguments: Cases.seeds(4)) func `so it does of questions with parameters`(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    var variants = TextVariants(seed: seed)
    let known = KnownTemplates(Self.binder, capacity: 200)
    let values: [String?] = [nil, "1", "2", "x", "1.5", "t", "2026-05-01", " 7", "", "9000000000", "now"]
    for _ in 0..<2_000 {
      let text = variants.next(
        of: [
          "SELECT name FROM customers WHERE id = $1", "SELECT name FROM customers WHERE id IN ($1, $2) AND region = $3",
          "SELECT count(*) FROM customers WHERE balance > $2 LIMIT $1",
          "SELECT region || $1, count(*) FROM customers GROUP BY region || $1",
          "SELECT region || $1, count(*) FROM customers GROUP BY region || $2", "SELECT $1::int, $1::text",
          "SELECT id FROM customers WHERE active = $1",
          "SELECT id FROM customers WHERE id = ANY ($1)", "SELECT name FROM customers WHERE id = $1 AND region IN ('a', 'b')",
        ].randomElement(using: &random)!, oddity: 20)
      let parameters = (0..<Int.random(in: 1...3, using: &random)).map { _ in values.randomElement(using: &random)! }
      Self.compare(known, Self.binder, text, parameters, "\(parameters), \(Cases.replay(seed))")
    }
    #expect(known.hits > 200, "\(known.hits) texts were recognised: the test says little")
  }

  private static let shapes = [
    "SELECT name FROM customers WHERE id = 1", "SELECT name FROM customers WHERE id IN (1)",
    "SELECT name FROM customers WHERE id IN (1, -2, 3)",
    "SELECT name FROM customers WHERE region NOT IN ('a', 'b') AND balance IN (1, 2)",
    "SELECT name FROM customers WHERE balance IN (1)",
    "SELECT name FROM customers WHERE balance > -1.5 AND id - 1 > 2", "SELECT id + 1 FROM customers GROUP BY id + 1",
    "SELECT id + 1, id + 2 FROM customers GROUP BY id + 1, id + 2", "SELECT sum(id * 2), sum(id * 3) FROM customers",
    "SELECT sum(id * 2), sum(id * 2) FROM customers", "SELECT name FROM customers ORDER BY 1 LIMIT 1 OFFSET 2",
    "SELECT id, name FROM customers ORDER BY 2, 1", "SELECT id + 1 FROM customers ORDER BY id + 1",
    "SELECT DISTINCT id + 1 FROM customers ORDER BY id + 2",
    "SELECT balance::numeric(10,2) FROM customers", "SELECT (SELECT 1), (SELECT 2)", "SELECT (SELECT 1), (SELECT 1)",
    "WITH a AS (SELECT 1 AS x), b AS (SELECT 2 AS y) SELECT x FROM a", "SELECT id FROM customers WHERE id BETWEEN 1 AND 2",
    "WITH a AS (SELECT id FROM customers WHERE id IN (1, 2)) SELECT * FROM a, a b", "SELECT * FROM (VALUES (1, 'a'), (2, 'b')) v",
    "SELECT rank() OVER (ORDER BY id + 1), rank() OVER (ORDER BY id + 2) FROM customers", "SELECT 1 UNION SELECT 2",
    "SELECT 1, 'a', 1.5",
    "SELECT 'a' IN ('a', 'b'), 1 IN (1, 2)", "SELECT name FROM customers WHERE active = 't' AND region LIKE 'a%' ESCAPE '!'",
    "SELECT name FROM customers WHERE id = ANY ('{1,2}') OR id = ANY (ARRAY[1, 2])",
    "SELECT position('a' IN 'b'), substring(name FROM 1 FOR 2) FROM customers",
    "SELECT CASE id WHEN 1 THEN 'a' WHEN 2 THEN 'b' ELSE 'c' END FROM customers GROUP BY CASE id WHEN 1 THEN 'a' WHEN 2 THEN 'b' ELSE 'c' END",
    "SELECT DATE '2026-01-01', INTERVAL '1 day', INTERVAL '1' DAY, '2026-01-01'::date",
    "SELECT \"id\" FROM \"customers\" AS \"a b\" WHERE 2 = \"a b\".id",
    "SELECT count(*) FILTER (WHERE id > 1), count(*) FILTER (WHERE id > 2) FROM customers HAVING count(*) > 1",
    "SELECT id FROM customers WHERE id=-1",
    "SELECT id FROM customers WHERE id+-1=2 AND id=+1", "SELECT - 5, -5, 1 - -1",
    "SELECT (1, 2) IN ((1, 2), (3, 4)), (id, 1) IN ((1, 1)) FROM customers",
    "SELECT id FROM customers FETCH FIRST 3 ROWS ONLY",
    "SELECT sum(id) OVER (ROWS BETWEEN 1 PRECEDING AND 2 FOLLOWING) FROM customers",
    "SELECT string_agg(name, ',' ORDER BY name) FROM customers", "SELECT GROUPING(id + 1) FROM customers GROUP BY ROLLUP (id + 1)",
  ]

  @Test(arguments: shapes) func `a shape is recognised`(text: String) throws {
    let known = KnownTemplates(Self.binder)
    guard (try? Self.binder.query(text)) != nil else { return }
    _ = try known.read(text)
    #expect(known.knows(text))
    #expect(known.knows(text + " -- and nothing more"))
  }

  @Test func `lists of other lengths are recognised`() throws {
    let known = KnownTemplates(Self.binder)
    let one = try known.read("SELECT name FROM customers WHERE id IN (1) AND region IN ('a', 'b')")
    let two = try known.read("select name from customers where id in (4, 5,-6) and region in ('c', 'd', 'e', 'f')")
    #expect(known.hits == 1 && one.template === two.template)
    #expect(two.constants.lengths == [3, 4] && two.constants.values.count == 7)
    Self.compare(known, Self.binder, "SELECT name FROM customers WHERE id IN (7) AND region IN ('x')")
  }

  @Test func `what decides has to stand in the text just so`() throws {
    let known = KnownTemplates(Self.binder)
    for text in [
      "SELECT id, name FROM customers ORDER BY 1", "SELECT id, name FROM customers ORDER BY 2",
      "SELECT id, name FROM customers ORDER BY 3",
      "SELECT id + 1 FROM customers GROUP BY id + 1", "SELECT id + 1 FROM customers GROUP BY id + 2",
      "SELECT id + 3 FROM customers GROUP BY id + 3",
      "SELECT sum(id * 2), sum(id * 3) FROM customers", "SELECT sum(id * 2), sum(id * 2) FROM customers",
      "SELECT sum(id * 3), sum(id * 3) FROM customers",
      "SELECT sum(id * 3), sum(id * 2) FROM customers", "SELECT balance::numeric(10,2) FROM customers",
      "SELECT balance::numeric(10,3) FROM customers",
    ] { Self.compare(known, Self.binder, text) }
    #expect(known.hits == 0)
  }

  @Test func `what is kept is bounded`() throws {
    let known = KnownTemplates(Self.binder, capacity: 10)
    let texts = (0..<100).map { "SELECT id AS c\($0) FROM customers WHERE id = 1" }
    for text in texts { _ = try known.read(text) }
    #expect(texts.count { known.knows($0) } <= 10)
    #expect(known.knows(texts[99]))
    // Of one shape, too.
    let known2 = KnownTemplates(Self.binder)
    let casts = (1...50).map { "SELECT balance::numeric(40,\($0 % 40)) FROM customers" }
    for text in casts { _ = try known2.read(text) }
    #expect(casts.count { known2.knows($0) } <= 20)
  }
}

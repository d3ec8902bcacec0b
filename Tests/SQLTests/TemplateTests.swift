import Queries
import Relations
import TestKit
import Testing

@testable import SQL

/// Texts that differ in constants, spacing, comments and case share a template; texts that mean different things never do.
@Suite struct TemplateTests {
  private let binder = Binder(SampleSchema.schema)

  private func template(_ text: String) throws -> (Template, constants: [Value]) { try binder.query(text).template }

  @Test(
    arguments: [
      [
        "SELECT count(*) FROM sample WHERE price > 100", "select  COUNT(*) from public.sample -- hm\n where PRICE>7",
        "SELECT count(*) FROM sample WHERE (price > 0)",
      ],
      [
        "SELECT a6 FROM sample WHERE a6 = 'paid'", "SELECT a6 FROM sample WHERE a6 = $$o'neil$$",
        "SELECT a6 FROM sample WHERE 'x' = a6",
      ].dropLast(),
      ["SELECT a1 FROM sample WHERE a1 BETWEEN 1 AND 2", "SELECT a1 FROM sample WHERE a1 >= 7 AND a1 <= -8"],
      ["SELECT a4::numeric(10,2) FROM sample WHERE a4 > 1.5", "SELECT a4::numeric(10,2) FROM sample WHERE a4 > 2.55"],
    ].map(Array.init))
  func `constants, space, comments and case do not count`(texts: [String]) throws {
    let first = try template(texts[0])
    for text in texts.dropFirst() { #expect(try template(text).0 == first.0, "\(text)") }
  }

  @Test(arguments: [
    ("SELECT count(*) FROM sample WHERE price > 100", "SELECT count(*) FROM sample WHERE price >= 100"),
    ("SELECT count(*) FROM sample WHERE a1 = 1", "SELECT count(*) FROM sample WHERE a1 = 1.5"),
    ("SELECT count(*) FROM sample WHERE a1 = 1", "SELECT count(*) FROM sample WHERE a1 = NULL"),
    ("SELECT count(*) FROM sample WHERE a0 = true", "SELECT count(*) FROM sample WHERE a0 = false"),
    ("SELECT a4::numeric(10,2) FROM sample", "SELECT a4::numeric(10,3) FROM sample"),
    ("SELECT a1 FROM sample GROUP BY 1", "SELECT a1 FROM sample"),
    ("SELECT a1 AS x FROM sample", "SELECT a1 AS y FROM sample"),
    ("SELECT sum(a1) FROM sample", "SELECT sum(DISTINCT a1) FROM sample"),
  ])
  func `another meaning is another template`(pair: (String, String)) throws {
    #expect(try template(pair.0).0 != template(pair.1).0)
  }

  @Test(arguments: Cases.seeds(6)) func `a template with its constants is the question again`(seed: UInt64) throws {
    var queries = RandomQueries(seed: seed)
    for _ in 0..<150 {
      let text = queries.next()
      guard let query = try? binder.query(text) else { continue }
      let (template, constants) = query.template
      #expect(template.query(constants) == query, "\(text)\n\(Cases.replay(seed))")
    }
  }

  @Test(
    arguments: [
      [
        "SELECT count(*) FROM sample WHERE a2 IN (1)", "SELECT count(*) FROM sample WHERE a2 IN (1, 2)",
        "SELECT count(*) FROM sample WHERE a2 = ANY (ARRAY[5, 6, 7])", "SELECT count(*) FROM sample WHERE a2 = ANY ('{7}')",
      ],
      ["SELECT a6 FROM sample WHERE a6 NOT IN ('x')", "SELECT a6 FROM sample WHERE a6 NOT IN ('x', 'y', 'z', 'x')"],
      [
        "SELECT * FROM sample WHERE a3 IN (1, NULL, 2) AND a2 > 7",
        "SELECT * FROM sample WHERE a3 IN (4, 5, 6, NULL, 2, 2) AND a2 > 0",
      ],
      ["SELECT * FROM (VALUES (1, 'a')) v", "SELECT * FROM (VALUES (1, 'a'), (2, 'b'), (1, 'a')) v"],
      [
        "SELECT v.x FROM sample JOIN (VALUES (1, a1 IN (1, 2), 3)) v(x, y, z) ON true WHERE a3 IN (8, 9)",
        "SELECT v.x FROM sample JOIN (VALUES (1, a1 IN (1, 2), 3), (4, a1 IN (7, 8), 9)) v(x, y, z) ON true WHERE a3 IN (8)",
      ].map { $0.replacing("JOIN (", with: "JOIN LATERAL (") },
      ["SELECT a1 FROM sample LIMIT 10 OFFSET 7", "SELECT a1 FROM sample LIMIT 1 OFFSET 20"],
      [
        "SELECT a1 FROM sample ORDER BY 1 FETCH FIRST 3 ROWS WITH TIES",
        "SELECT a1 FROM sample ORDER BY 1 FETCH FIRST 9 ROWS WITH TIES",
      ],
    ].map(Array.init))
  func `lists of any length share a template`(texts: [String]) throws {
    let first = try binder.query(texts[0]).sharedTemplate
    for text in texts {
      let query = try binder.query(text)
      let (template, constants) = query.sharedTemplate
      #expect(template == first.0, "\(text)")
      #expect(template.query(constants) == query, "\(text)")
      #expect(template.template(lengths: constants.lengths) == query.template.0, "\(text)")
    }
  }

  @Test(arguments: [
    ("SELECT 1 FROM sample WHERE a2 IN (1, NULL)", "SELECT 1 FROM sample WHERE a2 IN (NULL, 1)"),
    ("SELECT 1 FROM sample WHERE a2 IN (1, 2)", "SELECT 1 FROM sample WHERE a2 NOT IN (1, 2)"),
    ("SELECT 1 FROM sample WHERE a2 IN (1, 2)", "SELECT 1 FROM sample WHERE a2 IN (1, 2.5)"),
    ("SELECT 1 FROM sample WHERE a2 > ANY (ARRAY[1, 2])", "SELECT 1 FROM sample WHERE a2 > ALL (ARRAY[1, 2])"),
    ("SELECT * FROM (VALUES (1, 2)) v", "SELECT * FROM (VALUES (1, NULL)) v"),
    ("SELECT 1 FROM sample WHERE a2 IN (1, 2) OR a3 IN (1)", "SELECT 1 FROM sample WHERE a2 IN (1, 2) OR a2 IN (1)"),
    ("SELECT a1 FROM sample LIMIT 5", "SELECT a1 FROM sample OFFSET 5"), ("SELECT a1 FROM sample LIMIT 5", "SELECT a1 FROM sample"),
    ("SELECT a1, a2 FROM sample ORDER BY 1", "SELECT a1, a2 FROM sample ORDER BY 2"),
  ])
  func `lists of another meaning share none`(pair: (String, String)) throws {
    #expect(try binder.query(pair.0).sharedTemplate.0 != binder.query(pair.1).sharedTemplate.0)
  }

  /// What is no list is not taken for one: members of other types, a null between.
  @Test(arguments: [
    "SELECT * FROM (VALUES (INTERVAL '1 day'), (INTERVAL(3) '2 days')) v", "SELECT * FROM (VALUES (1), (NULL), (2)) v",
    "SELECT a1 FROM sample WHERE a2 IN (7, NULL, 8)", "SELECT a1 FROM sample WHERE a2 IN (7, 9000000000)",
    "SELECT * FROM (VALUES ('a'::varchar(3)), ('b'::varchar(4))) v", "SELECT * FROM (VALUES (1), (2.5), (3)) v",
  ]) func `members that are not alike make no list`(text: String) throws {
    let query = try binder.query(text)
    let (template, constants) = query.sharedTemplate
    #expect(template.query(constants) == query)
    #expect(template.template(lengths: constants.lengths) == query.template.0)
  }

  @Test(arguments: Cases.seeds(6)) func `a shared template with its constants is the question again`(seed: UInt64) throws {
    var queries = RandomQueries(seed: seed)
    var random = SplitMix64(seed: seed)
    for _ in 0..<150 {
      let lists = (0..<2).map { _ in
        let members = (0..<Int.random(in: 1...4, using: &random)).map { _ in
          ["7", "8", "NULL", "9000000000", "a1", "1.5"].randomElement(using: &random)!
        }
        return "a2 IN (\(members.joined(separator: ", ")))"
      }
      var text = queries.next()
      if let place = text.firstRange(of: " GROUP BY")?.lowerBound ?? Optional(text.endIndex) {
        text.insert(contentsOf: (text.contains(" WHERE ") ? " AND " : " WHERE ") + lists.joined(separator: " OR "), at: place)
      }
      guard let query = try? binder.query(text) else { continue }
      let (template, constants) = query.sharedTemplate
      #expect(template.query(constants) == query, "\(text)\n\(Cases.replay(seed))")
      #expect(template.query(constants).sharedTemplate.0 == template, "\(text)\n\(Cases.replay(seed))")
    }
  }
}

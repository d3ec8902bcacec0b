import Relations
import TestKit
import Testing

@testable import Circuits
@testable import SQL

/// Questions over enums and domains have PostgreSQL's answers, and its errors.
@Suite struct DeclaredTypeTests {
  @Test func `enums are ordered as they were declared, and domains are checked`() throws {
    var loader = SchemaLoader(Schema(collation: "C"))
    try loader.load(Self.definition)
    var comparison = try AnswerComparison(loader.schema, Self.definition) { session in
      try session.execute(Self.rows)
      return try SelectAnswerTests.snapshot(loader.schema, &session)
    }
    for text in Self.questions {
      if let difference = comparison.differenceOrGap(text) { Issue.record("\(text)\n  \(difference)") }
    }
  }

  @Test func `what is out of reach is not answered`() throws {
    var loader = SchemaLoader(Schema(collation: "C"))
    try loader.load(Self.definition)
    let binder = Binder(loader.schema)
    for text in Self.outOfReach {
      #expect(throws: BindingFailure.self, "\(text)") { try binder.query(text) }
    }
  }

  private static let definition = """
    CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy', 'Zen''d', 'anxious');
    ALTER TYPE mood ADD VALUE 'meh' BEFORE 'ok';
    CREATE DOMAIN posint AS int4 CHECK (VALUE > 0);
    CREATE DOMAIN small AS posint CHECK (VALUE < 100) CHECK (VALUE <> 13);
    CREATE DOMAIN code AS varchar(5) NOT NULL CHECK (VALUE ~~ 'A%');
    CREATE DOMAIN feeling AS mood CHECK (VALUE <> 'anxious');
    CREATE DOMAIN price AS numeric(8,2);
    CREATE TABLE people (id int4 PRIMARY KEY, m mood, f feeling, n small, c code, p price, t text, v varchar(10), w char(8));
    CREATE TABLE visits (person int4, m mood, at date);
    CREATE VIEW cheerful AS SELECT id, m FROM people WHERE m >= 'ok';
    """

  private static let rows = """
    INSERT INTO people VALUES (1, 'happy', 'sad', 5, 'A1', 1.5, 'happy', 'ok', 'sad'), (2, 'sad', NULL, 99, 'A', 2.25, 'nope', 'sad', 'x'),
      (3, 'anxious', 'Zen''d', 1, 'Axxxx', NULL, NULL, NULL, NULL), (4, 'meh', 'ok', NULL, 'AB', -3, 'ok', 'meh', 'meh'),
      (5, NULL, 'happy', 7, 'A1', 10, 'sad', 'happy', 'happy'), (6, 'ok', 'ok', 7, 'A1', 10, '', 'ok', 'ok'),
      (7, 'Zen''d', 'meh', 20, 'A9', 0, 'Sad', 'Zen''d', 'Zen''d'), (8, 'happy', 'happy', 5, 'A', 1.50, 'happy', 'happy', 'happy');
    INSERT INTO visits VALUES (1, 'ok', '2024-01-01'), (1, 'sad', '2024-02-01'), (2, 'anxious', NULL), (3, 'happy', '2024-01-05'),
      (4, NULL, '2024-03-01'), (9, 'meh', '2024-01-01');
    """

  private static let questions = [
    "SELECT id, m, f, n, c, p FROM people", "SELECT * FROM people WHERE m = 'happy'", "SELECT id FROM people WHERE m <> 'happy'",
    "SELECT id FROM people WHERE m < 'happy'", "SELECT id FROM people WHERE m <= 'happy'", "SELECT id FROM people WHERE 'ok' < m",
    "SELECT id FROM people WHERE m > 'meh' AND m >= f", "SELECT id FROM people WHERE m BETWEEN 'meh' AND 'happy'",
    "SELECT id FROM people WHERE m IN ('sad', 'ok')", "SELECT id FROM people WHERE m NOT IN ('sad', 'ok', NULL)",
    "SELECT id FROM people WHERE m IN ('sad')", "SELECT id FROM people WHERE m = ANY (ARRAY['sad', 'ok']::mood[])",
    "SELECT id FROM people WHERE m = ANY ('{sad,ok}')", "SELECT id FROM people WHERE m < ALL (ARRAY['ok', 'happy']::mood[])",
    "SELECT id FROM people WHERE m = 'bad'", "SELECT id FROM people WHERE m = 'Happy'", "SELECT 'bad'::mood", "SELECT 'ok'::mood",
    "SELECT CAST('meh' AS mood) < 'ok'", "SELECT id, t::mood FROM people WHERE id IN (1, 4, 5)", "SELECT t::mood FROM people",
    "SELECT id, v::mood < m FROM people WHERE id <> 3", "SELECT w::mood FROM people WHERE id = 5",
    "SELECT w::text::mood FROM people",
    "SELECT m::text || '!', m::varchar, m::text < 'n' FROM people", "SELECT m::char(3) FROM people",
    "SELECT id, m FROM people ORDER BY m", "SELECT id, m FROM people ORDER BY m DESC, id",
    "SELECT m FROM people ORDER BY m NULLS FIRST LIMIT 4",
    "SELECT m, count(*) FROM people GROUP BY m ORDER BY m", "SELECT m, count(*) FROM people GROUP BY m ORDER BY 2 DESC, m DESC",
    "SELECT DISTINCT m FROM people", "SELECT DISTINCT ON (m) m, id FROM people ORDER BY m, id DESC",
    "SELECT min(m), max(m), count(m), count(DISTINCT m) FROM people", "SELECT n, min(m), max(f) FROM people GROUP BY n ORDER BY n",
    "SELECT min(m) FROM people WHERE false", "SELECT n FROM people GROUP BY n HAVING max(m) > 'meh'",
    "SELECT max(DISTINCT m) FILTER (WHERE id > 2) FROM people",
    "SELECT greatest(m, f), least(m, f, 'ok') FROM people", "SELECT coalesce(m, f, 'ok') FROM people",
    "SELECT nullif(m, 'happy') FROM people",
    "SELECT enum_range(m), enum_first(m), enum_last(f::mood) FROM people", "SELECT enum_range(NULL::mood), enum_last('ok'::mood)",
    "SELECT count(*) FROM people WHERE m = enum_first(m)",
    "SELECT count(*) FROM people WHERE m = ANY (enum_range(NULL::mood))",
    "SELECT count(*) FROM people WHERE m > enum_first(NULL::mood)",
    "SELECT id, row_to_json(p), to_jsonb(p) FROM people p ORDER BY id",
    "SELECT CASE m WHEN 'happy' THEN 'up' WHEN 'sad' THEN 'down' END FROM people",
    "SELECT CASE WHEN n > 5 THEN m ELSE f END FROM people",
    "SELECT m IS DISTINCT FROM f, m IS NOT DISTINCT FROM 'ok', m IS NULL FROM people",
    "SELECT p.id, v.at FROM people p JOIN visits v ON p.m = v.m",
    "SELECT p.id, v.at FROM people p LEFT JOIN visits v ON p.m < v.m AND p.id = v.person",
    "SELECT id FROM people JOIN visits USING (m)", "SELECT m FROM people UNION SELECT m FROM visits",
    "SELECT m FROM people EXCEPT SELECT m FROM visits ORDER BY m", "SELECT id FROM people WHERE m IN (SELECT m FROM visits)",
    "SELECT id FROM people WHERE m > ALL (SELECT m FROM visits WHERE m IS NOT NULL AND m < 'happy')",
    "SELECT (SELECT max(m) FROM visits WHERE person = id) FROM people", "SELECT * FROM cheerful WHERE m <> 'happy'",
    "SELECT x.m FROM (SELECT m, id FROM people) x WHERE x.m > 'ok' ORDER BY x.m, x.id",
    "WITH w AS (SELECT m FROM people) SELECT max(m) FROM w", "SELECT id, rank() OVER (ORDER BY m) FROM people",
    "SELECT id, lag(m) OVER (ORDER BY m, id), first_value(m) OVER (PARTITION BY m ORDER BY id) FROM people",
    "SELECT string_agg(m::text, ',' ORDER BY m, id) FROM people", "SELECT m = t FROM people", "SELECT m = m::text FROM people",
    "SELECT m + 1 FROM people", "SELECT m || 'x' FROM people", "SELECT lower(m) FROM people", "SELECT lower(m::text) FROM people",
    "SELECT m LIKE 'h%' FROM people", "SELECT m::int FROM people", "SELECT concat(m, '-', n) FROM people",
    "SELECT sum(m) FROM people",
    "SELECT CASE WHEN m > 'ok' THEN 1/0 ELSE 1 END FROM people WHERE m <= 'ok'",
    "SELECT id FROM people WHERE (m, n) = ('happy', 5)", "SELECT id FROM people WHERE (m, n) > ('ok', 5)",
    "SELECT n + 1, n::text, n = 5, p * 2, length(c), c || 'x' FROM people", "SELECT sum(n), avg(p), max(c) FROM people",
    "SELECT n, count(*) FROM people GROUP BY n ORDER BY n", "SELECT id FROM people WHERE n IN (5, 7) AND c LIKE 'A_'",
    "SELECT 5::posint, '7'::small, 'Ab'::code, 'ok'::feeling", "SELECT 0::posint", "SELECT 13::small", "SELECT 100::small",
    "SELECT (-5)::small",
    "SELECT NULL::posint", "SELECT NULL::code", "SELECT 'Abcdefgh'::code", "SELECT 'b'::code", "SELECT 'anxious'::feeling",
    "SELECT 'bad'::feeling", "SELECT 1.005::price, 123456789::price", "SELECT id::posint, id::small FROM people",
    "SELECT (id - 1)::posint FROM people",
    "SELECT m::feeling FROM people", "SELECT m::feeling FROM people WHERE m <> 'anxious'",
    "SELECT t::code FROM people WHERE id = 1", "SELECT t::code FROM people WHERE id = 3", "SELECT m >= f::mood, m >= f FROM people",
    "SELECT n::int, n::numeric(5,1) FROM people",
    "SELECT CASE WHEN id > 1 THEN (id - 1)::posint ELSE 0 END FROM people", "SELECT f::text::mood FROM people",
    "SELECT id::nosuch FROM people",
    "SELECT id::mood(3) FROM people", "SELECT m::public.mood, id::public.posint FROM people",
    "SELECT f = m, f < m, f > 'ok' FROM people",
    "SELECT coalesce(n, 0), coalesce(n, id), CASE WHEN true THEN n END FROM people", "SELECT p::int, n / 2, n % 2 FROM people",
    "SELECT id FROM people WHERE id = 2 OR m = 'ok' ORDER BY f DESC NULLS LAST, id",
    "SELECT v.m, p.m FROM visits v, people p WHERE v.m > p.m",
    "VALUES ('ok'::mood), ('sad')", "SELECT array_agg(m ORDER BY m, id) FROM people", "SELECT enum_cmp(m, f) FROM visits",
  ]

  private static let outOfReach = [
    "SELECT enum_range(m, 'ok') FROM people", "SELECT enum_first(greatest(m, f)) FROM people",
    "SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY m) FROM people",
    "SELECT array_agg(DISTINCT m) FROM people", "SELECT max(m) OVER () FROM people",
    "SELECT mode() WITHIN GROUP (ORDER BY m) FROM people",
  ]
}

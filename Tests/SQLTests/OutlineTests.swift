import Queries
import Relations
import TestKit
import Testing

@testable import SQL

/// What a text without a plan depends on: never a relation less than PostgreSQL reads.
@Suite struct OutlineTests {
  private static let definitions = """
    CREATE SCHEMA other;
    CREATE TYPE mood AS ENUM ('good', 'bad');
    CREATE DOMAIN positive AS int CHECK (VALUE > 0);
    CREATE TABLE a (id int PRIMARY KEY, x int, note text, at timestamptz);
    CREATE TABLE b (id int PRIMARY KEY, y int);
    CREATE TABLE other.a (id int, z int);
    CREATE TABLE parent (id int, k int) PARTITION BY RANGE (id);
    CREATE TABLE child PARTITION OF parent FOR VALUES FROM (1) TO (10);
    CREATE TABLE base (id int, v int);
    CREATE TABLE heir (w int) INHERITS (base);
    CREATE UNLOGGED TABLE fleeting (id int);
    CREATE VIEW over_a AS SELECT x AS shown FROM public.a WHERE id > 0;
    CREATE VIEW over_view AS SELECT v.shown, b.y FROM public.over_a v JOIN public.b ON b.id = v.shown;
    CREATE FUNCTION mine(int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS 'BEGIN RETURN 1; END';
    CREATE TABLE late ("lower" date);
    CREATE SEQUENCE seq;
    """
  private static let schema: Schema = {
    var loader = SchemaLoader(Schema(collation: "C"))
    try? loader.load(definitions)
    return loader.schema
  }()

  private func outline(_ text: String, path: String = "public") throws -> Outline {
    try Binder(Self.schema, path: SearchPath(parsing: path)).outline(text, [], Outline.Doubt(.unsupported, "for the test"))
  }

  private func tables(_ outline: Outline) -> String {
    outline.footprints.map { footprint in
      let table = Self.schema[footprint.table]!
      let columns = footprint.projected.map { table.columns[$0].name.text }
      return "\(table.name)(\(columns.joined(separator: " ")))"
    }.sorted().joined(separator: " ")
  }

  @Test(arguments: [
    ("SELECT x FROM a", "public.a(x)"), ("SELECT * FROM a", "public.a(id x note at)"), ("SELECT count(*) FROM a", "public.a()"),
    ("SELECT a FROM a", "public.a(id x note at)"), ("SELECT q FROM a AS q", "public.a(id x note at)"),
    ("SELECT q.one FROM a AS q(one)", "public.a(id x note at)"),
    ("SELECT x FROM a JOIN b USING (id)", "public.a(id x) public.b(id)"),
    ("SELECT x FROM a NATURAL JOIN b", "public.a(id x note at) public.b(id y)"), ("SELECT z FROM other.a", "other.a(z)"),
    ("WITH a AS (SELECT y FROM b) SELECT y FROM a", "public.b(y)"), ("WITH a AS (SELECT x FROM a) SELECT x FROM a", "public.a(x)"),
    ("WITH RECURSIVE a AS (SELECT y FROM b UNION SELECT y FROM a) SELECT y FROM a", "public.b(y)"),
    ("WITH c AS (SELECT x FROM a), a AS (SELECT y FROM b) SELECT x FROM c, a", "public.a(x) public.b(y)"),
    ("SELECT (WITH a AS (SELECT 1 AS x) SELECT x FROM a), x FROM a", "public.a(x)"),
    ("(WITH a AS (SELECT y FROM b) SELECT y FROM a) UNION SELECT x FROM a", "public.a(x) public.b(y)"),
    ("WITH a AS (SELECT y FROM b) SELECT y FROM a UNION SELECT y FROM a", "public.b(y)"),
    ("SELECT k FROM parent", "public.child(k) public.parent(k)"), ("SELECT v FROM base", "public.base(v) public.heir(v)"),
    ("SELECT v FROM ONLY base", "public.base(v)"), ("SELECT shown FROM over_a", "public.a(id x)"),
    ("SELECT y FROM over_view", "public.a(id x) public.b(id y)"), ("SELECT 1 WHERE EXISTS (TABLE b)", "public.b(id y)"),
    ("SELECT 1 FROM generate_series(1, (SELECT max(y) FROM b)) g", "public.b(y)"), ("SELECT 1", ""),
    ("SELECT (a).x FROM a", "public.a(id x note at)"),
    ("SELECT x FROM a ORDER BY id LIMIT (SELECT 1 FROM b)", "public.a(id x) public.b(id)"),
    ("SELECT a.to_json FROM a", "public.a(id x note at)"),
    ("SELECT sum(x) OVER (PARTITION BY note ORDER BY at) FROM a", "public.a(x note at)"),
    ("SELECT x FROM a GROUP BY GROUPING SETS ((x), (note))", "public.a(x note)"),
    ("SELECT 1 FROM a WHERE x IN (SELECT y FROM b WHERE b.id = a.id) FOR UPDATE OF a", "public.a(id x) public.b(id y)"),
  ])
  func `names its tables and columns`(text: String, expected: String) throws {
    let outline = try outline(text)
    #expect(tables(outline) == expected)
    #expect(outline.obstacle == nil && !outline.usesClock && !outline.readsEverything)
  }

  @Test func `the search path decides whose table it is`() throws {
    #expect(tables(try outline("SELECT z FROM a", path: "other, public")) == "other.a(z)")
    #expect(tables(try outline("SELECT shown FROM over_a", path: "public, other")) == "public.a(id x)")
  }

  @Test(arguments: [
    ("SELECT mine(x) FROM a", DoubtReason.userFunction), ("SELECT a.mine FROM a", .userFunction),
    ("SELECT soundex(note) FROM a", .userFunction),
    ("SELECT x::positive FROM a", .userFunction), ("SELECT note::citext FROM a", .userFunction),
    ("SELECT x <-> note <=> x FROM a", .userFunction),
    ("SELECT random() FROM a", .volatile), ("SELECT nextval('seq') FROM a", .volatile),
    ("SELECT 1 FROM a TABLESAMPLE SYSTEM (1)", .volatile),
    ("SELECT 1 FROM a FOR UPDATE SKIP LOCKED", .volatile), ("SELECT last_value FROM seq", .notFollowed),
    ("SELECT 1 FROM fleeting", .notFollowed),
    ("SELECT 1 FROM pg_class", .notFollowed), ("SELECT 1 FROM information_schema.tables", .notFollowed),
    ("SELECT xmin FROM a", .notFollowed),
    ("SELECT tableoid::regclass FROM a", .notFollowed), ("SELECT txid_current() FROM a", .setting),
    ("SELECT age(at) FROM a", .setting),
    ("SELECT json_populate_record(NULL::a, '{}') FROM a", .setting), ("SELECT 1; SELECT 2", .unsupported),
    ("DELETE FROM a", .unsupported),
    ("WITH d AS (DELETE FROM a RETURNING x) SELECT x FROM d", .unsupported), ("SELECT x INTO c FROM a", .unsupported),
    ("SELECT * FROM XMLTABLE('/a' PASSING '<a/>' COLUMNS d date)", .unsupported),
  ])
  func `says what can change an answer without a row`(text: String, reason: DoubtReason) throws {
    #expect(try outline(text).obstacle?.reason == reason)
  }

  @Test(arguments: [
    "SELECT now(), x FROM a", "SELECT CURRENT_DATE", "SELECT LOCALTIME", "SELECT x FROM a WHERE at > 'yesterday'",
    "SELECT note::date FROM a",
    "SELECT '{now}'::timestamptz[]", #"SELECT '{"n\\ow"}'::timestamptz[]"#, "SELECT date(note) FROM a",
    "SELECT (note || 'y')::timestamptz FROM a",
    "SELECT at::date FROM (SELECT note AS at FROM a) q", "SELECT lower::date FROM (SELECT lower(note) FROM a) q, late",
    "SELECT lower::date FROM lower('x'), late", "SELECT ROW(note)::a FROM a", "SELECT CAST(note AS time) FROM a",
  ])
  func `says where the clock may be an input`(text: String) throws {
    let outline = try outline(text)
    #expect(outline.usesClock && outline.obstacle == nil)
  }

  @Test(arguments: [
    "SELECT x FROM a WHERE note = 'a' AND x > 5 LIMIT 3", "select  X from a -- hm\n where Note = 'other' and x>70 limit 4;",
    "SELECT x FROM a WHERE note = $$q$$ AND x > /* 1 /* 2 */ */ 0 LIMIT 0",
  ])
  func `texts that differ in constants share a template`(text: String) throws {
    let outline = try outline(text)
    #expect(outline.template == "select x from a where note = $1 and x > $2 limit $3")
    #expect(outline.constants.count == 3)
  }

  @Test func `a relation that is not there is refused`() throws {
    #expect(throws: SQLTextError.self) { try outline("SELECT ROW(1) FROM nowhere") }
    #expect(throws: SQLTextError.self) { try outline("WITH c AS (SELECT 1 FROM d), d AS (SELECT 1) SELECT ROW(1) FROM c") }
    #expect(throws: SQLTextError.self) { try outline("SELECT ROW(1") }
  }

  @Test(arguments: [
    "SELECT ROW(x) FROM a", "SELECT x FROM a LIMIT (SELECT 1)", "SELECT a FROM a", "SELECT random() FROM a TABLESAMPLE SYSTEM (10)",
    "SELECT 1 FROM a WHERE ROW(x) = ANY (ARRAY(SELECT ROW(1)))", "SELECT array_agg(ROW(x)) FROM a",
  ])
  func `what is not bound is outlined`(text: String) throws {
    guard case .outlined = try Binder(Self.schema).question(text) else {
      Issue.record("bound by now")
      return
    }
  }
}

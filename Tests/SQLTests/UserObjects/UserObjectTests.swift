import Expressions
import PostgreSQL
import Queries
import Relations
import TestKit
import Testing

@testable import SQL

/// Where a schema has functions, operators and casts of its own, what is bound means what is built in, in PostgreSQL too.
@Suite struct UserObjectTests {
  @Test(arguments: Cases.seeds(24)) func `what is bound uses nothing that the schema declares`(seed: UInt64) throws {
    var trial = try ObjectTrial(seed: seed)
    try trial.run(questions: 100)
    #expect(trial.bound > 0, "\(Cases.replay(seed))")
  }

  /// Bound, refused, or left alone.
  private func outcome(_ definitions: String, _ question: String, path: String = "public") throws -> String {
    var loader = SchemaLoader(Schema(collation: "C"))
    try loader.load("CREATE TABLE t (i int4, n numeric, s text, v varchar(9), d date); " + definitions)
    let binder = Binder(loader.schema, path: try SearchPath(parsing: path))
    do throws(BindingFailure) {
      _ = try binder.query(question)
      return "bound"
    } catch {
      if case .refused(let refusal) = error { return "\(refusal.state)" }
      return "left"
    }
  }

  @Test(arguments: [
    ("s", "SELECT lower(s) FROM t", "bound"), ("s", "SELECT lower(v) FROM t", "left"),
    ("s", "SELECT pg_catalog.lower(v) FROM t", "bound"),
    ("s", "SELECT lower(i) FROM t", "42883"), ("s", "SELECT public.lower(v) FROM t", "left"), ("s", "SELECT lower('A')", "left"),
    ("s", "SELECT s FROM t WHERE v = 'x'", "left"), ("s", "SELECT s FROM t WHERE v IN ('x')", "left"),
    ("s", "SELECT s FROM t WHERE v IN ('x', 'y')", "left"), ("s", "SELECT nullif(v, 'x') FROM t", "left"),
    ("s", "SELECT CASE v WHEN 'x' THEN 1 END FROM t", "left"), ("s", "SELECT v IS DISTINCT FROM 'x' FROM t", "left"),
    ("s", "SELECT 1 FROM t JOIN t AS u USING (v)", "left"), ("s", "SELECT v IN (SELECT v FROM t) FROM t", "left"),
    ("s", "SELECT s FROM t WHERE s = 'x' AND i = 3 AND n = 3 AND d = '2026-01-01'", "bound"),
    ("s", "SELECT s FROM t WHERE v OPERATOR(pg_catalog.=) 'x'", "bound"), ("s", "SELECT s FROM t WHERE v < 'x'", "bound"),
    ("other", "SELECT lower(v) FROM t", "bound"), ("other", "SELECT s FROM t WHERE v = 'x'", "bound"),
  ])
  func `arguments decide whose function it is`(where namespace: String, question: String, expected: String) throws {
    let made = namespace == "s" ? "public" : "other"
    let definitions = """
      CREATE SCHEMA other;
      CREATE FUNCTION \(made).lower(varchar) RETURNS text LANGUAGE sql AS 'SELECT ''mine''::text';
      CREATE FUNCTION \(made).same(varchar, varchar) RETURNS bool LANGUAGE sql AS 'SELECT true';
      CREATE OPERATOR \(made).= (FUNCTION = \(made).same, LEFTARG = varchar, RIGHTARG = varchar);
      """
    #expect(try outcome(definitions, question) == expected)
  }

  @Test func `a path may come by what is declared first`() throws {
    let function = "CREATE FUNCTION lower(text) RETURNS text LANGUAGE sql AS 'SELECT ''mine''::text';"
    #expect(try outcome(function, "SELECT lower(s) FROM t") == "bound")
    #expect(try outcome(function, "SELECT lower(s) FROM t", path: "public, pg_catalog") == "left")
    #expect(try outcome(function, "SELECT lower(s) FROM t", path: "pg_catalog, public") == "bound")
  }

  @Test(arguments: [
    ("int4 AS text", "WITH INOUT AS IMPLICIT", "SELECT length(i) FROM t", "bound"),
    ("int4 AS text", "WITH INOUT", "SELECT length(i) FROM t", "42883"),
    ("int4 AS text", "WITH FUNCTION f(int4) AS IMPLICIT", "SELECT length(i) FROM t", "left"),
    ("int4 AS text", "WITH FUNCTION f(int4)", "SELECT i::text FROM t", "left"),
    ("int4 AS text", "WITH FUNCTION f(int4)", "SELECT i + 1 FROM t", "bound"),
    ("text AS int4", "WITH INOUT AS IMPLICIT", "SELECT s + 1 FROM t", "bound"),
  ])
  func `casts take part in the choice`(types: String, method: String, question: String, expected: String) throws {
    let definitions =
      "CREATE FUNCTION f(int4) RETURNS text LANGUAGE sql AS 'SELECT ''mine''::text'; CREATE CAST (\(types)) \(method);"
    #expect(try outcome(definitions, question) == expected)
  }

  /// A view keeps the meaning that it had under the path of its making, which nobody knows.
  @Test func `views are left alone where anything could be meant`() throws {
    let definitions = """
      CREATE SCHEMA other;
      CREATE FUNCTION other.same(varchar, varchar) RETURNS bool LANGUAGE sql AS 'SELECT true';
      CREATE OPERATOR other.= (FUNCTION = other.same, LEFTARG = varchar, RIGHTARG = varchar);
      CREATE VIEW q AS SELECT s FROM t WHERE v = 'x';
      CREATE VIEW r AS SELECT s FROM t WHERE s = 'x';
      """
    #expect(try outcome(definitions, "SELECT * FROM q") == "left")
    #expect(try outcome(definitions, "SELECT * FROM r") == "bound")
  }

  @Test func `relations of the catalogue are found first`() throws {
    let own = try Cluster.shared().query(
      "SELECT relname FROM pg_class WHERE relnamespace = 'pg_catalog'::regnamespace AND relkind IN ('r', 'v')")
    #expect(Set(own.compactMap { $0[0] }) == CatalogueRelations.names)
    let tables = "CREATE TABLE pg_class (oid int); CREATE TABLE pg_mine (oid int);"
    #expect(try outcome(tables, "SELECT oid FROM pg_class") == "left")
    #expect(try outcome(tables, "SELECT oid FROM public.pg_class") == "bound")
    #expect(try outcome(tables, "SELECT oid FROM pg_class", path: "public, pg_catalog") == "bound")
    #expect(try outcome(tables, "SELECT oid FROM pg_mine") == "bound")
  }

  @Test(arguments: [
    "SELECT i FROM t WHERE m = '[1,2)'", "SELECT i FROM t WHERE p > ROW(1, 2)", "SELECT range_agg(m) FROM t",
    "SELECT m FROM t GROUP BY m",
    "SELECT i FROM t WHERE m IN ('empty', '[1,3)')", "SELECT (p).a FROM t", "SELECT DISTINCT m FROM t",
    "SELECT count(DISTINCT m) FROM t", "SELECT lower(m) FROM t",
    "SELECT m FROM t UNION SELECT m FROM t", "SELECT m FROM t ORDER BY 1", "SELECT greatest(m, m) FROM t",
    "SELECT row_number() OVER (ORDER BY m) FROM t",
    "SELECT 1 FROM t JOIN u USING (m)",
  ])
  func `values of ranges and composites are left alone, not refused`(question: String) throws {
    var loader = SchemaLoader(Schema(collation: "C"))
    try loader.load(
      """
      CREATE TYPE span AS RANGE (subtype = int4);
      CREATE TYPE pair AS (a int4, b int4);
      CREATE TABLE t (i int4, m span, p pair);
      CREATE TABLE u (m span);
      """)
    guard case .outlined(let outline) = try Binder(loader.schema).question(question) else {
      Issue.record("bound by now")
      return
    }
    #expect(outline.obstacle == nil && !outline.readsEverything && !outline.footprints.isEmpty)
  }

  @Test func `what no type takes is refused`() throws {
    var loader = SchemaLoader(Schema(collation: "C"))
    try loader.load(RandomObjects.ground)
    #expect(throws: SQLTextError.self) { try Binder(loader.schema).question("SELECT m + 1 FROM t") }
  }
}

/// Random objects in PostgreSQL and in a schema of ours, and questions over them put to both.
struct ObjectTrial: ~Copyable {
  private(set) var bound = 0
  private let seed: UInt64
  private var objects: RandomObjects
  private var session: Connection
  private let schema: Schema
  private let path: String
  private let batch: Batch
  private let made: [String]

  init(seed: UInt64) throws {
    var objects = RandomObjects(seed: seed)
    let cluster = try Cluster.shared()
    let name = try cluster.schema()
    var session = try cluster.connect()
    let path = seed % 5 == 0 ? "\(name), pg_catalog" : name
    try session.execute("SET search_path = \(name); \(RandomObjects.ground); \(RandomObjects.rows)")
    try session.execute(Self.asking)
    // Casts belong to the whole database: they go again with the transaction.
    try session.execute("BEGIN")
    var made: [String] = []
    for definition in objects.definitions() {
      try session.execute("SAVEPOINT a")
      do throws(PostgresError) {
        try session.execute(definition)
        made.append(definition)
      } catch { try session.execute("ROLLBACK TO a") }
    }
    try session.execute("SET search_path = \(path)")
    var loader = SchemaLoader(path: SearchPath([Identifier(name)]))
    try loader.load("CREATE SCHEMA \(name);" + RandomObjects.ground + made.map { $0 + ";" }.joined(separator: "\n"))
    let schema = loader.schema
    let table = schema.table(QualifiedName(Identifier(name), "t"))!
    let rows = try session.query("SELECT * FROM t").rows
    let batch = Batch(
      table.types,
      rows: try rows.map { row in
        try zip(row, table.types).map { text, type in
          type.id.isEvaluated ? try text.map { try Value(parsing: $0, as: type, style: TextStyle()) } ?? .null : .null
        }
      })
    (self.seed, self.objects, self.schema, self.path, self.batch, self.made) = (seed, objects, schema, path, batch, made)
    self.session = session
  }

  /// For each text: the SQLSTATE, or else the type that values are stored as, whether anything of the schema's own is in it, and its values, if they are.
  private static let asking = """
    CREATE FUNCTION ask(texts text[]) RETURNS TABLE (state text, type oid, own bigint, printed text[]) LANGUAGE plpgsql AS $$
    DECLARE one text;
    BEGIN
      FOREACH one IN ARRAY texts LOOP
        state := NULL; type := NULL; own := NULL; printed := NULL;
        BEGIN
          EXECUTE 'CREATE TEMP VIEW asked AS ' || one;
          SELECT CASE typtype WHEN 'd' THEN typbasetype WHEN 'e' THEN 'text'::regtype ELSE atttypid END INTO type
            FROM pg_attribute a JOIN pg_type t ON t.oid OPERATOR(pg_catalog.=) atttypid
            WHERE attrelid = 'pg_temp.asked'::regclass AND attnum = 1;
          SELECT count(*) INTO own FROM pg_depend d JOIN pg_rewrite r ON d.objid = r.oid WHERE r.ev_class = 'pg_temp.asked'::regclass
            AND d.refclassid OPERATOR(pg_catalog.=) ANY (ARRAY['pg_proc'::regclass::oid, 'pg_operator'::regclass::oid]);
          BEGIN
            EXECUTE 'SELECT array_agg(pg_catalog.format(''%s'', x)) FROM (' || one || ') q' INTO printed;
          EXCEPTION WHEN OTHERS THEN printed := NULL;
          END;
          RAISE EXCEPTION USING ERRCODE = 'ZZ001';
        EXCEPTION WHEN SQLSTATE 'ZZ001' THEN NULL; WHEN OTHERS THEN state := SQLSTATE;
        END;
        RETURN NEXT;
      END LOOP;
    END $$;
    """

  mutating func run(questions: Int) throws {
    let texts = (0..<questions).map { _ in objects.question() }
    let answers = try session.query(
      "SELECT * FROM \(path.split(separator: ",")[0]).ask($1)", parameters: [arrayLiteral(texts)])
    let binder = Binder(schema, path: try SearchPath(parsing: path))
    for (place, text) in texts.enumerated() {
      let note = "\(text)\n\(made.joined(separator: "\n"))\npath \(path)\n\(Cases.replay(seed))"
      let state = answers[place, 0]
      do throws(BindingFailure) {
        let query = try binder.query(text)
        bound += 1
        #expect(state == nil, "PostgreSQL refuses \(note)")
        guard state == nil else { continue }
        #expect(answers[place, 2] == "0", "the schema's own \(note)")
        #expect(answers[place, 1] == "\(query.columns[0].type.id.oid)", "\(note)")
        let printed = answers.withBytes(row: place, column: 3) { $0.map { parseArrayLiteral($0) } ?? [] }
        if !printed.isEmpty, let ours = values(query) { #expect(ours == printed.map { $0 ?? "" }, "\(note)") }
      } catch {
        if case .refused(let refusal) = error { #expect(state == "\(refusal.state)", "\(error) \(note)") }
      }
    }
  }

  /// What an expression over the table's rows gives; nil if something else was asked, or if it raises.
  private func values(_ query: Query) -> [String]? {
    guard case .project(.scan, let expressions) = query.plan, expressions.count == 1,
      batch.columns.indices.allSatisfy({ batch.columns[$0].type.id.isEvaluated || !expressions[0].columns.contains($0) }),
      let evaluator = try? Evaluator(expressions[0])
    else { return nil }
    let result = evaluator.evaluate(batch)
    guard result.errors == nil else { return nil }
    return (0..<batch.count).map { result.column[$0].text(as: evaluator.type, style: TextStyle()) ?? "" }
  }
}

import PostgreSQL
import Relations
import TestKit
import Testing

@testable import SQL

/// What PostgreSQL refuses is refused with its SQLSTATE, at its place in the text.
@Suite struct RefusalTests {
  private static let setup = """
    CREATE TABLE t (id int PRIMARY KEY, a int UNIQUE, b text DEFAULT 'x', g int GENERATED ALWAYS AS (a + 1) STORED, i int GENERATED ALWAYS AS IDENTITY, CONSTRAINT positive CHECK (a > 0));
    CREATE TABLE refers (t int REFERENCES t, u int); CREATE VIEW v AS SELECT id FROM t; CREATE TYPE mood AS ENUM ('a', 'b'); CREATE TYPE pair AS (x int, y mood); CREATE DOMAIN dom AS int CHECK (VALUE > 0);
    CREATE SEQUENCE seq; CREATE FUNCTION f(int) RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE FUNCTION f(text) RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE FUNCTION trig() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN END';
    CREATE TRIGGER tr AFTER INSERT ON t EXECUTE FUNCTION trig(); CREATE POLICY pol ON t USING (true); CREATE TABLE parted (a int) PARTITION BY LIST (a); CREATE TABLE part PARTITION OF parted DEFAULT;
    CREATE TABLE mother (m int); CREATE TABLE daughter () INHERITS (mother); CREATE COLLATION coll FROM "C"; CREATE SCHEMA s; CREATE TABLE s.t (x int); CREATE INDEX ix ON t (b); CREATE TYPE rng AS RANGE (subtype = int); CREATE CAST (mood AS int) WITH INOUT;
    CREATE RULE ru AS ON INSERT TO t DO ALSO NOTHING; CREATE MATERIALIZED VIEW mv AS SELECT 1 AS a;
    """

  private static let refused = [
    "CREATE TABLE t (x int)", "CREATE TABLE public.v (x int)", "CREATE TABLE mood (x int)", "CREATE TABLE nope.x (a int)",
    "CREATE TABLE x (a int, a text)", "CREATE TABLE x (a nope)", "CREATE TABLE x (a nope.y)",
    "CREATE TABLE x (a int[], b nope[])", "CREATE TABLE x (a numeric(2000))", "CREATE TABLE x (a varchar(0))",
    "CREATE TABLE x (a text(3))", "CREATE TABLE x (a mood(3))", "CREATE TABLE x (a int NULL NOT NULL)",
    "CREATE TABLE x (a int NOT NULL NULL)", "CREATE TABLE x (a int DEFAULT 1 DEFAULT 2)",
    "CREATE TABLE x (a text GENERATED ALWAYS AS IDENTITY)", "CREATE TABLE x (a int DEFAULT 1 GENERATED ALWAYS AS IDENTITY)",
    "CREATE TABLE x (a int PRIMARY KEY, b int PRIMARY KEY)", "CREATE TABLE x (a int, PRIMARY KEY (b))",
    "CREATE TABLE x (a int, UNIQUE (a, a))", "CREATE TABLE x (a int REFERENCES nope)", "CREATE TABLE x (a int REFERENCES t (nope))",
    "CREATE TABLE x (a int REFERENCES t (i))", "CREATE TABLE x (a int REFERENCES refers)",
    "CREATE TABLE x (a int, b int, FOREIGN KEY (a, b) REFERENCES t)", "CREATE TABLE x (a int, FOREIGN KEY (nope) REFERENCES t)",
    "CREATE TABLE x (a int REFERENCES v)",
    "CREATE TABLE x (a int CHECK (nope > 0))", "CREATE TABLE x (a int, CONSTRAINT c CHECK (a > 0), CONSTRAINT c CHECK (a > 1))",
    "CREATE TABLE x () INHERITS (nope)", "CREATE TABLE x () INHERITS (parted)", "CREATE TABLE x (m text) INHERITS (mother)",
    "CREATE TABLE x PARTITION OF t DEFAULT", "CREATE TABLE x PARTITION OF nope DEFAULT",
    "CREATE TABLE x (a int) PARTITION BY LIST (nope)", "CREATE TABLE x (LIKE nope)", "CREATE TABLE x (id int, LIKE t)",
    "CREATE TABLE x OF mood", "CREATE TABLE x OF nope",
    "CREATE TABLE x (a text COLLATE nope)", "CREATE TABLE x (a SETOF int)", "CREATE TABLE x (a t.id%TYPE, b int",
    "CREATE TABLE x\n  (a int,\n  é text COLLATE nope)", "CREATE TABLE", "CREATE TABLE x (a int,)", "SELEC 1",
    "CREATE VIEW x AS SELECT 'abc", "CREATE TABLE x (\"a int)",
    "ALTER TABLE nope ADD a int", "ALTER TABLE t ADD a int", "ALTER TABLE t ADD c nope", "ALTER TABLE t DROP nope",
    "ALTER TABLE t ALTER nope SET NOT NULL", "ALTER TABLE t ALTER id DROP NOT NULL", "ALTER TABLE t ALTER g SET DEFAULT 3",
    "ALTER TABLE t ALTER a ADD GENERATED ALWAYS AS IDENTITY",
    "ALTER TABLE t ALTER b DROP IDENTITY", "ALTER TABLE t ADD PRIMARY KEY (a)",
    "ALTER TABLE t ADD CONSTRAINT positive CHECK (a > 1)", "ALTER TABLE t ADD CONSTRAINT t_pkey UNIQUE (b)",
    "ALTER TABLE t DROP CONSTRAINT nope", "ALTER TABLE t DROP CONSTRAINT t_pkey", "ALTER TABLE t VALIDATE CONSTRAINT nope",
    "ALTER TABLE t ALTER CONSTRAINT nope DEFERRABLE", "ALTER TABLE t RENAME nope TO x", "ALTER TABLE t RENAME a TO b",
    "ALTER TABLE t RENAME TO refers", "ALTER TABLE t RENAME CONSTRAINT nope TO x",
    "ALTER TABLE t RENAME CONSTRAINT positive TO t_pkey", "ALTER TABLE t SET SCHEMA nope", "ALTER TABLE t SET SCHEMA s",
    "ALTER TABLE t DROP a", "ALTER TABLE t DROP COLUMN id", "ALTER TABLE t ATTACH PARTITION refers DEFAULT",
    "ALTER TABLE parted ATTACH PARTITION nope DEFAULT", "ALTER TABLE parted ATTACH PARTITION part DEFAULT",
    "ALTER TABLE parted DETACH PARTITION t", "ALTER TABLE daughter INHERIT mother", "ALTER TABLE mother NO INHERIT daughter",
    "ALTER TABLE t REPLICA IDENTITY USING INDEX nope", "ALTER TABLE t ENABLE TRIGGER nope",
    "ALTER TABLE t ADD CONSTRAINT x UNIQUE USING INDEX nope", "ALTER TABLE nope.t ADD a int", "ALTER TABLE t ALTER a TYPE nope",
    "ALTER TABLE t ADD FOREIGN KEY (b) REFERENCES nope", "ALTER TABLE t ADD i2 serial, ADD i2 int",
    "DROP TABLE nope", "DROP TABLE t", "DROP TABLE v", "DROP VIEW t", "DROP VIEW nope", "DROP TABLE nope.t", "DROP TABLE mother",
    "DROP SEQUENCE nope", "DROP SEQUENCE t_i_seq", "DROP INDEX nope", "DROP INDEX t_pkey", "DROP SCHEMA s", "DROP SCHEMA nope",
    "DROP TYPE mood", "DROP TYPE nope", "DROP DOMAIN nope", "DROP TYPE rng_nope", "DROP TYPE int4multirange_nope",
    "DROP FUNCTION nope(int)", "DROP FUNCTION f", "DROP FUNCTION f(bigint)", "DROP FUNCTION trig()", "DROP AGGREGATE f(int)",
    "DROP TRIGGER nope ON t", "DROP POLICY nope ON t", "DROP RULE nope ON t", "DROP TRIGGER tr ON nope", "DROP COLLATION nope",
    "DROP CAST (int AS mood)", "DROP OPERATOR ### (int, int)", "DROP MATERIALIZED VIEW v",
    "CREATE VIEW t AS SELECT 1", "CREATE VIEW v AS SELECT 1", "CREATE OR REPLACE VIEW t AS SELECT 1",
    "CREATE OR REPLACE VIEW v AS SELECT id AS x FROM t", "CREATE OR REPLACE VIEW v AS SELECT", "CREATE VIEW x (a, b) AS SELECT 1",
    "CREATE VIEW x AS SELECT 1 AS a, 2 AS a", "CREATE VIEW nope.x AS SELECT 1", "CREATE MATERIALIZED VIEW t AS SELECT 1",
    "CREATE INDEX ON nope (a)", "CREATE UNIQUE INDEX ON t (nope)", "CREATE UNIQUE INDEX t_pkey ON t (a)",
    "CREATE INDEX ix ON t (a)",
    "CREATE TYPE mood AS ENUM ('x')", "CREATE TYPE t AS ENUM ('x')", "CREATE TYPE x AS ENUM ('a', 'a')", "CREATE TYPE t AS (a int)",
    "CREATE TYPE x AS (a nope)", "CREATE TYPE x AS (a int, a int)", "CREATE TYPE x AS RANGE (subtype = nope)",
    "CREATE TYPE x AS RANGE (collation = \"C\")", "CREATE TYPE nope.x AS ENUM ()",
    "ALTER TYPE nope ADD VALUE 'x'", "ALTER TYPE mood ADD VALUE 'a'", "ALTER TYPE mood ADD VALUE 'x' AFTER 'nope'",
    "ALTER TYPE mood RENAME VALUE 'nope' TO 'x'", "ALTER TYPE mood RENAME VALUE 'a' TO 'b'", "ALTER TYPE dom ADD VALUE 'x'",
    "ALTER TYPE pair ADD ATTRIBUTE x int", "ALTER TYPE pair DROP ATTRIBUTE nope", "ALTER TYPE mood ADD ATTRIBUTE x int",
    "ALTER TYPE pair RENAME ATTRIBUTE nope TO x", "ALTER TYPE mood RENAME TO pair", "ALTER TYPE mood SET SCHEMA nope",
    "CREATE DOMAIN dom AS int", "CREATE DOMAIN x AS nope",
    "CREATE DOMAIN x AS int CONSTRAINT a CHECK (VALUE > 0) CONSTRAINT a CHECK (VALUE > 1)", "CREATE DOMAIN x AS int UNIQUE",
    "ALTER DOMAIN dom DROP CONSTRAINT nope", "ALTER DOMAIN dom ADD CONSTRAINT dom_check CHECK (VALUE > 5)",
    "ALTER DOMAIN nope SET NOT NULL", "ALTER DOMAIN mood SET NOT NULL", "ALTER DOMAIN dom RENAME CONSTRAINT nope TO x",
    "CREATE SCHEMA s", "CREATE SCHEMA pg_mine", "ALTER SCHEMA nope RENAME TO x", "ALTER SCHEMA s RENAME TO public",
    "CREATE SEQUENCE seq", "CREATE SEQUENCE x INCREMENT 0", "CREATE SEQUENCE x MINVALUE 5 MAXVALUE 4",
    "CREATE SEQUENCE x START 5 MAXVALUE 4", "CREATE SEQUENCE x START 0", "CREATE SEQUENCE x AS text",
    "CREATE SEQUENCE x OWNED BY nope.a", "CREATE SEQUENCE x OWNED BY t.nope", "CREATE SEQUENCE x OWNED BY a",
    "ALTER SEQUENCE nope CYCLE", "ALTER SEQUENCE seq RENAME TO t",
    "CREATE FUNCTION f(int) RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "CREATE OR REPLACE FUNCTION f(int) RETURNS text LANGUAGE sql AS 'SELECT 1'",
    "CREATE FUNCTION x(nope) RETURNS int LANGUAGE sql AS 'SELECT 1'", "CREATE FUNCTION x() RETURNS int AS 'SELECT 1'",
    "CREATE OR REPLACE PROCEDURE f(int) LANGUAGE sql AS ''", "ALTER FUNCTION nope(int) STABLE", "ALTER FUNCTION f STABLE",
    "CREATE TRIGGER tr AFTER INSERT ON t EXECUTE FUNCTION trig()", "CREATE TRIGGER x AFTER INSERT ON nope EXECUTE FUNCTION trig()",
    "CREATE TRIGGER x AFTER INSERT ON t EXECUTE FUNCTION nope()",
    "CREATE TRIGGER x AFTER UPDATE OF nope ON t EXECUTE FUNCTION trig()", "ALTER TRIGGER nope ON t RENAME TO x",
    "CREATE RULE ru AS ON INSERT TO t DO ALSO NOTHING", "CREATE RULE x AS ON INSERT TO nope DO ALSO NOTHING",
    "CREATE POLICY pol ON t USING (true)", "CREATE POLICY x ON nope USING (true)", "ALTER POLICY nope ON t USING (true)",
    "ALTER POLICY nope ON t RENAME TO x", "CREATE CAST (mood AS int) WITH INOUT", "CREATE CAST (nope AS int) WITH INOUT",
    "CREATE COLLATION coll FROM \"C\"", "CREATE OPERATOR ### (LEFTARG = int, RIGHTARG = int)",
    "CREATE OPERATOR ### (LEFTARG = int, FUNCTION = int4pl)", "CREATE AGGREGATE x(int) (SFUNC = int4pl)",
    "SET search_path = nope; CREATE TABLE x (a int)",
  ]

  @Test func `what PostgreSQL refuses is refused as there`() throws {
    let cluster = try Cluster.shared()
    try cluster.execute("CREATE DATABASE refusals")
    var session = try cluster.connect(database: "refusals")
    try session.execute(Self.setup)
    var loader = SchemaLoader(Schema(collation: "C"))
    try loader.load(Self.setup)
    for text in Self.refused {
      let theirs = theirs(text, &session)
      var copy = loader
      do throws(SQLTextError) {
        try copy.load(text)
        Issue.record("loaded: \(text)\n\(theirs.map { "\($0)" } ?? "PostgreSQL takes it too")")
      } catch {
        #expect(
          error.state.description == theirs?.sqlState, "\(text)\nours   \(error)\ntheirs \(theirs.map { "\($0)" } ?? "nothing")")
        if let position = theirs?.position { #expect(error.position?.character == position, "\(text)\n\(error)") }
      }
    }
  }

  private func theirs(_ text: String, _ session: inout Connection) -> PostgresError? {
    var refusal: PostgresError?
    do throws(PostgresError) {
      try session.execute("BEGIN")
      do throws(PostgresError) { try session.execute(text) } catch { refusal = error }
      try session.execute("ROLLBACK")
    } catch {
      return error
    }
    return refusal
  }

  @Test func `an error says where it is`() throws {
    var loader = SchemaLoader(Schema(collation: "C"))
    let text = "CREATE TABLE a (b int);\n-- ü\nCREATE TABLE c (\n  d int,\n\te nope\n);"
    do throws(SQLTextError) {
      try loader.load(text)
      Issue.record("loaded")
    } catch {
      #expect(
        error.description == "ERROR 42704: type \"nope\" does not exist\nLINE 5:  e nope\n           ^" && error.position?.line == 5
          && error.position?.column == 4, "\(error)")
    }
    // All or nothing.
    #expect(loader.schema.table(QualifiedName("a")) == nil)
  }
}

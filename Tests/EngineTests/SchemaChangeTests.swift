import Engine
import Queries
import Relations
import Testing

/// A change of main's schema makes those questions doubtful that it can have touched, and no others.
@Suite struct SchemaChangeTests {
  private static let definitions = """
    CREATE TABLE orders (id int PRIMARY KEY, customer int, total numeric(10,2));
    CREATE TABLE customers (id int PRIMARY KEY, region text);
    CREATE TABLE events (id int, day date) PARTITION BY RANGE (day);
    CREATE TABLE events_may PARTITION OF events FOR VALUES FROM ('2026-05-01') TO ('2026-06-01');
    CREATE TABLE logs (id int, day date) PARTITION BY RANGE (day);
    CREATE VIEW large AS SELECT id, total FROM orders WHERE total > 100;
    """

  private static let questions = [
    "SELECT count(*) FROM orders WHERE total > 100", "SELECT * FROM orders", "SELECT region FROM customers",
    "SELECT count(*) FROM large",
    "SELECT count(*) FROM events", "SELECT count(*) FROM logs", "SELECT count(*) FROM orders NATURAL JOIN customers",
    "SELECT 1 + 1",
  ]

  /// Places of the questions that are doubtful after a change.
  private static let changes: [(String, Set<Int>)] = [
    ("CREATE INDEX ON orders (total)", []),
    ("COMMENT ON TABLE orders IS 'x'; GRANT SELECT ON orders TO PUBLIC; ANALYZE", []),
    ("CREATE TABLE notes (id int); ALTER TABLE notes ADD COLUMN x int", []),
    ("CREATE VIEW many AS SELECT 1", []),
    ("ALTER TABLE orders ADD CONSTRAINT positive CHECK (total >= 0) NOT VALID, ALTER COLUMN total SET DEFAULT 0", []),
    ("CREATE SCHEMA sales", []),
    // The name may hide another one.
    ("CREATE TABLE sales.orders (id int)", Set(0...7)),
    ("ALTER TABLE orders ALTER COLUMN total TYPE numeric(10,2) USING total * 2", [0, 1, 3, 6]),
    ("ALTER TABLE orders DROP COLUMN customer", [0, 1, 3, 6]),
    // Another name is another name, see `MapTests`.
    ("ALTER TABLE customers RENAME CONSTRAINT customers_pkey TO pk", []),
    ("DROP TABLE customers", [2, 6]),
    ("DROP TABLE customers CASCADE", Set(0...7)),
    ("ALTER TABLE customers ENABLE ROW LEVEL SECURITY", [2, 6]),
    ("CREATE POLICY p ON customers USING (true)", [2, 6]),
    // A new column touches who shows all columns, or joins by the names that are in both.
    ("ALTER TABLE orders ADD COLUMN note text", [1]),
    ("ALTER TABLE orders ADD COLUMN region text", [1, 6]),
    ("ALTER TABLE customers ADD COLUMN total numeric", [6]),
    ("ALTER TABLE orders ADD COLUMN id int", Set(0...7)),
    ("CREATE TABLE events_june PARTITION OF events FOR VALUES FROM ('2026-06-01') TO ('2026-07-01')", [4]),
    ("ALTER TABLE events DETACH PARTITION events_may", [4]),
    ("CREATE TABLE logs_may PARTITION OF logs FOR VALUES FROM ('2026-05-01') TO ('2026-06-01')", Set(0...7)),
    ("CREATE OR REPLACE VIEW large AS SELECT id, total FROM orders", Set(0...7)),
    ("CREATE FUNCTION count(text) RETURNS int LANGUAGE sql AS 'SELECT 1'", Set(0...7)),
    ("CREATE TYPE mood AS ENUM ('good')", Set(0...7)),
    ("DO $$ BEGIN END $$", Set(0...7)),
    ("UPDATE orders SET total = 0", Set(0...7)),
    ("this is no SQL", Set(0...7)),
  ]

  @Test(arguments: changes.indices) func `only what a change can touch is in doubt`(place: Int) throws {
    let (sql, doubtful) = Self.changes[place]
    var scene = try Scene(Self.definitions, base: #"{"table":"orders","row":{"id":1,"customer":1,"total":"150.00"}}"#)
    for question in Self.questions { try scene.ask(question) }
    scene.declare("bob", fork: Position(0x20))
    for question in Self.questions { try scene.ask(question, branch: "bob") }
    let text = sql.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
    try scene.main(#"{"position":"0/20","event":"schema","sql":"\#(text)"}"#)
    let decisions = scene.decisions
    for number in Self.questions.indices {
      #expect(decisions[number] == (doubtful.contains(number) ? .doubtful(.schema) : .holds), "\(sql): \(Self.questions[number])")
    }
    // Who forked behind it was asked of the schema that is there.
    #expect(decisions.suffix(Self.questions.count).allSatisfy { $0 == .holds })
  }

  @Test func `rows with columns that came are compared by those that were there`() throws {
    var scene = try Scene(Self.definitions, base: #"{"table":"orders","row":{"id":1,"customer":1,"total":"150.00"}}"#)
    try scene.ask("SELECT count(*) FROM orders WHERE total > 100")
    try scene.ask("SELECT sum(customer) FROM orders")
    let change = #"{"table":"orders","op":"update","before":{"id":1,"customer":1,"total":"150.00","note":null},"#
    try scene.main(
      #"{"position":"0/20","event":"schema","sql":"ALTER TABLE orders ADD COLUMN note text"}"# + "\n"
        + #"{"position":"0/30","changes":[\#(change)"after":{"id":1,"customer":1,"total":"90.00","note":"new"}}]}"#)
    #expect(scene.decisions == [.stale, .holds])
  }

  @Test func `columns that came one by one are seen together`() throws {
    var scene = try Scene(
      "CREATE TABLE a (id int); CREATE TABLE b (id int);", base: #"{"table":"a","row":{"id":1}}"#)
    try scene.ask("SELECT count(*) FROM a NATURAL JOIN b")
    try scene.main(#"{"position":"0/20","event":"schema","sql":"ALTER TABLE a ADD x int"}"#)
    #expect(scene.decisions == [.holds])
    try scene.main(#"{"position":"0/30","event":"schema","sql":"ALTER TABLE b ADD x int"}"#)
    #expect(scene.decisions == [.doubtful(.schema)])
  }
}

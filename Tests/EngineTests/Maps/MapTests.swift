import Engine
import Queries
import Relations
import Testing

/// What is the same under another name is carried over, by what it is and not by what it is called.
@Suite struct MapTests {
  private static let definitions = """
    CREATE TABLE orders (id int PRIMARY KEY, a int, b int, note text);
    CREATE TABLE customers (id int PRIMARY KEY, region text);
    CREATE TABLE events (id int, day date) PARTITION BY RANGE (day);
    CREATE TABLE events_may PARTITION OF events FOR VALUES FROM ('2026-05-01') TO ('2026-06-01');
    CREATE VIEW large AS SELECT id FROM orders WHERE a > 100;
    """
  private static let base = """
    {"table":"orders","row":{"id":1,"a":1,"b":10,"note":"x"}}
    {"table":"orders","row":{"id":2,"a":2,"b":20,"note":"y"}}
    {"table":"customers","row":{"id":1,"region":"emea"}}
    """

  private static func scene(_ questions: String..., hasBase: Bool = true) throws -> Scene {
    var scene = try Scene(definitions, base: hasBase ? base : nil)
    for question in questions { try scene.ask(question) }
    return scene
  }

  private static func event(_ position: String, _ sql: String) -> String {
    #"{"position":"\#(position)","event":"schema","sql":"\#(sql)"}"#
  }

  private static func update(_ position: String, _ table: String, _ before: String, _ after: String) -> String {
    #"{"position":"\#(position)","changes":[{"table":"\#(table)","op":"update","before":{\#(before)},"after":{\#(after)}}]}"#
  }

  @Test(arguments: [true, false]) func `a renamed table goes on being asked, and its rows come under the new name`(hasBase: Bool)
    throws
  {
    var scene = try Self.scene("SELECT count(*) FROM orders WHERE a > 1", "SELECT b FROM orders WHERE id = 1", hasBase: hasBase)
    try scene.main(Self.event("0/20", "ALTER TABLE orders RENAME TO sold"))
    #expect(scene.decisions == [.holds, .holds])
    try scene.main(
      Self.update("0/30", "sold", #""id":1,"a":1,"b":10,"note":"x""#, #""id":1,"a":5,"b":10,"note":"x""#))
    #expect(scene.decisions == [.stale, .holds])
    #expect(scene.verdicts()[0].evidence.staleSince == .exactly(Position(0x30)))
  }

  @Test func `a renamed column is the same column`() throws {
    var scene = try Self.scene("SELECT sum(a) FROM orders", "SELECT sum(b) FROM orders", "SELECT * FROM orders WHERE id = 2")
    try scene.main(
      Self.event("0/20", "ALTER TABLE orders RENAME COLUMN a TO quantity") + "\n"
        + Self.update("0/30", "orders", #""id":1,"quantity":1,"b":10,"note":"x""#, #""id":1,"quantity":5,"b":10,"note":"x""#))
    #expect(scene.decisions == [.stale, .holds, .holds])
  }

  @Test(arguments: [true, false]) func `columns that swap their names are not taken for each other`(isInOne: Bool) throws {
    var scene = try Self.scene("SELECT sum(a) FROM orders", "SELECT sum(b) FROM orders")
    let steps = ["a TO tmp", "b TO a", "tmp TO b"].map { "ALTER TABLE orders RENAME COLUMN \($0)" }
    if isInOne {
      try scene.main(Self.event("0/20", steps.joined(separator: "; ")))
    } else {
      for (place, step) in steps.enumerated() { try scene.main(Self.event("0/2\(place)", step)) }
    }
    #expect(scene.decisions == [.holds, .holds])
    // What is `a` now was `b`.
    try scene.main(Self.update("0/30", "orders", #""id":1,"b":1,"a":10,"note":"x""#, #""id":1,"b":1,"a":11,"note":"x""#))
    #expect(scene.decisions == [.holds, .stale])
  }

  @Test func `tables that swap their names are not taken for each other`() throws {
    var scene = try Self.scene("SELECT count(*) FROM orders", "SELECT count(*) FROM customers")
    try scene.main(
      Self.event(
        "0/20", "ALTER TABLE orders RENAME TO tmp; ALTER TABLE customers RENAME TO orders; ALTER TABLE tmp RENAME TO customers")
        + "\n" + #"{"position":"0/30","changes":[{"table":"orders","op":"insert","after":{"id":9,"region":"apac"}}]}"#)
    #expect(scene.decisions == [.holds, .stale])
  }

  @Test func `a table that takes the name of a renamed one is another table`() throws {
    var scene = try Self.scene("SELECT count(*) FROM orders")
    try scene.main(
      Self.event("0/20", "ALTER TABLE orders RENAME TO sold; CREATE TABLE orders (id int, a int)") + "\n"
        + #"{"position":"0/30","changes":[{"table":"orders","op":"insert","after":{"id":9,"a":1}}]}"#)
    #expect(scene.decisions == [.holds])
    try scene.main(#"{"position":"0/40","changes":[{"table":"sold","op":"insert","after":{"id":9,"a":1,"b":1,"note":null}}]}"#)
    #expect(scene.decisions == [.stale])
  }

  @Test func `a column that comes again under the name of a dropped one is in doubt`() throws {
    var scene = try Self.scene("SELECT note FROM orders", "SELECT region FROM customers")
    try scene.main(Self.event("0/20", "ALTER TABLE orders DROP COLUMN note"))
    #expect(scene.decisions == [.doubtful(.schema), .holds])
    try scene.main(Self.event("0/30", "ALTER TABLE customers RENAME COLUMN region TO note"))
    try scene.main(Self.event("0/40", "ALTER TABLE orders ADD COLUMN note text"))
    #expect(scene.decisions[0] == .doubtful(.schema))
  }

  @Test func `a column that takes the name of a dropped one is itself`() throws {
    var scene = try Self.scene("SELECT sum(a) FROM orders")
    try scene.main(Self.event("0/20", "ALTER TABLE orders DROP COLUMN b"))
    // Behind it, alice is bound anew, and asks for what is called so by then.
    scene.declare("bob", fork: Position(0x30))
    try scene.ask("SELECT sum(b) FROM orders", branch: "bob")
    try scene.ask("SELECT sum(a) FROM orders", branch: "bob")
    try scene.main(Self.event("0/30", "ALTER TABLE orders RENAME COLUMN a TO b"))
    #expect(scene.decisions == [.doubtful(.schema), .holds, .doubtful(.branchSchema)])
    try scene.main(Self.update("0/40", "orders", #""id":1,"b":1,"note":"x""#, #""id":1,"b":2,"note":"x""#))
    #expect(scene.decisions == [.doubtful(.schema), .stale, .doubtful(.branchSchema)])
  }

  @Test func `who left main behind a rename asks by the new names, whenever the log comes`() throws {
    for isAskedFirst in [true, false] {
      var scene = try Scene(Self.definitions, base: Self.base)
      let log =
        Self.event("0/20", "ALTER TABLE orders RENAME COLUMN a TO tmp; ALTER TABLE orders RENAME COLUMN b TO a") + "\n"
        + Self.update("0/30", "orders", #""id":1,"tmp":1,"a":10,"note":"x""#, #""id":1,"tmp":1,"a":11,"note":"x""#)
      if !isAskedFirst { try scene.main(log) }
      scene.declare("bob", fork: Position(0x20))
      for question in [
        "SELECT sum(a) FROM orders", "SELECT sum(tmp) FROM orders", "SELECT sum(b) FROM orders", "SELECT id FROM large",
      ] {
        try scene.ask(question, branch: "bob")
      }
      if isAskedFirst { try scene.main(log) }
      // The view's query is a text with the old names.
      #expect(scene.decisions == [.stale, .holds, .doubtful(.branchSchema), .doubtful(.branchSchema)])
    }
  }

  @Test func `a branch behind a rename writes by the new names`() throws {
    var scene = try Scene(Self.definitions, base: Self.base)
    try scene.main(
      Self.event("0/20", "ALTER TABLE orders RENAME COLUMN a TO tmp; ALTER TABLE orders RENAME COLUMN b TO a") + "\n"
        + Self.event("0/21", "ALTER TABLE orders RENAME COLUMN tmp TO b"))
    scene.declare("bob", fork: Position(0x21))
    try scene.write(
      Self.update("0/1", "orders", #""id":1,"b":1,"a":10,"note":"x""#, #""id":1,"b":1,"a":99,"note":"x""#)
        .replacing("{\"position\"", with: #"{"branch":"bob","position""#), branch: "bob")
    try scene.ask("SELECT sum(b) FROM orders", branch: "bob")
    try scene.main(Self.update("0/30", "orders", #""id":1,"b":1,"a":10,"note":"x""#, #""id":1,"b":7,"a":10,"note":"x""#))
    let verdict = scene.verdicts()[0]
    #expect(verdict.decision == .stale)
    #expect(
      verdict.evidence.was.sortedRows == #"rows([[Optional("3")]])"#
        && verdict.evidence.now.sortedRows == #"rows([[Optional("9")]])"#)
  }

  @Test func `a read as of a state before the rename says what it says`() throws {
    var scene = try Self.scene("SELECT sum(a) FROM orders")
    try scene.main(
      Self.update("0/18", "orders", #""id":1,"a":1,"b":10,"note":"x""#, #""id":1,"a":2,"b":10,"note":"x""#) + "\n"
        + Self.event("0/20", "ALTER TABLE orders RENAME COLUMN a TO quantity") + "\n"
        + Self.update("0/30", "orders", #""id":1,"quantity":2,"b":10,"note":"x""#, #""id":1,"quantity":1,"b":10,"note":"x""#))
    #expect(scene.verdicts(asOf: Position(0x18)).map(\.decision) == [.stale])
    #expect(scene.verdicts(asOf: Position(0x20)).map(\.decision) == [.stale])
    #expect(scene.decisions == [.holds])
  }

  @Test func `a rewind takes names back`() throws {
    var scene = try Self.scene("SELECT sum(a) FROM orders")
    try scene.main(Self.event("0/20", "ALTER TABLE orders RENAME COLUMN a TO quantity"))
    try scene.main(#"{"position":"0/18","event":"rewind"}"#)
    #expect(scene.engine.mainSchema.table(QualifiedName("orders"))?.column("a") != nil)
  }

  @Test func `a question without a plan is not carried`() throws {
    var scene = try Self.scene("SELECT to_jsonb(o) FROM orders o", "SELECT to_jsonb(c) FROM customers c")
    #expect(scene.decisions == [.holds, .holds])
    try scene.main(Self.event("0/20", "ALTER TABLE orders RENAME COLUMN a TO quantity"))
    #expect(scene.decisions == [.doubtful(.schema), .holds])
  }

  @Test func `the parts of a table have its columns`() throws {
    var scene = try Self.scene("SELECT count(day) FROM events")
    try scene.main(
      Self.event("0/20", "ALTER TABLE events RENAME COLUMN day TO date") + "\n"
        + #"{"position":"0/30","changes":[{"table":"events_may","op":"insert","after":{"id":1,"date":"2026-05-03"}}]}"#)
    #expect(scene.decisions == [.stale])
  }

  @Test func `what got a column and another name is asked as before`() throws {
    var scene = try Self.scene("SELECT sum(a) FROM orders", "SELECT * FROM orders")
    try scene.main(
      Self.event("0/20", "ALTER TABLE orders RENAME COLUMN a TO quantity") + "\n"
        + Self.event("0/21", "ALTER TABLE orders ADD COLUMN later int") + "\n"
        + Self.event("0/22", "ALTER TABLE orders RENAME TO sold"))
    #expect(scene.decisions == [.holds, .doubtful(.schema)])
  }

  @Test func `a live database is not asked by names that are others there`() throws {
    var scene = try Self.scene("SELECT a FROM orders ORDER BY b LIMIT 1", hasBase: false)
    try scene.main(Self.update("0/20", "orders", #""id":1,"a":1,"b":10,"note":"x""#, #""id":1,"a":5,"b":10,"note":"x""#))
    func asked() -> Int {
      let verdicts = scene.verdicts()
      #expect(verdicts.map(\.decision) == [.doubtful(.noBase)])
      var live = ScriptedAnswerer { _ in RecheckAnswer(.rows([.int4], [["1"]]), at: .end, milliseconds: 1) }
      _ = scene.engine.rechecked(verdicts, by: &live)
      return live.asked.count
    }
    #expect(asked() > 0)
    try scene.main(Self.event("0/30", "ALTER TABLE orders RENAME COLUMN a TO c"))
    #expect(asked() == 0)
  }

  // MARK: Maps that somebody says

  private static func map(_ tables: String) -> String { #"{"position":"0/20","event":"map","tables":[\#(tables)]}"# }

  @Test func `a map carries reads over`() throws {
    var scene = try Self.scene("SELECT sum(a) FROM orders", "SELECT sum(b) FROM orders", "SELECT count(*) FROM customers")
    try scene.main(Self.map(#"{"from":"orders","to":"customers","columns":{"a":"b","b":"a"}},{"from":"customers","to":"orders"}"#))
    #expect(scene.decisions == [.holds, .holds, .holds])
    try scene.main(
      Self.update("0/30", "customers", #""id":1,"b":1,"a":10,"note":"x""#, #""id":1,"b":1,"a":11,"note":"x""#) + "\n"
        + #"{"position":"0/40","changes":[{"table":"orders","op":"insert","after":{"id":7,"region":"apac"}}]}"#)
    #expect(scene.decisions == [.holds, .stale, .stale])
  }

  @Test func `a map of a table is one of its parts`() throws {
    let maps: [(String, Verdict.Decision)] = [
      (#"{"from":"events","columns":{"day":"date"}}"#, .stale), (#"{"from":"events","columns":{"day":null}}"#, .doubtful(.schema)),
      (#"{"from":"events","to":"a"},{"from":"events","to":"b"}"#, .doubtful(.schema)),
    ]
    for (map, expected) in maps {
      var scene = try Self.scene("SELECT count(day) FROM events", "SELECT count(*) FROM orders")
      try scene.main(
        Self.map(map) + "\n"
          + #"{"position":"0/30","changes":[{"table":"events_may","op":"insert","after":{"id":1,"date":"2026-05-03"}}]}"#)
      #expect(scene.decisions == [expected, .holds], "\(map)")
    }
  }

  @Test func `what a map leaves open is in doubt, and nothing else`() throws {
    let maps = [
      // Nothing has it any more; two things under one name; a name that is taken.
      (#"{"from":"orders","columns":{"note":null}}"#, [2]), (#"{"from":"orders","columns":{"a":"x","b":"x"}}"#, [0, 1]),
      (#"{"from":"orders","columns":{"a":"b"}}"#, [1]), (#"{"from":"orders","columns":{"a":"x"}},{"from":"orders"}"#, [0, 1, 2]),
      (#"{"from":"orders","to":"t"},{"from":"customers","to":"t"}"#, [0, 1, 2, 3]), (#"{"from":"orders","to":"customers"}"#, [3]),
      (#"{"from":"nothing","to":"orders"}"#, []),
    ]
    for (map, doubtful) in maps {
      var scene = try Self.scene(
        "SELECT sum(a) FROM orders", "SELECT sum(b) FROM orders", "SELECT note FROM orders", "SELECT region FROM customers")
      try scene.main(Self.map(map))
      #expect(scene.decisions.indices.filter { scene.decisions[$0] == .doubtful(.schema) } == doubtful, "\(map)")
      #expect(
        scene.decisions.indices.filter { scene.decisions[$0] == .holds } == (0..<4).filter { !doubtful.contains($0) }, "\(map)")
    }
  }

  // MARK: Keys

  private static let shop = """
    CREATE TABLE customers (id int PRIMARY KEY, region text);
    CREATE TABLE orders (id int PRIMARY KEY, customer int REFERENCES customers (id), total int);
    CREATE TABLE parcels (id int PRIMARY KEY, weight int);
    """
  private static let rows = """
    {"table":"customers","row":{"id":1,"region":"emea"}}
    {"table":"orders","row":{"id":7,"customer":1,"total":10}}
    {"table":"orders","row":{"id":8,"customer":1,"total":20}}
    """
  private static let questions = [
    "SELECT sum(total) FROM orders", "SELECT count(*) FROM orders WHERE total > 15", "SELECT region FROM customers",
    "SELECT total FROM orders WHERE id = 7", "SELECT total FROM orders WHERE customer = 1", "SELECT id FROM orders",
    "SELECT region FROM customers c JOIN orders o ON o.customer = c.id", "SELECT count(*) FROM parcels",
  ]

  @Test(arguments: [true, false]) func `a key that is written anew touches who looks at it or at what points to it`(hasBase: Bool)
    throws
  {
    let doubt = Verdict.Decision.doubtful(.schema)
    var scene = try Scene(Self.shop, base: hasBase ? Self.rows : nil)
    for question in Self.questions { try scene.ask(question) }
    try scene.main(Self.map(#"{"from":"customers","keys":[[[1],[1001]]]}"#))
    #expect(scene.decisions == [.holds, .holds, .holds, .holds, doubt, .holds, doubt, .holds])
    try scene.main(
      Self.map(#"{"from":"orders","keys":[[[7],[1007]],[[8],["1008"]]]}"#).replacing("0/20", with: "0/28") + "\n"
        + Self.update("0/30", "orders", #""id":1007,"customer":1001,"total":10"#, #""id":1007,"customer":1001,"total":11"#))
    #expect(scene.decisions == [.stale, .holds, .holds, doubt, doubt, doubt, doubt, .holds])
    #expect(scene.verdicts()[3].evidence.detail == "the map at 0/28 wrote anew public.orders.id")
    // Who left main behind it asks by the keys that there are.
    scene.declare("bob", fork: Position(0x28))
    for question in Self.questions { try scene.ask(question.replacing("= 7", with: "= 1007"), branch: "bob") }
    let bobs = scene.decisions.suffix(8)
    #expect(Array(bobs.prefix(3)) == [.stale, .holds, .holds] && bobs.last == .holds)
    #expect(bobs.dropFirst(3).first == .stale)
  }

  @Test func `what a branch wrote to rows whose keys are others is in doubt`() throws {
    var scene = try Scene(Self.shop, base: Self.rows)
    try scene.write(Self.update("0/1", "orders", #""id":7,"customer":1,"total":10"#, #""id":7,"customer":1,"total":99"#))
    try scene.ask("SELECT sum(total) FROM orders")
    try scene.ask("SELECT region FROM customers")
    try scene.main(
      Self.map(#"{"from":"orders","keys":[[[7],[1007]]]}"#) + "\n"
        + Self.update("0/30", "orders", #""id":1007,"customer":1,"total":10"#, #""id":1007,"customer":1,"total":11"#))
    #expect(scene.decisions == [.doubtful(.schema), .holds])
    let diff = try scene.engine.diff(of: "alice")
    #expect(diff.tables.map(\.doubt) == [.schema])
  }

  @Test func `keys that became one are carried nowhere`() throws {
    var scene = try Scene(Self.shop, base: Self.rows)
    for question in Self.questions { try scene.ask(question) }
    try scene.main(Self.map(#"{"from":"orders","keys":[[[7],[9]],[[8],[9]]]}"#))
    let doubt = Verdict.Decision.doubtful(.schema)
    #expect(scene.decisions == [doubt, doubt, .holds, doubt, doubt, doubt, doubt, .holds])
  }
}

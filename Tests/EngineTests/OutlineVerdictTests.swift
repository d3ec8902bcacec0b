import Engine
import Formats
import Queries
import Relations
import SQL
import TestKit
import Testing

/// Questions that we do not evaluate hold where nothing that they can read has changed.
@Suite struct OutlineVerdictTests {
  private static let questions = [
    "SELECT ROW(a, c)::text FROM items", "SELECT items::text FROM items WHERE a = 1", "SELECT p::text FROM parts p",
    "SELECT ROW(a, id)::text FROM items",
    "WITH items AS (SELECT item, n FROM parts) SELECT ROW(item, n)::text FROM items",
    "WITH parts AS (SELECT ROW(id)::text AS r FROM items), q AS (SELECT r FROM parts) SELECT r FROM q",
    "SELECT ROW((SELECT n FROM parts WHERE item = id ORDER BY n LIMIT 1))::text FROM items", "SELECT ROW(x)::text FROM pairs",
    "SELECT ROW(count(*))::text FROM pairs",
    "SELECT ROW(y, v)::text FROM pairs NATURAL JOIN (SELECT 1 AS x) AS one", "SELECT ROW(p.x)::text FROM pairs AS p(y, z)",
    "SELECT ROW(o.n)::text FROM pairs JOIN LATERAL (SELECT n FROM parts WHERE item = x) o ON true",
    "SELECT ROW((SELECT max(b) FROM items))::text", "SELECT ROW(1, 'x')::text",
  ]

  @Test(arguments: Cases.seeds(10)) func `what holds by its outline holds in PostgreSQL`(seed: UInt64) throws {
    var truth = try Truth()
    var (holds, doubtful) = (0, 0)
    for number in 0..<20 as Range<UInt64> {
      let world = try World(seed: seed &* 1_000 &+ number)
      let binder = Binder(world.schema)
      let column = try binder.query("SELECT 'a row' AS c")
      let writes = world.branch.isEmpty ? 0 : Int(number % UInt64(world.branch.count + 1))
      guard let states = world.states(after: writes) else { continue }
      let columns = Self.questions.map { _ in column }
      let then = try truth.answers(columns, Self.questions, over: states.then)
      let ours = try truth.answers(columns, Self.questions, over: states.branch)
      let theirs = try truth.answers(columns, Self.questions, over: states.main)
      var engine = try world.engine(hasBase: number % 2 == 0)
      for (place, text) in Self.questions.enumerated() {
        guard case .outlined = try binder.question(text) else {
          Issue.record("\(text) is bound by now: ask for something else")
          continue
        }
        var read = RecordedRead(text, place: FormatError.Place("reads", line: place + 1, column: 1))
        read.at = Position(UInt64(writes))
        try engine.record(read, name: "r\(place)", branch: "alice")
      }
      for (place, verdict) in engine.verdicts().verdicts.enumerated() {
        let told: Comment =
          "\(verdict.sql): \(verdict.decision), \(then[place]), \(ours[place]), \(theirs[place])\n\(world)\n\(Cases.replay(seed)), world \(number)"
        switch verdict.decision {
        case .holds:
          holds += 1
          #expect(verdict.evidence.decidedBy == .footprint, told)
          #expect(then[place].sorted == ours[place].sorted && then[place].sorted == theirs[place].sorted, told)
        case .stale: Issue.record(told)
        case .doubtful(let reason):
          doubtful += 1
          #expect([.unsupported, .contested, .noKey, .noBase].contains(reason), told)
        }
      }
    }
    #expect(holds > 40 && doubtful > 40, "\(holds) hold, \(doubtful) are doubtful: the test says little")
  }

  /// Each with whether it may hold when `items` has changed in the column `a` alone.
  @Test(arguments: [
    ("SELECT ROW(b, c) FROM items", true), ("SELECT ROW(a, c) FROM items", false), ("SELECT ROW(n) FROM parts", true),
    ("SELECT ROW(items.*) FROM items", false), ("SELECT ROW(n, random()) FROM parts", false),
    ("SELECT ROW(n, now()) FROM parts", false),
    ("SELECT ROW(n, 'now'::timestamptz) FROM parts", false), ("SELECT ROW(note::date) FROM parts", false),
    ("SELECT ROW(d::date) FROM items", true), ("SELECT ROW(f) FROM parts, opaque(n) AS f", false),
    ("SELECT ROW(n) FROM parts TABLESAMPLE SYSTEM (50)", false), ("SELECT ROW(relname) FROM pg_class", false),
    ("SELECT ROW(ctid) FROM parts", false), ("SELECT ROW(shown) FROM over_items", false), ("SELECT ROW(c) FROM over_parts", true),
    ("WITH w AS (INSERT INTO parts VALUES (1) RETURNING n) SELECT ROW(n) FROM w", false),
    ("SELECT ROW(CURRENT_USER, n) FROM parts", true),
    ("SELECT ROW(n, txid_current()) FROM parts", false), ("SELECT CURRENT_TIME, n FROM parts", false),
  ])
  func `holds by outline`(question: String, holds: Bool) throws {
    var loader = SchemaLoader(Schema(collation: "C"))
    try loader.load(
      WorldTables.small.definitions + """
        CREATE FUNCTION public.opaque(n int) RETURNS int LANGUAGE plpgsql STABLE AS 'BEGIN RETURN n; END';
        CREATE VIEW public.over_items AS SELECT ROW(a)::text AS shown, b FROM public.items;
        CREATE VIEW public.over_parts AS SELECT ROW(n)::text AS shown, note AS c FROM public.parts;
        """)
    var engine = VerdictEngine(schema: loader.schema)
    let items = loader.schema.table(QualifiedName("public", "items"))!
    func row(_ a: Int64) -> RowImage { RowImage([.integer(1), .integer(a), .null, .text("x"), .null]) }
    let update = Change(items.id, .update(before: row(1), after: row(2)))
    try engine.append(TransactionBatch([Transaction(.init(Position(7), committedAt: 0), [update])]) { loader.schema[$0]!.types })
    engine.declare("alice", fork: Position(1))
    try engine.record(
      RecordedRead(question, place: FormatError.Place("reads", line: 1, column: 1)), name: "r", branch: "alice")
    let verdict = engine.verdicts().verdicts[0]
    #expect((verdict.decision == .holds) == holds, "\(verdict.decision) \(verdict.evidence.detail ?? "")")
  }
}

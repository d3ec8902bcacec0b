import Engine
import Formats
import Relations
import SQL
import TestKit
import Testing

/// What becomes of decisions that rest on answers, and of verdicts at other levels than the answer.
@Suite struct DecisionTests {
  /// `orders` had 47 rows over 100 at the fork; main inserted one more, and raised the note of another.
  private func engine(_ reads: [RecordedRead]) throws -> VerdictEngine {
    var loader = SchemaLoader(Schema(collation: "C"))
    try loader.load("CREATE TABLE orders (id int PRIMARY KEY, total numeric(10,2), note text)")
    var engine = VerdictEngine(schema: loader.schema)
    let table = try #require(loader.schema.table(QualifiedName("public", Identifier("orders"))))
    func row(_ id: Int64, _ total: Int64, _ note: String) throws -> [Value] {
      [.integer(id), .numeric(Numeric(total)), try Value(parsing: note, as: .text, style: TextStyle())]
    }
    var base = BaseTables(at: Position(10))
    base.append([Batch(table.types, rows: try (1...60).map { try row($0, $0 <= 47 ? 150 : 50, "-") })], to: table.id)
    engine.load(base)
    let changes = [
      Change(table.id, .insert(after: RowImage(try row(61, 200, "-")))),
      Change(
        table.id, .update(before: RowImage(try row(3, 150, "-")), after: RowImage(try row(3, 150, "late")))),
    ]
    let header = Transaction.Header(Position(20), committedAt: 0)
    try engine.append(TransactionBatch([Transaction(header, changes)]) { _ in table.types })
    engine.declare("alice", fork: Position(10))
    for (place, read) in reads.enumerated() { try engine.record(read, name: "r\(place)", branch: "alice") }
    return engine
  }

  private func read(_ sql: String, holdsIf: RecordedRead.Condition? = nil) -> RecordedRead {
    var read = RecordedRead(sql, place: FormatError.Place("reads", line: 1, column: 1))
    read.holdsIf = holdsIf
    read.settings = [RecordedRead.Setting(name: "TimeZone", value: "UTC")]
    return read
  }

  private static let count = "SELECT count(*) FROM orders WHERE total > 100"

  private static let conditions: [(String, RecordedRead.Condition, Verdict.Condition)] = [
    (count, .sql("count < 50"), .stands), (count, .sql("count < 48"), .fails), (count, .sql("now.count = was.count + 1"), .stands),
    (count, .sql("count -- and nothing else\n > 1000"), .fails), (count, .sql("null"), .fails),
    (count, .within("5%"), .stands), (count, .within("2%"), .fails), (count, .within("1"), .stands),
    (count, .within("0.5"), .fails),
    ("SELECT id FROM orders WHERE total > 100", .sql("now.count <= 48"), .stands),
    ("SELECT id FROM orders WHERE total > 100", .sql("now.count <= 47"), .fails),
    ("SELECT id FROM orders WHERE total > 100", .sql("now.id <= 47"), .unknown),
    ("SELECT id FROM orders WHERE total > 100", .within("5%"), .fails),
    ("SELECT count(*) FROM orders WHERE total < 100", .sql("count > 1000"), .fails),
    ("SELECT sum(total) AS s, min(note) AS m FROM orders", .sql("was.s < s AND m = was.m"), .stands),
    ("SELECT sum(total) AS s, max(note) AS m FROM orders", .within("5%"), .fails),
  ]

  @Test(arguments: conditions.indices) func `a condition is judged over both answers`(place: Int) throws {
    let (sql, condition, expected) = Self.conditions[place]
    let engine = try engine([read(sql, holdsIf: condition)])
    #expect(engine.verdicts().verdicts[0].evidence.condition == expected)
    var options = VerdictEngine.Options()
    options.level = .decision
    let decision = engine.verdicts(options).verdicts[0].decision
    switch expected {
    case .stands: #expect(decision == .holds)
    case .fails: #expect(decision == .stale)
    case .unknown: #expect(decision == .doubtful(.noBase))
    }
  }

  @Test(arguments: [
    ("cuont < 50", "42703"), ("count <", "42601"), ("count", "42846"), ("sum(count) OVER () > 1 AND x.count > 1", "42P01"),
  ])
  func `a condition that is none is refused`(text: String, state: String) throws {
    do {
      _ = try engine([read(Self.count, holdsIf: .sql(text))])
      Issue.record("\(text) was taken")
    } catch let error as SQLTextError {
      #expect(error.error.state == SQLState(state), "\(error)")
    }
    #expect(throws: SQLTextError.self) { try engine([read(Self.count, holdsIf: .within("a lot"))]) }
  }

  @Test func `levels claim what they say`() throws {
    let reads = [
      "SELECT count(*) FROM orders WHERE total > 100", "SELECT count(*) FROM orders WHERE id = 3",
      "SELECT count(*) FROM orders WHERE id = 3 AND note <> 'x'", "SELECT note FROM orders WHERE id = 3",
      "SELECT count(*) FROM orders WHERE id = 4",
    ].map { read($0) }
    let engine = try engine(reads)
    func decisions(_ level: Verdict.Level) -> [Verdict.Decision] {
      var options = VerdictEngine.Options()
      options.level = level
      return engine.verdicts(options).verdicts.map(\.decision)
    }
    #expect(decisions(.answer) == [.stale, .holds, .holds, .stale, .holds])
    #expect(decisions(.membership) == [.stale, .holds, .holds, .holds, .holds])
    #expect(decisions(.footprint) == [.stale, .holds, .stale, .stale, .holds])
  }
}

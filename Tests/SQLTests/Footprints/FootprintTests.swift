import Expressions
import PostgreSQL
import Queries
import Relations
import TestKit
import Testing

@testable import SQL

/// A footprint is never too small: rows outside it can come and go, and PostgreSQL's answer stays.
@Suite struct FootprintTests {
  @Test(arguments: Cases.seeds(10)) func `rows outside do not change the answer`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let (base, other) = (SampleTable(rows: 24, using: &random), SampleTable(rows: 24, using: &random))
    var tables = try TwoTables(base, other)
    var queries = RandomQueries(seed: seed)
    var (outside, decided) = (0, 0)
    for _ in 0..<200 {
      let text = queries.next()
      guard let query = try? tables.binder.query(text), let footprint = query.footprints.first,
        let filter = try? FootprintFilter(footprint)
      else { continue }
      let inside = (tables.inside(filter, 0), tables.inside(filter, 1))
      outside += (~inside.0).trueCount
      // Rows outside are taken away, and others put in their place.
      let changed = try tables.answer(text, keeping: inside.0.trueRows, adding: (~inside.1).trueRows)
      #expect(changed == (try tables.answer(text)), "\(text)\n\(Cases.replay(seed))")
      decided += 1
    }
    #expect(decided > 60 && outside > 200, "\(decided) questions, \(outside) rows outside: the test says little")
  }

  /// PostgreSQL takes the cheaper condition first, and the division is raised in a row that the other one would have left out.
  @Test func `a row that raises in another order than the written one is inside`() throws {
    let text = "SELECT count(*) FROM sample WHERE a1 + 0 + 0 + 0 = 5 AND 1 / b1 > 0"
    let cluster = try Cluster.shared()
    let schema = try cluster.schema()
    var session = try cluster.connect()
    try session.execute("SET search_path = \(schema); CREATE TABLE sample AS SELECT 1::int2 AS a1, 0::int2 AS b1")
    #expect(throws: PostgresError.self) { _ = try session.query(text) }

    let footprint = try #require(try Binder(SampleSchema.schema).query(text).footprints.first)
    let columns = zip(["ordinal"] + SampleTable.names, [.int4] + SampleTable.types).map { name, type in
      Column(type, [name == "a1" ? Value.integer(1) : name == "b1" ? .integer(0) : .null])
    }
    #expect(try FootprintFilter(footprint).inside(Batch(columns), EvaluationContext()).isAllTrue)
  }

  @Test func `a footprint keeps the whole condition and only what reaches the answer`() throws {
    let binder = Binder(SampleSchema.schema)
    func footprint(_ text: String) throws -> String {
      let footprint = try #require(try binder.query(text).footprints.first)
      let names = ["ordinal"] + SampleTable.names
      return footprint.condition.sql(columns: names) + " | " + footprint.projected.map { names[$0] }.joined(separator: " ")
    }
    #expect(try footprint("SELECT count(*) FROM sample WHERE a3 > 7") == "(a3 > 7) | ")
    #expect(try footprint("SELECT sum(a2) FROM sample WHERE a3 > 7 AND a0") == "((a3 > 7) AND a0) | a2")
    #expect(try footprint("SELECT a1, count(a2) FROM sample GROUP BY a1 HAVING count(*) > 1") == "true | a1 a2")
    // A sum may raise: then what it is of is part of the answer, too.
    #expect(try footprint("SELECT a1 FROM (SELECT a1, a2 + 1 AS c FROM sample) s WHERE c > 3") == "((a2 + 1) > 3) | a1 a2")
    #expect(try footprint("SELECT * FROM sample WHERE code = 'x'").hasPrefix("(((code)::text = 'x'::text) | ") == false)
  }
}

/// The sample table filled in two ways, and a third place to put rows of both.
private struct TwoTables: ~Copyable {
  let binder = Binder(SampleSchema.schema)
  private let batches: [Batch]
  private let clock: Int64
  private var session: Connection

  init(_ base: SampleTable, _ other: SampleTable) throws {
    let cluster = try Cluster.shared()
    let schema = try cluster.schema()
    try cluster.execute(base.definition(named: schema + ".sample") + other.definition(named: schema + ".other"))
    var session = try cluster.connect()
    // The binder's `public` is this session's temporary schema: the same names, other rows.
    try session.execute("SET search_path = \(schema); CREATE TEMP TABLE mixed AS SELECT * FROM sample")
    // In one transaction, in which the clock stands still.
    try session.execute("BEGIN")
    let now = try session.query("SELECT now()")[0, 0] ?? ""
    let ordinals = Column(.int4, .integers((0..<24).map { Int64($0) }))
    let batches = try [base, other].map { table in Batch([ordinals] + (try table.batch(TextStyle())).columns) }
    guard case .integer(let clock) = try Value(parsing: now, as: .timestamptz, style: TextStyle()) else {
      throw Failure.unsupported("the clock \(now)")
    }
    self.init(batches: batches, clock: clock, session: session)
  }

  private init(batches: [Batch], clock: Int64, session: consuming Connection) {
    self.batches = batches
    self.clock = clock
    self.session = session
  }

  func inside(_ filter: FootprintFilter, _ table: Int) -> Bitmap { filter.inside(batches[table], EvaluationContext(clock: clock)) }

  /// The answer over all rows, or over some of the first table and some of the second.
  mutating func answer(_ text: String) throws -> [String] {
    try rows(text.replacing("public.sample", with: "sample"))
  }

  mutating func answer(_ text: String, keeping: [Int32], adding: [Int32]) throws -> [String] {
    func list(_ rows: [Int32]) -> String { rows.map(String.init).joined(separator: ",") }
    try session.execute(
      "TRUNCATE mixed; INSERT INTO mixed SELECT * FROM sample WHERE ordinal = ANY('{\(list(keeping))}');"
        + "INSERT INTO mixed SELECT * FROM other WHERE ordinal = ANY('{\(list(adding))}')")
    let asked = text.replacing("public.sample", with: "sample").replacing("FROM sample AS s", with: "FROM mixed AS s")
    return try rows(asked.replacing("FROM sample", with: "FROM mixed AS sample"))
  }

  /// As a multiset; an error is an answer.
  private mutating func rows(_ text: String) throws -> [String] {
    try session.execute("SAVEPOINT before")
    do throws(PostgresError) {
      return try session.query(text).rows.map { $0.map { $0 ?? "NULL" }.joined(separator: "|") }.sorted()
    } catch {
      try session.execute("ROLLBACK TO before")
      return ["ERROR \(error.sqlState)"]
    }
  }
}

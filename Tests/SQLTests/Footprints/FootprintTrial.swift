import Expressions
import PostgreSQL
import Queries
import Relations
import TestKit

@testable import SQL

/// Tables in PostgreSQL whose rows are changed outside of footprints, thousands of times, each time to be as they were.
struct FootprintTrial: ~Copyable {
  private(set) var tally = Tally()
  private let binder: Binder
  private let pools: [RowPool]
  private let namespace: String
  private let context: EvaluationContext
  private var session: Connection
  private var random: SplitMix64

  struct Tally: CustomStringConvertible {
    var questions = 0
    /// Whose answer depends on the order in which rows lie.
    var unsteady = 0
    var unbound = 0
    var cases = 0
    /// Of those, the ones in which rows came or went that a condition leaves out.
    var boundedCases = 0
    var errors = 0

    var description: String {
      "\(questions) questions, \(unsteady) unsteady, \(unbound) not bound; \(cases) changes, \(boundedCases) outside of conditions; "
        + "\(errors) errors"
    }
  }

  /// - Parameters:
  ///   - own: definitions with the rows that the tables have.
  ///   - other: the same with rows that they could have.
  init(_ schema: Schema, own: String, other: String, seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let cluster = try Cluster.shared()
    let (name, second) = (try cluster.schema(), try cluster.schema())
    var session = try cluster.connect()
    try session.execute("SET search_path = \(second); \(other)")
    try session.execute("SET search_path = \(name); \(own); \(Self.functions)")
    // Other plans than the planner would choose over a handful of rows.
    let plans = [
      "", "SET enable_hashjoin = off", "SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off",
      "SET enable_nestloop = off", "SET join_collapse_limit = 1; SET enable_hashagg = off", "SET enable_sort = off",
    ]
    try session.execute(plans[Int(seed) % plans.count])
    // In one transaction, in which the clock stands still.
    try session.execute("BEGIN; SET LOCAL statement_timeout = '1s'")
    guard
      case .integer(let clock) = try Value(parsing: try session.query("SELECT now()")[0, 0]!, as: .timestamptz, style: TextStyle())
    else { throw Failure.unsupported("the clock") }
    var pools: [RowPool] = []
    for table in schema.allTables where table.kind == .table {
      let columns = table.columns.map { "\($0.name)" }.joined(separator: ", ")
      let rows = try [name, second].map { try session.query("SELECT \(columns) FROM ONLY \($0).\(table.name.name)").rows }
      let key = table.partitionOf.flatMap { schema[$0.parent]?.partitioning?.key } ?? []
      let fixed = Set(table.columns.indices.filter { key.contains("\(table.columns[$0].name)") })
      pools.append(try RowPool(table, own: rows[0], other: rows[1], fixed: fixed, using: &random))
    }
    for pool in pools { try session.execute(Self.definition(of: pool)) }
    self.init(Binder(schema), pools, name, EvaluationContext(clock: clock), session, random)
  }

  private init(
    _ binder: Binder, _ pools: [RowPool], _ namespace: String, _ context: EvaluationContext, _ session: consuming Connection,
    _ random: SplitMix64
  ) {
    self.binder = binder
    self.pools = pools
    self.namespace = namespace
    self.context = context
    self.session = session
    self.random = random
  }

  /// What an answer is, an error being one; and what it is after some statements, which are undone.
  private static let functions = """
    CREATE FUNCTION ask(question text) RETURNS text LANGUAGE plpgsql AS $$
    DECLARE answer text;
    BEGIN
      EXECUTE 'SELECT string_agg(x, chr(10) ORDER BY x COLLATE "C") FROM (SELECT whole_row::text AS x FROM (' || question || ') AS whole_row) s' INTO answer;
      RETURN coalesce(answer, '');
    EXCEPTION WHEN OTHERS THEN RETURN 'ERROR ' || SQLSTATE;
    END $$;
    CREATE FUNCTION ask_after(changes text, question text) RETURNS text LANGUAGE plpgsql AS $$
    DECLARE answer text;
    BEGIN
      EXECUTE changes;
      answer := ask(question);
      RAISE EXCEPTION USING ERRCODE = 'ZZ000', MESSAGE = 'undo';
    EXCEPTION WHEN SQLSTATE 'ZZ000' THEN RETURN answer;
    END $$;
    """

  /// A table of all rows of a pool, by number.
  private static func definition(of pool: RowPool) -> String {
    let name = "pool_\(pool.table.id.number)"
    let rows = pool.texts.enumerated().map { place, row in
      "(\(place), \(row.map { $0.map { "'" + $0.replacing("'", with: "''") + "'" } ?? "NULL" }.joined(separator: ", ")))"
    }
    let columns = pool.table.columns.map { "\($0.name)" }.joined(separator: ", ")
    return "CREATE TABLE \(name) AS SELECT 0 AS pool_row, \(columns) FROM \(pool.table.name.name) WHERE false;"
      + (rows.isEmpty ? "" : "INSERT INTO \(name) VALUES \(rows.joined(separator: ", "));")
  }

  private func filling(_ pool: RowPool, _ rows: [Int]) -> String {
    let columns = pool.table.columns.map { "\($0.name)" }.joined(separator: ", ")
    let list = rows.map(String.init).joined(separator: ",")
    return "DELETE FROM ONLY \(pool.table.name.name);"
      + "INSERT INTO \(pool.table.name.name) SELECT \(columns) FROM pool_\(pool.table.id.number)"
      + " JOIN unnest('{\(list)}'::int4[]) WITH ORDINALITY AS u(pool_row, place) USING (pool_row) ORDER BY place;"
  }
}

// MARK: - Asking

extension FootprintTrial {
  /// What differs though the rows differ only outside of the question's footprints; nil if nothing does.
  mutating func difference(_ text: String, changes count: Int) throws -> String? {
    tally.questions += 1
    guard let query = try? binder.query(text) else {
      tally.unbound += 1
      return nil
    }
    let footprints = query.footprints
    var views: [PoolView] = []
    for pool in pools {
      guard let view = PoolView(pool, footprints, context) else { return nil }
      views.append(view)
    }
    let question = text.replacing("public.", with: namespace + ".")
    try session.execute("SAVEPOINT before")
    do {
      return try difference(text, question, footprints, views, changes: count)
    } catch let error as PostgresError where error.sqlState == "57014" {
      // One that does not come to an end.
      try session.execute("ROLLBACK TO before")
      tally.unsteady += 1
      return nil
    }
  }

  private mutating func difference(
    _ text: String, _ question: String, _ footprints: [Footprint], _ views: [PoolView], changes count: Int
  ) throws -> String? {
    guard let answer = try steadyAnswer(question, views) else {
      tally.unsteady += 1
      return nil
    }
    if answer.hasPrefix("ERROR") { tally.errors += 1 }
    var changes: [(statements: String, isBounded: Bool)] = []
    for _ in 0..<count { if let change = change(views) { changes.append(change) } }
    let others = try answers(question, after: changes.map(\.statements))
    tally.cases += changes.count
    tally.boundedCases += changes.count(where: \.isBounded)
    guard let place = others.firstIndex(where: { $0 != answer }) else { return nil }
    // Of several rows that raise the first one counts, and a few orders may all have begun with the same.
    if answer.hasPrefix("ERROR"), others[place].hasPrefix("ERROR"), try steadyAnswer(question, views, orders: 30) == nil {
      tally.unsteady += 1
      return nil
    }
    return """
      \(text)
        was: \(answer.prefix(300))
        is:  \(others[place].prefix(300))
        after: \(changes[place].statements)
      \(FootprintListing.page(of: [("", text)], binder))
      """
  }

  private mutating func change(_ views: [PoolView]) -> (statements: String, isBounded: Bool)? {
    var (statements, isBounded) = ("", false)
    for view in views {
      // Tables that the question does not name are not worth much time.
      if view.lenses.isEmpty, Int.random(in: 0..<10, using: &random) > 0 { continue }
      guard let rows = view.change(using: &random) else { continue }
      statements += filling(view.pool, rows)
      let (before, after) = (Set(0..<view.pool.ownCount), Set(rows))
      isBounded = isBounded || !view.lenses.isEmpty && before.symmetricDifference(after).contains { view.isOutside($0) }
    }
    return statements.isEmpty ? nil : (statements, isBounded)
  }

  /// The answer, unless it is another one as soon as the same rows lie in another order.
  private mutating func steadyAnswer(_ question: String, _ views: [PoolView], orders count: Int = 3) throws -> String? {
    var orders = [""]
    for _ in 0..<count {
      var statements = ""
      for view in views where !view.lenses.isEmpty {
        statements += filling(view.pool, Array(0..<view.pool.ownCount).shuffled(using: &random))
      }
      orders.append(statements)
    }
    let answers = try answers(question, after: orders)
    return answers.allSatisfy { $0 == answers[0] } ? answers[0] : nil
  }

  private mutating func answers(_ question: String, after statements: [String]) throws -> [String] {
    if statements.isEmpty { return [] }
    return try session.query(
      "SELECT ask_after(changes, $2) FROM unnest($1::text[]) WITH ORDINALITY AS u(changes, place) ORDER BY place",
      parameters: [arrayLiteral(statements.map { $0.isEmpty ? "SELECT" : $0 }), question]
    ).rows.map { $0[0] ?? "" }
  }
}

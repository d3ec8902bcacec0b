import PostgreSQL
import Queries
import Relations
import TestKit

/// What PostgreSQL answers to many questions over tables in some state.
struct Truth: ~Copyable {
  private var session: Connection

  init(database: String = "postgres") throws {
    var session = try Cluster.shared().connect(database: database)
    try session.execute(Self.function)
    self.init(session)
  }

  private init(_ session: consuming Connection) { self.session = session }

  /// An answer as rows of printed values, numerics without the zeros that say nothing; or the SQLSTATE that was raised.
  enum Answer: Equatable {
    case rows([[String?]])
    case raised(String)

    /// As a multiset.
    var sorted: Answer {
      guard case .rows(let rows) = self else { return self }
      return .rows(rows.sorted { $0.map { $0 ?? "\u{0}" }.lexicographicallyPrecedes($1.map { $0 ?? "\u{0}" }) })
    }
  }

  mutating func answers(_ questions: [Query], _ texts: [String], over tables: [World.Rows]) throws -> [Answer] {
    try answers(questions, texts, over: Self.tables(tables))
  }

  /// The same questions of several states of a world, in one transaction.
  ///
  /// - Parameter states: a state's rows, and what stands there for `now()`.
  mutating func answers(
    _ questions: [(text: String, query: Query)], over states: [(rows: [World.Rows], clock: Int64)], _ tables: WorldTables
  ) throws -> [[Answer]] {
    try begin(tables.definitions.replacing("public.", with: ""))
    var answers: [[Answer]] = []
    for (place, state) in states.enumerated() {
      let emptying = place == 0 ? "" : tables.names.map { "DELETE FROM \($0);" }.joined()
      try session.execute(emptying + Self.inserts(state.rows, tables) + " ")
      let now = "timestamptz '\(Value.integer(state.clock).text(as: .timestamptz, style: TextStyle())!)'"
      answers.append(try ask(questions.map { ($0.query, $0.text.replacing("now()", with: now)) }))
    }
    try session.execute("ROLLBACK")
    return answers
  }

  /// - Parameter tables: the SQL that makes them, in a schema of their own.
  mutating func answers(_ questions: [Query], _ texts: [String], over tables: String) throws -> [Answer] {
    try begin(tables)
    let answers = try ask(Array(zip(questions, texts)))
    try session.execute("ROLLBACK")
    return answers
  }

  private mutating func begin(_ definitions: String) throws {
    try session.execute("BEGIN; CREATE SCHEMA world; SET LOCAL search_path = world; SET LOCAL timezone = 'UTC'; " + definitions)
  }

  private mutating func ask(_ questions: [(Query, String)]) throws -> [Answer] {
    let asked = questions.map { Self.printing($1, $0.columns.map(\.type)) }
    let rows = try session.query("SELECT * FROM pg_temp.answers($1)", parameters: [arrayLiteral(asked)]).rows
    return rows.map { row in
      if let state = row[1] { return .raised(state) }
      return .rows(Self.array(row[0] ?? "{}").map { Self.array($0!) })
    }
  }

  private static func array(_ text: String) -> [String?] {
    Array(text.utf8).withUnsafeBytes { parseArrayLiteral($0) }
  }

  /// The question with each of its rows as an array of texts, by the columns' output functions.
  private static func printing(_ question: String, _ types: [SQLType]) -> String {
    let names = types.indices.map { "c\($0)" }
    let cells = zip(names, types).map { name, type in
      type.id == .numeric ? "trim_scale(\(name))::text" : "CASE num_nulls(\(name)) WHEN 0 THEN concat(\(name)) END"
    }
    return "SELECT array_agg(ARRAY[\(cells.joined(separator: ","))]::text) FROM (\(question)) AS q(\(names.joined(separator: ",")))"
  }

  static func tables(_ tables: [World.Rows]) -> String {
    WorldTables.small.definitions.replacing("public.", with: "") + inserts(tables, .small)
  }

  private static func inserts(_ rows: [World.Rows], _ tables: WorldTables) -> String {
    zip(tables.names, rows).filter { !$1.isEmpty }.map { name, rows in
      let values = rows.map { row in
        "(" + row.map { $0.map { "'\($0.replacing("'", with: "''"))'" } ?? "NULL" }.joined(separator: ",") + ")"
      }
      return "INSERT INTO \(name) VALUES \(values.joined(separator: ","));"
    }.joined()
  }

  /// A row a question: its rows, or what it raised.
  private static let function = #"""
    CREATE FUNCTION pg_temp.answers(questions text[]) RETURNS TABLE (answer text, state text) LANGUAGE plpgsql AS $$
    DECLARE
      question text;
    BEGIN
      FOREACH question IN ARRAY questions LOOP
        BEGIN
          EXECUTE question INTO answer;
          state := NULL;
        EXCEPTION WHEN OTHERS THEN
          answer := NULL;
          state := SQLSTATE;
        END;
        RETURN NEXT;
      END LOOP;
    END
    $$;
    """#
}

import Expressions
import PostgreSQL
import Relations
import TestKit

/// Asks PostgreSQL what it makes of expressions, thousands at a time, without running any of them.
///
/// Expressions are over the columns of one table, one column per type, and become columns of views, whose stored trees say which
/// functions and operators were chosen and what the arguments became. One that is refused refuses the whole view: those that we
/// expect to be refused are asked one by one in a loop inside the server, and so is everything in a view that fails.
struct ResolutionOracle: ~Copyable {
  private var connection: Connection
  let schema: String
  /// The types that are asked about, and the column of each: `c0`, `c1`, …
  private(set) var columns: [SQLType]

  enum Answer {
    case tree(ResolutionNode)
    case error(String)
  }

  struct Question {
    let sql: String
    /// Aggregates do not mix with other columns.
    var isAggregate = false
    let isRefused: Bool
  }

  /// - Parameter setup: what to create first, in a schema of its own that is on the search path.
  static func open(columns: [SQLType], setup: String = "") throws -> ResolutionOracle {
    let cluster = try Cluster.shared()
    let schema = try cluster.schema()
    var connection = try cluster.connect()
    try connection.execute("SET search_path = \(schema); SET jit = off; \(setup)")
    try connection.execute(
      """
      CREATE FUNCTION ask(questions text[], around text) RETURNS SETOF text LANGUAGE plpgsql AS $$
      DECLARE question text; state text;
      BEGIN
        FOREACH question IN ARRAY questions LOOP
          state := '';
          BEGIN
            EXECUTE format(around, question);
            DEALLOCATE asked;
          EXCEPTION WHEN OTHERS THEN state := SQLSTATE;
          END;
          RETURN NEXT state;
        END LOOP;
      END $$;
      """)
    return ResolutionOracle(connection: connection, schema: schema, columns: columns)
  }

  private init(connection: consuming Connection, schema: String, columns: [SQLType]) {
    self.connection = connection
    self.schema = schema
    self.columns = columns
  }

  /// Once the types are known: the table that has them.
  mutating func makeTable(_ catalogue: Catalogue, also: [SQLType] = []) throws {
    columns += also
    let list = columns.indices.map { "c\($0) \(catalogue.name(of: columns[$0]))" }
    try connection.execute("CREATE TABLE t (\(list.joined(separator: ", ")))")
  }

  mutating func query(_ sql: String) throws -> [[String?]] { try connection.query(sql).rows }
  mutating func execute(_ sql: String) throws { try connection.execute(sql) }

  /// SQLSTATEs of statements that are made of texts put into a pattern; empty where there was no error.
  mutating func states(_ texts: [String], in pattern: String = "PREPARE asked AS SELECT %s FROM t") throws -> [String] {
    if texts.isEmpty { return [] }
    let array = texts.map { "\"" + $0.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\"" }
    return try connection.query(
      "SELECT ask($1::text[], $2)", parameters: ["{" + array.joined(separator: ",") + "}", pattern]
    ).rows.map { $0[0] ?? "" }
  }

  mutating func answers(_ questions: [Question]) throws -> [Answer] {
    var answers = [Answer?](repeating: nil, count: questions.count)
    var accepted = questions.indices.filter { !questions[$0].isRefused }
    let refused = questions.indices.filter { questions[$0].isRefused }
    for (place, state) in zip(refused, try states(refused.map { questions[$0].sql })) {
      if state.isEmpty { accepted.append(place) } else { answers[place] = .error(state) }
    }
    for isAggregate in [false, true] {
      let places = accepted.filter { questions[$0].isAggregate == isAggregate }
      for start in stride(from: 0, to: places.count, by: 250) {
        try view(Array(places[start..<min(start + 250, places.count)]), questions, &answers)
      }
    }
    return answers.map { $0 ?? .error("lost") }
  }

  private mutating func view(_ places: [Int], _ questions: [Question], _ answers: inout [Answer?]) throws {
    if places.isEmpty { return }
    do throws(PostgresError) {
      let list = places.map { "(\(questions[$0].sql)) IS NULL AS v\($0)" }
      try connection.execute("CREATE VIEW v AS SELECT \(list.joined(separator: ", ")) FROM t")
    } catch {
      // Some of them are refused, though we thought not. One alone that is accepted alone but not as a view is our mistake here.
      let states = try states(places.map { questions[$0].sql })
      for (place, state) in zip(places, states) where !state.isEmpty { answers[place] = .error(state) }
      let rest = zip(places, states).filter(\.1.isEmpty).map(\.0)
      if rest.count == places.count { throw error }
      return try view(rest, questions, &answers)
    }
    let text = try connection.query("SELECT ev_action FROM pg_rewrite WHERE ev_class = '\(schema).v'::regclass").rows[0][0] ?? ""
    try connection.execute("DROP VIEW v")
    var reader = ResolutionNodeReader(text)
    let trees = reader.targets()
    precondition(trees.count == places.count, "a view's tree was not understood")
    for (place, tree) in zip(places, trees) { answers[place] = .tree(tree) }
  }
}

extension ResolutionOracle {
  /// A type of the table, and the expression of it; a quarter of the time a literal without a type.
  func operand(using random: inout SplitMix64) -> (type: TypeID, sql: String) {
    if Int.random(in: 0..<4, using: &random) == 0 { return (.unknown, "NULL") }
    let place = Int.random(in: columns.indices, using: &random)
    return (columns[place].id, "c\(place)")
  }

  /// An expression of a type.
  func expression(of type: TypeID) -> String? {
    type == .unknown ? "NULL" : columns.firstIndex { $0.id == type }.map { "c\($0)" }
  }
}

/// Types to ask about: what queries use, and one of each further sort.
enum ResolutionTypes {
  static let common: [String] = [
    "bool", "int2", "int4", "int8", "numeric", "float4", "float8", "text", "varchar", "bpchar", "name", "\"char\"", "bytea", "date",
    "time", "timetz", "timestamp", "timestamptz", "interval", "uuid", "json", "jsonb", "oid", "regclass", "inet", "cidr", "money",
    "bit", "varbit", "point", "box", "tsvector", "tsquery", "int4[]", "text[]", "numeric[]", "varchar[]", "int4range", "numrange",
    "tstzrange", "int4multirange", "xid", "pg_lsn", "int2vector", "oidvector", "jsonpath",
  ]

  /// All that a column can have.
  static var all: [SQLType] {
    BuiltInTypes.all.filter { type in
      [type.id, type.element].compactMap { $0.flatMap(BuiltInTypes.facts) }.allSatisfy { $0.kind != .pseudo }
    }.map { SQLType($0.id) }
  }
}

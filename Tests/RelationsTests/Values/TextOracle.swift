import PostgreSQL
import TestKit

@testable import Relations

/// Asks PostgreSQL's input and output functions themselves: texts in, for each the printed value or `ERROR 22008`.
struct TextOracle: ~Copyable {
  private var session: Connection
  private let schema: String

  /// - Parameter zone: the session's time zone, as `SET timezone` takes it.
  init(zone: String = "UTC") throws {
    let cluster = try Cluster.shared()
    let schema = try cluster.schema()
    var session = try cluster.connect()
    for (name, input, output) in Self.functions {
      let input = input.replacing("$", with: "textout(t)")
      try session.execute(
        """
        CREATE FUNCTION \(schema).\(name)(t text, m int4) RETURNS text LANGUAGE plpgsql AS $$
        BEGIN RETURN textin(\(output)(\(input))); EXCEPTION WHEN OTHERS THEN RETURN 'ERROR ' || SQLSTATE; END $$
        """)
    }
    _ = try session.query(Self.setZone, parameters: [zone])
    self.schema = schema
    self.session = session
  }

  private static let setZone = "SELECT set_config('timezone', $1, false)"

  private static let functions = [
    ("bool", "boolin($)", "boolout"), ("int2", "int2in($)", "int2out"), ("int4", "int4in($)", "int4out"),
    ("int8", "int8in($)", "int8out"), ("float4", "float4in($)", "float4out"), ("float8", "float8in($)", "float8out"),
    ("uuid", "uuid_in($)", "uuid_out"),
    ("text", "textin($)", "textout"), ("varchar", "varcharin($, 0, m)", "varcharout"), ("bpchar", "bpcharin($, 0, m)", "bpcharout"),
    ("numeric", "numeric_in($, 0, m)", "numeric_out"), ("date", "date_in($)", "date_out"),
    ("timestamp", "timestamp_in($, 0, m)", "timestamp_out"), ("timestamptz", "timestamptz_in($, 0, m)", "timestamptz_out"),
    ("time", "time_in($, 0, m)", "time_out"), ("timetz", "timetz_in($, 0, m)", "timetz_out"),
    ("interval", "interval_in($, 0, m)", "interval_out"),
  ]

  mutating func setZone(_ zone: String) throws {
    _ = try session.query(Self.setZone, parameters: [zone])
  }

  mutating func answers(_ texts: [String], as type: SQLType) throws -> [String] {
    let sql = "SELECT \(schema).\(type.id.testName)(t, $2::int4) FROM unnest($1::text[]) WITH ORDINALITY AS u (t, i) ORDER BY i"
    return try session.query(sql, parameters: [NumericOracle.array(texts), "\(type.modifier)"]).rows.map { $0[0] ?? "NULL" }
  }

  /// Any other question to the same session.
  mutating func rows(_ sql: String, _ parameters: [String?] = []) throws -> [[String?]] {
    try session.query(sql, parameters: parameters).rows
  }

  mutating func execute(_ sql: String) throws { try session.execute(sql) }
}

extension TypeID {
  /// PostgreSQL's internal name.
  var testName: String {
    switch self {
    case .bool: "bool"
    case .int2: "int2"
    case .int4: "int4"
    case .int8: "int8"
    case .float4: "float4"
    case .float8: "float8"
    case .uuid: "uuid"
    case .varchar: "varchar"
    case .bpchar: "bpchar"
    case .numeric: "numeric"
    case .date: "date"
    case .time: "time"
    case .timetz: "timetz"
    case .interval: "interval"
    case .timestamp: "timestamp"
    case .timestamptz: "timestamptz"
    default: "text"
    }
  }
}

/// What we make of a text, in the oracle's words; `unsupported` where we leave it to PostgreSQL.
func answer(_ text: String, as type: SQLType, _ style: TextStyle) -> String {
  do throws(Failure) {
    return try Value(parsing: text, as: type, style: style).text(as: type, style: style) ?? "NULL"
  } catch {
    return if case .raised(let error) = error { "ERROR \(error.state)" } else { "unsupported" }
  }
}

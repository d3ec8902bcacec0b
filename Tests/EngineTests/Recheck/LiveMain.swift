import Engine
import Formats
import PostgreSQL
import Relations
import TestKit

/// Main's database as it is now, on the tests' private server: what answers rechecks.
struct LiveMain: ~Copyable, RecheckAnswerer {
  private var session: Connection
  private let position: Position
  private(set) var count = 0

  /// - Parameter tables: the SQL that makes them, in a schema that is gone when the session is.
  init(_ tables: String, at position: Position) throws {
    var session = try Cluster.shared().connect()
    try session.execute("BEGIN; CREATE SCHEMA world; SET LOCAL search_path = world; SET LOCAL timezone = 'UTC'; " + tables)
    self.init(session, position)
  }

  private init(_ session: consuming Connection, _ position: Position) {
    self.session = session
    self.position = position
  }

  mutating func answer(_ question: RecheckQuestion) -> RecheckAnswer {
    guard case .main(let least) = question.state, least <= position else { return RecheckAnswer(.unavailable("another state")) }
    count += 1
    do throws(PostgresError) {
      try session.execute("SAVEPOINT question")
      let result = try session.query(question.sql, parameters: question.parameters.map(\.parameterText))
      let types = result.columns.map { SQLType(TypeID($0.type), modifier: $0.modifier) }
      return RecheckAnswer(.rows(types, result.rows), at: position, milliseconds: 1)
    } catch {
      try? session.execute("ROLLBACK TO question")
      return RecheckAnswer(.raised(SQLState(error.sqlState)), at: position, milliseconds: 1)
    }
  }
}

/// Answers what it was told to, whatever is asked.
struct ScriptedAnswerer: RecheckAnswerer {
  private(set) var asked: [RecheckQuestion] = []
  let script: @Sendable (RecheckQuestion) -> RecheckAnswer

  init(_ script: @escaping @Sendable (RecheckQuestion) -> RecheckAnswer) { self.script = script }

  mutating func answer(_ question: RecheckQuestion) -> RecheckAnswer {
    asked.append(question)
    return script(question)
  }
}

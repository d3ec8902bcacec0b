import PostgreSQL
import TestKit
import Testing

@testable import SQL

/// What a parser says of a text.
struct SyntaxAnswer: Equatable, CustomStringConvertible {
  /// Nil where the text is SQL.
  var error: Refusal?

  struct Refusal: Equatable {
    var state: String
    var message: String
    var position: Int?
  }

  var description: String { error.map { "\($0.state) at \($0.position.map(String.init) ?? "-"): \($0.message)" } ?? "accepted" }
}

/// Asks PostgreSQL what its parser says of a text, and nothing else: the text comes after a statement that fails when it runs, and
/// nothing runs before all is parsed.
struct SyntaxOracle: ~Copyable {
  private var session: Connection
  private static let guardian = "SELECT 1/0;"

  init() throws { session = try Cluster.shared().connect() }

  mutating func answer(_ text: String) -> SyntaxAnswer {
    do throws(PostgresError) {
      try session.execute(SyntaxOracle.guardian + text)
      preconditionFailure("the guardian let a statement pass")
    } catch {
      if error.sqlState == "22012" { return SyntaxAnswer() }
      return SyntaxAnswer(
        error: .init(
          state: error.sqlState, message: error.message,
          // One rule reports the whole text's start.
          position: error.position.map { max(1, $0 - SyntaxOracle.guardian.count) }))
    }
  }
}

extension SyntaxAnswer {
  /// What we say.
  init(ours text: String) {
    do throws(SQLTextError) {
      try SQLParser.withTree(of: text) { _ throws(SQLTextError) in }
    } catch {
      self.error = Refusal(state: error.state.description, message: error.message, position: error.position?.character)
    }
  }
}

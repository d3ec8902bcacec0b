import Formats
import Relations

/// Somebody who can run a query on a real database: tier 3, asked only for what is doubtful and a live query settles.
///
/// The engine never connects anywhere. A server's client, a script in a test, a person at a prompt: whoever answers does so by value.
public protocol RecheckAnswerer: ~Copyable {
  /// Runs a question in a session with its settings, read-only, in one snapshot, and ends it when the time is up.
  mutating func answer(_ question: RecheckQuestion) -> RecheckAnswer
}

/// What is asked of a live database.
public struct RecheckQuestion: Hashable, Sendable {
  public let sql: String
  /// For `$1`, `$2`, ….
  public let parameters: [Scalar]
  /// The session's: time zone, search path, ….
  public let settings: [RecordedRead.Setting]
  public let state: State

  public enum State: Hashable, Sendable {
    /// Main's present, which must have come to this position.
    case main(atLeast: Position)
    /// The branch as it was after so many of its transactions: its present, if it has written no more.
    case branch(String, transactions: Int)
  }
}

/// What a live database said.
public struct RecheckAnswer: Sendable {
  public let content: Content
  /// Of main: the snapshot had exactly the transactions up to here.
  public let position: Position?
  /// How long it took.
  public let milliseconds: Double

  public enum Content: Sendable {
    /// The columns' types as the server has them, and the rows in its text form.
    case rows([SQLType], [[String?]])
    case raised(SQLState)
    /// The question was not answered: no connection, no time, no permission.
    case unavailable(String)
  }

  public init(_ content: Content, at position: Position? = nil, milliseconds: Double = 0) {
    self.content = content
    self.position = position
    self.milliseconds = milliseconds
  }
}

/// How much may be asked of a live database.
public struct RecheckBudget: Sendable {
  /// How many questions, those that are the same counted once.
  public var questions: Int
  /// For how long, all of them together.
  public var milliseconds: Double

  public init(questions: Int = 100, milliseconds: Double = 10_000) {
    self.questions = questions
    self.milliseconds = milliseconds
  }
}

import Relations

/// Why an expression has no value: for one row, or, when it cannot be compiled, for all of them.
public enum Failure: Error, Hashable, Sendable {
  /// PostgreSQL raises this too: an error is an answer.
  case raised(SQLError)
  /// PostgreSQL has an answer and we do not compute it. Names what is missing; makes a read doubtful, never wrong.
  case unsupported(String)
}

extension Failure: CustomStringConvertible {
  public var description: String {
    switch self {
    case .raised(let error): error.description
    case .unsupported(let what): "not evaluated: \(what)"
    }
  }
}

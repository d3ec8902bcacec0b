/// Why there is no value: a text that did not become one, a row of an expression that has none. The two cases must not be
/// confused: the first is PostgreSQL's answer, the second is the absence of ours.
public enum Failure: Error, Hashable, Sendable {
  /// PostgreSQL raises this too: an error is an answer.
  case raised(SQLError)
  /// PostgreSQL may well have an answer; we do not compute it, and say so rather than guess. Names what is missing; makes a
  /// read doubtful, never wrong.
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

/// Why a text did not become a value. The two must not be confused: the first is PostgreSQL's answer, the second is the absence of ours.
public enum ParseFailure: Error, Hashable, Sendable {
  /// PostgreSQL refuses the text, with this error.
  case invalid(SQLError)
  /// PostgreSQL may accept the text; we do not read it, and say so rather than guess. The string names the text and the type.
  case unsupported(String)
}

extension ParseFailure: CustomStringConvertible {
  public var description: String {
    switch self {
    case .invalid(let error): error.description
    case .unsupported(let what): "unsupported: \(what)"
    }
  }
}

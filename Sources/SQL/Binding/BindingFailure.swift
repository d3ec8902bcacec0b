import Queries
import Relations

/// Why a text has no plan.
public enum BindingFailure: Error, Hashable, Sendable {
  /// PostgreSQL refuses the text too, with this SQLSTATE.
  case refused(SQLTextError)
  /// PostgreSQL would take it; we do not bind it yet. Names what is missing.
  case unsupported(String)
  /// PostgreSQL would take it, and nobody could decide it from rows alone, for this reason. Names what it is.
  case undecidable(DoubtReason, String)
}

extension BindingFailure: CustomStringConvertible {
  public var description: String {
    switch self {
    case .refused(let error): error.description
    case .unsupported(let what): "not bound: \(what)"
    case .undecidable(let reason, let what): "not bound: \(reason.rawValue): \(what)"
    }
  }
}

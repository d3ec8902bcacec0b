import Expressions
import Relations

extension Plan {
  /// What is put in order here by columns that are all shown, at least one of them by a collation that we do not have.
  ///
  /// Such an order says nothing that the rows do not say: rows that tie are equal in their keys, byte for byte, so two answers are the
  /// same list, up to ties, if they are the same rows.
  public var belowShownOrder: (plan: Plan, collation: Collating)? {
    guard case .sort(let input, let keys) = self else { return nil }
    var collation: Collating?
    for key in keys {
      switch key.expression {
      case .column: break
      case .collated(.column, let collating) where !collating.mayRaise && collating.rules == nil: collation = collation ?? collating
      default: return nil
      }
    }
    return collation.map { (input, $0) }
  }
}

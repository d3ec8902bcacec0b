import Expressions
import Queries
import Relations

/// Conditions in several alternatives: `(a = b AND x) OR (a = b AND y)`.
extension Expression {
  /// With what all alternatives ask for taken out: `a = b AND (x OR y)`. True, false and null for the same rows.
  var factored: Expression {
    switch self {
    case .and(let operands): return .and(operands.map(\.factored))
    case .or(let alternatives):
      let parts = alternatives.map(\.conjuncts)
      let shared = parts[0].filter { one in parts.allSatisfy { $0.contains(one) } }
      if shared.isEmpty { return self }
      let rest = parts.map { part in part.filter { !shared.contains($0) } }
      // An alternative that asks for nothing more: then only that matters, which all ask for.
      if rest.contains(where: \.isEmpty) { return shared.count == 1 ? shared[0] : .and(shared) }
      return .and(shared + [.or(rest.map { $0.count == 1 ? $0[0] : .and($0) })])
    default: return self
    }
  }

  /// What must be true of some columns alone for this to be; nil if that is nothing, or may raise.
  func implied(_ isOwn: (Expression) -> Bool, _ catalogue: Catalogue) -> Expression? {
    guard case .or(let alternatives) = self, !isOwn(self) else { return nil }
    var parts: [Expression] = []
    for alternative in alternatives {
      let own = alternative.conjuncts.filter { isOwn($0) && !$0.mayRaise(catalogue) }
      if own.isEmpty { return nil }
      parts.append(own.count == 1 ? own[0] : .and(own))
    }
    return .or(parts)
  }
}

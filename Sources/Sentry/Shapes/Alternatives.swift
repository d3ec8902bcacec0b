import Expressions

/// A condition with `OR` as several without, whose sums add up to what it sees.
///
///     region = $1 AND (customer = $2 OR total > $3)
///     = + region = $1 AND customer = $2
///       + region = $1 AND total > $3
///       − region = $1 AND customer = $2 AND total > $3
///
/// What satisfies both alternatives would be counted twice: cells and sums are linear, so that the last term takes it back exactly. That
/// holds for rows that raise in what all terms have in common: they are in all of them. An alternative itself may not raise.
struct Alternatives {
  struct Term {
    let condition: Expression
    /// 1 or -1.
    let sign: Int64
  }

  /// More than one, the first of each alternative alone before those that take back.
  let terms: [Term]

  private static var most: Int { 15 }

  /// nil if there is no `OR` that could be taken apart, or too many.
  init?(_ condition: Expression) {
    guard let terms = Self.expanded(condition), terms.count <= Self.most else { return nil }
    self.terms = terms
  }

  private static func expanded(_ condition: Expression) -> [Term]? {
    let conjuncts = condition.conjuncts
    guard let place = conjuncts.firstIndex(where: \.isChoice), case .or(let choices) = conjuncts[place] else { return nil }
    let rest = conjuncts[..<place] + conjuncts[(place + 1)...]
    var terms: [Term] = []
    // Each set of alternatives that may hold together, by size.
    let sets = (1..<1 << choices.count).sorted { ($0.nonzeroBitCount, $0) < ($1.nonzeroBitCount, $1) }
    for set in sets {
      let chosen = choices.indices.filter { set >> $0 & 1 == 1 }.flatMap { choices[$0].conjuncts }
      let sign: Int64 = chosen.isEmpty || set.nonzeroBitCount % 2 == 1 ? 1 : -1
      let term = Expression.and(Array(rest) + chosen)
      if let further = expanded(term) {
        terms += further.map { Term(condition: $0.condition, sign: $0.sign * sign) }
      } else {
        terms.append(Term(condition: term, sign: sign))
      }
      if terms.count > most { return terms }
    }
    return terms
  }
}

extension Expression {
  /// What must all be true.
  fileprivate var conjuncts: [Expression] {
    if case .and(let operands) = self { return operands.flatMap(\.conjuncts) }
    return [self]
  }

  /// An `OR` of few alternatives that compare columns with constants, none of which raises.
  fileprivate var isChoice: Bool {
    guard case .or(let choices) = self, 2...3 ~= choices.count, hasParameters, hasColumns, isTotal else { return false }
    return choices.allSatisfy { choice in
      choice.conjuncts.allSatisfy { $0.isChoice || Conjuncts($0).residual.isEmpty }
    }
  }
}

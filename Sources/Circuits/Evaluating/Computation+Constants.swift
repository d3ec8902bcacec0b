import Expressions
import Queries
import Relations

/// Evaluating where tables have indexes: rows that constants ask for are looked up, and what is joined with them.
///
///     SELECT o.total, c.name FROM orders o JOIN customers c ON c.id = o.customer_id WHERE o.id = 7
///
/// looks at two rows, however many there are. Nothing else may come of it than of a look at all of them: so it is not done where a row
/// that is passed by could raise.
extension Computation {
  /// The rows of a filtered table that constants ask for, and perhaps others; nil if there are no such constants.
  func foundByConstants(_ plan: Plan, in surroundings: Surroundings?) throws(Stop) -> Rows? {
    guard findsConstants, case .filter(let input, let condition) = plan, case .scan = input,
      let restriction = try constants(condition.conjuncts)
    else { return nil }
    return try candidates(of: input, in: surroundings, restriction)
  }

  /// An inner join that begins with the rows that constants ask for, if these are few.
  func foundByConstants(_ flat: JoinedInputs, in surroundings: Surroundings?) throws(Stop) -> Rows? {
    guard findsConstants, surroundings == nil, flat.inputs.allSatisfy({ $0.isBase }) else { return nil }
    var first: (place: Int, rows: Rows)?
    for (place, input) in flat.inputs.enumerated() where input.isFoundByConstants(catalogue) {
      let rows = try self.rows(of: input, in: nil, isNeeded: false)
      if first.map({ rows.count < $0.rows.count }) ?? true { first = (place, rows) }
    }
    guard let (place, rows) = first, isFew(rows.count, beside: flat.inputs) else { return nil }
    return try flat.rows(startingWith: place, rows, nil) { _ in self }
  }

  /// The same of a join that keeps all rows of its left side.
  func foundByConstants(_ join: Plan.Join, in surroundings: Surroundings?) throws(Stop) -> Rows? {
    guard findsConstants, surroundings == nil, join.kind == .left, !join.isLateral, join.left.isBase, join.right.isBase,
      join.left.isFoundByConstants(catalogue)
    else { return nil }
    let rows = try self.rows(of: join.left, in: nil, isNeeded: false)
    return isFew(rows.count, beside: [join.right]) ? try outerJoin(.left, join, rows, nil, nil) : nil
  }

  /// Whether rows are looked up for the rows around.
  func looksUp(_ plan: Plan, of surroundings: Surroundings) -> Bool {
    looksUp || (findsConstants && isFew(surroundings.count, beside: [plan]))
  }

  /// Many look-ups cost more than a look at everything.
  private func isFew(_ count: Int, beside inputs: [Plan]) -> Bool {
    count <= 16 || count * 8 <= inputs.flatMap(\.scans).reduce(0) { $0 + (snapshot.count(of: $1) ?? 0) }
  }

  /// What constants ask for; nil if none do.
  private func constants(_ conjuncts: [Expression]) throws(Stop) -> Restriction? {
    let equalities = conjuncts.compactMap { $0.constantEquality(catalogue) }
    if equalities.isEmpty { return nil }
    var columns: [Column] = []
    for equality in equalities {
      columns.append(try values(equality.constant, Rows(Batch([], count: 1)), nil, isNeeded: false))
    }
    return Restriction(equalities.map(\.column), Batch(columns, count: 1))
  }
}

extension Plan {
  fileprivate func isFoundByConstants(_ catalogue: Catalogue) -> Bool {
    switch self {
    case .filter(let input, let condition):
      if case .scan = input { return condition.conjuncts.contains { $0.constantEquality(catalogue) != nil } }
      return false
    case .project(let input, _): return input.isFoundByConstants(catalogue)
    default: return false
    }
  }

  /// Whether nothing raises but what is computed of rows that are looked at in any case: what shows, orders and gathers them.
  func raisesNothingUnseen(_ catalogue: Catalogue) -> Bool {
    switch self {
    case .project(let input, _), .sort(let input, _), .limit(let input, _), .aggregate(let input, _):
      return input.raisesNothingUnseen(catalogue)
    case .filter(let input, _):
      if case .aggregate = input { return input.raisesNothingUnseen(catalogue) }
      return !mayRaise(catalogue)
    default: return !mayRaise(catalogue)
    }
  }
}

extension Expression {
  /// A column that equals something constant.
  fileprivate func constantEquality(_ catalogue: Catalogue) -> (column: Expression, constant: Expression)? {
    guard case .call(let call) = self, call.arguments.count == 2, catalogue.isClassEquality(call.function) else { return nil }
    let (a, b) = (call.arguments[0], call.arguments[1])
    func isConstant(_ e: Expression) -> Bool { e.columns.isEmpty && !e.isDependent }
    if a.keyColumn != nil, isConstant(b) { return (a, b) }
    return b.keyColumn != nil && isConstant(a) ? (b, a) : nil
  }
}

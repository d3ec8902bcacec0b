import Expressions
import Queries
import Relations

/// Conditions moved down to where their columns come from, as PostgreSQL's planner moves them: tables become small before they are
/// joined, and what may raise is asked of all the rows of which the planner may ask it.
extension Plan {
  func pushed(_ catalogue: Catalogue) -> Plan { pushing([], catalogue) }

  /// - Parameter conditions: over the columns of this plan; the result has only rows for which they are true.
  private func pushing(_ conditions: [Expression], _ catalogue: Catalogue) -> Plan {
    switch self {
    case .filter(let input, let condition): return input.pushing(conditions + condition.conjuncts, catalogue)
    case .join(let join): return join.pushing(conditions, catalogue)
    case .project(let input, let expressions):
      let (passed, kept) = conditions.divided { $0.columns.allSatisfy { expressions[$0].isColumn } }
      let below = passed.map { $0.replacingColumns { place, _ in expressions[place] } }
      return Plan.project(input.pushing(below, catalogue), expressions).filtered(by: kept)
    case .apply(let apply):
      let width = apply.input.types.count
      // What a subquery raises, it may raise for rows that another condition would have dropped.
      let isKept = apply.input.isBase && apply.mayRaise(catalogue)
      let (passed, kept) = isKept ? ([], conditions) : conditions.divided { $0.columns.allSatisfy { $0 < width } }
      let below = apply.input.pushing(passed, catalogue)
      return Plan.apply(.init(below, apply.subquery.pushed(catalogue), apply.kind)).filtered(by: kept)
    case .sort(let input, let keys): return .sort(input.pushing(conditions, catalogue), keys)
    case .oneRow, .scan, .values, .rows, .working: return filtered(by: conditions)
    case .aggregate(let input, let aggregation):
      return Plan.aggregate(input.pushed(catalogue), aggregation).filtered(by: conditions)
    case .window(let input, let calls): return Plan.window(input.pushed(catalogue), calls).filtered(by: conditions)
    case .distinct(let input): return Plan.distinct(input.pushed(catalogue)).filtered(by: conditions)
    case .distinctOn(let input, let keys): return Plan.distinctOn(input.pushed(catalogue), keys).filtered(by: conditions)
    case .limit(let input, let limit): return Plan.limit(input.pushed(catalogue), limit).filtered(by: conditions)
    case .combine(let operation):
      let (left, right) = (operation.left.pushed(catalogue), operation.right.pushed(catalogue))
      return Plan.combine(.init(operation.kind, all: operation.isAll, left, right)).filtered(by: conditions)
    case .recursive(let recursion):
      let (initial, step) = (recursion.initial.pushed(catalogue), recursion.step.pushed(catalogue))
      return Plan.recursive(.init(initial, step: step, all: recursion.isAll)).filtered(by: conditions)
    }
  }

  func filtered(by conditions: [Expression]) -> Plan {
    conditions.isEmpty ? self : .filter(self, conditions.count == 1 ? conditions[0] : .and(conditions))
  }

  /// Whether its rows are those of one table.
  var isBase: Bool {
    switch self {
    case .scan, .oneRow, .values, .working, .rows: true
    case .filter(let input, _): input.isBase
    case .project(let input, let expressions): input.isBase && expressions.allSatisfy(\.isColumn)
    default: false
    }
  }
}

extension Plan.Join {
  fileprivate func pushing(_ conditions: [Expression], _ catalogue: Catalogue) -> Plan {
    let width = left.types.count
    func isLeft(_ condition: Expression) -> Bool { !condition.columns.isEmpty && condition.columns.allSatisfy { $0 < width } }
    // In a dependent plan, what is outside of this one is one level further away.
    func isRight(_ condition: Expression) -> Bool {
      !condition.columns.isEmpty && condition.columns.allSatisfy { $0 >= width } && !(isLateral && condition.isDependent)
    }
    func shifted(_ condition: Expression) -> Expression { condition.replacingColumns { .column($0 - width, $1) } }
    var (above, on) = (conditions, condition.conjuncts)
    var (toLeft, toRight): ([Expression], [Expression]) = ([], [])
    if kind == .inner { (on, above) = (on + above, []) }
    if kind == .inner || kind == .left {
      let parts = (kind == .inner ? on : above).divided(isLeft)
      toLeft = parts.0
      if kind == .inner { on = parts.1 } else { above = parts.1 }
      let right = on.divided(isRight)
      (toRight, on) = (right.0.map(shifted), right.1)
    } else if kind == .right {
      let parts = above.divided(isRight)
      (toRight, above) = (parts.0.map(shifted), parts.1)
      (toLeft, on) = on.divided(isLeft)
    }
    let condition = on.count == 1 ? on[0] : on.isEmpty ? .constant(.bool(true), .bool) : Expression.and(on)
    let join = Plan.Join(
      kind, Plan.pushing(left, toLeft, catalogue), Plan.pushing(right, toRight, catalogue), on: condition, isLateral: isLateral)
    return Plan.join(join).filtered(by: above)
  }
}

extension Plan {
  fileprivate static func pushing(_ plan: Plan, _ conditions: [Expression], _ catalogue: Catalogue) -> Plan {
    plan.pushing(conditions, catalogue)
  }
}

extension Expression {
  var isColumn: Bool { if case .column = self { true } else { false } }
}

extension [Expression] {
  fileprivate func divided(_ isFirst: (Expression) -> Bool) -> ([Expression], [Expression]) {
    (filter(isFirst), filter { !isFirst($0) })
  }
}

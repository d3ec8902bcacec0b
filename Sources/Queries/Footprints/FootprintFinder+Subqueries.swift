import Expressions
import Relations

/// Conditions beside subqueries, and what they say inside of them.
extension FootprintFinder {
  mutating func visit(_ apply: Plan.Apply, _ demand: Demand) {
    let width = apply.input.types.count
    let isRisky = apply.mayRaise(catalogue)
    let input = demandOfInput(apply, demand, isRisky: isRisky)
    var known = apply.input.knowledge
    if !isRisky {
      for bound in input.bounds { known.add(bound.condition) }
    } else if !demand.bounds.isEmpty || !demand.risks.isEmpty || demand.isDelayed {
      // The planner may ask the subquery for rows of which nothing is known yet, and an error in it would be seen.
      known = Knowledge()
    }
    var (below, subquery) = (input, Demand())
    switch apply.kind {
    case .exists: break
    case .scalar, .array: subquery.used = [0]
    case .any(let comparison), .all(let comparison):
      subquery.used = Set(comparison.columns.filter { $0 >= width }.map { $0 - width })
    }
    if case .any(let comparison) = apply.kind {
      // It may become a join, and what it selects part of the join's condition.
      subquery.isDelayed = true
      subquery.addRisks(of: comparison, over: .apply(apply), isForeign: { $0 < width }) { $0.shiftingColumns(by: -width) }
      let isNeeded = demand.bounds.contains { $0.condition == .column(width, .bool) }
      if !isRisky { imply(comparison, apply, known, isNeeded: isNeeded, &below, &subquery) }
    }
    visit(apply.input, below)
    around.insert(known.closed, at: 0)
    if case .exists = apply.kind { visit(apply.subquery.withoutTargets, subquery) } else { visit(apply.subquery, subquery) }
    around.removeFirst()
  }

  private func demandOfInput(_ apply: Plan.Apply, _ demand: Demand, isRisky: Bool) -> Demand {
    let (plan, width) = (Plan.apply(apply), apply.input.types.count)
    var input = Demand(below: demand)
    input.used = demand.used.filter { $0 < width }.union(
      Planted.bug("what a subquery looks at is not used") ? [] : apply.subquery.outerColumns(level: 1))
    switch apply.kind {
    case .any(let comparison), .all(let comparison): input.used.formUnion(comparison.columns.filter { $0 < width })
    case .scalar, .exists, .array: break
    }
    func names(_ expression: Expression) -> Bool { expression.columns.contains(width) }
    for bound in demand.bounds {
      if names(bound.condition) {
        if bound.isExact { input.used.formUnion(bound.condition.columns.filter { $0 < width }) }
        input.addRisks(of: bound.condition, over: plan, isForeign: { $0 == width })
        // What it raises because of the subquery's answer depends on the row too.
        if isRisky || bound.condition.mayRaise(over: plan, catalogue) && bound.condition.mayRaise(naming: width, over: plan) {
          input.isVoid = true
        }
        if let weaker = bound.condition.weakened({ !$0.hasOuter && !names($0) }) { input.add([weaker]) }
      } else if isRisky && !Planted.bug("a subquery is asked last") {
        // The subquery may be asked first, and whether it raises depends on the row.
        input.drop(bound)
      } else {
        input.bounds.append(bound)
      }
    }
    for risk in demand.risks {
      input.addRisks(of: risk, over: plan, isForeign: { $0 == width })
      if names(risk) { input.isVoid = true }
    }
    if isRisky && demand.isDelayed { input.isVoid = true }
    return input
  }

  /// `x IN (…)` that has to be true pairs rows as a join does. Whatever becomes of it, members that are certainly not equal are as good
  /// as none.
  private func imply(
    _ comparison: Expression, _ apply: Plan.Apply, _ known: Knowledge, isNeeded: Bool, _ input: inout Demand,
    _ subquery: inout Demand
  ) {
    let width = apply.input.types.count
    var pairs = known
    if isNeeded { pairs.add(apply.subquery.knowledge, shiftedBy: width) }
    for conjunct in comparison.conjuncts where !conjunct.hasOuter { pairs.add(conjunct) }
    for condition in pairs.implied {
      if !isNeeded {
        if Planted.bug("NOT IN looks at what IN looks at") { subquery.add([condition.shiftingColumns(by: -width)]) }
        guard condition.columns.allSatisfy({ $0 >= width }), condition.isNeverTrue(whenNull: { _ in true }) else { continue }
        subquery.add([.isTruth(condition.shiftingColumns(by: -width), .false, negated: true)])
        continue
      }
      if condition.columns.allSatisfy({ $0 < width }) {
        input.add([condition])
      } else {
        subquery.add([condition.shiftingColumns(by: -width)])
      }
    }
  }
}

extension Expression {
  /// Whether a part of it that names a column may raise.
  fileprivate func mayRaise(naming column: Int, over plan: Plan) -> Bool {
    guard columns.contains(column) else { return false }
    if isRisky(.builtIn, { plan.isBounded($0, .builtIn) }) { return true }
    return children.contains { $0.mayRaise(naming: column, over: plan) }
  }
}

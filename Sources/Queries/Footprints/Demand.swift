import Expressions
import Relations

/// What those above an operator make of its rows.
struct Demand {
  /// True, all of them, of every row that matters.
  var bounds: [Bound] = []
  /// What may be computed of a row whether the bounds are true of it or not, and may raise then.
  var risks: [Expression] = []
  /// The columns whose values matter, other than through the bounds.
  var used: Set<Int> = []
  /// Whether something that may raise looks at these rows beside others, before their conditions or after: then none of them is kept.
  var isVoid = false
  /// Whether what is computed here may be computed before conditions that rows meet further up: below the side of an outer join that
  /// nulls may stand for.
  var isDelayed = false

  init(used: Set<Int> = []) { self.used = used }

  /// For an operator below, of which nothing but the order of evaluation is known yet.
  init(below demand: Demand) {
    isVoid = demand.isVoid
    isDelayed = demand.isDelayed
  }
}

/// A condition over an operator's columns.
struct Bound: Hashable {
  let condition: Expression
  /// Whether its columns matter only because of it: who does not hand it on has to count them as used.
  let isExact: Bool
  /// Whether it stands in the same `SELECT` as the operator, so that rows are certainly tested by it where their table is read.
  let isNear: Bool

  /// What follows from other conditions, which stay with whom they concern.
  static func implied(_ condition: Expression) -> Bound { Bound(condition: condition, isExact: false, isNear: false) }
  static func written(_ condition: Expression) -> Bound { Bound(condition: condition, isExact: true, isNear: true) }

  func replacing(_ condition: Expression) -> Bound { Bound(condition: condition, isExact: isExact, isNear: isNear) }
}

extension Demand {
  /// A bound that goes no further.
  mutating func drop(_ bound: Bound) { if bound.isExact { used.formUnion(bound.condition.columns) } }

  /// What can be asked of a row: a condition by a collation that we do not have bounds nothing. Where it may raise, rows that every other
  /// condition leaves out may be errors because of it.
  var withoutForeignCollations: Demand {
    var demand = self
    let foreign = bounds.filter { $0.condition.foreignCollation != nil }
    demand.isVoid =
      isVoid || risks.contains { $0.foreignCollation != nil } || foreign.contains { $0.condition.mayRaise(.builtIn) }
    if demand.isVoid || foreign.isEmpty { return demand }
    demand.bounds.removeAll { $0.condition.foreignCollation != nil }
    for bound in foreign {
      if !Planted.bug("a column of a condition that bounds nothing is not used") { demand.drop(bound) }
      if let weaker = bound.condition.weakened({ $0.foreignCollation == nil }) { demand.add([weaker]) }
    }
    return demand
  }

  mutating func add(_ implied: [Expression]) {
    for condition in implied where !bounds.contains(where: { $0.condition == condition }) { bounds.append(.implied(condition)) }
  }

  /// What of an expression may raise, as far as it is about these columns.
  ///
  /// - Parameters:
  ///   - isForeign: which columns are another operator's; what is outside of a dependent plan is foreign anyway.
  ///   - own: the expression's column as one of these.
  mutating func addRisks(
    of expression: Expression, over plan: Plan, isForeign: (Int) -> Bool = { _ in false },
    own: (Expression) -> Expression = { $0 }
  ) {
    let pieces = RiskyPieces(of: expression, over: plan, isForeign: isForeign)
    risks += pieces.own.map(own)
    isVoid = isVoid || pieces.isMixed
  }
}

/// The parts of an expression that may raise.
struct RiskyPieces {
  /// About own columns alone, each as large as possible.
  private(set) var own: [Expression] = []
  /// Whether there is one about own and foreign columns.
  private(set) var isMixed = false

  init(of expression: Expression, over plan: Plan, isForeign: (Int) -> Bool) { collect(expression, plan, isForeign) }

  private mutating func collect(_ expression: Expression, _ plan: Plan, _ isForeign: (Int) -> Bool) {
    guard expression.mayRaise(over: plan, .builtIn) || expression.hasOuter else { return }
    let columns = expression.columns
    guard columns.contains(where: { !isForeign($0) }) else { return }
    if !expression.hasOuter, !columns.contains(where: isForeign) {
      if expression.mayRaise(over: plan, .builtIn) { own.append(expression) }
      return
    }
    if expression.isRisky(.builtIn, { plan.isBounded($0, .builtIn) }) { isMixed = true }
    for child in expression.children { collect(child, plan, isForeign) }
  }
}

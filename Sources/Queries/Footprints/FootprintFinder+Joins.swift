import Expressions
import Relations

/// Conditions on their way through joins.
extension FootprintFinder {
  mutating func visit(_ join: Plan.Join, _ demand: Demand) {
    var sides = JoinSides(join, demand)
    var on = Demand()
    for conjunct in join.condition.conjuncts { take(.written(conjunct), of: .join(join), into: &on) }
    sides.use(on.used)
    for risk in on.risks + demand.risks { sides.addRisks(of: risk) }
    sides.isVoid = sides.isVoid || on.isVoid

    let kind = join.kind(without: demand.bounds)
    let (left, right) = (
      kind == .inner || kind == .left || Planted.bug("a right join keeps what is asked of its left side"),
      kind == .inner || kind == .right
    )
    for bound in on.bounds { sides.hand(bound, toLeft: right, toRight: left) }
    for bound in demand.bounds { sides.hand(bound, toLeft: left, toRight: right, isOfAll: true) }
    if kind == .full { sides.handMerged(demand.bounds, on.bounds) }
    let known = sides.imply(kind, demand.bounds, on.bounds)

    if join.isLateral {
      sides.prepareLateral()
      around.insert(join.right.mayRaise(catalogue) ? Knowledge() : known.closed, at: 0)
    }
    visit(join.left, sides.left)
    // What is known of the left row is no news to the left side itself.
    visit(join.right, sides.right)
    if join.isLateral { around.removeFirst() }
  }
}

extension Plan.Join {
  /// The kind of join that it is where rows are dropped that do not satisfy some conditions: an outer join whose nulls they all drop is
  /// none.
  fileprivate func kind(without bounds: [Bound]) -> Kind {
    if kind == .inner { return kind }
    let width = left.types.count
    func drops(_ isNull: (Int) -> Bool) -> Bool { bounds.contains { $0.condition.isNeverTrue(whenNull: isNull) } }
    let dropsLeftNulls = kind != .left && drops { $0 < width }
    let dropsRightNulls = kind != .right && drops { $0 >= width }
    switch kind {
    case .inner: return .inner
    case .left: return dropsRightNulls ? .inner : .left
    case .right: return dropsLeftNulls ? .inner : .right
    case .full where Planted.bug("a full join is none as soon as something is asked"): return bounds.isEmpty ? .full : .inner
    case .full: return dropsLeftNulls ? (dropsRightNulls ? .inner : .left) : dropsRightNulls ? .right : .full
    }
  }
}

/// What is demanded of both sides of a join.
private struct JoinSides {
  let join: Plan.Join
  let plan: Plan
  let width: Int
  var left: Demand
  var right: Demand

  init(_ join: Plan.Join, _ demand: Demand) {
    self.join = join
    plan = .join(join)
    width = join.left.types.count
    (left, right) = (Demand(below: demand), Demand(below: demand))
    // Seen as it is written: that an outer join is none is found out later, by PostgreSQL too.
    if join.kind == .right || join.kind == .full { left.isDelayed = true }
    if join.kind == .left || join.kind == .full || join.isLateral { right.isDelayed = true }
    use(demand.used)
  }

  var isVoid: Bool {
    get { left.isVoid || right.isVoid }
    set {
      left.isVoid = newValue
      right.isVoid = newValue
    }
  }

  private func isLeft(_ place: Int) -> Bool { place < width }
  private func shifted(_ expression: Expression) -> Expression { expression.shiftingColumns(by: -width) }

  mutating func use(_ columns: Set<Int>) {
    for column in columns {
      if column < width { left.used.insert(column) } else { right.used.insert(column - width) }
    }
  }

  mutating func addRisks(of expression: Expression) {
    left.addRisks(of: expression, over: plan, isForeign: { $0 >= width })
    right.addRisks(of: expression, over: plan, isForeign: { $0 < width }, own: shifted)
    if left.isVoid || right.isVoid { isVoid = true }
  }

  /// - Parameter isOfAll: whether every row of the join has to satisfy it, and not only pairs.
  mutating func hand(_ bound: Bound, toLeft: Bool, toRight: Bool, isOfAll: Bool = false) {
    let columns = bound.condition.columns
    if columns.isEmpty {
      if toLeft || isOfAll { left.bounds.append(bound) }
      if toRight || isOfAll { right.bounds.append(bound) }
    } else if toLeft, columns.allSatisfy(isLeft) {
      left.bounds.append(bound)
    } else if toRight, !columns.contains(where: isLeft) {
      right.bounds.append(bound.replacing(shifted(bound.condition)))
    } else {
      if bound.isExact { use(columns) }
      addRisks(of: bound.condition)
      if toLeft, let weaker = bound.condition.weakened({ !$0.hasOuter && $0.columns.allSatisfy(isLeft) }) { left.add([weaker]) }
      if toRight, let weaker = bound.condition.weakened({ !$0.hasOuter && !$0.columns.contains(where: isLeft) }) {
        right.add([shifted(weaker)])
      }
    }
  }

  /// What equalities carry from side to side.
  ///
  /// - Returns: what is known of the left rows that matter.
  mutating func imply(_ kind: Plan.Join.Kind, _ above: [Bound], _ on: [Bound]) -> Knowledge {
    var known = Knowledge()
    var ofLeft = join.left.knowledge
    for bound in left.bounds { ofLeft.add(bound.condition) }
    if kind == .full { return ofLeft }
    // An outer join's preserved side is bounded by nothing that pairs satisfy.
    known.add(join.left.knowledge)
    known.add(join.right.knowledge, shiftedBy: width)
    for bound in on { known.add(bound.condition) }
    for bound in above {
      let columns = bound.condition.columns
      switch kind {
      case .inner: known.add(bound.condition)
      case .left: if columns.allSatisfy(isLeft) { known.add(bound.condition) }
      case .right: if !columns.contains(where: isLeft) { known.add(bound.condition) }
      case .full: break
      }
    }
    for condition in known.implied {
      if condition.columns.allSatisfy(isLeft) {
        if kind != .left || Planted.bug("a left join's left side is bounded by pairs") { left.add([condition]) }
      } else if kind != .right {
        right.add([shifted(condition)])
      }
    }
    return ofLeft
  }

  /// `FULL JOIN … USING (k)` shows `coalesce(a.k, b.k)`: what is asked of that is asked of either side's own.
  mutating func handMerged(_ above: [Bound], _ on: [Bound]) {
    for equality in on {
      guard case .call(let call) = equality.condition, Catalogue.builtIn.equates(call.function), call.arguments.count == 2,
        call.arguments.allSatisfy(\.isBareColumn)
      else { continue }
      for bound in above {
        let onLeft = bound.condition.replacingMerged(equality.condition.columns, isOwn: isLeft)
        let onRight = bound.condition.replacingMerged(equality.condition.columns, isOwn: { !isLeft($0) })
        guard !onLeft.columns.isEmpty, onLeft.columns.allSatisfy(isLeft), !onRight.columns.contains(where: isLeft),
          onLeft.isInvariant, onRight.isInvariant, onLeft.isNeverTrue(whenNull: { _ in true })
        else { continue }
        left.add([onLeft])
        right.add([shifted(onRight)])
      }
    }
  }

  /// The right side is evaluated for rows of the left one, and what it raises it may raise for rows that a condition drops which is not
  /// asked where they are read.
  mutating func prepareLateral() {
    if !Planted.bug("what a lateral side looks at is not used") { left.used.formUnion(join.right.outerColumns(level: 1)) }
    guard join.right.mayRaise(.builtIn) else { return }
    let bounds = left.bounds
    left.bounds = bounds.filter { $0.isNear && $0.isExact }
    for bound in bounds where !bound.isNear { left.drop(bound) }
    if join.right.mayRaise(lookingAt: 1) { left.isVoid = true }
  }
}

extension Expression {
  /// With one side's own column where the columns of both are merged.
  fileprivate func replacingMerged(_ merged: Set<Int>, isOwn: (Int) -> Bool) -> Expression {
    if case .coalesce(let operands, _) = self, operands.count == 2, columns == merged,
      operands.allSatisfy({ $0.isBareColumn || $0.widened != nil }),
      let own = operands.first(where: { $0.columns.allSatisfy(isOwn) })
    {
      return own
    }
    return mappingChildren { $0.replacingMerged(merged, isOwn: isOwn) }
  }
}

// MARK: - Rows around

extension Plan {
  /// The columns of a row around that the plan names.
  ///
  /// - Parameter level: how many rows outward, 1 for the nearest.
  func outerColumns(level: Int) -> Set<Int> {
    var found: Set<Int> = []
    for expression in ownExpressions { expression.forEachOuter { if $0 == level { found.insert($1) } } }
    for (place, input) in inputs.enumerated() {
      found.formUnion(input.outerColumns(level: level + (isDependent(place) ? 1 : 0)))
    }
    return found
  }

  /// Whether a condition or a column in it may raise because of a row around. What a function in `FROM` is given is computed after that
  /// row was read.
  func mayRaise(lookingAt level: Int) -> Bool {
    if case .rows = self { return false }
    let own = ownExpressions.contains { $0.mayRaise(lookingAt: level) { isBoundedBelow($0, .builtIn) } }
    return own || inputs.enumerated().contains { $1.mayRaise(lookingAt: level + (isDependent($0) ? 1 : 0)) }
  }
}

extension Expression {
  fileprivate func mayRaise(lookingAt level: Int, _ isBounded: (Int) -> Bool) -> Bool {
    if isRisky(.builtIn, isBounded), names(outer: level) { return true }
    return children.contains { $0.mayRaise(lookingAt: level, isBounded) }
  }

  private func names(outer level: Int) -> Bool {
    if case .outer(level, _, _) = self { return true }
    return children.contains { $0.names(outer: level) }
  }
}

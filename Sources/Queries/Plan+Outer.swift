import Expressions
import Relations

/// What a dependent plan reads of the rows around it.
extension Plan {
  /// The plan with what it reads of the rows around it replaced.
  ///
  /// - Parameter replace: told how many rows outward (1: the nearest) and which column; answers with an expression as it would stand at
  ///   the top of this plan.
  public func mappingOuter<E>(_ replace: (_ level: Int, _ column: Int, SQLType) throws(E) -> Expression) throws(E) -> Plan {
    try mapping { (expression, depth) throws(E) in try expression.mappingOuter(beyond: depth, replace) }
  }

  /// How many rows outward it reads: 1 for the nearest.
  public var outerLevels: Set<Int> {
    var levels: Set<Int> = []
    _ = mapping { expression, depth in
      expression.forEachOuter { level, _ in if level > depth { levels.insert(level - depth) } }
      return expression
    }
    return levels
  }

  /// The same plan for a place that is further in, or further out.
  public func shiftingOuter(by distance: Int) -> Plan {
    distance == 0 ? self : mappingOuter { .outer(level: $0 + distance, $1, $2) }
  }

  /// The same plan for a place with more recursions around it.
  public func shiftingWorking(by distance: Int) -> Plan { distance == 0 ? self : shiftingWorking(by: distance, beyond: 0) }

  private func shiftingWorking(by distance: Int, beyond depth: Int) -> Plan {
    switch self {
    case .working(let level, let types): return level > depth ? .working(level: level + distance, types) : self
    case .recursive(let recursion):
      return .recursive(
        Recursion(
          recursion.initial.shiftingWorking(by: distance, beyond: depth),
          step: recursion.step.shiftingWorking(by: distance, beyond: depth + 1), all: recursion.isAll))
    default: return replacingInputs { $0.shiftingWorking(by: distance, beyond: depth) }
    }
  }

  /// How many operators it consists of.
  public var operatorCount: Int { inputs.reduce(1) { $0 + $1.operatorCount } }
}

extension Plan {
  /// The same operator over other inputs, which have the same columns.
  public func replacingInputs(_ replace: (Plan) -> Plan) -> Plan {
    switch self {
    case .oneRow, .scan, .values, .rows, .working: return self
    case .filter(let input, let condition): return .filter(replace(input), condition)
    case .project(let input, let expressions): return .project(replace(input), expressions)
    case .join(let join):
      return .join(Join(join.kind, replace(join.left), replace(join.right), on: join.condition, isLateral: join.isLateral))
    case .apply(let apply): return .apply(Apply(replace(apply.input), replace(apply.subquery), apply.kind))
    case .aggregate(let input, let aggregation): return .aggregate(replace(input), aggregation)
    case .window(let input, let calls): return .window(replace(input), calls)
    case .distinct(let input): return .distinct(replace(input))
    case .distinctOn(let input, let keys): return .distinctOn(replace(input), keys)
    case .sort(let input, let keys): return .sort(replace(input), keys)
    case .limit(let input, let limit): return .limit(replace(input), limit)
    case .combine(let operation):
      return .combine(SetOperation(operation.kind, all: operation.isAll, replace(operation.left), replace(operation.right)))
    case .recursive(let recursion):
      return .recursive(Recursion(replace(recursion.initial), step: replace(recursion.step), all: recursion.isAll))
    }
  }
}

extension Expression {
  /// What it reads of rows further outward than `depth`, replaced. The replacements are written as at depth 0.
  public func mappingOuter<E>(
    beyond depth: Int = 0, _ replace: (_ level: Int, _ column: Int, SQLType) throws(E) -> Expression
  ) throws(E) -> Expression {
    if case .outer(let level, let column, let type) = self {
      return level > depth ? try replace(level - depth, column, type).shiftingOuter(by: depth) : self
    }
    return try rewritingChildren { (child) throws(E) in try child.mappingOuter(beyond: depth, replace) }
  }

  /// The same expression for a place that is further in, or further out.
  public func shiftingOuter(by distance: Int) -> Expression {
    if distance == 0 { return self }
    if case .outer(let level, let column, let type) = self { return .outer(level: level + distance, column, type) }
    return mappingChildren { $0.shiftingOuter(by: distance) }
  }

  func forEachOuter(_ body: (_ level: Int, _ column: Int) -> Void) {
    if case .outer(let level, let column, _) = self { return body(level, column) }
    for child in children { child.forEachOuter(body) }
  }
}

import Expressions
import Relations

/// A plan's expressions, from the bottom up and from left to right: the order in which constants are numbered.
extension Plan {
  /// The plan with each of its expressions replaced. A replacement has the type of what it stands for.
  public func mapping<E>(_ replace: (Expression) throws(E) -> Expression) throws(E) -> Plan {
    try mapping { (expression, _) throws(E) in try replace(expression) }
  }

  /// The plan with each of its expressions replaced, which are told how many dependent plans they are inside of: an `outer` of a
  /// higher level reaches out of this plan.
  public func mapping<E>(_ replace: (Expression, _ depth: Int) throws(E) -> Expression) throws(E) -> Plan {
    try mapping(depth: 0, replace)
  }

  private func mapping<E>(depth: Int, _ replaceAt: (Expression, Int) throws(E) -> Expression) throws(E) -> Plan {
    func replace(_ expression: Expression) throws(E) -> Expression { try replaceAt(expression, depth) }
    func below(_ plan: Plan) throws(E) -> Plan { try plan.mapping(depth: depth, replaceAt) }
    func dependent(_ plan: Plan) throws(E) -> Plan { try plan.mapping(depth: depth + 1, replaceAt) }
    switch self {
    case .oneRow, .scan, .working: return self
    case .values(let rows, let types):
      var replaced: [[Expression]] = []
      for row in rows { replaced.append(try row.replacing(replace)) }
      return .values(replaced, types)
    case .rows(let functions):
      var calls: [Expression.Call] = []
      for call in functions.calls { calls.append(try call.mapping(replace)) }
      return .rows(TableFunctions(calls, types: functions.types, isNumbered: functions.isNumbered))
    case .filter(let input, let condition): return .filter(try below(input), try replace(condition))
    case .project(let input, let expressions): return .project(try below(input), try expressions.replacing(replace))
    case .join(let join):
      let left = try below(join.left)
      let right = join.isLateral ? try dependent(join.right) : try below(join.right)
      return .join(Join(join.kind, left, right, on: try replace(join.condition), isLateral: join.isLateral))
    case .apply(let apply):
      let (input, subquery) = (try below(apply.input), try dependent(apply.subquery))
      return .apply(Apply(input, subquery, try apply.kind.mapping(replace)))
    case .aggregate(let input, let aggregation): return .aggregate(try below(input), try aggregation.mapping(replace))
    case .window(let input, let calls):
      let below = try below(input)
      var replaced: [WindowCall] = []
      for call in calls { replaced.append(try call.mapping(replace)) }
      return .window(below, replaced)
    case .distinct(let input): return .distinct(try below(input))
    case .distinctOn(let input, let keys): return .distinctOn(try below(input), try keys.replacing(replace))
    case .sort(let input, let keys): return .sort(try below(input), try keys.replacing(replace))
    case .limit(let input, let limit): return .limit(try below(input), try limit.mapping(replace))
    case .combine(let operation):
      let (left, right) = (try below(operation.left), try below(operation.right))
      return .combine(SetOperation(operation.kind, all: operation.isAll, left, right))
    case .recursive(let recursion):
      let (initial, step) = (try below(recursion.initial), try below(recursion.step))
      return .recursive(Recursion(initial, step: step, all: recursion.isAll))
    }
  }

  /// Every expression of the plan, in that order.
  public var expressions: [Expression] {
    var all: [Expression] = []
    _ = mapping { expression in
      all.append(expression)
      return expression
    }
    return all
  }
}

// MARK: - Parts

extension [Expression] {
  fileprivate func replacing<E>(_ replace: (Expression) throws(E) -> Expression) throws(E) -> [Expression] {
    var replaced: [Expression] = []
    for expression in self { replaced.append(try replace(expression)) }
    return replaced
  }
}

extension [Plan.SortKey] {
  fileprivate func replacing<E>(_ replace: (Expression) throws(E) -> Expression) throws(E) -> [Plan.SortKey] {
    var replaced: [Plan.SortKey] = []
    for key in self { replaced.append(Plan.SortKey(try replace(key.expression), key.order)) }
    return replaced
  }
}

extension Expression? {
  fileprivate func replacing<E>(_ replace: (Expression) throws(E) -> Expression) throws(E) -> Expression? {
    guard let expression = self else { return nil }
    return try replace(expression)
  }
}

extension Expression.Call {
  fileprivate func mapping<E>(_ replace: (Expression) throws(E) -> Expression) throws(E) -> Expression.Call {
    Expression.Call(function: function, arguments: try arguments.replacing(replace), type: type, spelling: spelling)
  }
}

extension Plan.Apply.Kind {
  fileprivate func mapping<E>(_ replace: (Expression) throws(E) -> Expression) throws(E) -> Plan.Apply.Kind {
    switch self {
    case .scalar, .exists, .array: self
    case .any(let comparison): .any(try replace(comparison))
    case .all(let comparison): .all(try replace(comparison))
    }
  }
}

extension Plan.Aggregation {
  fileprivate func mapping<E>(_ replace: (Expression) throws(E) -> Expression) throws(E) -> Plan.Aggregation {
    let keys = try keys.replacing(replace)
    var replaced: [Plan.AggregateCall] = []
    for call in calls { replaced.append(try call.mapping(replace)) }
    return Plan.Aggregation(keys: keys, sets: sets, calls: replaced, groupings: groupings)
  }
}

extension Plan.AggregateCall {
  fileprivate func mapping<E>(_ replace: (Expression) throws(E) -> Expression) throws(E) -> Plan.AggregateCall {
    Plan.AggregateCall(
      function: function, arguments: try arguments.replacing(replace), isDistinct: isDistinct,
      filter: try filter.replacing(replace),
      order: try order.replacing(replace), type: type)
  }
}

extension Plan.WindowCall {
  fileprivate func mapping<E>(_ replace: (Expression) throws(E) -> Expression) throws(E) -> Plan.WindowCall {
    Plan.WindowCall(
      function: function, arguments: try arguments.replacing(replace), filter: try filter.replacing(replace),
      partition: try partition.replacing(replace), order: try order.replacing(replace),
      frame: Plan.Frame(
        frame.mode, try frame.start.mapping(replace), try frame.end.mapping(replace), excluding: frame.exclusion),
      type: type)
  }
}

extension Plan.Frame.Bound {
  fileprivate func mapping<E>(_ replace: (Expression) throws(E) -> Expression) throws(E) -> Plan.Frame.Bound {
    switch self {
    case .unboundedPreceding, .currentRow, .unboundedFollowing: self
    case .preceding(let distance): .preceding(try replace(distance))
    case .following(let distance): .following(try replace(distance))
    }
  }
}

extension Plan.Limit {
  fileprivate func mapping<E>(_ replace: (Expression) throws(E) -> Expression) throws(E) -> Plan.Limit {
    Plan.Limit(count: try count.replacing(replace), offset: try offset.replacing(replace), ties: try ties?.replacing(replace))
  }
}

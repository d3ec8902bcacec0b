import Expressions
import Relations

extension Plan.Apply {
  /// Whether asking the subquery, or comparing with what it gives, may raise.
  public func mayRaise(_ catalogue: Catalogue) -> Bool {
    switch kind {
    case .scalar: return !subquery.hasAtMostOneRow || subquery.mayRaise(catalogue)
    case .exists: return subquery.withoutTargets.mayRaise(catalogue)
    case .array: return subquery.mayRaise(catalogue)
    case .any(let comparison), .all(let comparison): return comparison.mayRaise(catalogue) || subquery.mayRaise(catalogue)
    }
  }
}

extension Plan {
  /// Whether anything in it may raise.
  public func mayRaise(_ catalogue: Catalogue) -> Bool {
    switch self {
    case .rows: return true
    case .aggregate(_, let aggregation) where aggregation.calls.contains(where: { !$0.neverRaises(catalogue) }): return true
    case .window(_, let calls) where !calls.isEmpty: return true
    case .apply(let apply):
      // The subquery is looked at below, once: within each other, twice would be twice as often a level.
      switch apply.kind {
      case .scalar: if !apply.subquery.hasAtMostOneRow { return true }
      case .any(let comparison), .all(let comparison): if comparison.mayRaise(catalogue) { return true }
      case .exists, .array: break
      }
    default: break
    }
    return ownExpressions.contains { $0.mayRaise(catalogue, isBounded: { isBoundedBelow($0, catalogue) }) }
      || inputs.contains { $0.mayRaise(catalogue) }
  }

  /// `isBounded`, of a column as this operator's own expressions name it.
  func isBoundedBelow(_ place: Int, _ catalogue: Catalogue) -> Bool {
    switch self {
    case .join: return isBounded(place, catalogue)
    case .apply(let apply):
      let width = apply.input.types.count
      return place < width ? apply.input.isBounded(place, catalogue) : apply.subquery.isBounded(place - width, catalogue)
    default: return inputs.first?.isBounded(place, catalogue) ?? false
    }
  }

  /// Whether a column without a declared precision holds no decimals but such as come of declared ones: averages, sums, products.
  public func isBounded(_ place: Int, _ catalogue: Catalogue) -> Bool {
    var looks = Self.mostLooks
    return isBounded(place, catalogue, &looks)
  }

  /// Columns of columns of columns: each may be computed from two, and then there are twice as many to look at a level.
  fileprivate static let mostLooks = 500

  /// - Parameter looks: how many columns may still be looked at; without any the answer is no.
  fileprivate func isBounded(_ place: Int, _ catalogue: Catalogue, _ looks: inout Int) -> Bool {
    looks -= 1
    if looks < 0 { return false }
    switch self {
    case .scan(let scan): return scan.columns[place].modifier >= 0
    case .filter(let input, _), .sort(let input, _), .limit(let input, _), .distinct(let input), .distinctOn(let input, _):
      return input.isBounded(place, catalogue, &looks)
    case .project(let input, let expressions):
      return expressions[place].isBoundedNumeric(catalogue) { input.isBounded($0, catalogue, &looks) }
    case .join(let join):
      let width = join.left.types.count
      if place < width { return join.left.isBounded(place, catalogue, &looks) }
      return join.right.isBounded(place - width, catalogue, &looks)
    case .apply(let apply):
      let width = apply.input.types.count
      if place < width { return apply.input.isBounded(place, catalogue, &looks) }
      if case .scalar = apply.kind { return apply.subquery.isBounded(0, catalogue, &looks) }
      return false
    case .aggregate(let input, let aggregation):
      let expression: Expression
      if place < aggregation.keys.count {
        expression = aggregation.keys[place]
      } else {
        let call = place - aggregation.keys.count
        guard aggregation.calls.indices.contains(call), let name = catalogue.function(aggregation.calls[call].function)?.name,
          ["sum", "avg", "min", "max"].contains(name), let argument = aggregation.calls[call].arguments.first
        else { return false }
        if [.int2, .int4, .int8].contains(argument.type.id) { return true }
        expression = argument
      }
      return expression.isBoundedNumeric(catalogue) { input.isBounded($0, catalogue, &looks) }
    case .window(let input, _): return place < input.types.count && input.isBounded(place, catalogue, &looks)
    case .oneRow, .values, .rows, .working, .combine, .recursive: return false
    }
  }

  /// Whether the planner may compute a column, in place of where it stands, on rows that are not in here.
  public func columnMayRaise(_ place: Int, _ catalogue: Catalogue) -> Bool {
    var looks = Self.mostLooks
    return columnMayRaise(place, catalogue, &looks)
  }

  /// - Parameter looks: how many columns may still be looked at; without any the answer is yes.
  fileprivate func columnMayRaise(_ place: Int, _ catalogue: Catalogue, _ looks: inout Int) -> Bool {
    looks -= 1
    if looks < 0 { return true }
    switch self {
    case .filter(let input, _), .sort(let input, _), .limit(let input, _), .distinct(let input), .distinctOn(let input, _):
      return input.columnMayRaise(place, catalogue, &looks)
    case .project(let input, let expressions): return expressions[place].mayRaise(over: input, catalogue, &looks)
    case .join(let join):
      let width = join.left.types.count
      if place < width { return join.left.columnMayRaise(place, catalogue, &looks) }
      return join.right.columnMayRaise(place - width, catalogue, &looks)
    case .apply(let apply):
      let width = apply.input.types.count
      return place < width ? apply.input.columnMayRaise(place, catalogue, &looks) : apply.mayRaise(catalogue)
    case .aggregate(let input, let aggregation):
      return place < aggregation.keys.count && aggregation.keys[place].mayRaise(over: input, catalogue, &looks)
    case .window(let input, _):
      return place < input.types.count && input.columnMayRaise(place, catalogue, &looks)
    case .combine(let operation):
      return operation.left.columnMayRaise(place, catalogue, &looks) || operation.right.columnMayRaise(place, catalogue, &looks)
    case .oneRow, .scan, .values, .rows, .working, .recursive: return false
    }
  }
}

extension Plan.AggregateCall {
  /// Overflow aside that would need more rows than there can be; of its arguments nothing is said.
  func neverRaises(_ catalogue: Catalogue) -> Bool {
    guard let name = catalogue.function(function)?.name else { return false }
    if ["count", "min", "max", "bool_and", "bool_or", "every", "string_agg", "array_agg", "mode"].contains(name) { return true }
    return ["sum", "avg"].contains(name) && arguments.allSatisfy { ![.float8, .float4, .interval].contains($0.type.id) }
  }
}

extension Expression {
  /// Whether it may raise, written out over the tables below.
  public func mayRaise(over plan: Plan, _ catalogue: Catalogue) -> Bool {
    var looks = Plan.mostLooks
    return mayRaise(over: plan, catalogue, &looks)
  }

  fileprivate func mayRaise(over plan: Plan, _ catalogue: Catalogue, _ looks: inout Int) -> Bool {
    if mayRaise(catalogue, isBounded: { plan.isBounded($0, catalogue, &looks) }) { return true }
    for column in columns.sorted() where plan.columnMayRaise(column, catalogue, &looks) { return true }
    return false
  }
}

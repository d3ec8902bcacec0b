import Expressions
import Queries
import Relations

/// A query's plan as far as it is built, and where in its columns the things are that expressions refer to.
///
/// Subqueries are asked where they are first needed: one in `WHERE` before rows are left out, one in the select list of a grouped query
/// once for each group.
struct Stage {
  let level: Level
  var plan: Plan
  /// The columns of the plan.
  private(set) var width: Int
  /// Set above `GROUP BY`.
  private(set) var groups: Groups?
  /// Of columns to the left that the plan sees as the row around it; see `FromBinder`.
  var leftWidth = 0
  private var windowStart = 0
  private var seriesStart = 0
  private var subqueryPlaces: [Int: Int] = [:]
  private let surroundings: Surroundings

  init(_ level: Level, _ plan: Plan, width: Int, _ surroundings: Surroundings) {
    self.level = level
    self.plan = plan
    self.width = width
    self.surroundings = surroundings
  }

  /// What one group has: its keys, then aggregates, then `GROUPING` masks.
  struct Groups {
    var keys: [Expression]
    var aggregateCount: Int
  }
}

// MARK: - Lowering

extension Stage {
  /// The expression over the columns of the plan, to which what it needs is added.
  mutating func lowered(_ expression: Expression) throws(BindingFailure) -> Expression {
    try placeSubqueries(of: expression)
    return try rewritten(expression)
  }

  mutating func lowered(_ expressions: [Expression]) throws(BindingFailure) -> [Expression] {
    var all: [Expression] = []
    for expression in expressions { try placeSubqueries(of: expression) }
    for expression in expressions { all.append(try rewritten(expression)) }
    return all
  }

  private mutating func placeSubqueries(of expression: Expression) throws(BindingFailure) {
    if isKey(expression) { return }
    if case .column(let place, _) = expression {
      if case .subquery(let number) = Reference(place), subqueryPlaces[number] == nil { try apply(number) }
      return
    }
    for child in expression.children { try placeSubqueries(of: child) }
  }

  private mutating func apply(_ number: Int) throws(BindingFailure) {
    let subquery = level.subqueries[number]
    var kind = subquery.kind
    switch kind {
    case .scalar, .exists, .array: break
    case .any(let comparison), .all(let comparison):
      try placeSubqueries(of: comparison)
      let lowered = try rewritten(comparison)
      if case .any = kind { kind = .any(lowered) } else { kind = .all(lowered) }
    }
    let dependent = try subquery.plan.mappingOuter { (outward, place, type) throws(BindingFailure) in
      if outward > 1 { return .outer(level: outward + (leftWidth > 0 ? 1 : 0), place, type) }
      return try rewritten(.column(place, type), inSubquery: true).asOuter
    }
    try surroundings.binding.spend(1)
    plan = .apply(.init(plan, dependent, kind))
    subqueryPlaces[number] = width
    width += 1
  }

  private func rewritten(_ expression: Expression, inSubquery: Bool = false) throws(BindingFailure) -> Expression {
    if let groups, !expression.isConstantValue, let key = groups.keys.firstIndex(of: expression) {
      return .column(key, expression.type)
    }
    switch expression {
    case .column(let place, let type): return try column(Reference(place), type, inSubquery: inSubquery)
    case .outer(let outward, let place, let type): return .outer(level: outward + (leftWidth > 0 ? 1 : 0), place, type)
    default: return try expression.rewritingChildren { (child) throws(BindingFailure) in try rewritten(child) }
    }
  }

  private func column(_ reference: Reference, _ type: SQLType, inSubquery: Bool) throws(BindingFailure) -> Expression {
    switch reference {
    case .input(let place):
      if let groups {
        throw UngroupedColumns(keys: groups.keys, level: level, surroundings: surroundings)
          .ungrouped(place, inSubquery: inSubquery, -1)
      }
      if leftWidth == 0 { return .column(place, type) }
      return place < leftWidth ? .outer(level: 1, place, type) : .column(place - leftWidth, type)
    case .aggregate(let number):
      guard let groups else { preconditionFailure("an aggregate is above its groups") }
      return .column(groups.keys.count + number, type)
    case .grouping(let number):
      guard let groups else { preconditionFailure("GROUPING is above its groups") }
      return .column(groups.keys.count + groups.aggregateCount + number, type)
    case .window(let number): return .column(windowStart + number, type)
    case .series(let number): return .column(seriesStart + number, type)
    case .subquery(let number):
      guard let place = subqueryPlaces[number] else { preconditionFailure("a subquery is asked before it is used") }
      return .column(place, type)
    case .compared(let number): return .column(width + number, type)
    }
  }

  private func isKey(_ expression: Expression) -> Bool {
    groups.map { !expression.isConstantValue && $0.keys.contains(expression) } ?? false
  }
}

extension Expression {
  var isConstantValue: Bool { if case .constant = self { true } else { false } }

  /// The same from inside a dependent plan.
  fileprivate var asOuter: Expression {
    switch self {
    case .column(let place, let type): .outer(level: 1, place, type)
    case .outer(let level, let place, let type): .outer(level: level + 1, place, type)
    default: mappingChildren(\.asOuter)
    }
  }
}

// MARK: - Operators

extension Stage {
  mutating func filter(_ condition: Expression) throws(BindingFailure) {
    let lowered = try self.lowered(condition)
    plan = .filter(plan, lowered)
  }

  /// - Parameter keys: what is grouped by, as the clauses have it.
  mutating func group(keys: [Expression], sets: [[Int]]?, groupings: [[Int]]) throws(BindingFailure) {
    let lowered = try self.lowered(keys)
    // All subqueries first: what they say are columns below the groups.
    for call in level.aggregates {
      for expression in call.expressions { try placeSubqueries(of: expression) }
    }
    var calls: [Plan.AggregateCall] = []
    for call in level.aggregates { calls.append(try self.lowered(call)) }
    plan = .aggregate(plan, .init(keys: lowered, sets: sets, calls: calls, groupings: groupings))
    width = keys.count + calls.count + groupings.count
    groups = Groups(keys: keys, aggregateCount: calls.count)
    subqueryPlaces = [:]
  }

  private mutating func lowered(_ call: Plan.AggregateCall) throws(BindingFailure) -> Plan.AggregateCall {
    var filter: Expression?
    if let condition = call.filter { filter = try lowered(condition) }
    return Plan.AggregateCall(
      function: call.function, arguments: try lowered(call.arguments), isDistinct: call.isDistinct, filter: filter,
      order: try lowered(call.order), type: call.type)
  }

  private mutating func lowered(_ keys: [Plan.SortKey]) throws(BindingFailure) -> [Plan.SortKey] {
    var all: [Plan.SortKey] = []
    for key in keys { all.append(Plan.SortKey(try lowered(key.expression), key.order)) }
    return all
  }

  mutating func window() throws(BindingFailure) {
    if level.windows.isEmpty { return }
    for call in level.windows {
      for expression in call.expressions { try placeSubqueries(of: expression) }
    }
    var calls: [Plan.WindowCall] = []
    for call in level.windows {
      var filter: Expression?
      if let condition = call.filter { filter = try lowered(condition) }
      calls.append(
        Plan.WindowCall(
          function: call.function, arguments: try lowered(call.arguments), filter: filter, partition: try lowered(call.partition),
          order: try lowered(call.order), frame: call.frame, type: call.type))
    }
    plan = .window(plan, calls)
    windowStart = width
    width += calls.count
  }

  /// Set-returning functions of the select list: side by side, once for each row.
  mutating func series() throws(BindingFailure) {
    if level.series.isEmpty { return }
    var calls: [Expression.Call] = []
    for call in level.series {
      for argument in call.arguments { try placeSubqueries(of: argument) }
    }
    for call in level.series {
      let arguments = try lowered(call.arguments).map(\.asOuter)
      calls.append(.init(function: call.function, arguments: arguments, type: call.type, spelling: call.spelling))
    }
    let rows = Plan.rows(.init(calls, types: calls.map(\.type), isNumbered: false))
    let isLateral = rows.outerLevels.contains(1)
    plan = .join(
      .init(
        .inner, plan, isLateral ? rows : rows.shiftingOuter(by: -1), on: .constant(.bool(true), .bool), isLateral: isLateral))
    seriesStart = width
    width += calls.count
  }
}

extension Plan.AggregateCall {
  var expressions: [Expression] { arguments + (filter.map { [$0] } ?? []) + order.map(\.expression) }
}

extension Plan.WindowCall {
  var expressions: [Expression] { arguments + (filter.map { [$0] } ?? []) + partition + order.map(\.expression) }
}

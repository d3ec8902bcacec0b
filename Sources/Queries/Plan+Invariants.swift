import Expressions
import Relations

/// What must be true of every plan: expressions name columns that are there, of the types that they have.
extension Plan {
  /// What is wrong with the plan, in words; empty if nothing is. A walk over all of it, for tests and assertions.
  public var violations: [String] {
    var check = PlanCheck()
    check.visit(self, rows: [], recursions: [])
    return check.violations
  }
}

private struct PlanCheck {
  var violations: [String] = []

  /// - Parameters:
  ///   - rows: the columns of the rows around, the nearest first.
  ///   - recursions: the columns of the recursions around, the nearest first.
  mutating func visit(_ plan: Plan, rows: [[SQLType]], recursions: [[SQLType]]) {
    switch plan {
    case .oneRow, .scan: break
    case .working(let level, let types):
      require(
        recursions.indices.contains(level - 1) && same(recursions[level - 1], types), "working(\(level)) is not in such a recursion"
      )
    case .values(let values, let types):
      for row in values {
        require(same(row.map(\.type), types), "a row of values is of other types")
        check(row, over: [], rows)
      }
    case .rows(let functions):
      for call in functions.calls { check(call.arguments, over: [], rows) }
    case .filter(let input, let condition):
      visit(input, rows: rows, recursions: recursions)
      check([condition], over: input.types, rows)
      require(condition.type == .bool, "a condition is no bool")
    case .project(let input, let expressions):
      visit(input, rows: rows, recursions: recursions)
      check(expressions, over: input.types, rows)
    case .join(let join):
      visit(join.left, rows: rows, recursions: recursions)
      visit(join.right, rows: join.isLateral ? [join.left.types] + rows : rows, recursions: recursions)
      check([join.condition], over: plan.types, rows)
      require(join.condition.type == .bool, "a join's condition is no bool")
      require(!join.isLateral || join.kind == .inner || join.kind == .left, "a lateral \(join.kind) join")
    case .apply(let apply):
      visit(apply.input, rows: rows, recursions: recursions)
      visit(apply.subquery, rows: [apply.input.types] + rows, recursions: recursions)
      switch apply.kind {
      case .exists: break
      case .scalar, .array: require(apply.subquery.types.count == 1, "a scalar subquery of several columns")
      case .any(let comparison), .all(let comparison):
        check([comparison], over: apply.input.types + apply.subquery.types, rows)
        require(comparison.type == .bool, "a comparison is no bool")
      }
    case .aggregate(let input, let aggregation):
      visit(input, rows: rows, recursions: recursions)
      visit(aggregation, over: input.types, rows)
    case .window(let input, let calls):
      visit(input, rows: rows, recursions: recursions)
      for call in calls {
        check(call.arguments + (call.filter.map { [$0] } ?? []) + call.partition, over: input.types, rows)
        check(call.order.map(\.expression), over: input.types, rows)
        for case .preceding(let distance) in [call.frame.start, call.frame.end] { check([distance], over: [], rows) }
        for case .following(let distance) in [call.frame.start, call.frame.end] { check([distance], over: [], rows) }
      }
    case .distinct(let input): visit(input, rows: rows, recursions: recursions)
    case .distinctOn(let input, let keys):
      visit(input, rows: rows, recursions: recursions)
      check(keys, over: input.types, rows)
    case .sort(let input, let keys):
      visit(input, rows: rows, recursions: recursions)
      check(keys.map(\.expression), over: input.types, rows)
    case .limit(let input, let limit):
      visit(input, rows: rows, recursions: recursions)
      check([limit.count, limit.offset].compactMap { $0 }, over: [], rows)
      check((limit.ties ?? []).map(\.expression), over: input.types, rows)
    case .combine(let operation):
      visit(operation.left, rows: rows, recursions: recursions)
      visit(operation.right, rows: rows, recursions: recursions)
      require(same(operation.left.types, operation.right.types), "a set operation over other types")
    case .recursive(let recursion):
      visit(recursion.initial, rows: rows, recursions: recursions)
      visit(recursion.step, rows: rows, recursions: [recursion.initial.types] + recursions)
      require(same(recursion.initial.types, recursion.step.types), "a recursion over other types")
    }
  }

  private mutating func visit(_ aggregation: Plan.Aggregation, over types: [SQLType], _ rows: [[SQLType]]) {
    check(aggregation.keys, over: types, rows)
    for call in aggregation.calls {
      check(call.arguments + (call.filter.map { [$0] } ?? []) + call.order.map(\.expression), over: types, rows)
    }
    for places in aggregation.sets + aggregation.groupings {
      require(places.allSatisfy(aggregation.keys.indices.contains), "a set of keys that are not there")
    }
  }

  private mutating func check(_ expressions: [Expression], over types: [SQLType], _ rows: [[SQLType]]) {
    for expression in expressions { check(expression, over: types, rows) }
  }

  private mutating func check(_ expression: Expression, over types: [SQLType], _ rows: [[SQLType]]) {
    switch expression {
    case .column(let place, let type):
      require(types.indices.contains(place) && types[place] == type, "column \(place) of \(type) over \(types)")
    case .outer(let level, let place, let type):
      let isThere = rows.indices.contains(level - 1) && rows[level - 1].indices.contains(place) && rows[level - 1][place] == type
      require(isThere, "outer column \(place) of \(type) at level \(level) of \(rows.count)")
    default: check(expression.children, over: types, rows)
    }
  }

  /// Both sides of a set operation may differ in modifiers.
  private func same(_ a: [SQLType], _ b: [SQLType]) -> Bool { a.map(\.id) == b.map(\.id) }

  private mutating func require(_ condition: Bool, _ violation: @autoclosure () -> String) {
    if !condition { violations.append(violation()) }
  }
}

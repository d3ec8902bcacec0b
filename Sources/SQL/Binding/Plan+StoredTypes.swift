import Expressions
import Queries
import Relations

/// A plan over stored values: enums as labels, domains as what they are made of. What is above the binder knows built-in types only.
extension StoredTypes {
  func plan(_ plan: Plan) throws(Failure) -> Plan {
    switch plan {
    case .oneRow, .scan: return plan
    case .working(let level, let types): return .working(level: level, types.map(type))
    case .values(let rows, let types):
      var stored: [[Expression]] = []
      for row in rows { stored.append(try expressions(row)) }
      return .values(stored, types.map(type))
    case .rows(let functions):
      var calls: [Expression.Call] = []
      for call in functions.calls { calls.append(try self.call(call)) }
      return .rows(.init(calls, types: functions.types.map(type), isNumbered: functions.isNumbered))
    case .filter(let input, let condition): return .filter(try self.plan(input), try expression(condition))
    case .project(let input, let list): return .project(try self.plan(input), try expressions(list))
    case .join(let join):
      let (left, right) = (try self.plan(join.left), try self.plan(join.right))
      return .join(.init(join.kind, left, right, on: try expression(join.condition), isLateral: join.isLateral))
    case .apply(let apply):
      return .apply(.init(try self.plan(apply.input), try self.plan(apply.subquery), try kind(apply.kind)))
    case .aggregate(let input, let aggregation): return try aggregate(try self.plan(input), aggregation)
    case .window(let input, let calls):
      var stored: [Plan.WindowCall] = []
      for call in calls { stored.append(try window(call)) }
      return .window(try self.plan(input), stored)
    case .distinct(let input): return .distinct(try self.plan(input))
    case .distinctOn(let input, let list): return .distinctOn(try self.plan(input), try expressions(list))
    case .sort(let input, let keys): return .sort(try self.plan(input), try sortKeys(keys))
    case .limit(let input, let limit):
      let ties = try limit.ties.map { (ties) throws(Failure) in try sortKeys(ties) }
      return .limit(try self.plan(input), .init(count: try optional(limit.count), offset: try optional(limit.offset), ties: ties))
    case .combine(let operation):
      let (left, right) = (try self.plan(operation.left), try self.plan(operation.right))
      return .combine(.init(operation.kind, all: operation.isAll, left, right))
    case .recursive(let recursion):
      return .recursive(.init(try self.plan(recursion.initial), step: try self.plan(recursion.step), all: recursion.isAll))
    }
  }
}

// MARK: - Parts

extension StoredTypes {
  private func expressions(_ list: [Expression]) throws(Failure) -> [Expression] {
    var stored: [Expression] = []
    for expression in list { stored.append(try self.expression(expression)) }
    return stored
  }

  private func optional(_ expression: Expression?) throws(Failure) -> Expression? {
    guard let expression else { return nil }
    return try self.expression(expression)
  }

  private func sortKeys(_ keys: [Plan.SortKey]) throws(Failure) -> [Plan.SortKey] {
    var stored: [Plan.SortKey] = []
    for key in keys { stored.append(.init(try sortKey(key.expression), key.order)) }
    return stored
  }

  private func call(_ call: Expression.Call) throws(Failure) -> Expression.Call {
    guard case .call(let stored) = try expression(.call(call)) else { return call }
    return stored
  }

  private func kind(_ kind: Plan.Apply.Kind) throws(Failure) -> Plan.Apply.Kind {
    switch kind {
    case .scalar, .exists: return kind
    case .any(let comparison): return .any(try expression(comparison))
    case .all(let comparison): return .all(try expression(comparison))
    case .array(let type): return .array(self.type(type))
    }
  }

  private func window(_ call: Plan.WindowCall) throws(Failure) -> Plan.WindowCall {
    let name = Catalogue.builtIn.function(call.function)?.name
    if isExtreme(name), let argument = call.arguments.first, needsRank(argument.type) {
      throw .unsupported("min and max of enums over a window")
    }
    return .init(
      function: call.function, arguments: try expressions(call.arguments), filter: try optional(call.filter),
      partition: try expressions(call.partition), order: try sortKeys(call.order),
      frame: .init(call.frame.mode, try bound(call.frame.start), try bound(call.frame.end), excluding: call.frame.exclusion),
      type: type(call.type))
  }

  private func bound(_ bound: Plan.Frame.Bound) throws(Failure) -> Plan.Frame.Bound {
    switch bound {
    case .unboundedPreceding, .currentRow, .unboundedFollowing: return bound
    case .preceding(let distance): return .preceding(try expression(distance))
    case .following(let distance): return .following(try expression(distance))
    }
  }

  private func isExtreme(_ name: String?) -> Bool { name == "min" || name == "max" }

  /// An enum, or an array of it.
  private func needsRank(_ type: SQLType) -> Bool {
    type.id >= .firstUserDefined && (isEnum(type) || self.type(type) == .textArray)
  }
}

// MARK: - Aggregates

extension StoredTypes {
  /// The least label is that of the least rank: the aggregate is over ranks, and a projection makes labels of them.
  private func aggregate(_ input: Plan, _ aggregation: Plan.Aggregation) throws(Failure) -> Plan {
    var calls: [Plan.AggregateCall] = []
    var ranked: [Int: SQLType] = [:]
    for (place, call) in aggregation.calls.enumerated() {
      if isExtreme(Catalogue.builtIn.function(call.function)?.name), isEnum(call.arguments[0].type) {
        ranked[aggregation.keys.count + place] = call.arguments[0].type
        calls.append(try extreme(call))
      } else {
        calls.append(try aggregate(call))
      }
    }
    let stored = Plan.aggregate(
      input,
      .init(
        keys: try expressions(aggregation.keys), sets: aggregation.sets, calls: calls, groupings: aggregation.groupings))
    if ranked.isEmpty { return stored }
    var columns: [Expression] = []
    for (place, type) in stored.types.enumerated() {
      let column = Expression.column(place, type)
      columns.append(try ranked[place].map { (type) throws(Failure) in try label(column, of: type) } ?? column)
    }
    return .project(stored, columns)
  }

  private func extreme(_ call: Plan.AggregateCall) throws(Failure) -> Plan.AggregateCall {
    let name = Catalogue.builtIn.function(call.function)?.name ?? ""
    guard let function = Catalogue.builtIn.functions(named: name).first(where: { $0.arguments.elementsEqual([.int4]) }) else {
      throw .unsupported("\(name) of enums")
    }
    // Neither does it matter how often a value comes, nor in which order.
    return .init(
      function: function.id, arguments: [try rank(call.arguments[0])], isDistinct: false, filter: try optional(call.filter),
      type: .int4)
  }

  private func aggregate(_ call: Plan.AggregateCall) throws(Failure) -> Plan.AggregateCall {
    let function = Catalogue.builtIn.function(call.function)
    let hasRanks = (call.arguments + call.order.map(\.expression)).contains { needsRank($0.type) }
    let name = function?.name ?? ""
    let isOrdered = call.isDistinct || function?.aggregate?.kind != .normal || isExtreme(name)
    if hasRanks, isOrdered, name != "count" { throw .unsupported("the aggregate \(name), which orders enums") }
    return .init(
      function: call.function, arguments: try expressions(call.arguments), isDistinct: call.isDistinct,
      filter: try optional(call.filter), order: try sortKeys(call.order), type: type(call.type))
  }
}

extension SQLType {
  fileprivate static let textArray = SQLType(TypeID(1009))
}

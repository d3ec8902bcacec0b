import Expressions
import Queries
import Relations

/// Operators.
extension Collations {
  typealias Made = (plan: Plan, columns: [Column])

  func plan(_ plan: Plan) throws(CollationFailure) -> Made {
    switch plan {
    case .oneRow: return (plan, [])
    case .scan(let scan): return (plan, columns(of: scan))
    case .values(let rows, let types):
      let made = try mapped(rows) { (row) throws(CollationFailure) in try self.derived(row) }
      let states = try types.indices.map { (place) throws(CollationFailure) in
        try merged(made.map { $0[place].state })
      }
      return (.values(made.map { $0.map(\.expression) }, types), states.map { Column(state: $0, isTarget: true) })
    case .rows(let functions): return try rows(functions)
    case .filter(let input, let condition):
      let below = try self.plan(input)
      return (.filter(below.plan, try expression(condition, below.columns)), below.columns)
    case .project(let input, let expressions):
      let below = try self.plan(input)
      let made = try derived(expressions, below.columns)
      return (.project(below.plan, made.map(\.expression)), made.map { Column(state: $0.state, isTarget: true) })
    case .join(let join): return try self.join(join)
    case .apply(let apply): return try self.apply(apply)
    case .aggregate(let input, let aggregation): return try aggregate(try self.plan(input), aggregation)
    case .window(let input, let calls):
      let below = try self.plan(input)
      let made = try mapped(calls) { (call) throws(CollationFailure) in try window(call, below.columns) }
      return (.window(below.plan, made.map(\.call)), below.columns + made.map { Column(state: $0.state) })
    case .distinct(let input):
      let below = try self.plan(input)
      try requireEquality(below.plan.types, below.columns.map(\.state))
      return (.distinct(below.plan), below.columns)
    case .distinctOn(let input, let keys):
      let below = try self.plan(input)
      return (.distinctOn(below.plan, try self.keys(keys, below.columns.asTargets)), below.columns)
    case .sort(let input, let keys):
      let below = try self.plan(input)
      return (.sort(below.plan, try order(keys, below.columns.asTargets)), below.columns)
    case .limit(let input, let limit):
      let below = try self.plan(input)
      let ties = try limit.ties.map { (keys) throws(CollationFailure) in try order(keys, below.columns.asTargets) }
      return (
        .limit(below.plan, .init(count: try optional(limit.count, []), offset: try optional(limit.offset, []), ties: ties)),
        below.columns
      )
    case .combine(let operation): return try combine(operation)
    case .recursive(let recursion): return try recursive(recursion)
    case .working(let level, let types):
      let place = working.count - level
      return (plan, working.indices.contains(place) ? working[place] : types.map { Column(state: .implicit(collation(of: $0.id))) })
    }
  }

  private func within(_ columns: [Column]) -> Collations {
    var inner = self
    inner.around.insert(columns, at: 0)
    return inner
  }
}

/// Why a plan has no collations.
enum CollationFailure: Error {
  case mismatch(CollationMismatch)
  /// Whether values are equal is for a collation to say that we do not have.
  case undecidable(Collating)
}

extension [Collations.Column] {
  /// For clauses of the select list's own query, which see it as it stands there.
  fileprivate var asTargets: [Collations.Column] { map { Collations.Column(state: $0.state) } }
}

// MARK: - Leaves

extension Collations {
  private func columns(of scan: Plan.Scan) -> [Column] {
    guard let table = schema[scan.table] else { return scan.columns.map { Column(state: .implicit(collation(of: $0.id))) } }
    // A scan tells of a domain's column what is stored.
    return table.columns.map { column in
      Column(state: .implicit(collation(of: column.type.id).map { column.collation ?? $0 }))
    }
  }

  private func rows(_ functions: Plan.TableFunctions) throws(CollationFailure) -> Made {
    var calls: [Expression.Call] = []
    var states: [CollationState] = []
    for call in functions.calls {
      let made = try mismatching { () throws(CollationMismatch) in try derived(call, over: []) }
      calls.append(made.call)
      states.append(made.state)
    }
    let isPlain = calls.count + (functions.isNumbered ? 1 : 0) == functions.types.count
    let columns = functions.types.enumerated().map { place, type in
      let state = isPlain && place < states.count ? states[place] : .implicit(collation(of: type.id))
      return Column(state: state, isTarget: true)
    }
    return (.rows(.init(calls, types: functions.types, isNumbered: functions.isNumbered)), columns)
  }
}

// MARK: - Pairs and subqueries

extension Collations {
  private func join(_ join: Plan.Join) throws(CollationFailure) -> Made {
    let left = try plan(join.left)
    let right = try (join.isLateral ? within(left.columns) : self).plan(join.right)
    let columns = left.columns + right.columns
    let condition = try expression(join.condition, columns)
    return (.join(.init(join.kind, left.plan, right.plan, on: condition, isLateral: join.isLateral)), columns)
  }

  private func apply(_ apply: Plan.Apply) throws(CollationFailure) -> Made {
    let input = try plan(apply.input)
    let subquery = try within(input.columns).plan(apply.subquery)
    let columns = input.columns + subquery.columns
    let kind: Plan.Apply.Kind
    var state = CollationState.none
    switch apply.kind {
    case .exists: kind = .exists
    case .any(let comparison): kind = .any(try expression(comparison, columns))
    case .all(let comparison): kind = .all(try expression(comparison, columns))
    case .scalar, .array:
      kind = apply.kind
      if let column = subquery.columns.first { state = column.state.named }
    }
    return (.apply(.init(input.plan, subquery.plan, kind)), input.columns + [Column(state: state)])
  }
}

// MARK: - Groups and windows

extension Collations {
  private func aggregate(_ below: Made, _ aggregation: Plan.Aggregation) throws(CollationFailure) -> Made {
    let keys = try derived(aggregation.keys, below.columns)
    try requireEquality(aggregation.keys.map(\.type), keys.map(\.state))
    let calls = try mapped(aggregation.calls) { (call) throws(CollationFailure) in try aggregate(call, below.columns) }
    let made = Plan.Aggregation(
      keys: keys.map(\.expression), sets: aggregation.sets, calls: calls.map(\.call), groupings: aggregation.groupings)
    let states = keys.map(\.state) + calls.map(\.state) + aggregation.groupings.map { _ in .none }
    return (.aggregate(below.plan, made), states.map { Column(state: $0) })
  }

  private func aggregate(
    _ call: Plan.AggregateCall, _ columns: [Column]
  ) throws(CollationFailure) -> (call: Plan.AggregateCall, state: CollationState) {
    // Of an ordered set the value is what comes out, and of a distinct one what is told apart: no place for a sort key.
    let isPlain = !call.isDistinct && !isOrderedSet(call.function)
    let order = try self.order(call.order, columns, withRules: isPlain)
    let given = try derived(call.arguments, columns)
    var arguments = given.map(\.expression)
    // The one value of an ordered set is an argument as well.
    let ordered = try derived(isOrderedSet(call.function) && call.order.count == 1 ? [call.order[0].expression] : [], columns)
    let state = try merged((given + ordered).map(\.state))
    mark(&arguments, call.function, state)
    if call.isDistinct {
      try requireEquality(call.arguments.map(\.type), given.map(\.state))
      // The values come in their order, which nobody sees who counts them.
      for place in arguments.indices where catalogue.function(call.function)?.name != "count" {
        let order = orderState(arguments[place].type.id, given[place].state)
        if let mark = order.flatMap({ mark(.order, $0) }) { arguments.mark(place, mark) }
      }
    }
    let made = Plan.AggregateCall(
      function: call.function, arguments: arguments, isDistinct: call.isDistinct, filter: try optional(call.filter, columns),
      order: order, type: call.type)
    return (made, result(state, call.type.id))
  }

  private func isOrderedSet(_ id: FunctionID) -> Bool {
    (catalogue.function(id)?.aggregate?.kind).map { $0 != .normal } ?? false
  }

  private func window(
    _ call: Plan.WindowCall, _ columns: [Column]
  ) throws(CollationFailure) -> (call: Plan.WindowCall, state: CollationState) {
    let given = try derived(call.arguments, columns)
    var arguments = given.map(\.expression)
    let state = try merged(given.map(\.state))
    mark(&arguments, call.function, state)
    let made = Plan.WindowCall(
      function: call.function, arguments: arguments, filter: try optional(call.filter, columns),
      partition: try keys(call.partition, columns), order: try order(call.order, columns), frame: try frame(call.frame, columns),
      type: call.type)
    return (made, result(state, call.type.id))
  }

  private func frame(_ frame: Plan.Frame, _ columns: [Column]) throws(CollationFailure) -> Plan.Frame {
    func bound(_ bound: Plan.Frame.Bound) throws(CollationFailure) -> Plan.Frame.Bound {
      switch bound {
      case .unboundedPreceding, .currentRow, .unboundedFollowing: bound
      case .preceding(let distance): .preceding(try expression(distance, columns))
      case .following(let distance): .following(try expression(distance, columns))
      }
    }
    return Plan.Frame(frame.mode, try bound(frame.start), try bound(frame.end), excluding: frame.exclusion)
  }

  private func mark(_ arguments: inout [Expression], _ id: FunctionID, _ state: CollationState) {
    let use = catalogue.function(id)?.collationUse ?? .everything
    for place in arguments.indices {
      guard let order = orderState(arguments[place].type.id, state) else { continue }
      if let mark = mark(use, order) { arguments.mark(place, mark) }
      return
    }
  }
}

// MARK: - Sets

extension Collations {
  private func combine(_ operation: Plan.SetOperation) throws(CollationFailure) -> Made {
    let (left, right) = (try plan(operation.left), try plan(operation.right))
    var states: [CollationState] = []
    for (a, b) in zip(left.columns, right.columns) { states.append(try merged([a.state, b.state])) }
    if operation.kind != .union || !operation.isAll { try requireEquality(left.plan.types, states) }
    return (
      .combine(.init(operation.kind, all: operation.isAll, left.plan, right.plan)),
      states.map { Column(state: $0.named, isTarget: true) }
    )
  }

  private func recursive(_ recursion: Plan.Recursion) throws(CollationFailure) -> Made {
    let initial = try plan(recursion.initial)
    let columns = initial.columns.map { Column(state: $0.state.named, isTarget: true) }
    var inner = self
    inner.working.append(columns)
    let step = try inner.plan(recursion.step)
    for (place, (a, b)) in zip(columns, step.columns).enumerated() {
      let whole = try merged([a.state, b.state])
      guard whole.name != a.state.name else { continue }
      let (own, other) = (a.state.name?.name.text ?? "", whole.name?.name.text ?? "")
      let message = "column \(place + 1) has collation \"\(own)\" in non-recursive term but collation \"\(other)\" overall"
      throw .mismatch(CollationMismatch(message: "recursive query " + message, location: -1))
    }
    if !recursion.isAll { try requireEquality(initial.plan.types, columns.map(\.state)) }
    return (.recursive(.init(initial.plan, step: step.plan, all: recursion.isAll)), columns)
  }
}

// MARK: - Parts

extension Collations {
  /// Keys that rows are told apart by.
  private func keys(_ keys: [Expression], _ columns: [Column]) throws(CollationFailure) -> [Expression] {
    let made = try derived(keys, columns)
    try requireEquality(keys.map(\.type), made.map(\.state))
    return made.map(\.expression)
  }

  private func order(
    _ keys: [Plan.SortKey], _ columns: [Column], withRules: Bool = true
  ) throws(CollationFailure) -> [Plan.SortKey] {
    let made = try derived(keys.map(\.expression), columns)
    var expressions = made.map(\.expression)
    for place in keys.indices {
      try mismatching(made[place].state.required)
      guard let order = orderState(expressions[place].type.id, made[place].state) else { continue }
      guard let mark = mark(.order, order) else { continue }
      let type = catalogue.base(of: expressions[place].type.id)
      let isText = type == .text || type == .varchar || type == .bpchar
      expressions.mark(place, withRules && isText ? rules(of: mark) ?? mark : mark)
    }
    return zip(expressions, keys).map { Plan.SortKey($0, $1.order) }
  }

  /// Where equality is not that of bytes, nobody can tell groups apart.
  private func requireEquality(_ types: [SQLType], _ states: [CollationState]) throws(CollationFailure) {
    for (type, state) in zip(types, states) where collation(of: type.id) != nil {
      try mismatching(state.required)
      if let mark = mark(.equality, state) { throw .undecidable(mark) }
    }
  }

  private func expression(_ expression: Expression, _ columns: [Column]) throws(CollationFailure) -> Expression {
    try derived([expression], columns)[0].expression
  }

  private func optional(_ expression: Expression?, _ columns: [Column]) throws(CollationFailure) -> Expression? {
    guard let expression else { return nil }
    return try self.expression(expression, columns)
  }

  private func derived(_ expressions: [Expression], _ columns: [Column] = []) throws(CollationFailure) -> [Derived] {
    try mapped(expressions) { (expression) throws(CollationFailure) in
      try mismatching { () throws(CollationMismatch) in try derived(expression, over: columns) }
    }
  }

  private func merged(_ states: [CollationState]) throws(CollationFailure) -> CollationState {
    try mismatching { () throws(CollationMismatch) in try CollationState.merged(states) }
  }

  private func mismatching<R>(_ body: () throws(CollationMismatch) -> R) throws(CollationFailure) -> R {
    do { return try body() } catch { throw .mismatch(error) }
  }

  private func mapped<A, B>(_ all: [A], _ make: (A) throws(CollationFailure) -> B) throws(CollationFailure) -> [B] {
    var made: [B] = []
    for one in all { made.append(try make(one)) }
    return made
  }
}

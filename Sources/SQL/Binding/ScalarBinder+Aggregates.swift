internal import CPgQuery
import Expressions
import Queries
import Relations

/// Aggregates, and which query's they are: that of the nearest row that their arguments name.
extension ScalarBinder {
  func aggregate(_ name: String, _ call: Syntax.FuncCall, _ node: Node) throws(BindingFailure) -> Expression {
    let wasInAggregate = level.isInAggregate
    level.isInAggregate = true
    let usesBefore = surroundings.binding.keepsOrigins ? ([level] + surroundings.rows.map(\.level)).map(\.uses.count) : []
    defer { level.isInAggregate = wasInAggregate }
    let direct = if let row = try rowMember(call, name) { [row] } else { try expressions(call.args) }
    let order = try sortKeys(call.agg_order)
    let ordered = call.agg_within_group ? order.map(\.expression) : []
    let filter = try self.filter(call)
    let (function, arguments, type) = try located(node) { () throws(Failure) in
      try resolver(call.funcname).aggregate(name, direct + ordered, isSpread: call.func_variadic)
    }
    try check(function, name, call, directCount: direct.count, orderedCount: ordered.count)
    let made = try self.made(function, name, call, arguments, direct.count, order, filter, type)
    level.isInAggregate = wasInAggregate
    return try placed(made, call, usesBefore)
  }

  func filter(_ call: Syntax.FuncCall) throws(BindingFailure) -> Expression? {
    guard let condition = call.agg_filter else { return nil }
    return try clause(.filter) { () throws(BindingFailure) in try self.condition(condition, of: "FILTER") }
  }

  private func made(
    _ function: Function, _ name: String, _ call: Syntax.FuncCall, _ arguments: [Expression], _ directCount: Int,
    _ order: [Plan.SortKey], _ filter: Expression?, _ type: SQLType
  ) throws(BindingFailure) -> Plan.AggregateCall {
    if call.agg_within_group {
      var (direct, ordered) = (Array(arguments[..<directCount]), Array(arguments[directCount...]))
      if function.aggregate?.kind == .hypotheticalSet {
        (direct, ordered) = try hypothetical(direct, ordered, order, name, call)
      }
      let keys = try zip(ordered, order).map { (expression, key) throws(BindingFailure) in
        Plan.SortKey(try resolved(expression, call.args.first ?? call.agg_order[0]), key.order)
      }
      return Plan.AggregateCall(
        function: function.id, arguments: direct, isDistinct: false, filter: filter, order: keys, type: type)
    }
    var arguments = function.takesAnything ? try resolved(arguments, call) : arguments
    if let members = try documents(function, arguments, call) { arguments = members }
    if call.agg_distinct {
      if arguments.contains(where: { !builder.catalogue.understands($0.type.id) }) {
        throw .unsupported("the equality of a user's type")
      }
      for (place, argument) in arguments.enumerated() where builder.catalogue.comparison(.less, of: argument.type.id) == nil {
        let type = builder.catalogue.name(of: argument.type.id)
        throw refusal(.undefinedFunction, "could not identify an ordering operator for type \(type)", call.args[place].leftmost)
      }
      for (place, key) in order.enumerated() where !arguments.contains(key.expression) {
        guard case .sortBy(let item) = call.agg_order[place].kind else { continue }
        throw refusal(
          SQLState("42P10"), "in an aggregate with DISTINCT, ORDER BY expressions must appear in argument list",
          item.node?.leftmost ?? -1)
      }
    }
    return Plan.AggregateCall(
      function: function.id, arguments: arguments, isDistinct: call.agg_distinct, filter: filter, order: order, type: type)
  }

  /// What `json_agg` and its kin put together are documents, made of each row: whatever the making rests on (a time zone) is then seen as
  /// it is everywhere else. Nil for other aggregates.
  func documents(
    _ function: Function, _ arguments: [Expression], _ call: Syntax.FuncCall
  ) throws(BindingFailure) -> [Expression]? {
    let maker: String
    switch function.name {
    case "json_agg", "jsonb_agg": maker = "to_json"
    case "json_object_agg", "jsonb_object_agg": maker = "json_build_object"
    default: return nil
    }
    if call.agg_distinct { throw .unsupported("\(function.name) of DISTINCT values") }
    if arguments[0].type.id == .record { return arguments }
    // They stand on lines of their own there.
    if function.name == "json_agg", builder.catalogue.element(of: builder.catalogue.base(of: arguments[0].type).id) != nil {
      throw .unsupported("json_agg of arrays")
    }
    let made = try surroundings.located(call.location) { () throws(Failure) in
      try builder.withoutRivals.call(maker, arguments)
    }
    return [made]
  }

  private func resolved(_ arguments: [Expression], _ call: Syntax.FuncCall) throws(BindingFailure) -> [Expression] {
    var all: [Expression] = []
    for (argument, node) in zip(arguments, call.args) { all.append(try resolved(argument, node)) }
    return all
  }

  /// `rank(x) WITHIN GROUP (ORDER BY y)`: each pair on one type.
  private func hypothetical(
    _ direct: [Expression], _ ordered: [Expression], _ order: [Plan.SortKey], _ name: String, _ call: Syntax.FuncCall
  ) throws(BindingFailure) -> ([Expression], [Expression]) {
    guard direct.count == ordered.count else {
      let types = (direct + ordered).map { builder.catalogue.name(of: $0.type.id) }.joined(separator: ", ")
      throw refusal(.undefinedFunction, "function \(name)(\(types)) does not exist", call.location)
    }
    var both: ([Expression], [Expression]) = ([], [])
    for (a, b) in zip(direct, ordered) {
      let pair = try surroundings.located(call.location) { () throws(Failure) in
        try builder.unified([b, a], context: "WITHIN GROUP")
      }
      both.0.append(pair.expressions[1])
      both.1.append(pair.expressions[0])
    }
    return both
  }

  private func check(
    _ function: Function, _ name: String, _ call: Syntax.FuncCall, directCount: Int, orderedCount: Int
  ) throws(BindingFailure) {
    let wrongObjectType = SQLState("42809")
    let isOrdered = function.aggregate.map { $0.kind != .normal } ?? false
    if isOrdered, !call.agg_within_group {
      throw refusal(wrongObjectType, "WITHIN GROUP is required for ordered-set aggregate \(name)", call.location)
    }
    if !isOrdered, call.agg_within_group {
      throw refusal(
        wrongObjectType, "\(name) is not an ordered-set aggregate, so it cannot have WITHIN GROUP", call.location)
    }
    if isOrdered, let facts = function.aggregate, function.variadicElement == nil, facts.directArguments != directCount {
      throw refusal(
        .undefinedFunction, "there is an ordered-set aggregate \(name), but it requires \(facts.directArguments) direct arguments",
        call.location)
    }
    if !call.agg_star, directCount + orderedCount == 0, !isOrdered {
      throw refusal(wrongObjectType, "\(name)(*) must be used to call a parameterless aggregate function", call.location)
    }
  }
}

// MARK: - Whose it is

extension ScalarBinder {
  private func placed(_ call: Plan.AggregateCall, _ node: Syntax.FuncCall, _ usesBefore: [Int]) throws(BindingFailure) -> Expression
  {
    let outward = Planted.bug("aggregates are of the query that they stand in") ? 0 : home(of: call.expressions) ?? 0
    let home = outward == 0 ? level : surroundings.rows[outward - 1].level
    if !usesBefore.isEmpty {
      for use in home.uses.indices[usesBefore[outward]...] { home.uses[use].isInAggregate = true }
    }
    guard outward > 0 else {
      try refuseMisplaced(level, node)
      return level.column(for: call, at: node.location)
    }
    guard case .query = home.kind else {
      throw refusal(
        SQLState("42803"), "aggregate functions are not allowed in FROM clause of their own query level", node.location)
    }
    try refuseMisplaced(home, node)
    let moved = try call.moved(outward) { (expression) throws(BindingFailure) in try self.moved(expression, outward, node) }
    return home.column(for: moved, at: node.location).reaching(outward)
  }

  private func refuseMisplaced(_ home: Level, _ node: Syntax.FuncCall) throws(BindingFailure) {
    if home.isInAggregate { throw refusal(SQLState("42803"), "aggregate function calls cannot be nested", node.location) }
    guard home.clause.allowsAggregates else {
      throw refusal(
        SQLState("42803"), "aggregate functions are not allowed in \(home.clause.rawValue)", node.location)
    }
  }

  /// The nearest row that is named: 0 for the level's own; nil if none is.
  func home(of expressions: [Expression]) -> Int? {
    var nearest: Int?
    func note(_ outward: Int) { nearest = min(nearest ?? outward, outward) }
    func visit(_ expression: Expression) {
      switch expression {
      case .column(let place, _):
        guard case .subquery(let number) = Reference(place) else { return note(0) }
        for outward in level.subqueries[number].plan.outerLevels { note(outward - 1) }
        switch level.subqueries[number].kind {
        case .any(let comparison), .all(let comparison): visitComparison(comparison)
        default: break
        }
      case .outer(let outward, _, _): note(outward)
      default: expression.children.forEach(visit)
      }
    }
    func visitComparison(_ expression: Expression) {
      if case .column(let place, _) = expression, case .compared = Reference(place) { return }
      if case .column = expression { return visit(expression) }
      if case .outer = expression { return visit(expression) }
      expression.children.forEach(visitComparison)
    }
    expressions.forEach(visit)
    return nearest
  }

  /// An argument as the query that the aggregate belongs to sees it.
  private func moved(_ expression: Expression, _ outward: Int, _ node: Syntax.FuncCall) throws(BindingFailure) -> Expression {
    switch expression {
    case .column: throw .unsupported("a subquery in an aggregate of an outer query")
    case .outer(let level, let place, let type):
      if level > outward { return .outer(level: level - outward, place, type) }
      switch Reference(place) {
      case .input: return .column(place, type)
      case .aggregate: throw refusal(SQLState("42803"), "aggregate function calls cannot be nested", node.location)
      default: throw .unsupported("an aggregate of an outer query over more than its columns")
      }
    default:
      return try expression.rewritingChildren { (child) throws(BindingFailure) in try moved(child, outward, node) }
    }
  }

  /// `GROUPING(a, b)`.
  func grouping(_ function: Syntax.GroupingFunc) throws(BindingFailure) -> Expression {
    guard function.args.count < 32 else {
      throw refusal(SQLState("54023"), "GROUPING must have fewer than 32 arguments", function.location)
    }
    let arguments = try expressions(function.args)
    guard level.clause.allowsAggregates else {
      throw refusal(
        SQLState("42803"), "grouping operations are not allowed in \(level.clause.rawValue)", function.location)
    }
    if (home(of: arguments) ?? 0) > 0 { throw .unsupported("GROUPING of an outer query") }
    return level.column(for: arguments, at: function.args.map(\.leftmost))
  }
}

extension Plan.AggregateCall {
  fileprivate func moved(
    _ outward: Int, _ move: (Expression) throws(BindingFailure) -> Expression
  ) throws(BindingFailure) -> Plan.AggregateCall {
    var arguments: [Expression] = []
    for argument in self.arguments { arguments.append(try move(argument)) }
    var order: [Plan.SortKey] = []
    for key in self.order { order.append(Plan.SortKey(try move(key.expression), key.order)) }
    var filter: Expression?
    if let condition = self.filter { filter = try move(condition) }
    return Plan.AggregateCall(
      function: function, arguments: arguments, isDistinct: isDistinct, filter: filter, order: order, type: type)
  }
}

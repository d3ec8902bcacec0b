internal import CPgQuery
import Expressions
import Queries
import Relations

/// `GROUP BY`, `HAVING` and aggregates.
///
/// While the clauses are bound, an aggregate is a column behind those of the table, numbered as it is found. Then everything above
/// the groups is rewritten over what a group has: its keys and its aggregates.
extension SelectBinder {
  func grouped(
    _ input: Plan, _ scope: Scope, _ targets: Targets, _ select: Syntax.SelectStmt
  ) throws(BindingFailure) -> Query {
    var scalar = scalar(scope, aggregates: .collected)
    scalar.calls = targets.calls
    var having: Expression?
    if let condition = select.havingClause { having = try scalar.condition(condition, of: "HAVING") }
    let keys = try self.keys(select.groupClause, scope, targets)
    func query(_ plan: Plan, _ expressions: [Expression]) -> Query {
      Query(.project(plan, expressions), columns: zip(targets.names, expressions).map { Query.OutputColumn($0, $1.type) })
    }
    if keys.isEmpty && scalar.calls.isEmpty && select.groupClause.isEmpty && having == nil {
      return query(input, targets.expressions)
    }
    let groups = Groups(keys: keys, inputCount: scope.columns.count)
    var plan = Plan.aggregate(input, .init(keys: keys, calls: scalar.calls))
    if let having { plan = .filter(plan, try rewritten(having, groups, scope)) }
    var expressions: [Expression] = []
    for target in targets.expressions { expressions.append(try rewritten(target, groups, scope)) }
    return query(plan, expressions)
  }

  /// What is grouped by: an expression, a target by its number, or by its name where no column has it.
  private func keys(_ clause: Nodes, _ scope: Scope, _ targets: Targets) throws(BindingFailure) -> [Expression] {
    var keys: [Expression] = []
    for item in clause {
      let key = try self.key(item, scope, targets)
      if !keys.contains(key) { keys.append(key) }
    }
    return keys
  }

  private func key(_ item: Node, _ scope: Scope, _ targets: Targets) throws(BindingFailure) -> Expression {
    switch item.kind {
    case .groupingSet: throw .unsupported("grouping sets")
    case .aConst(let constant):
      guard case .integer(let number) = constant.value else {
        throw refusal(SQLState("42601"), "non-integer constant in GROUP BY", constant.location)
      }
      guard targets.expressions.indices.contains(Int(number) - 1) else {
        throw refusal(SQLState("42P10"), "GROUP BY position \(number) is not in select list", constant.location)
      }
      return try withoutAggregates(targets.expressions[Int(number) - 1], scope, constant.location)
    case .columnRef(let reference) where reference.fields.count == 1:
      let name = Identifier(reference.fields[0].text)
      let named = targets.names.indices.filter { targets.names[$0] == name }.map { targets.expressions[$0] }
      guard scope.places(of: name, in: nil).isEmpty, let target = named.first else { break }
      guard Set(named).count == 1 else {
        throw refusal(SQLState("42702"), "GROUP BY \"\(name.text)\" is ambiguous", reference.location)
      }
      return try withoutAggregates(target, scope, reference.location)
    default: break
    }
    var scalar = scalar(scope, aggregates: .refused("GROUP BY"))
    let key = try scalar.expression(item)
    return key.type.id == .unknown ? try scalar.coerced(key, to: .text, item) : key
  }

  private func withoutAggregates(_ key: Expression, _ scope: Scope, _ location: Int32) throws(BindingFailure) -> Expression {
    guard key.columns.allSatisfy({ $0 < scope.columns.count }) else {
      throw refusal(SQLState("42803"), "aggregate functions are not allowed in GROUP BY", location)
    }
    return key
  }

  private struct Groups {
    let keys: [Expression]
    let inputCount: Int
  }

  /// An expression over a group's keys and aggregates.
  private func rewritten(_ expression: Expression, _ groups: Groups, _ scope: Scope) throws(BindingFailure) -> Expression {
    var stray: Int?
    func rewrite(_ expression: Expression) -> Expression {
      if let key = groups.keys.firstIndex(of: expression) { return .column(key, expression.type) }
      guard case .column(let place, let type) = expression else { return expression.mappingChildren(rewrite) }
      if place >= groups.inputCount { return .column(groups.keys.count + place - groups.inputCount, type) }
      stray = stray ?? place
      return expression
    }
    let rewritten = rewrite(expression)
    if let stray { throw ungrouped(stray, groups, scope) }
    return rewritten
  }

  /// A column that no group fixes. By a primary key among the keys it would be fixed after all, which we do not look at yet.
  private func ungrouped(_ place: Int, _ groups: Groups, _ scope: Scope) -> BindingFailure {
    let keyed = Set(groups.keys.compactMap { key in if case .column(let place, _) = key { place } else { nil } })
    if primaryKeyIsWithin(keyed, scope) { return .unsupported("columns fixed by a primary key in GROUP BY") }
    let column = scope.columns[place]
    return refusal(
      SQLState("42803"),
      "column \"\(column.relation.text).\(column.name.text)\" must appear in the GROUP BY clause or be used in an aggregate function",
      -1)
  }

  private func primaryKeyIsWithin(_ places: Set<Int>, _ scope: Scope) -> Bool {
    scope.primaryKey.map { !$0.isEmpty && $0.allSatisfy(places.contains) } ?? false
  }
}

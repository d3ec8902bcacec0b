internal import CPgQuery
import Expressions
import Queries
import Relations

/// Subqueries in expressions.
extension ScalarBinder {
  func subquery(_ link: Syntax.SubLink, _ node: Node) throws(BindingFailure) -> Expression {
    guard case .selectStmt(let select)? = link.subselect?.kind else { throw .unsupported("a subquery that is no SELECT") }
    let query = try QueryBinder(surroundings.within(level)).query(select)
    let plan = query.plan
    switch link.subLinkType {
    case PG_QUERY__SUB_LINK_TYPE__EXISTS_SUBLINK:
      return level.column(for: .init(plan: plan, kind: .exists), type: .bool)
    case PG_QUERY__SUB_LINK_TYPE__EXPR_SUBLINK:
      let type = try onlyColumn(plan, query, link)
      return level.column(for: .init(plan: plan, kind: .scalar), type: type)
    case PG_QUERY__SUB_LINK_TYPE__ARRAY_SUBLINK:
      let type = try onlyColumn(plan, query, link)
      guard let array = builder.catalogue.array(of: type.id) else {
        throw refusal(
          .undefinedObject, "could not find array type for data type \(builder.catalogue.name(of: type.id))", link.location)
      }
      return level.column(for: .init(plan: plan, kind: .array(SQLType(array))), type: SQLType(array))
    case PG_QUERY__SUB_LINK_TYPE__ANY_SUBLINK, PG_QUERY__SUB_LINK_TYPE__ALL_SUBLINK:
      return try quantified(link, query, node)
    case PG_QUERY__SUB_LINK_TYPE__ROWCOMPARE_SUBLINK: return try rowComparison(link, query, node)
    default: throw .unsupported("a subquery of another kind")
    }
  }

  private func onlyColumn(_ plan: Plan, _ query: BoundQuery, _ link: Syntax.SubLink) throws(BindingFailure) -> SQLType {
    let types = plan.types
    guard types.count == 1 else { throw refusal(SQLState("42601"), "subquery must return only one column", link.location) }
    return types[0]
  }

  /// `x op ANY (query)`; without an operator, `IN`.
  private func quantified(_ link: Syntax.SubLink, _ query: BoundQuery, _ node: Node) throws(BindingFailure) -> Expression {
    let left = try operands(link, query)
    let types = query.plan.types
    let right = types.indices.map { Reference.compared($0).expression(types[$0]) }
    let name = link.operName.isEmpty ? "=" : try operatorName(link.operName)
    let comparison = try compared(left, name, right, link.location)
    let isAll = link.subLinkType == PG_QUERY__SUB_LINK_TYPE__ALL_SUBLINK
    return level.column(for: .init(plan: query.plan, kind: isAll ? .all(comparison) : .any(comparison)), type: .bool)
  }

  /// `(a, b) op (query)`: the one row's columns one by one, each a subquery for itself.
  private func rowComparison(_ link: Syntax.SubLink, _ query: BoundQuery, _ node: Node) throws(BindingFailure) -> Expression {
    let left = try operands(link, query)
    let types = query.plan.types
    let right = types.indices.map { place in
      level.column(
        for: .init(plan: .project(query.plan, [.column(place, types[place])]), kind: .scalar), type: types[place])
    }
    return try compared(left, try operatorName(link.operName), right, link.location)
  }

  private func operands(_ link: Syntax.SubLink, _ query: BoundQuery) throws(BindingFailure) -> [Expression] {
    let left: [Expression]
    if case .rowExpr(let row)? = link.testexpr?.kind {
      left = try expressions(row.args)
    } else {
      left = [try expression(link.testexpr!)]
    }
    let count = query.plan.types.count
    guard left.count == count else {
      let what = left.count < count ? "subquery has too many columns" : "subquery has too few columns"
      throw refusal(SQLState("42601"), what, link.location)
    }
    return left
  }
}

// MARK: - Rows

extension ScalarBinder {
  /// Rows compared column by column: `=` and `<>` over all, the others by the first that differs.
  func compared(_ left: [Expression], _ name: String, _ right: [Expression], _ location: Int32) throws(BindingFailure) -> Expression
  {
    guard left.count == right.count else {
      throw refusal(SQLState("42601"), "unequal number of entries in row expressions", location)
    }
    if left.isEmpty { throw .unsupported("comparison of rows without columns") }
    func pair(_ name: String, _ place: Int) throws(BindingFailure) -> Expression {
      let made = try surroundings.located(location) { () throws(Failure) in try builder.apply(name, left[place], right[place]) }
      guard made.type.id == .bool else {
        let type = builder.catalogue.name(of: made.type.id)
        throw refusal(
          .datatypeMismatch,
          left.count == 1
            ? "operator \(name) must return type boolean, not type \(type)"
            : "row comparison operator must yield type boolean, not type \(type)", location)
      }
      return made
    }
    if left.count == 1 { return try pair(name, 0) }
    switch name {
    case "=", "<>":
      var parts: [Expression] = []
      for place in left.indices { parts.append(try pair(name, place)) }
      return name == "=" ? .and(parts) : .or(parts)
    case "<", "<=", ">", ">=":
      for operand in left + right { try surroundings.binding.spend(copies: 2, of: operand) }
      // Of two errors the first pair's is told.
      for place in left.indices.dropLast() { _ = try pair(name, place) }
      var comparison = try pair(name, left.count - 1)
      for place in left.indices.dropLast().reversed() where !Planted.bug("rows are compared by their last columns") {
        let (equal, strict) = (try pair("=", place), try pair(String(name.prefix(1)), place))
        comparison = .branches([.init(condition: equal, value: comparison)], otherwise: strict, .bool)
      }
      return comparison
    default:
      for place in left.indices { _ = try pair(name, place) }
      throw refusal(SQLState("0A000"), "could not determine interpretation of row comparison operator \(name)", location)
    }
  }

  /// `ROW(a, b) IS [NOT] DISTINCT FROM ROW(c, d)`.
  func distinct(_ left: [Expression], _ right: [Expression], negated: Bool, _ location: Int32) throws(BindingFailure) -> Expression
  {
    guard left.count == right.count else {
      throw refusal(SQLState("42601"), "unequal number of entries in row expressions", location)
    }
    var parts: [Expression] = []
    for (a, b) in zip(left, right) {
      parts.append(try surroundings.located(location) { () throws(Failure) in try builder.isDistinct(a, b, negated: negated) })
    }
    if parts.isEmpty { return builder.boolean(negated) }
    return parts.count == 1 ? parts[0] : negated ? .and(parts) : .or(parts)
  }
}

internal import CPgQuery
import Expressions
import Queries
import Relations

/// `UNION`, `INTERSECT`, `EXCEPT`: two queries whose columns are brought to common types.
extension QueryBinder {
  func combined(_ select: Syntax.SelectStmt) throws(BindingFailure) -> BoundQuery {
    try refuseLocks(select, over: "UNION/INTERSECT/EXCEPT")
    if select.intoClause != nil { throw .unsupported("SELECT INTO") }
    var query = try operation(select)
    try order(&query, select)
    return query
  }

  /// The operation without what stands behind it.
  private func operation(_ select: Syntax.SelectStmt) throws(BindingFailure) -> BoundQuery {
    let left = try part(select.larg!)
    let right = try part(select.rarg!)
    return try combined(left, right, select)
  }

  /// One side. A side with an order, a limit or a `WITH` of its own stood in parentheses.
  func part(_ select: Syntax.SelectStmt) throws(BindingFailure) -> BoundQuery {
    if select.op == PG_QUERY__SET_OPERATION__SETOP_NONE || select.hasOwnClauses { return try query(select, resolvesUnknown: false) }
    try surroundings.binding.spend(1)
    return try surroundings.binding.within(1) { () throws(BindingFailure) in try operation(select) }
  }

  func combined(_ left: BoundQuery, _ right: BoundQuery, _ select: Syntax.SelectStmt) throws(BindingFailure) -> BoundQuery {
    let (kind, name) = try operationKind(select)
    let (leftTypes, rightTypes) = (left.plan.types, right.plan.types)
    guard leftTypes.count == rightTypes.count else {
      throw refusal(SQLState("42601"), "each \(name) query must have the same number of columns", right.location(0))
    }
    var types: [SQLType] = []
    var locations: [Int32] = []
    for (place, (a, b)) in zip(leftTypes, rightTypes).enumerated() {
      let sides = [left.location(place), right.location(place)]
      let id = try surroundings.located(sides, [a.id, b.id]) { () throws(Failure) in
        try surroundings.builder.raisingFailure { () throws(SQLError) in
          try surroundings.builder.catalogue.commonType(of: [a.id, b.id], in: name)
        }
      }
      // Of the side whose type it is.
      locations.append(a.id == id || (a.id == .unknown && b.id == .unknown) ? sides[0] : sides[1])
      types.append(
        a == b && a.id == id ? a : SQLType(id, modifier: a.id == id && b.id == id && a.modifier == b.modifier ? a.modifier : -1))
    }
    let sides = (try converted(left.plan, to: types), try converted(right.plan, to: types))
    if !(kind == .union && select.all) {
      if types.contains(where: { !surroundings.builder.catalogue.understands($0.id) }) {
        throw .unsupported("the equality of a user's type")
      }
      for (place, type) in types.enumerated() where surroundings.builder.catalogue.comparison(.equal, of: type.id) == nil {
        throw refusal(
          .undefinedFunction,
          "could not identify an equality operator for type \(surroundings.builder.catalogue.name(of: type.id))",
          locations[place])
      }
    }
    return BoundQuery(
      plan: .combine(.init(kind, all: select.all, sides.0, sides.1)), names: left.names, locations: locations)
  }

  private func operationKind(_ select: Syntax.SelectStmt) throws(BindingFailure) -> (Plan.SetOperation.Kind, String) {
    switch select.op {
    case PG_QUERY__SET_OPERATION__SETOP_UNION: return (.union, "UNION")
    case PG_QUERY__SET_OPERATION__SETOP_INTERSECT: return (.intersect, "INTERSECT")
    default: return (.except, "EXCEPT")
    }
  }

  // MARK: Types

  /// The same rows with columns of other types. A literal that nothing has given a type is read where it stands.
  func converted(_ plan: Plan, to types: [SQLType]) throws(BindingFailure) -> Plan {
    if plan.types == types { return plan }
    let read = try reading(plan, as: types)
    let columns = read.types
    if columns == types { return read }
    var expressions: [Expression] = []
    for (place, type) in types.enumerated() {
      let column = Expression.column(place, columns[place])
      expressions.append(
        columns[place].id == type.id
          ? column
          : try surroundings.located(-1) { () throws(Failure) in
            try surroundings.builder.coerce(column, to: SQLType(type.id), .implicit)
          })
    }
    // Only the modifiers were different: those do not change a value.
    if expressions.indices.allSatisfy({ expressions[$0] == .column($0, columns[$0]) }) { return read }
    return .project(read, expressions)
  }

  private func reading(_ plan: Plan, as types: [SQLType]) throws(BindingFailure) -> Plan {
    switch plan {
    case .sort(let input, let keys): return .sort(try reading(input, as: types), keys)
    case .limit(let input, let limit): return .limit(try reading(input, as: types), limit)
    case .project(let input, let expressions):
      var read: [Expression] = []
      for (place, expression) in expressions.enumerated() {
        // Columns that nobody sees, for the order, stand behind the others.
        guard place < types.count, expression.type.id == .unknown, expression.isConstantValue else {
          read.append(expression)
          continue
        }
        read.append(
          try surroundings.located(-1) { () throws(Failure) in
            try surroundings.builder.coerce(expression, to: SQLType(types[place].id), .implicit)
          })
      }
      return .project(input, read)
    default: return plan
    }
  }
}

extension ExpressionBuilder {
  fileprivate func raisingFailure<R>(_ body: () throws(SQLError) -> R) throws(Failure) -> R {
    do { return try body() } catch { throw .raised(error) }
  }
}

extension Syntax.SelectStmt {
  fileprivate var hasOwnClauses: Bool {
    !sortClause.isEmpty || limitCount != nil || limitOffset != nil || !lockingClause.isEmpty || withClause != nil
  }
}

// MARK: - What stands behind

extension QueryBinder {
  /// `ORDER BY` and `LIMIT` of a set operation or of `VALUES`: over the columns of the result.
  func order(_ query: inout BoundQuery, _ select: Syntax.SelectStmt, isUnion: Bool = true) throws(BindingFailure) {
    let types = query.plan.types
    let columns = query.names.indices.map { Scope.Column(name: query.names[$0], expression: .column($0, types[$0])) }
    let level = Level(scope: Scope(columns: columns))
    level.clause = .orderBy
    let scalar = ScalarBinder(surroundings: surroundings, level: level)
    var keys: [Plan.SortKey] = []
    for case .sortBy(let item) in select.sortClause.map(\.kind) {
      let key = try sortKey(item, query.names, types, scalar, isUnion: isUnion)
      let order = try scalar.order(item, key)
      if !keys.contains(where: { $0.expression == key }) { keys.append(Plan.SortKey(key, order)) }
    }
    if !keys.isEmpty { query.plan = .sort(query.plan, keys) }
    query.plan = try limited(query.plan, select, keys)
  }

  private func sortKey(
    _ item: Syntax.SortBy, _ names: [Identifier], _ types: [SQLType], _ scalar: ScalarBinder, isUnion: Bool
  ) throws(BindingFailure) -> Expression {
    let node = item.node!
    switch node.kind {
    case .aConst(let constant):
      guard case .integer(let number) = constant.value else {
        throw refusal(SQLState("42601"), "non-integer constant in ORDER BY", constant.location)
      }
      guard types.indices.contains(Int(number) - 1) else {
        throw refusal(SQLState("42P10"), "ORDER BY position \(number) is not in select list", constant.location)
      }
      return .column(Int(number) - 1, types[Int(number) - 1])
    case .columnRef(let reference) where reference.fields.count == 1 && reference.fields[0].text != "":
      let name = Identifier(reference.fields[0].text)
      let places = names.indices.filter { names[$0] == name }
      if places.count > 1 {
        throw refusal(SQLState("42702"), "ORDER BY \"\(name.text)\" is ambiguous", reference.location)
      }
      if let place = places.first { return .column(place, types[place]) }
    default: break
    }
    let key = try scalar.resolved(scalar.expression(node), node)
    // Another expression over the columns would be a column of its own.
    if case .column(let place, _) = key, types.indices.contains(place) { return key }
    if !isUnion { throw .unsupported("VALUES in the order of an expression") }
    throw refusal(SQLState("0A000"), "invalid UNION/INTERSECT/EXCEPT ORDER BY clause", node.leftmost)
  }

  /// `LIMIT`, `OFFSET`, `FETCH FIRST`.
  func limited(
    _ plan: Plan, _ select: Syntax.SelectStmt, _ keys: [Plan.SortKey], _ scope: Scope = .none
  ) throws(BindingFailure) -> Plan {
    let offset = try count(select.limitOffset, .offset, scope)
    let count = try count(select.limitCount, .limit, scope)
    let withTies = select.limitOption == PG_QUERY__LIMIT_OPTION__LIMIT_OPTION_WITH_TIES
    if withTies {
      if keys.isEmpty { throw refusal(SQLState("42601"), "WITH TIES cannot be specified without ORDER BY clause", -1) }
      if select.limitCount != nil, count == nil {
        throw refusal(SQLState("2201W"), "row count cannot be null in FETCH FIRST ... WITH TIES clause", -1)
      }
    }
    // `LIMIT ALL` and `LIMIT NULL` are none.
    if count == nil, offset == nil { return plan }
    return .limit(plan, .init(count: count, offset: offset, ties: withTies ? keys : nil))
  }

  private func count(_ node: Node?, _ clause: Clause, _ scope: Scope) throws(BindingFailure) -> Expression? {
    guard let node else { return nil }
    let level = Level(scope: scope)
    level.clause = clause
    let scalar = ScalarBinder(surroundings: surroundings, level: level)
    let made = try scalar.wholeNumber(scalar.expression(node), of: clause.rawValue, node)
    let stray = made.columns.contains { if case .input = Reference($0) { true } else { false } }
    if stray { throw refusal(SQLState("42P10"), "argument of \(clause.rawValue) must not contain variables", node.location) }
    guard level.subqueries.isEmpty else { throw .unsupported("a subquery in \(clause.rawValue)") }
    if case .constant(let constant) = made, constant.value.isNull { return nil }
    return made
  }

  func refuseLocks(_ select: Syntax.SelectStmt, over what: String) throws(BindingFailure) {
    guard !select.lockingClause.isEmpty else { return }
    throw refusal(SQLState("0A000"), "FOR UPDATE is not allowed with \(what)", -1)
  }
}

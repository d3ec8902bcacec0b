internal import CPgQuery
import Expressions
import Queries
import Relations

/// Functions that make rows: `FROM generate_series(1, 10) WITH ORDINALITY`, `ROWS FROM (…)`, `unnest(…)`.
///
/// They see their neighbours to the left without being asked to.
extension FromBinder {
  func functions(_ range: Syntax.RangeFunction) throws(BindingFailure) -> Source {
    let level = Level(scope: .none)
    level.clause = .functionInFrom
    let scalar = ScalarBinder(surroundings: surroundings(isLateral: true), level: level)
    if !range.coldeflist.isEmpty { return try records(range, scalar, level) }
    var made: [Made] = []
    for item in range.functions {
      guard case .list(let parts) = item.kind, let node = parts.first else { throw .unsupported("a function in FROM") }
      if parts.count > 1, case .list(let definitions) = parts[1].kind, !definitions.isEmpty {
        throw .unsupported("a function with a column definition list")
      }
      made += try self.made(node, scalar)
    }
    guard level.subqueries.isEmpty else { throw .unsupported("a subquery in the arguments of a function in FROM") }
    return try source(made, range)
  }

  /// What one function of the list gives.
  private struct Made {
    let rows: Rows
    /// As its columns are called without an alias.
    let name: Identifier
    let columns: [(name: Identifier, type: SQLType)]

    enum Rows {
      case call(Expression.Call)
      /// One row: a function that returns no set.
      case value(Expression)
      /// The elements of an array that is written out.
      case elements([Expression])
    }
  }

  private func made(_ node: Node, _ scalar: ScalarBinder) throws(BindingFailure) -> [Made] {
    let name = node.outputName
    if case .funcCall(let call) = node.kind {
      if call.funcname.last?.text == "unnest", call.agg_order.isEmpty, !call.func_variadic, !call.args.isEmpty {
        if let made = try unnested(call, scalar) { return made }
        guard call.args.count == 1 else { throw .unsupported("unnest of several arrays that are not written out") }
      }
      let isPlain = scalar.kind(of: try scalar.functionName(call)) == .function
      let bound = try isPlain ? scalar.uncollected(call, node) : scalar.call(call, node)
      guard case .call(let made) = bound, let function = scalar.builder.catalogue.function(made.function) else {
        return [Made(rows: .value(bound), name: name, columns: [(name, bound.type)])]
      }
      let columns = try self.columns(function, made, name, node)
      if function.returnsSet { return [Made(rows: .call(made), name: name, columns: columns)] }
      guard columns.count == 1 else { throw .unsupported("the function \(function.name), whose result is a row") }
      return [Made(rows: .value(bound), name: name, columns: columns)]
    }
    let value = try scalar.expression(node)
    return [Made(rows: .value(value), name: name, columns: [(name, value.type)])]
  }

  /// `jsonb_to_recordset(…) AS x(a int, b text)`: see `RecordRows`.
  private func records(
    _ range: Syntax.RangeFunction, _ scalar: ScalarBinder, _ level: Level
  ) throws(BindingFailure) -> Source {
    let unsupported = BindingFailure.unsupported("a function with a column definition list")
    guard range.functions.count == 1, case .list(let parts)? = range.functions.first?.kind, let node = parts.first,
      case .funcCall(let call) = node.kind, let alias = range.alias, alias.colnames.isEmpty, !range.ordinality
    else { throw unsupported }
    guard case .call(let bound) = try scalar.uncollected(call, node), bound.type.id == .record,
      let symbol = scalar.builder.catalogue.function(bound.function)?.symbol, bound.arguments.count == 1,
      ["jsonb_to_recordset", "json_to_recordset", "jsonb_to_record", "json_to_record"].contains(symbol), level.subqueries.isEmpty
    else { throw unsupported }
    var columns: [(name: Identifier, type: SQLType)] = []
    for definition in range.coldeflist {
      guard case .columnDef(let column) = definition.kind, let type = column.typeName, column.collClause == nil else {
        throw unsupported
      }
      let name = Identifier(column.colname)
      // Names that are there twice are an error of PostgreSQL's.
      guard !columns.contains(where: { $0.name == name }) else { throw unsupported }
      columns.append((name, try scalar.type(type)))
    }
    guard let listed = RecordColumns(columns) else { throw unsupported }
    // What belongs to a cast stays out of templates.
    let rows = Expression.Call(
      function: bound.function, arguments: bound.arguments + [.constant(.bytes(listed.encoded), .text)], type: bound.type,
      spelling: .implicitCast)
    let made = Made(rows: .call(rows), name: Identifier(alias.aliasname), columns: columns)
    let plan = try self.rows([made], isNumbered: false, types: columns.map(\.type))
    let named = columns.enumerated().map { Scope.Column(name: $1.name, expression: .column($0, $1.type)) }
    return Source(plan, try scope(named, alias, fallback: made.name, -1))
  }

  private func columns(
    _ function: Function, _ call: Expression.Call, _ name: Identifier, _ node: Node
  ) throws(BindingFailure) -> [(name: Identifier, type: SQLType)] {
    let outputs = function.columns
    guard call.type.id == .record else {
      return [(outputs.count == 1 ? Identifier(outputs[0].name) : name, call.type)]
    }
    guard !outputs.isEmpty else {
      throw refusal(
        SQLState("42601"), "a column definition list is required for functions returning \"record\"", node.location)
    }
    guard outputs.allSatisfy({ !$0.type.isPolymorphic }) else { throw .unsupported("the function \(function.name)") }
    return outputs.map { (Identifier($0.name), SQLType($0.type)) }
  }

  /// `unnest` of arrays that are written out, each as its elements; nil if one is not.
  private func unnested(_ call: Syntax.FuncCall, _ scalar: ScalarBinder) throws(BindingFailure) -> [Made]? {
    var made: [Made] = []
    for argument in call.args {
      guard let array = try scalar.array(argument), !array.isNull else { return nil }
      made.append(Made(rows: .elements(array.elements), name: "unnest", columns: [("unnest", SQLType(array.element))]))
    }
    return made
  }
}

// MARK: - Rows

extension FromBinder {
  private func source(_ made: [Made], _ range: Syntax.RangeFunction) throws(BindingFailure) -> Source {
    var columns = made.flatMap(\.columns)
    // The alias of a function with one column is also that column's name.
    if made.count == 1, columns.count == 1, let alias = range.alias, made[0].columns[0].name == made[0].name {
      columns[0].name = Identifier(alias.aliasname)
    }
    let plan = try rows(made, isNumbered: range.ordinality, types: columns.map(\.type))
    if range.ordinality { columns.append(("ordinality", .int8)) }
    let named = columns.enumerated().map { Scope.Column(name: $1.name, expression: .column($0, $1.type)) }
    var scope = try scope(named, range.alias, fallback: made[0].name, -1)
    if named.count == 1 { scope.relations[0].scalar = scope.relations[0].columns[0] }
    return Source(plan, scope)
  }

  private func rows(_ made: [Made], isNumbered: Bool, types: [SQLType]) throws(BindingFailure) -> Plan {
    let numbered = types + (isNumbered ? [.int8] : [])
    var calls: [Expression.Call] = []
    for one in made { if case .call(let call) = one.rows { calls.append(call) } }
    if calls.count == made.count { return .rows(.init(calls, types: numbered, isNumbered: isNumbered)) }
    if made.count == 1, case .value(let value) = made[0].rows {
      return .project(.oneRow, [value] + (isNumbered ? [.constant(.integer(1), .int8)] : []))
    }
    // Lists of known length stand side by side as rows: the shorter ones are filled up with nulls.
    var lists: [[Expression]] = []
    for one in made {
      switch one.rows {
      case .elements(let elements): lists.append(elements)
      case .value(let value): lists.append([value])
      case .call: throw .unsupported("ROWS FROM over functions of different kinds")
      }
    }
    let count = lists.map(\.count).max() ?? 0
    let rows = (0..<count).map { row in
      lists.indices.map { row < lists[$0].count ? lists[$0][row] : Expression.constant(.null, types[$0]) }
        + (isNumbered ? [.constant(.integer(Int64(row) + 1), .int8)] : [])
    }
    return .values(rows, numbered)
  }
}

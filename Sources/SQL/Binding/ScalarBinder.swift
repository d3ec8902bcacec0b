internal import CPgQuery
import Expressions
import Queries
import Relations

/// Expressions of one clause: nodes in, typed expressions out, by way of the builder.
///
/// What is no expression of one row (aggregates, window functions, subqueries) is collected in the level, and a reference stands for it.
struct ScalarBinder {
  let surroundings: Surroundings
  let level: Level

  var builder: ExpressionBuilder { surroundings.builder }
  var binder: Binder { surroundings.binder }

  /// A condition, as `WHERE` and `HAVING` want one.
  func condition(_ node: Node, of clause: String) throws(BindingFailure) -> Expression {
    let expression = try self.expression(node)
    return try surroundings.located(node.leftmost) { () throws(Failure) in try builder.boolean(expression, of: clause) }
  }

  func expression(_ node: Node) throws(BindingFailure) -> Expression {
    try surroundings.binding.spend(expressions: 1)
    return try surroundings.binding.within(1) { () throws(BindingFailure) in try made(node) }
  }

  private func made(_ node: Node) throws(BindingFailure) -> Expression {
    switch node.kind {
    case .aConst(let constant): return try literal(constant)
    case .columnRef(let reference): return try column(reference)
    case .paramRef(let parameter): return try self.parameter(parameter)
    case .aExpr(let operation): return try self.operation(operation, node)
    case .boolExpr(let logic): return try self.logic(logic)
    case .nullTest(let test): return try nullTest(test)
    case .booleanTest(let test): return try truthTest(test, node)
    case .typeCast(let cast): return try self.cast(cast, node)
    case .caseExpr(let choice):
      return try withoutSeries("CASE") { () throws(BindingFailure) in try self.choice(choice, node) }
    case .coalesceExpr(let coalesce):
      let operands = try withoutSeries("COALESCE") { () throws(BindingFailure) in try expressions(coalesce.args) }
      return try located(oneOf: Array(coalesce.args), operands) { () throws(Failure) in try builder.coalesce(operands) }
    case .minMaxExpr(let extreme):
      let operands = try expressions(extreme.args)
      let which: Expression.Extreme = extreme.op == PG_QUERY__MIN_MAX_OP__IS_GREATEST ? .greatest : .least
      return try located(oneOf: Array(extreme.args), operands) { () throws(Failure) in try builder.extreme(which, operands) }
    case .sqlValueFunction(let function): return try clock(function)
    case .funcCall(let call): return try self.call(call, node)
    case .subLink(let link): return try subquery(link, node)
    case .groupingFunc(let function): return try grouping(function)
    case .aArrayExpr(let array): return try constructed(array)
    case .aIndirection(let indirection): return try self.indirection(indirection, node)
    case .collateClause(let clause): return try collated(clause)
    case .setToDefault(let node): throw refusal(SQLState("42601"), "DEFAULT is not allowed in this context", node.location)
    default: throw .unsupported(node.typeName)
    }
  }

  /// A function that makes rows has no place where it might not be called.
  private func withoutSeries<R>(_ what: String, _ bind: () throws(BindingFailure) -> R) throws(BindingFailure) -> R {
    let before = level.series.count
    let bound = try bind()
    guard level.series.count == before else {
      throw refusal(
        SQLState("0A000"), "set-returning functions are not allowed in \(what)", level.seriesLocations[level.series.count - 1])
    }
    return bound
  }

  func expressions(_ nodes: Nodes) throws(BindingFailure) -> [Expression] {
    var all: [Expression] = []
    for node in nodes { all.append(try expression(node)) }
    return all
  }

  func coerced(_ expression: Expression, to type: SQLType, _ node: Node) throws(BindingFailure) -> Expression {
    try located(node) { () throws(Failure) in try builder.coerce(expression, to: type, .implicit) }
  }

  /// A literal that nothing gave a type is text.
  func resolved(_ expression: Expression, _ node: Node) throws(BindingFailure) -> Expression {
    expression.type.id == .unknown ? try coerced(expression, to: .text, node) : expression
  }

  func located<R>(_ node: Node, _ build: () throws(Failure) -> R) throws(BindingFailure) -> R {
    try surroundings.located(node.location, build)
  }

  /// For operands that are brought to a common type: where the one stands that does not become it.
  func located<R>(
    oneOf nodes: [Node], _ operands: [Expression], or location: Int32 = -1, _ build: () throws(Failure) -> R
  ) throws(BindingFailure) -> R {
    try surroundings.located(nodes.map(\.leftmost), operands.map(\.type.id), or: location, build)
  }

  func refusal(_ state: SQLState, _ message: String, _ location: Int32) -> BindingFailure {
    surroundings.refusal(state, message, location)
  }

  /// The same, for another clause of the level.
  func clause<R>(_ clause: Clause, _ bind: () throws(BindingFailure) -> R) throws(BindingFailure) -> R {
    let before = level.clause
    level.clause = clause
    defer { level.clause = before }
    return try bind()
  }
}

// MARK: - Leaves

extension ScalarBinder {
  private func literal(_ constant: Syntax.AConst) throws(BindingFailure) -> Expression {
    let bound = try unplaced(constant)
    guard surroundings.binding.keepsOrigins, case .constant(let value) = bound else { return bound }
    switch value.value {
    case .null, .bool: return bound
    default: break
    }
    // What the grammar puts in by itself stands nowhere: `FETCH FIRST ROW ONLY` is of one row.
    guard constant.location >= 0 else { return bound }
    return .constant(Constant(value.value, value.type, from: surroundings.binding.origin(Int(constant.location))))
  }

  private func unplaced(_ constant: Syntax.AConst) throws(BindingFailure) -> Expression {
    switch constant.value {
    case .integer(let value): return .constant(.integer(Int64(value)), .int4)
    case .number(let digits):
      do { return try builder.number(digits) } catch {
        guard case .raised(let error) = error else { throw .unsupported("the number \(digits)") }
        throw refusal(error.state, error.message, constant.location)
      }
    case .string(let text): return builder.literal(text)
    case .boolean(let bit): return builder.boolean(bit)
    case .null: return builder.literal(nil)
    case .bits: throw .unsupported("bit strings")
    }
  }

  private func parameter(_ reference: Syntax.ParamRef) throws(BindingFailure) -> Expression {
    let index = Int(reference.number) - 1
    guard surroundings.binding.parameters.indices.contains(index) else {
      throw refusal(SQLState("42P02"), "there is no parameter $\(reference.number)", reference.location)
    }
    let text = surroundings.binding.parameters[index]
    if surroundings.binding.keepsOrigins, let text {
      return .constant(Constant(.text(text), .unknown, from: surroundings.binding.origin(-1 - index)))
    }
    return builder.literal(text)
  }

  private func clock(_ function: Syntax.SQLValueFunction) throws(BindingFailure) -> Expression {
    switch function.op {
    case PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_CURRENT_DATE: return .clock(.currentDate, .date)
    case PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_CURRENT_TIMESTAMP: return .clock(.currentTimestamp, .timestamptz)
    case PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_CURRENT_TIMESTAMP_N:
      return .clock(.currentTimestamp, SQLType(.timestamptz, modifier: min(function.typmod, 6)))
    case PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_LOCALTIMESTAMP: return .clock(.localTimestamp, .timestamp)
    case PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_LOCALTIMESTAMP_N:
      return .clock(.localTimestamp, SQLType(.timestamp, modifier: min(function.typmod, 6)))
    case PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_CURRENT_TIME, PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_CURRENT_TIME_N,
      PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_LOCALTIME, PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_LOCALTIME_N:
      throw .unsupported("CURRENT_TIME and LOCALTIME")
    default: throw .undecidable(.setting, "CURRENT_USER and its kin")
    }
  }

  private func nullTest(_ test: Syntax.NullTest) throws(BindingFailure) -> Expression {
    let negated = test.nulltesttype == PG_QUERY__NULL_TEST_TYPE__IS_NOT_NULL
    guard case .rowExpr(let row)? = test.arg?.kind else { return builder.isNull(try expression(test.arg!), negated: negated) }
    // A row is null if all of it is, and not null if none of it is.
    let tests = try expressions(row.args).map { builder.isNull($0, negated: negated) }
    return tests.count == 1 ? tests[0] : .and(tests)
  }

  private func collated(_ clause: Syntax.CollateClause) throws(BindingFailure) -> Expression {
    let operand = try resolved(expression(clause.arg!), clause.arg!)
    let collations = Collations(binder.schema, builder.catalogue)
    guard collations.collation(of: operand.type.id) != nil else {
      let type = builder.catalogue.name(of: operand.type.id)
      throw refusal(.datatypeMismatch, "collations are not supported by type \(type)", clause.location)
    }
    surroundings.binding.notesCollation()
    let name = try collation(clause)
    return .collated(
      operand, Collating(name, mayRaise: !collations.isDeterministic(name), isSettled: false, location: clause.location))
  }

  private func collation(_ clause: Syntax.CollateClause) throws(BindingFailure) -> QualifiedName {
    let parts = clause.collname.map { Identifier($0.text) }
    guard let last = parts.last, parts.count <= 2 else { throw .unsupported("a collation with its database") }
    let written = QualifiedName(parts.count == 2 ? parts[0] : nil, last)
    if let declared = binder.schema.collation(written, binder.path) { return declared.name }
    guard written.namespace == nil || written.namespace == "pg_catalog", last.isCommonCollation else {
      throw .undecidable(.collation, "COLLATE \(written)")
    }
    return QualifiedName("pg_catalog", last)
  }
}

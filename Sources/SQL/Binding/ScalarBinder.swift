internal import CPgQuery
import Expressions
import Queries
import Relations

/// What an aggregate call means where a clause is being bound.
enum AggregatePolicy {
  /// It becomes a column behind those of the scope.
  case collected
  /// It has no place there; the clause, for the message.
  case refused(String)
}

/// Expressions of one clause: nodes in, typed expressions out, by way of the builder.
struct ScalarBinder {
  let binder: Binder
  let text: String
  let parameters: [String?]
  let scope: Scope
  var policy: AggregatePolicy
  /// The aggregates found so far; the first is column `scope.columns.count`.
  var calls: [Plan.AggregateCall] = []

  var builder: ExpressionBuilder { binder.builder }

  /// A condition, as `WHERE` and `HAVING` want one.
  mutating func condition(_ node: Node, of clause: String) throws(BindingFailure) -> Expression {
    let expression = try self.expression(node)
    return try located(node) { () throws(Failure) in try builder.boolean(expression, of: clause) }
  }

  mutating func expression(_ node: Node) throws(BindingFailure) -> Expression {
    switch node.kind {
    case .aConst(let constant): return try literal(constant)
    case .columnRef(let reference): return try column(reference)
    case .paramRef(let parameter): return try self.parameter(parameter)
    case .aExpr(let operation): return try self.operation(operation, node)
    case .boolExpr(let logic): return try self.logic(logic)
    case .nullTest(let test):
      let operand = try expression(test.arg!)
      return builder.isNull(operand, negated: test.nulltesttype == PG_QUERY__NULL_TEST_TYPE__IS_NOT_NULL)
    case .booleanTest(let test): return try truthTest(test, node)
    case .typeCast(let cast): return try self.cast(cast, node)
    case .caseExpr(let choice): return try self.choice(choice, node)
    case .coalesceExpr(let coalesce):
      let operands = try expressions(coalesce.args)
      return try located(node) { () throws(Failure) in try builder.coalesce(operands) }
    case .minMaxExpr(let extreme):
      let operands = try expressions(extreme.args)
      let which: Expression.Extreme = extreme.op == PG_QUERY__MIN_MAX_OP__IS_GREATEST ? .greatest : .least
      return try located(node) { () throws(Failure) in try builder.extreme(which, operands) }
    case .sqlValueFunction(let function): return try clock(function)
    case .funcCall(let call): return try self.call(call, node)
    default: throw .unsupported(node.typeName)
    }
  }

  mutating func expressions(_ nodes: Nodes) throws(BindingFailure) -> [Expression] {
    var all: [Expression] = []
    for node in nodes { all.append(try expression(node)) }
    return all
  }

  func coerced(_ expression: Expression, to type: SQLType, _ node: Node) throws(BindingFailure) -> Expression {
    try located(node) { () throws(Failure) in try builder.coerce(expression, to: type, .implicit) }
  }

  /// What the builder refuses, it refuses without knowing where.
  func located<R>(_ node: Node, _ build: () throws(Failure) -> R) throws(BindingFailure) -> R {
    do { return try build() } catch {
      switch error {
      case .raised(let error): throw refusal(error.state, error.message, node.location)
      case .unsupported(let what): throw .unsupported(what)
      }
    }
  }

  func refusal(_ state: SQLState, _ message: String, _ location: Int32) -> BindingFailure {
    .refused(SQLTextError(state, message, at: location < 0 ? nil : Int(location), in: text))
  }
}

// MARK: - Leaves

extension ScalarBinder {
  private func literal(_ constant: Syntax.AConst) throws(BindingFailure) -> Expression {
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
    guard parameters.indices.contains(index) else {
      throw refusal(SQLState("42P02"), "there is no parameter $\(reference.number)", reference.location)
    }
    return builder.literal(parameters[index])
  }

  private func column(_ reference: Syntax.ColumnRef) throws(BindingFailure) -> Expression {
    let names = reference.fields.map { Identifier($0.text) }
    guard names.count <= 3, let name = names.last else { throw .unsupported("a column of another database") }
    let relation = names.count > 1 ? names[names.count - 2] : nil
    let places = scope.places(of: name, in: relation)
    if let relation, !scope.has(relation) || (names.count == 3 && scope.namespaces[relation] != names[0]) {
      throw refusal(SQLState("42P01"), "missing FROM-clause entry for table \"\(relation.text)\"", reference.location)
    }
    switch places.count {
    case 0:
      if names.count == 1, scope.has(name) { throw .unsupported("a whole row as a value") }
      if ["ctid", "xmin", "xmax", "cmin", "cmax", "tableoid"].contains(name.text), !scope.columns.isEmpty {
        throw .unsupported("the system column \(name)")
      }
      let written = names.map(\.text).joined(separator: ".")
      throw refusal(SQLState("42703"), "column \(names.count == 1 ? "\"\(written)\"" : written) does not exist", reference.location)
    case 1: return .column(places[0], scope.columns[places[0]].type)
    default: throw refusal(SQLState("42702"), "column reference \"\(name.text)\" is ambiguous", reference.location)
    }
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
    default: throw .unsupported("CURRENT_USER and its kin")
    }
  }
}

internal import CPgQuery
import Expressions
import Relations

/// Operators, logic and casts.
extension ScalarBinder {
  mutating func operation(_ operation: Syntax.AExpr, _ node: Node) throws(BindingFailure) -> Expression {
    switch operation.kind {
    case PG_QUERY__A__EXPR__KIND__AEXPR_OP, PG_QUERY__A__EXPR__KIND__AEXPR_LIKE, PG_QUERY__A__EXPR__KIND__AEXPR_ILIKE:
      return try plain(operation, node)
    case PG_QUERY__A__EXPR__KIND__AEXPR_DISTINCT, PG_QUERY__A__EXPR__KIND__AEXPR_NOT_DISTINCT:
      let (left, right) = (try expression(operation.lexpr!), try expression(operation.rexpr!))
      let negated = operation.kind == PG_QUERY__A__EXPR__KIND__AEXPR_NOT_DISTINCT
      return try located(node) { () throws(Failure) in try builder.isDistinct(left, right, negated: negated) }
    case PG_QUERY__A__EXPR__KIND__AEXPR_NULLIF:
      let (left, right) = (try expression(operation.lexpr!), try expression(operation.rexpr!))
      return try located(node) { () throws(Failure) in try builder.nullIf(left, right) }
    case PG_QUERY__A__EXPR__KIND__AEXPR_IN: return try membership(operation, node)
    case PG_QUERY__A__EXPR__KIND__AEXPR_BETWEEN, PG_QUERY__A__EXPR__KIND__AEXPR_NOT_BETWEEN,
      PG_QUERY__A__EXPR__KIND__AEXPR_BETWEEN_SYM, PG_QUERY__A__EXPR__KIND__AEXPR_NOT_BETWEEN_SYM:
      return try range(operation, node)
    case PG_QUERY__A__EXPR__KIND__AEXPR_SIMILAR: throw .unsupported("SIMILAR TO")
    default: throw .unsupported("an operator over an array")
    }
  }

  private mutating func plain(_ operation: Syntax.AExpr, _ node: Node) throws(BindingFailure) -> Expression {
    let name = try operatorName(operation.name)
    if case .rowExpr? = operation.lexpr?.kind { throw .unsupported("comparison of rows") }
    var left: Expression?
    if let operand = operation.lexpr { left = try expression(operand) }
    let right = try expression(operation.rexpr!)
    return try located(node) { () throws(Failure) in try builder.apply(name, left, right) }
  }

  private func operatorName(_ name: Nodes) throws(BindingFailure) -> String {
    guard name.count == 1 || name[0].text == "pg_catalog" else { throw .unsupported("an operator of the schema \(name[0].text)") }
    return name[name.count - 1].text
  }

  private mutating func membership(_ operation: Syntax.AExpr, _ node: Node) throws(BindingFailure) -> Expression {
    guard case .list(let nodes)? = operation.rexpr?.kind else { throw .unsupported("IN over a query") }
    if case .rowExpr? = operation.lexpr?.kind { throw .unsupported("comparison of rows") }
    let operand = try expression(operation.lexpr!)
    let members = try expressions(nodes)
    let negated = operation.name[0].text == "<>"
    return try located(node) { () throws(Failure) in try builder.isIn(operand, members, negated: negated) }
  }

  /// `BETWEEN` is what the standard says it is short for; its operand is bound anew for each bound, as PostgreSQL does.
  private mutating func range(_ operation: Syntax.AExpr, _ node: Node) throws(BindingFailure) -> Expression {
    guard case .list(let bounds)? = operation.rexpr?.kind, bounds.count == 2 else {
      throw .unsupported("BETWEEN without two bounds")
    }
    let negated =
      operation.kind == PG_QUERY__A__EXPR__KIND__AEXPR_NOT_BETWEEN
      || operation.kind == PG_QUERY__A__EXPR__KIND__AEXPR_NOT_BETWEEN_SYM
    let isSymmetric =
      operation.kind == PG_QUERY__A__EXPR__KIND__AEXPR_BETWEEN_SYM
      || operation.kind == PG_QUERY__A__EXPR__KIND__AEXPR_NOT_BETWEEN_SYM
    let straight = try within(operation.lexpr!, bounds[0], bounds[1], negated, node)
    guard isSymmetric else { return straight }
    let swapped = try within(operation.lexpr!, bounds[1], bounds[0], negated, node)
    return negated ? .and([straight, swapped]) : .or([straight, swapped])
  }

  private mutating func within(_ operand: Node, _ low: Node, _ high: Node, _ negated: Bool, _ node: Node) throws(BindingFailure)
    -> Expression
  {
    let lower = try comparison(operand, negated ? "<" : ">=", low, node)
    let upper = try comparison(operand, negated ? ">" : "<=", high, node)
    return negated ? .or([lower, upper]) : .and([lower, upper])
  }

  private mutating func comparison(_ left: Node, _ name: String, _ right: Node, _ node: Node) throws(BindingFailure) -> Expression {
    let (left, right) = (try expression(left), try expression(right))
    return try located(node) { () throws(Failure) in try builder.boolean(builder.apply(name, left, right), of: "AND") }
  }
}

// MARK: - Logic

extension ScalarBinder {
  mutating func logic(_ logic: Syntax.BoolExpr) throws(BindingFailure) -> Expression {
    switch logic.boolop {
    case PG_QUERY__BOOL_EXPR_TYPE__AND_EXPR: return .and(try conditions(logic.args, of: "AND"))
    case PG_QUERY__BOOL_EXPR_TYPE__OR_EXPR: return .or(try conditions(logic.args, of: "OR"))
    default: return .not(try condition(logic.args[0], of: "NOT"))
    }
  }

  private mutating func conditions(_ nodes: Nodes, of clause: String) throws(BindingFailure) -> [Expression] {
    var all: [Expression] = []
    for node in nodes { all.append(try condition(node, of: clause)) }
    return all
  }

  mutating func truthTest(_ test: Syntax.BooleanTest, _ node: Node) throws(BindingFailure) -> Expression {
    let (truth, negated): (Expression.Truth, Bool) =
      switch test.booltesttype {
      case PG_QUERY__BOOL_TEST_TYPE__IS_TRUE: (.true, false)
      case PG_QUERY__BOOL_TEST_TYPE__IS_NOT_TRUE: (.true, true)
      case PG_QUERY__BOOL_TEST_TYPE__IS_FALSE: (.false, false)
      case PG_QUERY__BOOL_TEST_TYPE__IS_NOT_FALSE: (.false, true)
      case PG_QUERY__BOOL_TEST_TYPE__IS_UNKNOWN: (.unknown, false)
      default: (.unknown, true)
      }
    let operand = try expression(test.arg!)
    return try located(test.arg!) { () throws(Failure) in try builder.isTruth(operand, truth, negated: negated) }
  }

  mutating func choice(_ choice: Syntax.CaseExpr, _ node: Node) throws(BindingFailure) -> Expression {
    var subject: Expression?
    if let operand = choice.arg {
      let bound = try expression(operand)
      subject = try located(operand) { () throws(Failure) in try builder.subject(bound) }
    }
    var branches: [Expression.Branch] = []
    for case .caseWhen(let branch) in choice.args.map(\.kind) {
      let test = try expression(branch.expr!)
      let condition = try located(branch.expr!) { () throws(Failure) in try builder.condition(test, subject: subject) }
      branches.append(.init(condition: condition, value: try expression(branch.result!)))
    }
    var otherwise: Expression?
    if let node = choice.defresult { otherwise = try expression(node) }
    return try located(node) { () throws(Failure) in try builder.branches(branches, otherwise: otherwise) }
  }
}

// MARK: - Casts

extension ScalarBinder {
  mutating func cast(_ cast: Syntax.TypeCast, _ node: Node) throws(BindingFailure) -> Expression {
    let type = try self.type(cast.typeName!)
    let operand = try expression(cast.arg!)
    return try located(node) { () throws(Failure) in try builder.cast(operand, to: type) }
  }

  private func type(_ name: Syntax.TypeName) throws(BindingFailure) -> SQLType {
    let parts = name.names.map(\.text)
    guard !name.setof, !name.pct_type, parts.count <= 2 else { throw .unsupported("a type by reference") }
    var modifiers: [Int] = []
    for node in name.typmods {
      guard case .aConst(let constant) = node.kind, case .integer(let value) = constant.value else {
        throw .unsupported("a type modifier that is no number")
      }
      modifiers.append(Int(value))
    }
    let schema = parts.count == 2 ? parts[0] : nil
    if binder.schema.type(QualifiedName(schema.map { Identifier($0) }, Identifier(parts[parts.count - 1])), binder.path) != nil {
      throw .unsupported("the type \(parts.joined(separator: "."))")
    }
    let written = TypeName(schema: schema, name: parts[parts.count - 1], modifiers: modifiers, dimensions: name.arrayBounds.count)
    do throws(SQLError) {
      return try builder.catalogue.type(written)
    } catch {
      throw refusal(error.state, error.message, name.location)
    }
  }
}

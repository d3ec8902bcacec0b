internal import CPgQuery
import Expressions
import Relations

/// Operators, logic and casts.
extension ScalarBinder {
  func operation(_ operation: Syntax.AExpr, _ node: Node) throws(BindingFailure) -> Expression {
    switch operation.kind {
    case PG_QUERY__A__EXPR__KIND__AEXPR_OP, PG_QUERY__A__EXPR__KIND__AEXPR_LIKE, PG_QUERY__A__EXPR__KIND__AEXPR_ILIKE,
      PG_QUERY__A__EXPR__KIND__AEXPR_SIMILAR:
      return try plain(operation, node)
    case PG_QUERY__A__EXPR__KIND__AEXPR_DISTINCT, PG_QUERY__A__EXPR__KIND__AEXPR_NOT_DISTINCT:
      let negated = operation.kind == PG_QUERY__A__EXPR__KIND__AEXPR_NOT_DISTINCT
      if let (left, right) = try rows(operation) { return try distinct(left, right, negated: negated, operation.location) }
      let (left, right) = (try expression(operation.lexpr!), try expression(operation.rexpr!))
      return try located(node) { () throws(Failure) in try builder.isDistinct(left, right, negated: negated) }
    case PG_QUERY__A__EXPR__KIND__AEXPR_NULLIF:
      let (left, right) = (try expression(operation.lexpr!), try expression(operation.rexpr!))
      return try located(node) { () throws(Failure) in try builder.nullIf(left, right) }
    case PG_QUERY__A__EXPR__KIND__AEXPR_IN: return try membership(operation, node)
    case PG_QUERY__A__EXPR__KIND__AEXPR_BETWEEN, PG_QUERY__A__EXPR__KIND__AEXPR_NOT_BETWEEN,
      PG_QUERY__A__EXPR__KIND__AEXPR_BETWEEN_SYM, PG_QUERY__A__EXPR__KIND__AEXPR_NOT_BETWEEN_SYM:
      return try range(operation, node)
    case PG_QUERY__A__EXPR__KIND__AEXPR_OP_ANY: return try quantified(operation, node, all: false)
    case PG_QUERY__A__EXPR__KIND__AEXPR_OP_ALL: return try quantified(operation, node, all: true)
    default: throw .unsupported("an operator of another kind")
    }
  }

  private func plain(_ operation: Syntax.AExpr, _ node: Node) throws(BindingFailure) -> Expression {
    let name = try operatorName(operation.name, at: operation.location)
    if let (left, right) = try rows(operation) { return try compared(left, name, right, operation.location) }
    var left: Expression?
    if let operand = operation.lexpr { left = try expression(operand) }
    let right = try expression(operation.rexpr!)
    return try located(node) { () throws(Failure) in try resolver(operation.name).apply(name, left, right) }
  }

  /// What chooses for a name that may be written with PostgreSQL's own schema: then the schema's own have no say.
  func resolver(_ name: Nodes) -> ExpressionBuilder { name.count > 1 ? builder.withoutRivals : builder }

  /// Both operands' columns, if both are written as rows.
  private func rows(_ operation: Syntax.AExpr) throws(BindingFailure) -> ([Expression], [Expression])? {
    guard case .rowExpr(let left)? = operation.lexpr?.kind, case .rowExpr(let right)? = operation.rexpr?.kind else { return nil }
    return (try expressions(left.args), try expressions(right.args))
  }

  func operatorName(_ name: Nodes, at location: Int32 = -1) throws(BindingFailure) -> String {
    let written = name[name.count - 1].text
    let schema: Identifier? = name.count > 1 ? Identifier(name[name.count - 2].text) : nil
    let isBuiltIn = schema == nil && builder.catalogue.hasOperators(named: written)
    guard isBuiltIn || binder.schema.operators(QualifiedName(schema, Identifier(written)), binder.path).isEmpty else {
      throw .undecidable(.userFunction, "the operator \(written)")
    }
    if let schema, schema != "pg_catalog", !binder.schema.namespaces.contains(schema) {
      throw refusal(SQLState("3F000"), "schema \"\(schema.text)\" does not exist", location)
    }
    guard schema == nil || schema == "pg_catalog" else {
      throw refusal(.undefinedFunction, "operator does not exist: \(schema!.text).\(written)", location)
    }
    return written
  }

  private func membership(_ operation: Syntax.AExpr, _ node: Node) throws(BindingFailure) -> Expression {
    guard case .list(let nodes)? = operation.rexpr?.kind else { throw .unsupported("IN over something else than a list") }
    let negated = operation.name[0].text == "<>" && !Planted.bug("NOT IN is IN")
    if case .rowExpr(let row)? = operation.lexpr?.kind {
      var parts: [Expression] = []
      for member in nodes {
        guard case .rowExpr(let other) = member.kind else { throw .unsupported("a row IN values that are no rows") }
        let left = try expressions(row.args)
        parts.append(try compared(left, negated ? "<>" : "=", expressions(other.args), operation.location))
      }
      return parts.count == 1 ? parts[0] : negated ? .and(parts) : .or(parts)
    }
    let operand = try expression(operation.lexpr!)
    let members = try expressions(nodes)
    let bound = try located(node) { () throws(Failure) in try builder.isIn(operand, members, negated: negated) }
    switch bound {
    case .and(let parts), .or(let parts): try surroundings.binding.spend(copies: parts.count - 1, of: operand)
    default: break
    }
    guard members.count == 1, operand.comparesAsList(with: members[0]) else { return bound }
    // A list of one is bound as a longer one would be, so that both have the same template.
    let pair = try located(node) { () throws(Failure) in try builder.isIn(operand, [members[0], members[0]], negated: negated) }
    guard case .quantified(let list) = pair else { return bound }
    return .quantified(
      .init(comparison: list.comparison, symbol: list.symbol, operand: list.operand, list: [list.list[0]], all: list.all))
  }

  /// `x op ANY (array)`: a list of comparisons, if the array is written out.
  private func quantified(_ operation: Syntax.AExpr, _ node: Node, all: Bool) throws(BindingFailure) -> Expression {
    let name = try operatorName(operation.name, at: operation.location)
    let operand = try expression(operation.lexpr!)
    guard let array = try self.array(operation.rexpr!, ofUnknown: true) else {
      let array = try expression(operation.rexpr!)
      return try located(node) { () throws(Failure) in try builder.quantified(operand, name, over: array, all: all) }
    }
    return try surroundings.located(node.location, inLiteral: operation.rexpr!) { () throws(Failure) in
      try resolver(operation.name).quantified(operand, name, array.isNull ? nil : array.elements, of: array.type, all: all)
    }
  }

  /// `BETWEEN` is what the standard says it is short for; its operand is bound anew for each bound, as PostgreSQL does.
  private func range(_ operation: Syntax.AExpr, _ node: Node) throws(BindingFailure) -> Expression {
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

  private func within(_ operand: Node, _ low: Node, _ high: Node, _ negated: Bool, _ node: Node) throws(BindingFailure)
    -> Expression
  {
    let lower = try comparison(operand, negated ? "<" : ">=", low, node)
    let upper = try comparison(operand, negated ? ">" : "<=", high, node)
    return negated ? .or([lower, upper]) : .and([lower, upper])
  }

  private func comparison(_ left: Node, _ name: String, _ right: Node, _ node: Node) throws(BindingFailure) -> Expression {
    let (left, right) = (try expression(left), try expression(right))
    return try located(node) { () throws(Failure) in try builder.boolean(builder.apply(name, left, right), of: "AND") }
  }
}

extension Expression {
  /// Whether a single constant is compared with this in a list as it is alone: literals, numbers without fractions where every value
  /// of the one is one of the other, and equal types.
  fileprivate func comparesAsList(with member: Expression) -> Bool {
    guard case .constant(let constant) = member, !constant.value.isNull else { return false }
    if type.id == .unknown { return false }
    let whole: [TypeID] = [.int2, .int4, .int8]
    return member.type.id == .unknown || member.type.id == type.id || (whole.contains(member.type.id) && whole.contains(type.id))
      || (whole.contains(member.type.id) && type.id == .numeric)
  }
}

// MARK: - Logic

extension ScalarBinder {
  func logic(_ logic: Syntax.BoolExpr) throws(BindingFailure) -> Expression {
    switch logic.boolop {
    case PG_QUERY__BOOL_EXPR_TYPE__AND_EXPR: return .and(try conditions(logic.args, of: "AND"))
    case PG_QUERY__BOOL_EXPR_TYPE__OR_EXPR: return .or(try conditions(logic.args, of: "OR"))
    default: return .not(try condition(logic.args[0], of: "NOT"))
    }
  }

  private func conditions(_ nodes: Nodes, of clause: String) throws(BindingFailure) -> [Expression] {
    var all: [Expression] = []
    for node in nodes { all.append(try condition(node, of: clause)) }
    return all
  }

  func truthTest(_ test: Syntax.BooleanTest, _ node: Node) throws(BindingFailure) -> Expression {
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
    return try surroundings.located(test.arg!.leftmost) { () throws(Failure) in
      try builder.isTruth(operand, truth, negated: negated)
    }
  }

  func choice(_ choice: Syntax.CaseExpr, _ node: Node) throws(BindingFailure) -> Expression {
    var subject: Expression?
    if let operand = choice.arg {
      let bound = try expression(operand)
      subject = try located(operand) { () throws(Failure) in try builder.subject(bound) }
    }
    if let subject { try surroundings.binding.spend(copies: choice.args.count - 1, of: subject) }
    var branches: [Expression.Branch] = []
    var nodes: [Node] = []
    for case .caseWhen(let branch) in choice.args.map(\.kind) {
      let test = try expression(branch.expr!)
      let location = subject == nil ? branch.expr!.leftmost : branch.location
      let condition = try surroundings.located(location) { () throws(Failure) in try builder.condition(test, subject: subject) }
      branches.append(.init(condition: condition, value: try expression(branch.result!)))
      nodes.append(branch.result!)
    }
    var otherwise: Expression?
    if let node = choice.defresult { otherwise = try expression(node) }
    // What stands behind ELSE is looked at first.
    let values = (otherwise.map { [$0] } ?? []) + branches.map(\.value)
    return try located(oneOf: (choice.defresult.map { [$0] } ?? []) + nodes, values) { () throws(Failure) in
      try builder.branches(branches, otherwise: otherwise)
    }
  }
}

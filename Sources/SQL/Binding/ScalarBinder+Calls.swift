internal import CPgQuery
import Expressions
import Queries
import Relations

/// Calls of functions.
extension ScalarBinder {
  func call(_ call: Syntax.FuncCall, _ node: Node) throws(BindingFailure) -> Expression {
    let name = try functionName(call)
    let kind = call.agg_within_group ? .aggregate : kind(of: name)
    if let window = call.over { return try self.window(name, call, window, node) }
    switch kind {
    case .aggregate: return try aggregate(name, call, node)
    case .window:
      // What is wrong with its arguments is told first.
      _ = try expressions(call.args.map(\.value))
      throw refusal(SQLState("42809"), "window function \(name) requires an OVER clause", call.location)
    default: break
    }
    if let document = try rowDocument(call, name) { return document }
    let bound = try uncollected(call, node)
    guard case .call(let made) = bound, let function = builder.catalogue.function(made.function), function.returnsSet else {
      return bound
    }
    return try series(made, function, call)
  }

  /// A call of a function of one row, even if it makes many of it.
  func uncollected(_ call: Syntax.FuncCall, _ node: Node) throws(BindingFailure) -> Expression {
    let name = try functionName(call)
    let arguments = try expressions(call.args.map(\.value))
    let names = call.args.map(\.argumentName)
    let bound = try located(node) { () throws(Failure) in
      try resolver(call.funcname).call(
        name, arguments, names: names.contains { $0 != nil } ? names : [], isSpread: call.func_variadic)
    }
    let misuse: String? =
      call.agg_star
      ? "(*)"
      : call.agg_distinct
        ? "DISTINCT"
        : call.agg_within_group ? "WITHIN GROUP" : !call.agg_order.isEmpty ? "ORDER BY" : call.agg_filter != nil ? "FILTER" : nil
    if let misuse {
      throw refusal(SQLState("42809"), "\(misuse) specified, but \(name) is not an aggregate function", call.location)
    }
    return bound
  }

  private func series(
    _ made: Expression.Call, _ function: Function, _ call: Syntax.FuncCall
  ) throws(BindingFailure) -> Expression {
    let clause = level.clause
    guard clause.allowsSeries, !level.isInAggregate, !level.isInWindow else {
      throw refusal(SQLState("0A000"), "set-returning functions are not allowed in \(clause.rawValue)", call.location)
    }
    guard made.type.id != .record, function.columns.isEmpty else { throw .unsupported("rows of a function in the select list") }
    guard made.arguments.allSatisfy({ !$0.hasSeries }) else { throw .unsupported("a set-returning function of another") }
    return level.column(for: made, at: call.location)
  }

  /// - Throws: `undecidable` for a name under which the schema alone has functions: we do not look into them. Where there are built-in
  ///   ones beside them, the arguments decide.
  func functionName(_ call: Syntax.FuncCall) throws(BindingFailure) -> String {
    let parts = call.funcname.map(\.text)
    let name = QualifiedName(parts.count > 1 ? Identifier(parts[parts.count - 2]) : nil, Identifier(parts[parts.count - 1]))
    let isBuiltIn = name.namespace == nil && builder.catalogue.hasFunctions(named: name.name.text)
    guard isBuiltIn || binder.schema.routines(name, binder.path).isEmpty else {
      throw .undecidable(.userFunction, "the function \(name)")
    }
    if parts.count > 2 {
      let written = parts.joined(separator: ".")
      throw refusal(
        parts.count > 3 ? SQLState("42601") : SQLState("0A000"),
        parts.count > 3
          ? "improper qualified name (too many dotted names): \(written)"
          : "cross-database references are not implemented: \(written)", call.location)
    }
    if parts.count > 1, parts[0] != "pg_catalog" {
      let state = binder.schema.namespaces.contains(Identifier(parts[0])) ? SQLState.undefinedFunction : SQLState("3F000")
      throw refusal(
        state,
        state == .undefinedFunction
          ? "function \(parts.joined(separator: ".")) does not exist" : "schema \"\(parts[0])\" does not exist",
        call.location)
    }
    return parts[parts.count - 1]
  }

  func kind(of name: String) -> Function.Kind {
    let candidates = builder.catalogue.functions(named: name)
    guard let first = candidates.first, candidates.allSatisfy({ $0.kind == first.kind }) else { return mixed(candidates) }
    return first.kind
  }

  /// Of these few names there is a function, and an aggregate beside it, told apart by their arguments: `rank()`, `rank(1) WITHIN GROUP`.
  private func mixed(_ candidates: [Function]) -> Function.Kind {
    if candidates.contains(where: { $0.kind == .window }) { return .window }
    return .function
  }
}

extension Node {
  /// What an argument is, with its name or without.
  fileprivate var value: Node { if case .namedArgExpr(let named) = kind { named.arg! } else { self } }
  fileprivate var argumentName: String? { if case .namedArgExpr(let named) = kind { named.name } else { nil } }
}

extension Expression {
  var hasSeries: Bool {
    if case .column(let place, _) = self, case .series = Reference(place) { return true }
    return children.contains(where: \.hasSeries)
  }
}

extension ScalarBinder {
  func expressions(_ nodes: [Node]) throws(BindingFailure) -> [Expression] {
    var all: [Expression] = []
    for node in nodes { all.append(try expression(node)) }
    return all
  }
}

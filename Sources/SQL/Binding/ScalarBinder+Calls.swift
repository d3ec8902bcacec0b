internal import CPgQuery
import Expressions
import Queries
import Relations

/// Calls of functions and aggregates.
extension ScalarBinder {
  mutating func call(_ call: Syntax.FuncCall, _ node: Node) throws(BindingFailure) -> Expression {
    let name = try functionName(call)
    guard call.over == nil else { throw .unsupported("window functions") }
    guard call.agg_order.isEmpty, !call.agg_within_group else { throw .unsupported("aggregates over an order") }
    guard !call.func_variadic else { throw .unsupported("VARIADIC") }
    if call.args.contains(where: { if case .namedArgExpr = $0.kind { true } else { false } }) {
      throw .unsupported("arguments by name")
    }
    if isAggregate(name) { return try aggregate(name, call, node) }
    let arguments = try expressions(call.args)
    let bound = try located(node) { () throws(Failure) in try builder.call(name, arguments) }
    if call.agg_star || call.agg_distinct || call.agg_filter != nil {
      let what = call.agg_star ? "(*)" : call.agg_distinct ? "DISTINCT" : "FILTER"
      throw refusal(SQLState("42809"), "\(what) specified, but \(name) is not an aggregate function", call.location)
    }
    return bound
  }

  private func functionName(_ call: Syntax.FuncCall) throws(BindingFailure) -> String {
    let parts = call.funcname.map(\.text)
    let name = QualifiedName(parts.count > 1 ? Identifier(parts[parts.count - 2]) : nil, Identifier(parts[parts.count - 1]))
    guard binder.schema.routines(name, binder.path).isEmpty, parts.count == 1 || parts[0] == "pg_catalog" else {
      throw .unsupported("the function \(name)")
    }
    return parts[parts.count - 1]
  }

  private func isAggregate(_ name: String) -> Bool {
    let candidates = builder.catalogue.functions(named: name)
    return !candidates.isEmpty && candidates.allSatisfy { $0.kind == .aggregate }
  }
}

// MARK: - Aggregates

extension ScalarBinder {
  private mutating func aggregate(_ name: String, _ call: Syntax.FuncCall, _ node: Node) throws(BindingFailure) -> Expression {
    var inner = self
    inner.policy = .refused("")
    inner.calls = []
    let arguments = try inner.expressions(call.args)
    var filter: Expression?
    if let condition = call.agg_filter { filter = try inner.condition(condition, of: "FILTER") }
    let (function, coerced, type) = try resolved(name, arguments, call, node)
    if case .refused(let clause) = policy {
      let message =
        clause.isEmpty ? "aggregate function calls cannot be nested" : "aggregate functions are not allowed in \(clause)"
      throw refusal(SQLState("42803"), message, call.location)
    }
    calls.append(.init(function: function, arguments: coerced, isDistinct: call.agg_distinct, filter: filter, type: type))
    return .column(scope.columns.count + calls.count - 1, type)
  }

  private func resolved(
    _ name: String, _ arguments: [Expression], _ call: Syntax.FuncCall, _ node: Node
  ) throws(BindingFailure) -> (FunctionID, [Expression], SQLType) {
    let aggregate = try located(node) { () throws(Failure) in try builder.aggregate(name, arguments) }
    if !call.agg_star && arguments.isEmpty {
      throw refusal(SQLState("42809"), "\(name)(*) must be used to call a parameterless aggregate function", call.location)
    }
    return aggregate
  }
}

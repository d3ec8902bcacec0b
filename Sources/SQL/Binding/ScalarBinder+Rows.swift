internal import CPgQuery
import Expressions
import Queries
import Relations

/// Whole rows, which are no values here: `row_to_json(t)` and `json_agg(t)` make documents of them, member by member.
extension ScalarBinder {
  /// `row_to_json`, `to_json` or `to_jsonb` of a row; nil for any other call.
  func rowDocument(_ call: Syntax.FuncCall, _ name: String) throws(BindingFailure) -> Expression? {
    guard ["row_to_json", "to_json", "to_jsonb"].contains(name), let members = try row(call, name) else { return nil }
    return builder.document(of: members, type: SQLType(name == "to_jsonb" ? .jsonb : .json))
  }

  /// The row that `json_agg` or `jsonb_agg` is of, as a document which is still called a row: of such, `json_agg` puts each on a line of
  /// its own. Nil for any other call.
  func rowMember(_ call: Syntax.FuncCall, _ name: String) throws(BindingFailure) -> Expression? {
    guard ["json_agg", "jsonb_agg"].contains(name), let members = try row(call, name) else { return nil }
    return .relabel(builder.document(of: members, type: SQLType(.json)), SQLType(.record))
  }

  private func row(_ call: Syntax.FuncCall, _ name: String) throws(BindingFailure) -> [ExpressionBuilder.Member]? {
    guard call.args.count == 1, let argument = call.args.first,
      binder.schema.routines(QualifiedName(nil, Identifier(name)), binder.path).isEmpty
    else { return nil }
    switch argument.kind {
    case .columnRef(let reference): return try row(reference)
    case .rowExpr(let row):
      var members: [ExpressionBuilder.Member] = []
      for (place, node) in row.args.enumerated() {
        members.append((Identifier("f\(place + 1)"), try resolved(expression(node), node)))
      }
      return members
    default: return nil
    }
  }

  /// A relation's name, or its star, where no column has the name.
  private func row(_ reference: Syntax.ColumnRef) throws(BindingFailure) -> [ExpressionBuilder.Member]? {
    guard let first = reference.fields.first, case .string = first.kind else { return nil }
    let name = Identifier(first.text)
    switch reference.fields.count {
    case 1:
      guard !isColumn(name), isRelation(name) else { return nil }
    case 2:
      guard case .aStar? = reference.fields.last?.kind else { return nil }
    default: return nil
    }
    let (found, outward) = try relation(name, namespace: nil, reference.location, name.text)
    if reference.fields.count == 1, found.scalar != nil { return nil }
    guard let columns = found.row else { throw .unsupported("a whole row as a value") }
    if !level.isInAggregate || outward > 0 { (outward == 0 ? level : surroundings.rows[outward - 1].level).namesRow = true }
    var members: [ExpressionBuilder.Member] = []
    for column in columns { members.append((column.name, try used(column, outward, reference.location))) }
    return members
  }
}

extension ExpressionBuilder {
  typealias Member = (name: Identifier, value: Expression)

  /// A document of members as a row has them.
  ///
  /// No function of PostgreSQL's makes one of single values. Here it is a call that no question can mean: of `json_build_object()`, which
  /// takes no arguments, with members. A member is such a call as well, of a value and, as what belongs to it, the name.
  func document(of members: [Member], type: SQLType) -> Expression {
    let function = Self.documentMaker
    let parts = members.map { member in
      Expression.call(
        .init(
          function: function.id, arguments: [member.value, .constant(.text(member.name.text), .text)], type: .text,
          spelling: .implicitCast))
    }
    return .call(.init(function: function.id, arguments: parts, type: type))
  }

  fileprivate static let documentMaker = {
    let makers = Catalogue.builtIn.functions(named: "json_build_object")
    guard let maker = makers.first(where: { $0.arguments.isEmpty }) else {
      preconditionFailure("PostgreSQL has json_build_object()")
    }
    return maker
  }()
}

extension Query {
  /// Whether its answer may show what columns are called.
  public var showsNames: Bool {
    func shows(_ expression: Expression) -> Bool {
      if case .call(let call) = expression, call.function == ExpressionBuilder.documentMaker.id, !call.arguments.isEmpty {
        return true
      }
      return expression.children.contains(where: shows)
    }
    return plan.expressions.contains(where: shows)
  }
}

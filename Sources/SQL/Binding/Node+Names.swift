internal import CPgQuery
import Relations

extension Node {
  /// The text of a name's part.
  var text: String { if case .string(let text) = kind { text } else { "" } }

  /// Where PostgreSQL points when it refuses an expression: a byte of the text, or -1.
  var location: Int32 {
    switch kind {
    case .aConst(let node): node.location
    case .columnRef(let node): node.location
    case .paramRef(let node): node.location
    case .aExpr(let node): node.location
    case .boolExpr(let node): node.location
    case .nullTest(let node): node.location
    case .booleanTest(let node): node.location
    case .typeCast(let node): node.location < 0 ? node.arg?.location ?? -1 : node.location
    case .caseExpr(let node): node.location
    case .coalesceExpr(let node): node.location
    case .minMaxExpr(let node): node.location
    case .sqlValueFunction(let node): node.location
    case .funcCall(let node): node.location
    case .subLink(let node): node.location
    case .groupingFunc(let node): node.location
    case .rowExpr(let node): node.location
    case .aArrayExpr(let node): node.location
    case .collateClause(let node): node.location
    case .aIndirection(let node): node.arg?.location ?? -1
    case .namedArgExpr(let node): node.location
    default: -1
    }
  }

  /// Where what is written begins, as far as PostgreSQL remembers it.
  var leftmost: Int32 {
    func least(_ locations: Int32...) -> Int32 { locations.filter { $0 >= 0 }.min() ?? -1 }
    switch kind {
    case .aExpr(let node): return least(node.location, node.lexpr?.leftmost ?? -1)
    case .boolExpr(let node): return least(node.location, node.args.first?.leftmost ?? -1)
    case .nullTest(let node): return least(node.location, node.arg?.leftmost ?? -1)
    case .booleanTest(let node): return least(node.location, node.arg?.leftmost ?? -1)
    case .typeCast(let node):
      if case .aConst(let constant)? = node.arg?.kind, case .string = constant.value { return constant.location }
      return least(node.location, node.arg?.leftmost ?? -1)
    case .funcCall(let node): return node.args.reduce(node.location) { least($0, $1.leftmost) }
    case .subLink(let node): return least(node.location, node.testexpr?.leftmost ?? -1)
    case .collateClause(let node): return node.arg?.leftmost ?? -1
    case .aIndirection(let node): return node.arg?.leftmost ?? -1
    default: return location
    }
  }

  /// What PostgreSQL calls a column that is given no name.
  var outputName: Identifier { figuredName.map { Identifier($0.name) } ?? "?column?" }

  /// A name, and whether it is good enough to be taken before that of a type.
  private var figuredName: (name: String, isStrong: Bool)? {
    switch kind {
    case .columnRef(let node):
      let names = node.fields.map(\.text).filter { !$0.isEmpty }
      return names.last.map { ($0, true) }
    case .funcCall(let node): return node.funcname.last.map { ($0.text, true) }
    case .aExpr(let node):
      return node.kind == PG_QUERY__A__EXPR__KIND__AEXPR_NULLIF ? ("nullif", true) : nil
    case .typeCast(let node):
      if let inner = node.arg?.figuredName, inner.isStrong { return inner }
      return node.typeName?.names.last.map { ($0.text, false) }
    case .caseExpr(let node):
      if let inner = node.defresult?.figuredName, inner.isStrong { return inner }
      return ("case", false)
    case .coalesceExpr: return ("coalesce", true)
    case .minMaxExpr(let node): return (node.op == PG_QUERY__MIN_MAX_OP__IS_GREATEST ? "greatest" : "least", true)
    case .sqlValueFunction(let node):
      switch node.op {
      case PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_CURRENT_DATE: return ("current_date", true)
      case PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_CURRENT_TIME, PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_CURRENT_TIME_N:
        return ("current_time", true)
      case PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_LOCALTIME, PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_LOCALTIME_N:
        return ("localtime", true)
      case PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_LOCALTIMESTAMP, PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_LOCALTIMESTAMP_N:
        return ("localtimestamp", true)
      default: return ("current_timestamp", true)
      }
    case .groupingFunc: return ("grouping", true)
    case .aArrayExpr: return ("array", true)
    case .rowExpr: return ("row", true)
    case .collateClause(let node): return node.arg?.figuredName
    case .aIndirection(let node):
      let field = node.indirection.last { !$0.text.isEmpty }
      return field.map { ($0.text, true) } ?? node.arg?.figuredName
    case .subLink(let node): return node.figuredName
    default: return nil
    }
  }
}

extension Syntax.SubLink {
  /// A scalar subquery is called what its one column is.
  fileprivate var figuredName: (name: String, isStrong: Bool)? {
    switch subLinkType {
    case PG_QUERY__SUB_LINK_TYPE__EXISTS_SUBLINK: return ("exists", true)
    case PG_QUERY__SUB_LINK_TYPE__ARRAY_SUBLINK: return ("array", true)
    case PG_QUERY__SUB_LINK_TYPE__EXPR_SUBLINK:
      guard case .selectStmt(let select)? = subselect?.kind else { return nil }
      var leftmost = select
      while leftmost.op != PG_QUERY__SET_OPERATION__SETOP_NONE, let left = leftmost.larg { leftmost = left }
      if !leftmost.valuesLists.isEmpty { return ("column1", true) }
      guard case .resTarget(let target)? = leftmost.targetList.first?.kind else { return nil }
      if !target.name.isEmpty { return (target.name, true) }
      if case .columnRef(let reference)? = target.val?.kind, let last = reference.fields.last, case .aStar = last.kind {
        return nil
      }
      return (target.val?.outputName.text ?? "?column?", true)
    default: return nil
    }
  }
}

internal import CPgQuery

// Expressions.
extension Syntax {
  struct AExpr: SyntaxNode {
    let c: UnsafePointer<PgQuery__AExpr>

    var kind: PgQuery__AExprKind { c.pointee.kind }
    var name: Nodes { Nodes(c.pointee.n_name, c.pointee.name) }
    var lexpr: Node? { Node(c.pointee.lexpr) }
    var rexpr: Node? { Node(c.pointee.rexpr) }
    var location: Int32 { c.pointee.location }
  }

  struct BoolExpr: SyntaxNode {
    let c: UnsafePointer<PgQuery__BoolExpr>

    var boolop: PgQuery__BoolExprType { c.pointee.boolop }
    var args: Nodes { Nodes(c.pointee.n_args, c.pointee.args) }
    var location: Int32 { c.pointee.location }
  }

  struct ColumnRef: SyntaxNode {
    let c: UnsafePointer<PgQuery__ColumnRef>

    var fields: Nodes { Nodes(c.pointee.n_fields, c.pointee.fields) }
    var location: Int32 { c.pointee.location }
  }

  struct ParamRef: SyntaxNode {
    let c: UnsafePointer<PgQuery__ParamRef>

    var number: Int32 { c.pointee.number }
    var location: Int32 { c.pointee.location }
  }

  struct FuncCall: SyntaxNode {
    let c: UnsafePointer<PgQuery__FuncCall>

    var funcname: Nodes { Nodes(c.pointee.n_funcname, c.pointee.funcname) }
    var args: Nodes { Nodes(c.pointee.n_args, c.pointee.args) }
    var agg_order: Nodes { Nodes(c.pointee.n_agg_order, c.pointee.agg_order) }
    var agg_filter: Node? { Node(c.pointee.agg_filter) }
    var over: WindowDef? { WindowDef(c.pointee.over) }
    var agg_within_group: Bool { c.pointee.agg_within_group != 0 }
    var agg_star: Bool { c.pointee.agg_star != 0 }
    var agg_distinct: Bool { c.pointee.agg_distinct != 0 }
    var func_variadic: Bool { c.pointee.func_variadic != 0 }
    var funcformat: PgQuery__CoercionForm { c.pointee.funcformat }
    var location: Int32 { c.pointee.location }
  }

  struct NamedArgExpr: SyntaxNode {
    let c: UnsafePointer<PgQuery__NamedArgExpr>

    var arg: Node? { Node(c.pointee.arg) }
    var name: String { String(cString: c.pointee.name) }
    var argnumber: Int32 { c.pointee.argnumber }
    var location: Int32 { c.pointee.location }
  }

  struct AIndirection: SyntaxNode {
    let c: UnsafePointer<PgQuery__AIndirection>

    var arg: Node? { Node(c.pointee.arg) }
    var indirection: Nodes { Nodes(c.pointee.n_indirection, c.pointee.indirection) }
  }

  struct AIndices: SyntaxNode {
    let c: UnsafePointer<PgQuery__AIndices>

    var is_slice: Bool { c.pointee.is_slice != 0 }
    var lidx: Node? { Node(c.pointee.lidx) }
    var uidx: Node? { Node(c.pointee.uidx) }
  }

  struct AArrayExpr: SyntaxNode {
    let c: UnsafePointer<PgQuery__AArrayExpr>

    var elements: Nodes { Nodes(c.pointee.n_elements, c.pointee.elements) }
    var location: Int32 { c.pointee.location }
  }

  struct TypeCast: SyntaxNode {
    let c: UnsafePointer<PgQuery__TypeCast>

    var arg: Node? { Node(c.pointee.arg) }
    var typeName: TypeName? { TypeName(c.pointee.type_name) }
    var location: Int32 { c.pointee.location }
  }

  struct TypeName: SyntaxNode {
    let c: UnsafePointer<PgQuery__TypeName>

    var names: Nodes { Nodes(c.pointee.n_names, c.pointee.names) }
    var setof: Bool { c.pointee.setof != 0 }
    var pct_type: Bool { c.pointee.pct_type != 0 }
    var typmods: Nodes { Nodes(c.pointee.n_typmods, c.pointee.typmods) }
    var typemod: Int32 { c.pointee.typemod }
    var arrayBounds: Nodes { Nodes(c.pointee.n_array_bounds, c.pointee.array_bounds) }
    var location: Int32 { c.pointee.location }
  }

  struct CollateClause: SyntaxNode {
    let c: UnsafePointer<PgQuery__CollateClause>

    var arg: Node? { Node(c.pointee.arg) }
    var collname: Nodes { Nodes(c.pointee.n_collname, c.pointee.collname) }
    var location: Int32 { c.pointee.location }
  }

  struct SubLink: SyntaxNode {
    let c: UnsafePointer<PgQuery__SubLink>

    var subLinkType: PgQuery__SubLinkType { c.pointee.sub_link_type }
    var testexpr: Node? { Node(c.pointee.testexpr) }
    var operName: Nodes { Nodes(c.pointee.n_oper_name, c.pointee.oper_name) }
    var subselect: Node? { Node(c.pointee.subselect) }
    var location: Int32 { c.pointee.location }
  }

  struct CaseExpr: SyntaxNode {
    let c: UnsafePointer<PgQuery__CaseExpr>

    var arg: Node? { Node(c.pointee.arg) }
    var args: Nodes { Nodes(c.pointee.n_args, c.pointee.args) }
    var defresult: Node? { Node(c.pointee.defresult) }
    var location: Int32 { c.pointee.location }
  }

  struct CaseWhen: SyntaxNode {
    let c: UnsafePointer<PgQuery__CaseWhen>

    var expr: Node? { Node(c.pointee.expr) }
    var result: Node? { Node(c.pointee.result) }
    var location: Int32 { c.pointee.location }
  }

  struct RowExpr: SyntaxNode {
    let c: UnsafePointer<PgQuery__RowExpr>

    var args: Nodes { Nodes(c.pointee.n_args, c.pointee.args) }
    var row_typeid: UInt32 { c.pointee.row_typeid }
    var row_format: PgQuery__CoercionForm { c.pointee.row_format }
    var colnames: Nodes { Nodes(c.pointee.n_colnames, c.pointee.colnames) }
    var location: Int32 { c.pointee.location }
  }

  struct CoalesceExpr: SyntaxNode {
    let c: UnsafePointer<PgQuery__CoalesceExpr>

    var args: Nodes { Nodes(c.pointee.n_args, c.pointee.args) }
    var location: Int32 { c.pointee.location }
  }

  struct MinMaxExpr: SyntaxNode {
    let c: UnsafePointer<PgQuery__MinMaxExpr>

    var op: PgQuery__MinMaxOp { c.pointee.op }
    var args: Nodes { Nodes(c.pointee.n_args, c.pointee.args) }
    var location: Int32 { c.pointee.location }
  }

  struct SQLValueFunction: SyntaxNode {
    let c: UnsafePointer<PgQuery__SQLValueFunction>

    var op: PgQuery__SQLValueFunctionOp { c.pointee.op }
    var typmod: Int32 { c.pointee.typmod }
    var location: Int32 { c.pointee.location }
  }

  struct GroupingFunc: SyntaxNode {
    let c: UnsafePointer<PgQuery__GroupingFunc>

    var args: Nodes { Nodes(c.pointee.n_args, c.pointee.args) }
    var location: Int32 { c.pointee.location }
  }

  struct NullTest: SyntaxNode {
    let c: UnsafePointer<PgQuery__NullTest>

    var arg: Node? { Node(c.pointee.arg) }
    var nulltesttype: PgQuery__NullTestType { c.pointee.nulltesttype }
    var location: Int32 { c.pointee.location }
  }

  struct BooleanTest: SyntaxNode {
    let c: UnsafePointer<PgQuery__BooleanTest>

    var arg: Node? { Node(c.pointee.arg) }
    var booltesttype: PgQuery__BoolTestType { c.pointee.booltesttype }
    var location: Int32 { c.pointee.location }
  }

  struct SetToDefault: SyntaxNode {
    let c: UnsafePointer<PgQuery__SetToDefault>

    var location: Int32 { c.pointee.location }
  }

  struct CurrentOfExpr: SyntaxNode {
    let c: UnsafePointer<PgQuery__CurrentOfExpr>

    var cvarno: UInt32 { c.pointee.cvarno }
    var cursor_name: String { String(cString: c.pointee.cursor_name) }
    var cursor_param: Int32 { c.pointee.cursor_param }
  }

  struct MultiAssignRef: SyntaxNode {
    let c: UnsafePointer<PgQuery__MultiAssignRef>

    var source: Node? { Node(c.pointee.source) }
    var colno: Int32 { c.pointee.colno }
    var ncolumns: Int32 { c.pointee.ncolumns }
  }

  struct XmlExpr: SyntaxNode {
    let c: UnsafePointer<PgQuery__XmlExpr>

    var op: PgQuery__XmlExprOp { c.pointee.op }
    var name: String { String(cString: c.pointee.name) }
    var named_args: Nodes { Nodes(c.pointee.n_named_args, c.pointee.named_args) }
    var arg_names: Nodes { Nodes(c.pointee.n_arg_names, c.pointee.arg_names) }
    var args: Nodes { Nodes(c.pointee.n_args, c.pointee.args) }
    var xmloption: PgQuery__XmlOptionType { c.pointee.xmloption }
    var location: Int32 { c.pointee.location }
  }

  struct XmlSerialize: SyntaxNode {
    let c: UnsafePointer<PgQuery__XmlSerialize>

    var xmloption: PgQuery__XmlOptionType { c.pointee.xmloption }
    var expr: Node? { Node(c.pointee.expr) }
    var typeName: TypeName? { TypeName(c.pointee.type_name) }
    var location: Int32 { c.pointee.location }
  }
}

internal import CPgQuery

// Queries: `SELECT` and its parts.
extension Syntax {
  struct SelectStmt: SyntaxNode {
    let c: UnsafePointer<PgQuery__SelectStmt>

    var distinctClause: Nodes { Nodes(c.pointee.n_distinct_clause, c.pointee.distinct_clause) }
    var intoClause: IntoClause? { IntoClause(c.pointee.into_clause) }
    var targetList: Nodes { Nodes(c.pointee.n_target_list, c.pointee.target_list) }
    var fromClause: Nodes { Nodes(c.pointee.n_from_clause, c.pointee.from_clause) }
    var whereClause: Node? { Node(c.pointee.where_clause) }
    var groupClause: Nodes { Nodes(c.pointee.n_group_clause, c.pointee.group_clause) }
    var groupDistinct: Bool { c.pointee.group_distinct != 0 }
    var havingClause: Node? { Node(c.pointee.having_clause) }
    var windowClause: Nodes { Nodes(c.pointee.n_window_clause, c.pointee.window_clause) }
    var valuesLists: Nodes { Nodes(c.pointee.n_values_lists, c.pointee.values_lists) }
    var sortClause: Nodes { Nodes(c.pointee.n_sort_clause, c.pointee.sort_clause) }
    var limitOffset: Node? { Node(c.pointee.limit_offset) }
    var limitCount: Node? { Node(c.pointee.limit_count) }
    var limitOption: PgQuery__LimitOption { c.pointee.limit_option }
    var lockingClause: Nodes { Nodes(c.pointee.n_locking_clause, c.pointee.locking_clause) }
    var withClause: WithClause? { WithClause(c.pointee.with_clause) }
    var op: PgQuery__SetOperation { c.pointee.op }
    var all: Bool { c.pointee.all != 0 }
    var larg: SelectStmt? { SelectStmt(c.pointee.larg) }
    var rarg: SelectStmt? { SelectStmt(c.pointee.rarg) }
  }

  struct IntoClause: SyntaxNode {
    let c: UnsafePointer<PgQuery__IntoClause>

    var rel: RangeVar? { RangeVar(c.pointee.rel) }
    var colNames: Nodes { Nodes(c.pointee.n_col_names, c.pointee.col_names) }
    var accessMethod: String { String(cString: c.pointee.access_method) }
    var options: Nodes { Nodes(c.pointee.n_options, c.pointee.options) }
    var onCommit: PgQuery__OnCommitAction { c.pointee.on_commit }
    var tableSpaceName: String { String(cString: c.pointee.table_space_name) }
    var viewQuery: Node? { Node(c.pointee.view_query) }
    var skipData: Bool { c.pointee.skip_data != 0 }
  }

  struct ResTarget: SyntaxNode {
    let c: UnsafePointer<PgQuery__ResTarget>

    var name: String { String(cString: c.pointee.name) }
    var indirection: Nodes { Nodes(c.pointee.n_indirection, c.pointee.indirection) }
    var val: Node? { Node(c.pointee.val) }
    var location: Int32 { c.pointee.location }
  }

  struct RangeVar: SyntaxNode {
    let c: UnsafePointer<PgQuery__RangeVar>

    var catalogname: String { String(cString: c.pointee.catalogname) }
    var schemaname: String { String(cString: c.pointee.schemaname) }
    var relname: String { String(cString: c.pointee.relname) }
    var inh: Bool { c.pointee.inh != 0 }
    var relpersistence: String { String(cString: c.pointee.relpersistence) }
    var alias: Alias? { Alias(c.pointee.alias) }
    var location: Int32 { c.pointee.location }
  }

  struct Alias: SyntaxNode {
    let c: UnsafePointer<PgQuery__Alias>

    var aliasname: String { String(cString: c.pointee.aliasname) }
    var colnames: Nodes { Nodes(c.pointee.n_colnames, c.pointee.colnames) }
  }

  struct JoinExpr: SyntaxNode {
    let c: UnsafePointer<PgQuery__JoinExpr>

    var jointype: PgQuery__JoinType { c.pointee.jointype }
    var isNatural: Bool { c.pointee.is_natural != 0 }
    var larg: Node? { Node(c.pointee.larg) }
    var rarg: Node? { Node(c.pointee.rarg) }
    var usingClause: Nodes { Nodes(c.pointee.n_using_clause, c.pointee.using_clause) }
    var join_using_alias: Alias? { Alias(c.pointee.join_using_alias) }
    var quals: Node? { Node(c.pointee.quals) }
    var alias: Alias? { Alias(c.pointee.alias) }
  }

  struct RangeSubselect: SyntaxNode {
    let c: UnsafePointer<PgQuery__RangeSubselect>

    var lateral: Bool { c.pointee.lateral != 0 }
    var subquery: Node? { Node(c.pointee.subquery) }
    var alias: Alias? { Alias(c.pointee.alias) }
  }

  struct RangeFunction: SyntaxNode {
    let c: UnsafePointer<PgQuery__RangeFunction>

    var lateral: Bool { c.pointee.lateral != 0 }
    var ordinality: Bool { c.pointee.ordinality != 0 }
    var is_rowsfrom: Bool { c.pointee.is_rowsfrom != 0 }
    var functions: Nodes { Nodes(c.pointee.n_functions, c.pointee.functions) }
    var alias: Alias? { Alias(c.pointee.alias) }
    var coldeflist: Nodes { Nodes(c.pointee.n_coldeflist, c.pointee.coldeflist) }
  }

  struct RangeTableSample: SyntaxNode {
    let c: UnsafePointer<PgQuery__RangeTableSample>

    var relation: Node? { Node(c.pointee.relation) }
    var method: Nodes { Nodes(c.pointee.n_method, c.pointee.method) }
    var args: Nodes { Nodes(c.pointee.n_args, c.pointee.args) }
    var repeatable: Node? { Node(c.pointee.repeatable) }
    var location: Int32 { c.pointee.location }
  }

  struct RangeTableFunc: SyntaxNode {
    let c: UnsafePointer<PgQuery__RangeTableFunc>

    var lateral: Bool { c.pointee.lateral != 0 }
    var docexpr: Node? { Node(c.pointee.docexpr) }
    var rowexpr: Node? { Node(c.pointee.rowexpr) }
    var namespaces: Nodes { Nodes(c.pointee.n_namespaces, c.pointee.namespaces) }
    var columns: Nodes { Nodes(c.pointee.n_columns, c.pointee.columns) }
    var alias: Alias? { Alias(c.pointee.alias) }
    var location: Int32 { c.pointee.location }
  }

  struct RangeTableFuncCol: SyntaxNode {
    let c: UnsafePointer<PgQuery__RangeTableFuncCol>

    var colname: String { String(cString: c.pointee.colname) }
    var typeName: TypeName? { TypeName(c.pointee.type_name) }
    var for_ordinality: Bool { c.pointee.for_ordinality != 0 }
    var is_not_null: Bool { c.pointee.is_not_null != 0 }
    var colexpr: Node? { Node(c.pointee.colexpr) }
    var coldefexpr: Node? { Node(c.pointee.coldefexpr) }
    var location: Int32 { c.pointee.location }
  }

  struct SortBy: SyntaxNode {
    let c: UnsafePointer<PgQuery__SortBy>

    var node: Node? { Node(c.pointee.node) }
    var sortby_dir: PgQuery__SortByDir { c.pointee.sortby_dir }
    var sortby_nulls: PgQuery__SortByNulls { c.pointee.sortby_nulls }
    var useOp: Nodes { Nodes(c.pointee.n_use_op, c.pointee.use_op) }
    var location: Int32 { c.pointee.location }
  }

  struct WindowDef: SyntaxNode {
    let c: UnsafePointer<PgQuery__WindowDef>

    var name: String { String(cString: c.pointee.name) }
    var refname: String { String(cString: c.pointee.refname) }
    var partitionClause: Nodes { Nodes(c.pointee.n_partition_clause, c.pointee.partition_clause) }
    var orderClause: Nodes { Nodes(c.pointee.n_order_clause, c.pointee.order_clause) }
    var frameOptions: Int32 { c.pointee.frame_options }
    var startOffset: Node? { Node(c.pointee.start_offset) }
    var endOffset: Node? { Node(c.pointee.end_offset) }
    var location: Int32 { c.pointee.location }
  }

  struct GroupingSet: SyntaxNode {
    let c: UnsafePointer<PgQuery__GroupingSet>

    var kind: PgQuery__GroupingSetKind { c.pointee.kind }
    var content: Nodes { Nodes(c.pointee.n_content, c.pointee.content) }
    var location: Int32 { c.pointee.location }
  }

  struct LockingClause: SyntaxNode {
    let c: UnsafePointer<PgQuery__LockingClause>

    var lockedRels: Nodes { Nodes(c.pointee.n_locked_rels, c.pointee.locked_rels) }
    var strength: PgQuery__LockClauseStrength { c.pointee.strength }
    var waitPolicy: PgQuery__LockWaitPolicy { c.pointee.wait_policy }
  }

  struct WithClause: SyntaxNode {
    let c: UnsafePointer<PgQuery__WithClause>

    var ctes: Nodes { Nodes(c.pointee.n_ctes, c.pointee.ctes) }
    var recursive: Bool { c.pointee.recursive != 0 }
    var location: Int32 { c.pointee.location }
  }

  struct CommonTableExpr: SyntaxNode {
    let c: UnsafePointer<PgQuery__CommonTableExpr>

    var ctename: String { String(cString: c.pointee.ctename) }
    var aliascolnames: Nodes { Nodes(c.pointee.n_aliascolnames, c.pointee.aliascolnames) }
    var ctematerialized: PgQuery__CTEMaterialize { c.pointee.ctematerialized }
    var ctequery: Node? { Node(c.pointee.ctequery) }
    var search_clause: CTESearchClause? { CTESearchClause(c.pointee.search_clause) }
    var cycle_clause: CTECycleClause? { CTECycleClause(c.pointee.cycle_clause) }
    var location: Int32 { c.pointee.location }
  }

  struct CTESearchClause: SyntaxNode {
    let c: UnsafePointer<PgQuery__CTESearchClause>

    var search_col_list: Nodes { Nodes(c.pointee.n_search_col_list, c.pointee.search_col_list) }
    var search_breadth_first: Bool { c.pointee.search_breadth_first != 0 }
    var search_seq_column: String { String(cString: c.pointee.search_seq_column) }
    var location: Int32 { c.pointee.location }
  }

  struct CTECycleClause: SyntaxNode {
    let c: UnsafePointer<PgQuery__CTECycleClause>

    var cycle_col_list: Nodes { Nodes(c.pointee.n_cycle_col_list, c.pointee.cycle_col_list) }
    var cycle_mark_column: String { String(cString: c.pointee.cycle_mark_column) }
    var cycle_mark_value: Node? { Node(c.pointee.cycle_mark_value) }
    var cycle_mark_default: Node? { Node(c.pointee.cycle_mark_default) }
    var cycle_path_column: String { String(cString: c.pointee.cycle_path_column) }
    var location: Int32 { c.pointee.location }
  }
}

internal import CPgQuery

// Statements that write rows.
extension Syntax {
  struct InsertStmt: SyntaxNode {
    let c: UnsafePointer<PgQuery__InsertStmt>

    var relation: RangeVar? { RangeVar(c.pointee.relation) }
    var selectStmt: Node? { Node(c.pointee.select_stmt) }
    var onConflictClause: OnConflictClause? { OnConflictClause(c.pointee.on_conflict_clause) }
    var returningList: Nodes { Nodes(c.pointee.n_returning_list, c.pointee.returning_list) }
    var withClause: WithClause? { WithClause(c.pointee.with_clause) }
    var override: PgQuery__OverridingKind { c.pointee.override }
  }

  struct UpdateStmt: SyntaxNode {
    let c: UnsafePointer<PgQuery__UpdateStmt>

    var relation: RangeVar? { RangeVar(c.pointee.relation) }
    var targetList: Nodes { Nodes(c.pointee.n_target_list, c.pointee.target_list) }
    var whereClause: Node? { Node(c.pointee.where_clause) }
    var fromClause: Nodes { Nodes(c.pointee.n_from_clause, c.pointee.from_clause) }
    var returningList: Nodes { Nodes(c.pointee.n_returning_list, c.pointee.returning_list) }
    var withClause: WithClause? { WithClause(c.pointee.with_clause) }
  }

  struct DeleteStmt: SyntaxNode {
    let c: UnsafePointer<PgQuery__DeleteStmt>

    var relation: RangeVar? { RangeVar(c.pointee.relation) }
    var usingClause: Nodes { Nodes(c.pointee.n_using_clause, c.pointee.using_clause) }
    var whereClause: Node? { Node(c.pointee.where_clause) }
    var returningList: Nodes { Nodes(c.pointee.n_returning_list, c.pointee.returning_list) }
    var withClause: WithClause? { WithClause(c.pointee.with_clause) }
  }

  struct MergeStmt: SyntaxNode {
    let c: UnsafePointer<PgQuery__MergeStmt>

    var relation: RangeVar? { RangeVar(c.pointee.relation) }
    var sourceRelation: Node? { Node(c.pointee.source_relation) }
    var joinCondition: Node? { Node(c.pointee.join_condition) }
    var mergeWhenClauses: Nodes { Nodes(c.pointee.n_merge_when_clauses, c.pointee.merge_when_clauses) }
    var withClause: WithClause? { WithClause(c.pointee.with_clause) }
  }

  struct MergeWhenClause: SyntaxNode {
    let c: UnsafePointer<PgQuery__MergeWhenClause>

    var matched: Bool { c.pointee.matched != 0 }
    var commandType: PgQuery__CmdType { c.pointee.command_type }
    var override: PgQuery__OverridingKind { c.pointee.override }
    var condition: Node? { Node(c.pointee.condition) }
    var targetList: Nodes { Nodes(c.pointee.n_target_list, c.pointee.target_list) }
    var values: Nodes { Nodes(c.pointee.n_values, c.pointee.values) }
  }

  struct OnConflictClause: SyntaxNode {
    let c: UnsafePointer<PgQuery__OnConflictClause>

    var action: PgQuery__OnConflictAction { c.pointee.action }
    var infer: InferClause? { InferClause(c.pointee.infer) }
    var targetList: Nodes { Nodes(c.pointee.n_target_list, c.pointee.target_list) }
    var whereClause: Node? { Node(c.pointee.where_clause) }
    var location: Int32 { c.pointee.location }
  }

  struct InferClause: SyntaxNode {
    let c: UnsafePointer<PgQuery__InferClause>

    var indexElems: Nodes { Nodes(c.pointee.n_index_elems, c.pointee.index_elems) }
    var whereClause: Node? { Node(c.pointee.where_clause) }
    var conname: String { String(cString: c.pointee.conname) }
    var location: Int32 { c.pointee.location }
  }

  struct IndexElem: SyntaxNode {
    let c: UnsafePointer<PgQuery__IndexElem>

    var name: String { String(cString: c.pointee.name) }
    var expr: Node? { Node(c.pointee.expr) }
    var indexcolname: String { String(cString: c.pointee.indexcolname) }
    var collation: Nodes { Nodes(c.pointee.n_collation, c.pointee.collation) }
    var opclass: Nodes { Nodes(c.pointee.n_opclass, c.pointee.opclass) }
    var opclassopts: Nodes { Nodes(c.pointee.n_opclassopts, c.pointee.opclassopts) }
    var ordering: PgQuery__SortByDir { c.pointee.ordering }
    var nulls_ordering: PgQuery__SortByNulls { c.pointee.nulls_ordering }
  }
}

internal import CPgQuery

// Tables and what belongs to one.
extension Syntax {
  struct CreateStmt: SyntaxNode {
    let c: UnsafePointer<PgQuery__CreateStmt>

    var relation: RangeVar? { RangeVar(c.pointee.relation) }
    var tableElts: Nodes { Nodes(c.pointee.n_table_elts, c.pointee.table_elts) }
    var inhRelations: Nodes { Nodes(c.pointee.n_inh_relations, c.pointee.inh_relations) }
    var partbound: PartitionBoundSpec? { PartitionBoundSpec(c.pointee.partbound) }
    var partspec: PartitionSpec? { PartitionSpec(c.pointee.partspec) }
    var ofTypename: TypeName? { TypeName(c.pointee.of_typename) }
    var constraints: Nodes { Nodes(c.pointee.n_constraints, c.pointee.constraints) }
    var options: Nodes { Nodes(c.pointee.n_options, c.pointee.options) }
    var oncommit: PgQuery__OnCommitAction { c.pointee.oncommit }
    var tablespacename: String { String(cString: c.pointee.tablespacename) }
    var accessMethod: String { String(cString: c.pointee.access_method) }
    var if_not_exists: Bool { c.pointee.if_not_exists != 0 }
  }

  struct ColumnDef: SyntaxNode {
    let c: UnsafePointer<PgQuery__ColumnDef>

    var colname: String { String(cString: c.pointee.colname) }
    var typeName: TypeName? { TypeName(c.pointee.type_name) }
    var compression: String { String(cString: c.pointee.compression) }
    var inhcount: Int32 { c.pointee.inhcount }
    var is_local: Bool { c.pointee.is_local != 0 }
    var is_not_null: Bool { c.pointee.is_not_null != 0 }
    var is_from_type: Bool { c.pointee.is_from_type != 0 }
    var storage: String { String(cString: c.pointee.storage) }
    var raw_default: Node? { Node(c.pointee.raw_default) }
    var cooked_default: Node? { Node(c.pointee.cooked_default) }
    var identity: String { String(cString: c.pointee.identity) }
    var identitySequence: RangeVar? { RangeVar(c.pointee.identity_sequence) }
    var generated: String { String(cString: c.pointee.generated) }
    var collClause: CollateClause? { CollateClause(c.pointee.coll_clause) }
    var collOid: UInt32 { c.pointee.coll_oid }
    var constraints: Nodes { Nodes(c.pointee.n_constraints, c.pointee.constraints) }
    var fdwoptions: Nodes { Nodes(c.pointee.n_fdwoptions, c.pointee.fdwoptions) }
    var location: Int32 { c.pointee.location }
  }

  struct Constraint: SyntaxNode {
    let c: UnsafePointer<PgQuery__Constraint>

    var contype: PgQuery__ConstrType { c.pointee.contype }
    var conname: String { String(cString: c.pointee.conname) }
    var deferrable: Bool { c.pointee.deferrable != 0 }
    var initdeferred: Bool { c.pointee.initdeferred != 0 }
    var location: Int32 { c.pointee.location }
    var is_no_inherit: Bool { c.pointee.is_no_inherit != 0 }
    var raw_expr: Node? { Node(c.pointee.raw_expr) }
    var cooked_expr: String { String(cString: c.pointee.cooked_expr) }
    var generated_when: String { String(cString: c.pointee.generated_when) }
    var nulls_not_distinct: Bool { c.pointee.nulls_not_distinct != 0 }
    var keys: Nodes { Nodes(c.pointee.n_keys, c.pointee.keys) }
    var including: Nodes { Nodes(c.pointee.n_including, c.pointee.including) }
    var exclusions: Nodes { Nodes(c.pointee.n_exclusions, c.pointee.exclusions) }
    var options: Nodes { Nodes(c.pointee.n_options, c.pointee.options) }
    var indexname: String { String(cString: c.pointee.indexname) }
    var indexspace: String { String(cString: c.pointee.indexspace) }
    var reset_default_tblspc: Bool { c.pointee.reset_default_tblspc != 0 }
    var access_method: String { String(cString: c.pointee.access_method) }
    var where_clause: Node? { Node(c.pointee.where_clause) }
    var pktable: RangeVar? { RangeVar(c.pointee.pktable) }
    var fk_attrs: Nodes { Nodes(c.pointee.n_fk_attrs, c.pointee.fk_attrs) }
    var pk_attrs: Nodes { Nodes(c.pointee.n_pk_attrs, c.pointee.pk_attrs) }
    var fk_matchtype: String { String(cString: c.pointee.fk_matchtype) }
    var fk_upd_action: String { String(cString: c.pointee.fk_upd_action) }
    var fk_del_action: String { String(cString: c.pointee.fk_del_action) }
    var fk_del_set_cols: Nodes { Nodes(c.pointee.n_fk_del_set_cols, c.pointee.fk_del_set_cols) }
    var old_conpfeqop: Nodes { Nodes(c.pointee.n_old_conpfeqop, c.pointee.old_conpfeqop) }
    var old_pktable_oid: UInt32 { c.pointee.old_pktable_oid }
    var skip_validation: Bool { c.pointee.skip_validation != 0 }
    var initially_valid: Bool { c.pointee.initially_valid != 0 }
  }

  struct DefElem: SyntaxNode {
    let c: UnsafePointer<PgQuery__DefElem>

    var defnamespace: String { String(cString: c.pointee.defnamespace) }
    var defname: String { String(cString: c.pointee.defname) }
    var arg: Node? { Node(c.pointee.arg) }
    var defaction: PgQuery__DefElemAction { c.pointee.defaction }
    var location: Int32 { c.pointee.location }
  }

  struct TableLikeClause: SyntaxNode {
    let c: UnsafePointer<PgQuery__TableLikeClause>

    var relation: RangeVar? { RangeVar(c.pointee.relation) }
    var options: UInt32 { c.pointee.options }
    var relationOid: UInt32 { c.pointee.relation_oid }
  }

  struct PartitionSpec: SyntaxNode {
    let c: UnsafePointer<PgQuery__PartitionSpec>

    var strategy: String { String(cString: c.pointee.strategy) }
    var partParams: Nodes { Nodes(c.pointee.n_part_params, c.pointee.part_params) }
    var location: Int32 { c.pointee.location }
  }

  struct PartitionElem: SyntaxNode {
    let c: UnsafePointer<PgQuery__PartitionElem>

    var name: String { String(cString: c.pointee.name) }
    var expr: Node? { Node(c.pointee.expr) }
    var collation: Nodes { Nodes(c.pointee.n_collation, c.pointee.collation) }
    var opclass: Nodes { Nodes(c.pointee.n_opclass, c.pointee.opclass) }
    var location: Int32 { c.pointee.location }
  }

  struct PartitionBoundSpec: SyntaxNode {
    let c: UnsafePointer<PgQuery__PartitionBoundSpec>

    var strategy: String { String(cString: c.pointee.strategy) }
    var is_default: Bool { c.pointee.is_default != 0 }
    var modulus: Int32 { c.pointee.modulus }
    var remainder: Int32 { c.pointee.remainder }
    var listdatums: Nodes { Nodes(c.pointee.n_listdatums, c.pointee.listdatums) }
    var lowerdatums: Nodes { Nodes(c.pointee.n_lowerdatums, c.pointee.lowerdatums) }
    var upperdatums: Nodes { Nodes(c.pointee.n_upperdatums, c.pointee.upperdatums) }
    var location: Int32 { c.pointee.location }
  }

  struct PartitionCmd: SyntaxNode {
    let c: UnsafePointer<PgQuery__PartitionCmd>

    var name: RangeVar? { RangeVar(c.pointee.name) }
    var bound: PartitionBoundSpec? { PartitionBoundSpec(c.pointee.bound) }
    var concurrent: Bool { c.pointee.concurrent != 0 }
  }

  struct CreateForeignTableStmt: SyntaxNode {
    let c: UnsafePointer<PgQuery__CreateForeignTableStmt>

    var base: CreateStmt? { CreateStmt(c.pointee.base_stmt) }
    var servername: String { String(cString: c.pointee.servername) }
    var options: Nodes { Nodes(c.pointee.n_options, c.pointee.options) }
  }

  struct AlterTableStmt: SyntaxNode {
    let c: UnsafePointer<PgQuery__AlterTableStmt>

    var relation: RangeVar? { RangeVar(c.pointee.relation) }
    var cmds: Nodes { Nodes(c.pointee.n_cmds, c.pointee.cmds) }
    var objtype: PgQuery__ObjectType { c.pointee.objtype }
    var missing_ok: Bool { c.pointee.missing_ok != 0 }
  }

  struct AlterTableCmd: SyntaxNode {
    let c: UnsafePointer<PgQuery__AlterTableCmd>

    var subtype: PgQuery__AlterTableType { c.pointee.subtype }
    var name: String { String(cString: c.pointee.name) }
    var num: Int32 { c.pointee.num }
    var newowner: RoleSpec? { RoleSpec(c.pointee.newowner) }
    var def: Node? { Node(c.pointee.def) }
    var behavior: PgQuery__DropBehavior { c.pointee.behavior }
    var missing_ok: Bool { c.pointee.missing_ok != 0 }
    var recurse: Bool { c.pointee.recurse != 0 }
  }

  struct ReplicaIdentityStmt: SyntaxNode {
    let c: UnsafePointer<PgQuery__ReplicaIdentityStmt>

    var identity_type: String { String(cString: c.pointee.identity_type) }
    var name: String { String(cString: c.pointee.name) }
  }

  struct IndexStmt: SyntaxNode {
    let c: UnsafePointer<PgQuery__IndexStmt>

    var idxname: String { String(cString: c.pointee.idxname) }
    var relation: RangeVar? { RangeVar(c.pointee.relation) }
    var accessMethod: String { String(cString: c.pointee.access_method) }
    var tableSpace: String { String(cString: c.pointee.table_space) }
    var indexParams: Nodes { Nodes(c.pointee.n_index_params, c.pointee.index_params) }
    var indexIncludingParams: Nodes { Nodes(c.pointee.n_index_including_params, c.pointee.index_including_params) }
    var options: Nodes { Nodes(c.pointee.n_options, c.pointee.options) }
    var whereClause: Node? { Node(c.pointee.where_clause) }
    var excludeOpNames: Nodes { Nodes(c.pointee.n_exclude_op_names, c.pointee.exclude_op_names) }
    var idxcomment: String { String(cString: c.pointee.idxcomment) }
    var indexOid: UInt32 { c.pointee.index_oid }
    var oldNode: UInt32 { c.pointee.old_node }
    var oldCreateSubid: UInt32 { c.pointee.old_create_subid }
    var oldFirstRelfilenodeSubid: UInt32 { c.pointee.old_first_relfilenode_subid }
    var unique: Bool { c.pointee.unique != 0 }
    var nulls_not_distinct: Bool { c.pointee.nulls_not_distinct != 0 }
    var primary: Bool { c.pointee.primary != 0 }
    var isconstraint: Bool { c.pointee.isconstraint != 0 }
    var deferrable: Bool { c.pointee.deferrable != 0 }
    var initdeferred: Bool { c.pointee.initdeferred != 0 }
    var transformed: Bool { c.pointee.transformed != 0 }
    var concurrent: Bool { c.pointee.concurrent != 0 }
    var if_not_exists: Bool { c.pointee.if_not_exists != 0 }
    var reset_default_tblspc: Bool { c.pointee.reset_default_tblspc != 0 }
  }

  struct RoleSpec: SyntaxNode {
    let c: UnsafePointer<PgQuery__RoleSpec>

    var roletype: PgQuery__RoleSpecType { c.pointee.roletype }
    var rolename: String { String(cString: c.pointee.rolename) }
    var location: Int32 { c.pointee.location }
  }

  struct CreateTrigStmt: SyntaxNode {
    let c: UnsafePointer<PgQuery__CreateTrigStmt>

    var replace: Bool { c.pointee.replace != 0 }
    var isconstraint: Bool { c.pointee.isconstraint != 0 }
    var trigname: String { String(cString: c.pointee.trigname) }
    var relation: RangeVar? { RangeVar(c.pointee.relation) }
    var funcname: Nodes { Nodes(c.pointee.n_funcname, c.pointee.funcname) }
    var args: Nodes { Nodes(c.pointee.n_args, c.pointee.args) }
    var row: Bool { c.pointee.row != 0 }
    var timing: Int32 { c.pointee.timing }
    var events: Int32 { c.pointee.events }
    var columns: Nodes { Nodes(c.pointee.n_columns, c.pointee.columns) }
    var whenClause: Node? { Node(c.pointee.when_clause) }
    var transitionRels: Nodes { Nodes(c.pointee.n_transition_rels, c.pointee.transition_rels) }
    var deferrable: Bool { c.pointee.deferrable != 0 }
    var initdeferred: Bool { c.pointee.initdeferred != 0 }
    var constrrel: RangeVar? { RangeVar(c.pointee.constrrel) }
  }

  struct RuleStmt: SyntaxNode {
    let c: UnsafePointer<PgQuery__RuleStmt>

    var relation: RangeVar? { RangeVar(c.pointee.relation) }
    var rulename: String { String(cString: c.pointee.rulename) }
    var whereClause: Node? { Node(c.pointee.where_clause) }
    var event: PgQuery__CmdType { c.pointee.event }
    var instead: Bool { c.pointee.instead != 0 }
    var actions: Nodes { Nodes(c.pointee.n_actions, c.pointee.actions) }
    var replace: Bool { c.pointee.replace != 0 }
  }

  struct CreatePolicyStmt: SyntaxNode {
    let c: UnsafePointer<PgQuery__CreatePolicyStmt>

    var policy_name: String { String(cString: c.pointee.policy_name) }
    var table: RangeVar? { RangeVar(c.pointee.table) }
    var cmd_name: String { String(cString: c.pointee.cmd_name) }
    var permissive: Bool { c.pointee.permissive != 0 }
    var roles: Nodes { Nodes(c.pointee.n_roles, c.pointee.roles) }
    var qual: Node? { Node(c.pointee.qual) }
    var with_check: Node? { Node(c.pointee.with_check) }
  }

  struct AlterPolicyStmt: SyntaxNode {
    let c: UnsafePointer<PgQuery__AlterPolicyStmt>

    var policy_name: String { String(cString: c.pointee.policy_name) }
    var table: RangeVar? { RangeVar(c.pointee.table) }
    var roles: Nodes { Nodes(c.pointee.n_roles, c.pointee.roles) }
    var qual: Node? { Node(c.pointee.qual) }
    var with_check: Node? { Node(c.pointee.with_check) }
  }
}

internal import CPgQuery

// Schemas, types, routines and other definitions; dropping and renaming.
extension Syntax {
  struct CreateSchemaStmt: SyntaxNode {
    let c: UnsafePointer<PgQuery__CreateSchemaStmt>

    var schemaname: String { String(cString: c.pointee.schemaname) }
    var authrole: RoleSpec? { RoleSpec(c.pointee.authrole) }
    var schemaElts: Nodes { Nodes(c.pointee.n_schema_elts, c.pointee.schema_elts) }
    var if_not_exists: Bool { c.pointee.if_not_exists != 0 }
  }

  struct ViewStmt: SyntaxNode {
    let c: UnsafePointer<PgQuery__ViewStmt>

    var view: RangeVar? { RangeVar(c.pointee.view) }
    var aliases: Nodes { Nodes(c.pointee.n_aliases, c.pointee.aliases) }
    var query: Node? { Node(c.pointee.query) }
    var replace: Bool { c.pointee.replace != 0 }
    var options: Nodes { Nodes(c.pointee.n_options, c.pointee.options) }
    var withCheckOption: PgQuery__ViewCheckOption { c.pointee.with_check_option }
  }

  struct CreateTableAsStmt: SyntaxNode {
    let c: UnsafePointer<PgQuery__CreateTableAsStmt>

    var query: Node? { Node(c.pointee.query) }
    var into: IntoClause? { IntoClause(c.pointee.into) }
    var objtype: PgQuery__ObjectType { c.pointee.objtype }
    var is_select_into: Bool { c.pointee.is_select_into != 0 }
    var if_not_exists: Bool { c.pointee.if_not_exists != 0 }
  }

  struct CreateSeqStmt: SyntaxNode {
    let c: UnsafePointer<PgQuery__CreateSeqStmt>

    var sequence: RangeVar? { RangeVar(c.pointee.sequence) }
    var options: Nodes { Nodes(c.pointee.n_options, c.pointee.options) }
    var ownerId: UInt32 { c.pointee.owner_id }
    var for_identity: Bool { c.pointee.for_identity != 0 }
    var if_not_exists: Bool { c.pointee.if_not_exists != 0 }
  }

  struct AlterSeqStmt: SyntaxNode {
    let c: UnsafePointer<PgQuery__AlterSeqStmt>

    var sequence: RangeVar? { RangeVar(c.pointee.sequence) }
    var options: Nodes { Nodes(c.pointee.n_options, c.pointee.options) }
    var for_identity: Bool { c.pointee.for_identity != 0 }
    var missing_ok: Bool { c.pointee.missing_ok != 0 }
  }

  struct CreateFunctionStmt: SyntaxNode {
    let c: UnsafePointer<PgQuery__CreateFunctionStmt>

    var is_procedure: Bool { c.pointee.is_procedure != 0 }
    var replace: Bool { c.pointee.replace != 0 }
    var funcname: Nodes { Nodes(c.pointee.n_funcname, c.pointee.funcname) }
    var parameters: Nodes { Nodes(c.pointee.n_parameters, c.pointee.parameters) }
    var returnType: TypeName? { TypeName(c.pointee.return_type) }
    var options: Nodes { Nodes(c.pointee.n_options, c.pointee.options) }
    var sql_body: Node? { Node(c.pointee.sql_body) }
  }

  struct FunctionParameter: SyntaxNode {
    let c: UnsafePointer<PgQuery__FunctionParameter>

    var name: String { String(cString: c.pointee.name) }
    var argType: TypeName? { TypeName(c.pointee.arg_type) }
    var mode: PgQuery__FunctionParameterMode { c.pointee.mode }
    var defexpr: Node? { Node(c.pointee.defexpr) }
  }

  struct AlterFunctionStmt: SyntaxNode {
    let c: UnsafePointer<PgQuery__AlterFunctionStmt>

    var objtype: PgQuery__ObjectType { c.pointee.objtype }
    var `func`: ObjectWithArgs? { ObjectWithArgs(c.pointee.func) }
    var actions: Nodes { Nodes(c.pointee.n_actions, c.pointee.actions) }
  }

  struct ObjectWithArgs: SyntaxNode {
    let c: UnsafePointer<PgQuery__ObjectWithArgs>

    var objname: Nodes { Nodes(c.pointee.n_objname, c.pointee.objname) }
    var objargs: Nodes { Nodes(c.pointee.n_objargs, c.pointee.objargs) }
    var objfuncargs: Nodes { Nodes(c.pointee.n_objfuncargs, c.pointee.objfuncargs) }
    var args_unspecified: Bool { c.pointee.args_unspecified != 0 }
  }

  struct CompositeTypeStmt: SyntaxNode {
    let c: UnsafePointer<PgQuery__CompositeTypeStmt>

    var typevar: RangeVar? { RangeVar(c.pointee.typevar) }
    var coldeflist: Nodes { Nodes(c.pointee.n_coldeflist, c.pointee.coldeflist) }
  }

  struct CreateEnumStmt: SyntaxNode {
    let c: UnsafePointer<PgQuery__CreateEnumStmt>

    var typeName: Nodes { Nodes(c.pointee.n_type_name, c.pointee.type_name) }
    var vals: Nodes { Nodes(c.pointee.n_vals, c.pointee.vals) }
  }

  struct CreateRangeStmt: SyntaxNode {
    let c: UnsafePointer<PgQuery__CreateRangeStmt>

    var typeName: Nodes { Nodes(c.pointee.n_type_name, c.pointee.type_name) }
    var params: Nodes { Nodes(c.pointee.n_params, c.pointee.params) }
  }

  struct AlterEnumStmt: SyntaxNode {
    let c: UnsafePointer<PgQuery__AlterEnumStmt>

    var typeName: Nodes { Nodes(c.pointee.n_type_name, c.pointee.type_name) }
    var oldVal: String { String(cString: c.pointee.old_val) }
    var newVal: String { String(cString: c.pointee.new_val) }
    var newValNeighbor: String { String(cString: c.pointee.new_val_neighbor) }
    var newValIsAfter: Bool { c.pointee.new_val_is_after != 0 }
    var skipIfNewValExists: Bool { c.pointee.skip_if_new_val_exists != 0 }
  }

  struct AlterTypeStmt: SyntaxNode {
    let c: UnsafePointer<PgQuery__AlterTypeStmt>

    var typeName: Nodes { Nodes(c.pointee.n_type_name, c.pointee.type_name) }
    var options: Nodes { Nodes(c.pointee.n_options, c.pointee.options) }
  }

  struct CreateDomainStmt: SyntaxNode {
    let c: UnsafePointer<PgQuery__CreateDomainStmt>

    var domainname: Nodes { Nodes(c.pointee.n_domainname, c.pointee.domainname) }
    var typeName: TypeName? { TypeName(c.pointee.type_name) }
    var collClause: CollateClause? { CollateClause(c.pointee.coll_clause) }
    var constraints: Nodes { Nodes(c.pointee.n_constraints, c.pointee.constraints) }
  }

  struct AlterDomainStmt: SyntaxNode {
    let c: UnsafePointer<PgQuery__AlterDomainStmt>

    var subtype: String { String(cString: c.pointee.subtype) }
    var typeName: Nodes { Nodes(c.pointee.n_type_name, c.pointee.type_name) }
    var name: String { String(cString: c.pointee.name) }
    var def: Node? { Node(c.pointee.def) }
    var behavior: PgQuery__DropBehavior { c.pointee.behavior }
    var missing_ok: Bool { c.pointee.missing_ok != 0 }
  }

  struct DefineStmt: SyntaxNode {
    let c: UnsafePointer<PgQuery__DefineStmt>

    var kind: PgQuery__ObjectType { c.pointee.kind }
    var oldstyle: Bool { c.pointee.oldstyle != 0 }
    var defnames: Nodes { Nodes(c.pointee.n_defnames, c.pointee.defnames) }
    var args: Nodes { Nodes(c.pointee.n_args, c.pointee.args) }
    var definition: Nodes { Nodes(c.pointee.n_definition, c.pointee.definition) }
    var if_not_exists: Bool { c.pointee.if_not_exists != 0 }
    var replace: Bool { c.pointee.replace != 0 }
  }

  struct CreateCastStmt: SyntaxNode {
    let c: UnsafePointer<PgQuery__CreateCastStmt>

    var sourcetype: TypeName? { TypeName(c.pointee.sourcetype) }
    var targettype: TypeName? { TypeName(c.pointee.targettype) }
    var `func`: ObjectWithArgs? { ObjectWithArgs(c.pointee.func) }
    var context: PgQuery__CoercionContext { c.pointee.context }
    var `inout`: Bool { c.pointee.inout != 0 }
  }

  struct CreateExtensionStmt: SyntaxNode {
    let c: UnsafePointer<PgQuery__CreateExtensionStmt>

    var extname: String { String(cString: c.pointee.extname) }
    var if_not_exists: Bool { c.pointee.if_not_exists != 0 }
    var options: Nodes { Nodes(c.pointee.n_options, c.pointee.options) }
  }

  struct CreatedbStmt: SyntaxNode {
    let c: UnsafePointer<PgQuery__CreatedbStmt>

    var options: Nodes { Nodes(c.pointee.n_options, c.pointee.options) }
  }

  struct DropStmt: SyntaxNode {
    let c: UnsafePointer<PgQuery__DropStmt>

    var objects: Nodes { Nodes(c.pointee.n_objects, c.pointee.objects) }
    var removeType: PgQuery__ObjectType { c.pointee.remove_type }
    var behavior: PgQuery__DropBehavior { c.pointee.behavior }
    var missing_ok: Bool { c.pointee.missing_ok != 0 }
    var concurrent: Bool { c.pointee.concurrent != 0 }
  }

  struct RenameStmt: SyntaxNode {
    let c: UnsafePointer<PgQuery__RenameStmt>

    var renameType: PgQuery__ObjectType { c.pointee.rename_type }
    var relationType: PgQuery__ObjectType { c.pointee.relation_type }
    var relation: RangeVar? { RangeVar(c.pointee.relation) }
    var object: Node? { Node(c.pointee.object) }
    var subname: String { String(cString: c.pointee.subname) }
    var newname: String { String(cString: c.pointee.newname) }
    var behavior: PgQuery__DropBehavior { c.pointee.behavior }
    var missing_ok: Bool { c.pointee.missing_ok != 0 }
  }

  struct AlterObjectSchemaStmt: SyntaxNode {
    let c: UnsafePointer<PgQuery__AlterObjectSchemaStmt>

    var objectType: PgQuery__ObjectType { c.pointee.object_type }
    var relation: RangeVar? { RangeVar(c.pointee.relation) }
    var object: Node? { Node(c.pointee.object) }
    var newschema: String { String(cString: c.pointee.newschema) }
    var missing_ok: Bool { c.pointee.missing_ok != 0 }
  }

  struct AlterOwnerStmt: SyntaxNode {
    let c: UnsafePointer<PgQuery__AlterOwnerStmt>

    var objectType: PgQuery__ObjectType { c.pointee.object_type }
    var relation: RangeVar? { RangeVar(c.pointee.relation) }
    var object: Node? { Node(c.pointee.object) }
    var newowner: RoleSpec? { RoleSpec(c.pointee.newowner) }
  }

  struct VariableSetStmt: SyntaxNode {
    let c: UnsafePointer<PgQuery__VariableSetStmt>

    var kind: PgQuery__VariableSetKind { c.pointee.kind }
    var name: String { String(cString: c.pointee.name) }
    var args: Nodes { Nodes(c.pointee.n_args, c.pointee.args) }
    var is_local: Bool { c.pointee.is_local != 0 }
  }

  struct CopyStmt: SyntaxNode {
    let c: UnsafePointer<PgQuery__CopyStmt>

    var relation: RangeVar? { RangeVar(c.pointee.relation) }
    var query: Node? { Node(c.pointee.query) }
    var attlist: Nodes { Nodes(c.pointee.n_attlist, c.pointee.attlist) }
    var is_from: Bool { c.pointee.is_from != 0 }
    var is_program: Bool { c.pointee.is_program != 0 }
    var filename: String { String(cString: c.pointee.filename) }
    var options: Nodes { Nodes(c.pointee.n_options, c.pointee.options) }
    var whereClause: Node? { Node(c.pointee.where_clause) }
  }
}

internal import CPgQuery
import Relations

/// Which questions a change of the schema can have touched: those over some tables, or any.
///
/// Decided by the kind of each statement. What is not known to be harmless, or to be about some tables alone, reaches everything: a new
/// function may be chosen where another one was, a new view may stand where a table stood.
public struct SchemaReach: Hashable, Sendable {
  /// Whether any question at all may mean something else.
  public private(set) var isEverything = false
  /// Tables whose rows or meaning may be other ones.
  public private(set) var tables: Set<TableID> = []
  /// Tables that got columns and are otherwise as they were: a question that still means the same is not touched.
  public private(set) var extended: Set<TableID> = []

  /// - Parameters:
  ///   - sql: the statements, as they were run.
  ///   - schema: what the questions were bound to.
  public init(of sql: String, on schema: Schema) {
    let reach = try? SQLParser.withTree(of: sql) { tree throws(SQLTextError) in
      var finder = ReachFinder(schema)
      for i in 0..<tree.statementCount { finder.add(tree.statement(i).node) }
      return finder.reach
    }
    self = reach ?? .everything
  }

  private init() {}

  static let nothing = SchemaReach()

  public static let everything: SchemaReach = {
    var reach = SchemaReach()
    reach.isEverything = true
    return reach
  }()

  fileprivate mutating func reachAll() { self = .everything }
  fileprivate mutating func touch(_ ids: Set<TableID>) { tables.formUnion(ids) }
  fileprivate mutating func extend(_ ids: Set<TableID>) { extended.formUnion(ids) }
}

private struct ReachFinder {
  var reach = SchemaReach.nothing
  private let schema: Schema

  init(_ schema: Schema) { self.schema = schema }

  mutating func add(_ node: Node) {
    switch node.kind {
    case .createStmt(let statement): create(statement)
    case .createForeignTableStmt(let statement): create(statement.base!)
    case .viewStmt(let statement): appear(Identifier(statement.view!.relname))
    case .createTableAsStmt(let statement): appear(Identifier(statement.into!.rel!.relname))
    case .alterTableStmt(let statement): alter(statement)
    case .ruleStmt(let statement): touch(statement.relation!)
    case .createPolicyStmt(let statement): touch(statement.table!)
    case .alterPolicyStmt(let statement): touch(statement.table!)
    case .dropStmt(let statement): drop(statement)
    case .renameStmt(let statement): rename(statement)
    case .createSchemaStmt(let statement): if !statement.schemaElts.isEmpty { reach.reachAll() }
    case .indexStmt, .createSeqStmt, .alterSeqStmt, .createTrigStmt, .variableSetStmt: break
    default: if !SchemaBuilder.isIrrelevant(node) { reach.reachAll() }
    }
  }

  // MARK: Relations that come

  private mutating func create(_ statement: Syntax.CreateStmt) {
    for parent in statement.inhRelations {
      guard case .rangeVar(let relation) = parent.kind else { return reach.reachAll() }
      touchParent(relation)
    }
    appear(Identifier(statement.relation!.relname))
  }

  /// A relation that was not there takes nothing away, unless one of its name is somewhere: then it may hide that one.
  private mutating func appear(_ name: Identifier) {
    if schema.hasTable(where: { $0.name.name == name }) { reach.reachAll() }
  }

  // MARK: Relations that change

  private mutating func touch(_ relation: Syntax.RangeVar) {
    let found = named(relation)
    if found.contains(where: { $0.kind == .view || $0.kind == .materializedView }) { return reach.reachAll() }
    reach.touch(families(of: found))
  }

  /// A question over a parent that has no parts yet looks at no table, and yet it is touched.
  private mutating func touchParent(_ relation: Syntax.RangeVar) {
    if named(relation).contains(where: { $0.kind == .partitioned && schema.children(of: $0.id).isEmpty }) { reach.reachAll() }
    touch(relation)
  }

  /// The tables that a name may stand for, whatever the search path was.
  private func named(_ relation: Syntax.RangeVar) -> [Table] { named(relation.namespace, Identifier(relation.relname)) }

  private func named(_ namespace: Identifier?, _ name: Identifier) -> [Table] {
    schema.allTables.filter { $0.name.name == name && (namespace == nil || $0.name.namespace == namespace) }
  }

  /// Who reads a partition reads it through its parents as well, and who reads these reads their other parts.
  private func families(of tables: [Table]) -> Set<TableID> {
    var family: Set<TableID> = []
    var waiting = tables.map(\.id)
    while let next = waiting.popLast() {
      guard family.insert(next).inserted, let table = schema[next] else { continue }
      waiting += table.allParents + schema.children(of: next).map(\.id)
    }
    return family
  }

  private mutating func alter(_ statement: Syntax.AlterTableStmt) {
    let isType = statement.objtype == PG_QUERY__OBJECT_TYPE__OBJECT_TYPE
    guard !isType, let relation = statement.relation else { return reach.reachAll() }
    var isExtended = false
    for node in statement.cmds {
      guard case .alterTableCmd(let command) = node.kind else { return reach.reachAll() }
      if command.isHarmless { continue }
      guard command.subtype == PG_QUERY__ALTER_TABLE_TYPE__AT_AddColumn else {
        if case .partitionCmd(let part)? = command.def?.kind, let partition = part.name { touch(partition) }
        return touchParent(relation)
      }
      isExtended = true
    }
    if isExtended { reach.extend(families(of: named(relation))) }
  }

  private mutating func drop(_ statement: Syntax.DropStmt) {
    if statement.behavior == PG_QUERY__DROP_BEHAVIOR__DROP_CASCADE { return reach.reachAll() }
    switch statement.removeType {
    case PG_QUERY__OBJECT_TYPE__OBJECT_INDEX, PG_QUERY__OBJECT_TYPE__OBJECT_TRIGGER, PG_QUERY__OBJECT_TYPE__OBJECT_SEQUENCE,
      PG_QUERY__OBJECT_TYPE__OBJECT_STATISTIC_EXT, PG_QUERY__OBJECT_TYPE__OBJECT_PUBLICATION:
      break
    case PG_QUERY__OBJECT_TYPE__OBJECT_TABLE:
      for object in statement.objects {
        guard case .list(let names) = object.kind, let name = names.map(\.text).last else { return reach.reachAll() }
        let namespace = names.count > 1 ? Identifier(Array(names.map(\.text))[names.count - 2]) : nil
        reach.touch(families(of: named(namespace, Identifier(name))))
      }
    default: reach.reachAll()
    }
  }

  private mutating func rename(_ statement: Syntax.RenameStmt) {
    switch statement.renameType {
    case PG_QUERY__OBJECT_TYPE__OBJECT_INDEX, PG_QUERY__OBJECT_TYPE__OBJECT_TRIGGER, PG_QUERY__OBJECT_TYPE__OBJECT_TABCONSTRAINT,
      PG_QUERY__OBJECT_TYPE__OBJECT_SEQUENCE:
      break
    case PG_QUERY__OBJECT_TYPE__OBJECT_TABLE:
      appear(Identifier(statement.newname))
      touch(statement.relation!)
    case PG_QUERY__OBJECT_TYPE__OBJECT_COLUMN where statement.relationType == PG_QUERY__OBJECT_TYPE__OBJECT_TABLE:
      touch(statement.relation!)
    default: reach.reachAll()
    }
  }
}

extension Syntax.AlterTableCmd {
  /// Whether it changes neither rows nor what names mean.
  fileprivate var isHarmless: Bool {
    if subtype == PG_QUERY__ALTER_TABLE_TYPE__AT_AddConstraint, case .constraint(let constraint)? = def?.kind {
      return constraint.contype != PG_QUERY__CONSTR_TYPE__CONSTR_PRIMARY
    }
    return Self.harmless.contains(subtype.rawValue)
  }

  private static let harmless: Set<UInt32> = Set(
    [
      PG_QUERY__ALTER_TABLE_TYPE__AT_ColumnDefault, PG_QUERY__ALTER_TABLE_TYPE__AT_SetNotNull,
      PG_QUERY__ALTER_TABLE_TYPE__AT_SetStatistics, PG_QUERY__ALTER_TABLE_TYPE__AT_SetOptions,
      PG_QUERY__ALTER_TABLE_TYPE__AT_ResetOptions, PG_QUERY__ALTER_TABLE_TYPE__AT_SetStorage,
      PG_QUERY__ALTER_TABLE_TYPE__AT_SetCompression, PG_QUERY__ALTER_TABLE_TYPE__AT_ValidateConstraint,
      PG_QUERY__ALTER_TABLE_TYPE__AT_AlterConstraint, PG_QUERY__ALTER_TABLE_TYPE__AT_ClusterOn,
      PG_QUERY__ALTER_TABLE_TYPE__AT_DropCluster, PG_QUERY__ALTER_TABLE_TYPE__AT_SetTableSpace,
      PG_QUERY__ALTER_TABLE_TYPE__AT_SetRelOptions, PG_QUERY__ALTER_TABLE_TYPE__AT_ResetRelOptions,
      PG_QUERY__ALTER_TABLE_TYPE__AT_EnableTrig, PG_QUERY__ALTER_TABLE_TYPE__AT_EnableAlwaysTrig,
      PG_QUERY__ALTER_TABLE_TYPE__AT_EnableReplicaTrig, PG_QUERY__ALTER_TABLE_TYPE__AT_DisableTrig,
      PG_QUERY__ALTER_TABLE_TYPE__AT_EnableTrigAll, PG_QUERY__ALTER_TABLE_TYPE__AT_DisableTrigAll,
      PG_QUERY__ALTER_TABLE_TYPE__AT_EnableTrigUser, PG_QUERY__ALTER_TABLE_TYPE__AT_DisableTrigUser,
      PG_QUERY__ALTER_TABLE_TYPE__AT_ReplicaIdentity, PG_QUERY__ALTER_TABLE_TYPE__AT_AddIdentity,
      PG_QUERY__ALTER_TABLE_TYPE__AT_SetIdentity, PG_QUERY__ALTER_TABLE_TYPE__AT_DropIdentity,
    ].map(\.rawValue))
}

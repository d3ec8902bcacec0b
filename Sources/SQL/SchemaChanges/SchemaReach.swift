internal import CPgQuery
import Relations

/// Which questions a change of the schema can have touched: those over some tables, or any.
///
/// Decided by the kind of each statement. What is not known to be harmless, or to be about some tables alone, reaches everything: a new
/// function may be chosen where another one was, a new view may stand where a table stood. What has another name and is otherwise what it
/// was is not reached: it has moved.
public struct SchemaReach: Hashable, Sendable {
  /// Whether any question at all may mean something else.
  public private(set) var isEverything = false
  /// Tables whose rows or meaning may be other ones.
  public private(set) var tables: Set<TableID> = []
  /// Tables that got columns and are otherwise as they were: a question that still means the same is not touched.
  public private(set) var extended: Set<TableID> = []
  /// What has other names, in the order in which these were given: carried over, whatever else is reached.
  public private(set) var moves: [NameMove] = []
  /// What is there no more, and leaves its name to others.
  public private(set) var gone: Set<NamedThing> = []
  /// Columns that a map does not carry over.
  public internal(set) var lostColumns: [TableID: Set<ColumnID>] = [:]
  /// Tables of whose rows the keys, or what points to keys, were written anew: what was known of a row by its key is known no more.
  public internal(set) var rewritten: Set<TableID> = []

  /// - Parameters:
  ///   - sql: the statements, as they were run.
  ///   - schema: the tables that questions can be bound to, under the names that they have before the statements.
  ///   - gone: what of it is there no more.
  public init(of sql: String, on schema: Schema, gone: Set<NamedThing> = []) {
    let reach = try? SQLParser.withTree(of: sql) { tree throws(SQLTextError) in
      var finder = ReachFinder(schema, gone)
      for i in 0..<tree.statementCount { finder.add(tree.statement(i).node) }
      return finder.reach
    }
    self = reach ?? .everything
  }

  init() {}

  static let nothing = SchemaReach()

  public static let everything: SchemaReach = {
    var reach = SchemaReach()
    reach.isEverything = true
    return reach
  }()

  /// Whatever is reached, what has moved is elsewhere.
  public mutating func reachAll() { isEverything = true }
  mutating func touch(_ ids: Set<TableID>) { tables.formUnion(ids) }
  mutating func move(_ move: NameMove) { moves.append(move) }

  /// The same for whom names stay what they were: what has moved is touched.
  public var touchingMoves: SchemaReach {
    var reach = self
    reach.touch(Set(moves.map(\.thing.table)))
    reach.moves = []
    return reach
  }

  fileprivate mutating func lose(_ things: some Sequence<NamedThing>) { gone.formUnion(things) }
  fileprivate mutating func extend(_ ids: Set<TableID>) { extended.formUnion(ids) }
}

private struct ReachFinder {
  var reach = SchemaReach.nothing
  /// Under the names that things have after the statements so far.
  private var schema: Schema
  private let goneBefore: Set<NamedThing>

  init(_ schema: Schema, _ gone: Set<NamedThing>) {
    self.schema = schema
    goneBefore = gone
  }

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
        if command.subtype == PG_QUERY__ALTER_TABLE_TYPE__AT_DropColumn { loseColumn(Identifier(command.name), relation) }
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
        let dropped = named(namespace, Identifier(name))
        reach.touch(families(of: dropped))
        if dropped.count == 1 { reach.lose([NamedThing(dropped[0].id)]) }
      }
    default: reach.reachAll()
    }
  }

  private mutating func rename(_ statement: Syntax.RenameStmt) {
    switch statement.renameType {
    case PG_QUERY__OBJECT_TYPE__OBJECT_INDEX, PG_QUERY__OBJECT_TYPE__OBJECT_TRIGGER, PG_QUERY__OBJECT_TYPE__OBJECT_TABCONSTRAINT,
      PG_QUERY__OBJECT_TYPE__OBJECT_SEQUENCE:
      break
    case PG_QUERY__OBJECT_TYPE__OBJECT_TABLE: renameTable(statement.relation!, Identifier(statement.newname))
    case PG_QUERY__OBJECT_TYPE__OBJECT_COLUMN where statement.relationType == PG_QUERY__OBJECT_TYPE__OBJECT_TABLE:
      renameColumn(Identifier(statement.subname), statement.relation!, Identifier(statement.newname))
    default: reach.reachAll()
    }
  }

  // MARK: Names that move

  private func isGone(_ thing: NamedThing) -> Bool { goneBefore.contains(thing) || reach.gone.contains(thing) }

  /// - Returns: whether the name was free.
  private mutating func move(_ thing: NamedThing, to name: Identifier) -> Bool {
    let move = NameMove(thing, to: name)
    guard schema.apply(move) else { return false }
    reach.move(move)
    return true
  }

  private mutating func renameTable(_ relation: Syntax.RangeVar, _ name: Identifier) {
    let found = named(relation)
    // One that came later, or one of several: nobody can say which.
    guard found.count == 1, found[0].isPlain else {
      appear(name)
      return touch(relation)
    }
    let others = schema.allTables.filter { $0.name.name == name }
    guard others.allSatisfy({ $0.name.namespace == found[0].name.namespace && isGone(NamedThing($0.id)) }) else {
      reach.touch(families(of: found))
      return reach.reachAll()
    }
    for other in others { _ = move(NamedThing(other.id), to: .unused(other.id.number)) }
    if !move(NamedThing(found[0].id), to: name) { reach.touch(families(of: found)) }
  }

  private mutating func renameColumn(_ old: Identifier, _ relation: Syntax.RangeVar, _ new: Identifier) {
    let found = named(relation)
    guard found.count == 1, let columns = columns(old, of: found[0], isAlone: !relation.isRecursive) else { return touch(relation) }
    var others: [NamedThing] = []
    for column in columns {
      guard let other = schema[column.table]?.column(new) else { continue }
      others.append(NamedThing(column.table, other.id))
    }
    guard others.allSatisfy(isGone) else { return touch(relation) }
    for other in others { _ = move(other, to: .unused(UInt32(other.column!.number))) }
    for column in columns where !move(column, to: new) { reach.touch(families(of: found)) }
  }

  /// A column, and the same of all tables that inherit it; nil where that is not plain.
  private func columns(_ name: Identifier, of table: Table, isAlone: Bool) -> [NamedThing]? {
    guard table.isPlain, let column = table.column(name), !isGone(NamedThing(table.id, column.id)) else { return nil }
    var columns = [NamedThing(table.id, column.id)]
    for child in schema.children(of: table.id) {
      // What has another parent may have the column from there.
      guard !isAlone, child.allParents == [table.id], let below = self.columns(name, of: child, isAlone: false) else { return nil }
      columns += below
    }
    return columns
  }

  private mutating func loseColumn(_ name: Identifier, _ relation: Syntax.RangeVar) {
    for table in named(relation) {
      reach.lose(families(of: [table]).compactMap { id in schema[id]?.column(name).map { NamedThing(id, $0.id) } })
    }
  }
}

extension Table {
  /// Whether its rows are its own, or its parts'.
  fileprivate var isPlain: Bool { kind == .table || kind == .partitioned }
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

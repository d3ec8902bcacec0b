internal import CPgQuery
import Relations

/// Which statement does what.
extension SchemaBuilder {
  mutating func execute(_ node: Node, _ text: StatementText) throws(DefinitionError) {
    switch node.kind {
    case .createStmt(let statement): try createTable(statement, .table, text)
    case .createForeignTableStmt(let statement): try createTable(statement.base!, .foreign, text)
    case .alterTableStmt(let statement): try alterTable(statement, text)
    case .createSchemaStmt(let statement): try createNamespace(statement, text)
    case .viewStmt(let statement): try createView(statement, text)
    case .createTableAsStmt(let statement): try createTableAs(statement, text)
    case .indexStmt(let statement): try createIndex(statement, text)
    case .createSeqStmt(let statement): try createSequence(statement, text)
    case .alterSeqStmt(let statement): try alterSequence(statement, text)
    case .createEnumStmt(let statement): try createEnum(statement)
    case .alterEnumStmt(let statement): try alterEnum(statement)
    case .compositeTypeStmt(let statement): try createComposite(statement, text)
    case .createRangeStmt(let statement): try createRange(statement, text)
    case .createDomainStmt(let statement): try createDomain(statement, text)
    case .alterDomainStmt(let statement): try alterDomain(statement, text)
    case .createFunctionStmt(let statement): try createRoutine(statement, text)
    case .alterFunctionStmt(let statement): try alterRoutine(statement, text)
    case .createTrigStmt(let statement): try createTrigger(statement, text)
    case .ruleStmt(let statement): try createRule(statement, text)
    case .createPolicyStmt(let statement): try createPolicy(statement, text)
    case .alterPolicyStmt(let statement): try alterPolicy(statement, text)
    case .defineStmt(let statement): try define(statement, text)
    case .createCastStmt(let statement): try createCast(statement, text)
    case .createExtensionStmt(let statement): try createExtension(statement)
    case .createdbStmt(let statement): createDatabase(statement)
    case .dropStmt(let statement): try drop(statement, text)
    case .renameStmt(let statement): try rename(statement, text)
    case .alterObjectSchemaStmt(let statement): try move(statement, text)
    case .alterOwnerStmt(let statement): setOwner(statement)
    case .variableSetStmt(let statement): try set(statement, text)
    case .selectStmt(let statement): try select(statement, text)
    case .insertStmt, .updateStmt, .deleteStmt, .mergeStmt, .copyStmt: text.note(.rows, in: &unread)
    default: passOver(node.typeName, text)
    }
    refreshRowTypes()
  }

  private mutating func passOver(_ kind: String, _ text: StatementText) {
    if SchemaBuilder.irrelevant.contains(kind) { return }
    switch kind {
    case "DoStmt", "CallStmt", "ExecuteStmt", "PrepareStmt": text.note(.code, in: &unread)
    case "CreateOpClassStmt", "CreateOpFamilyStmt", "AlterOpFamilyStmt": text.note(.kind("an operator class"), in: &unread)
    case "TruncateStmt": text.note(.rows, in: &unread)
    default: text.note(.kind(kind), in: &unread)
    }
  }

  /// Whether it is a statement that no answer depends on.
  static func isIrrelevant(_ node: Node) -> Bool { irrelevant.contains(node.typeName) }

  /// What no answer depends on, or nothing that is known here: what people may do, where and how rows are stored, what runs beside.
  private static let irrelevant: Set<String> = [
    "CommentStmt", "SecLabelStmt", "GrantStmt", "GrantRoleStmt", "AlterDefaultPrivilegesStmt", "CreateRoleStmt", "AlterRoleStmt",
    "DropRoleStmt", "ReassignOwnedStmt", "TransactionStmt", "ConstraintsSetStmt", "LockStmt", "VacuumStmt", "ClusterStmt",
    "ReindexStmt", "CheckPointStmt", "CreateStatsStmt", "AlterStatsStmt", "CreateTableSpaceStmt", "DropTableSpaceStmt",
    "AlterTableSpaceOptionsStmt", "AlterTableMoveAllStmt", "CreatedbStmt", "DropdbStmt", "AlterDatabaseStmt",
    "CreatePublicationStmt",
    "AlterPublicationStmt", "CreateSubscriptionStmt", "AlterSubscriptionStmt", "DropSubscriptionStmt", "CreateEventTrigStmt",
    "AlterEventTrigStmt", "CreateFdwStmt", "AlterFdwStmt", "CreateForeignServerStmt", "AlterForeignServerStmt",
    "CreateUserMappingStmt", "AlterUserMappingStmt", "DropUserMappingStmt", "CreateAmStmt", "CreatePLangStmt", "RefreshMatViewStmt",
    "VariableShowStmt", "NotifyStmt", "ListenStmt", "UnlistenStmt", "DiscardStmt", "LoadStmt", "AlterObjectDependsStmt",
    "AlterSystemStmt", "ExplainStmt", "AlterTypeStmt", "AlterOperatorStmt", "AlterCollationStmt", "CreateTransformStmt",
    "CreateConversionStmt",
  ]
}

// MARK: - Namespaces and extensions

extension SchemaBuilder {
  private mutating func createNamespace(_ statement: Syntax.CreateSchemaStmt, _ text: StatementText) throws(DefinitionError) {
    let name = Identifier(statement.schemaname.isEmpty ? statement.authrole?.rolename ?? "" : statement.schemaname)
    if name.text.hasPrefix("pg_") {
      throw DefinitionError("42939", "unacceptable schema name \"\(name.text)\"")
    }
    if schema.namespaces.contains(name) {
      // A dump of everything creates `public`, which is there from the start.
      if statement.if_not_exists || name == "public" { return }
      throw DefinitionError("42P06", "schema \"\(name.text)\" already exists")
    }
    schema.addNamespace(name)
    guard !statement.schemaElts.isEmpty else { return }
    let outer = path
    path = SearchPath([name] + outer.namespaces.filter { $0 != name })
    defer { path = outer }
    for element in text.elements { try execute(element) }
  }

  private mutating func createExtension(_ statement: Syntax.CreateExtensionStmt) throws(DefinitionError) {
    let name = Identifier(statement.extname)
    if extensions[name] != nil {
      if statement.if_not_exists { return }
      throw DefinitionError("42710", "extension \"\(name.text)\" already exists")
    }
    // It brings a language, and neither types nor functions.
    if name == "plpgsql" { return }
    var namespace = path.namespaces.first { schema.namespaces.contains($0) } ?? "public"
    for option in statement.options.definitions where option.defname == "schema" {
      namespace = Identifier(option.arg?.word ?? "public")
    }
    if !exists(namespace) { throw .noNamespace(namespace) }
    extensions[name] = namespace
  }
}

extension StatementText {
  /// The statements within a `CREATE SCHEMA`, in the order that PostgreSQL executes them: each begins with a word that is reserved.
  fileprivate var elements: [StatementText] {
    var starts: [Place] = []
    var from = 1
    while let next = [find("create", from: from), find("grant", from: from)].compactMap({ $0 }).min() {
      if !isToken(next - 1, ".") && !isToken(next - 1, "as") { starts.append(next) }
      from = next + 1
    }
    let ends = starts.dropFirst() + [end]
    let elements = zip(starts, ends).map { start, end in
      StatementText(plain(start..<end), offset: offset + range(of: start).lowerBound, position: position)
    }
    let order = ["sequence", "table", "view", "index", "trigger", "grant"]
    func rank(_ element: StatementText) -> Int {
      (0..<min(4, element.end)).compactMap { place in order.firstIndex { element.isToken(place, $0) } }.first ?? order.count
    }
    return elements.enumerated().sorted { (rank($0.element), $0.offset) < (rank($1.element), $1.offset) }.map(\.element)
  }
}

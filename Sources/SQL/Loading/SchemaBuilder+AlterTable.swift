internal import CPgQuery
import Relations

/// `ALTER TABLE` and `ALTER VIEW`: one command after the other.
extension SchemaBuilder {
  mutating func alterTable(_ statement: Syntax.AlterTableStmt, _ text: StatementText) throws(DefinitionError) {
    if statement.objtype == PG_QUERY__OBJECT_TYPE__OBJECT_TYPE { return try alterComposite(statement, text) }
    let relation = statement.relation!
    if try isOther(relation, statement) { return }
    let table = try table(relation)
    let parts = commandTexts(statement, text)
    for (i, node) in statement.cmds.enumerated() {
      guard case .alterTableCmd(let command) = node.kind else { continue }
      let part = parts.count == statement.cmds.count ? parts[i] : 0..<text.end
      try alter(table.id, command, AlterContext(isRecursive: relation.isRecursive, part: part, text: text))
    }
  }

  /// What a command needs besides itself.
  struct AlterContext {
    /// Whether tables that inherit are altered too.
    var isRecursive: Bool
    /// The command's own text.
    var part: Range<StatementText.Place>
    var text: StatementText
  }

  /// Sequences and indexes are altered by the same statement, in ways that do not matter here.
  private func isOther(_ relation: Syntax.RangeVar, _ statement: Syntax.AlterTableStmt) throws(DefinitionError) -> Bool {
    if schema.table(relation.name, path) != nil { return false }
    if schema.sequence(relation.name, path) != nil { return true }
    if candidates(relation.name).contains(where: { indexes[$0] != nil }) { return true }
    if statement.missing_ok { return true }
    throw .noRelation(relation.name, at: relation.location)
  }

  /// The texts between the commas, after the table's name.
  private func commandTexts(_ statement: Syntax.AlterTableStmt, _ text: StatementText) -> [Range<StatementText.Place>] {
    var start = text.pastName(text.place(at: statement.relation!.location))
    while text.isToken(start, ")") || text.isToken(start, "*") { start += 1 }
    return text.parts(start..<text.end)
  }
}

// MARK: - Commands

extension SchemaBuilder {
  private mutating func alter(
    _ id: TableID, _ command: Syntax.AlterTableCmd, _ context: AlterContext
  ) throws(DefinitionError) {
    switch command.subtype {
    case PG_QUERY__ALTER_TABLE_TYPE__AT_AddColumn: try addColumn(command, to: id, context)
    case PG_QUERY__ALTER_TABLE_TYPE__AT_DropColumn:
      try dropColumn(
        Identifier(command.name), of: id, isCascade: command.isCascade, isMissingOK: command.missing_ok, context.isRecursive)
    case PG_QUERY__ALTER_TABLE_TYPE__AT_AddConstraint:
      guard case .constraint(let constraint)? = command.def?.kind else { return }
      try add(TableConstraint(syntax: constraint), to: id, isRecursive: context.isRecursive, context.text)
    case PG_QUERY__ALTER_TABLE_TYPE__AT_DropConstraint: try dropConstraint(command, of: id, context)
    case PG_QUERY__ALTER_TABLE_TYPE__AT_ValidateConstraint: try validate(Identifier(command.name), of: id)
    case PG_QUERY__ALTER_TABLE_TYPE__AT_AlterConstraint: try alterConstraint(command, of: id)
    case PG_QUERY__ALTER_TABLE_TYPE__AT_AttachPartition, PG_QUERY__ALTER_TABLE_TYPE__AT_DetachPartition:
      try partition(id, command, context)
    case PG_QUERY__ALTER_TABLE_TYPE__AT_AddInherit, PG_QUERY__ALTER_TABLE_TYPE__AT_DropInherit: try inherit(id, command)
    case PG_QUERY__ALTER_TABLE_TYPE__AT_ReplicaIdentity: try setReplicaIdentity(of: id, command)
    case PG_QUERY__ALTER_TABLE_TYPE__AT_ChangeOwner:
      schema.update(id) { $0.owner = command.newowner.map { Identifier($0.rolename) } }
    case PG_QUERY__ALTER_TABLE_TYPE__AT_SetLogged: schema.update(id) { $0.persistence = .permanent }
    case PG_QUERY__ALTER_TABLE_TYPE__AT_SetUnLogged: schema.update(id) { $0.persistence = .unlogged }
    case PG_QUERY__ALTER_TABLE_TYPE__AT_EnableRowSecurity: schema.update(id) { $0.rowSecurity.isEnabled = true }
    case PG_QUERY__ALTER_TABLE_TYPE__AT_DisableRowSecurity: schema.update(id) { $0.rowSecurity.isEnabled = false }
    case PG_QUERY__ALTER_TABLE_TYPE__AT_ForceRowSecurity: schema.update(id) { $0.rowSecurity.isForced = true }
    case PG_QUERY__ALTER_TABLE_TYPE__AT_NoForceRowSecurity: schema.update(id) { $0.rowSecurity.isForced = false }
    case PG_QUERY__ALTER_TABLE_TYPE__AT_SetRelOptions: setOptions(of: id, command.def, isReset: false)
    case PG_QUERY__ALTER_TABLE_TYPE__AT_ResetRelOptions: setOptions(of: id, command.def, isReset: true)
    case PG_QUERY__ALTER_TABLE_TYPE__AT_DisableRule, PG_QUERY__ALTER_TABLE_TYPE__AT_EnableRule,
      PG_QUERY__ALTER_TABLE_TYPE__AT_EnableReplicaRule, PG_QUERY__ALTER_TABLE_TYPE__AT_EnableAlwaysRule:
      context.note(.part("switching a rule on or off"), in: &unread)
    default:
      if try alterTrigger(id, command) { return }
      if command.isColumnChange { try alterColumn(id, command, context) }
    // All else is about storage.
    }
  }

  private mutating func addColumn(
    _ command: Syntax.AlterTableCmd, to id: TableID, _ context: AlterContext
  ) throws(DefinitionError) {
    guard case .columnDef(let syntax)? = command.def?.kind, let table = schema[id] else { return }
    let name = Identifier(syntax.colname)
    if table.column(name) != nil {
      if command.missing_ok { return }
      throw DefinitionError(
        "42701", "column \"\(name.text)\" of relation \"\(table.name.name.text)\" already exists", at: syntax.location)
    }
    let declaration = try column(syntax, id: newColumnID(of: id), inherited: nil, context.text)
    append(declaration.column, to: id)
    if let sequence = declaration.sequence { try addSequence(sequence, to: id) }
    if context.isRecursive {
      let column = schema[id]!.column(name)!
      for child in schema.children(of: id) { inheritColumn(column, by: child.id) }
    }
    for constraint in declaration.constraints { try add(constraint, to: id, isRecursive: context.isRecursive, context.text) }
  }

  private mutating func newColumnID(of id: TableID) -> ColumnID {
    let last = max(lastColumns[id] ?? 0, schema[id]?.columns.map(\.id.number).max() ?? 0) + 1
    lastColumns[id] = last
    return ColumnID(last)
  }

  private mutating func append(_ column: TableColumn, to id: TableID) {
    schema.update(id) { $0.replaceColumns($0.columns + [column]) }
  }

  private mutating func inheritColumn(_ column: TableColumn, by id: TableID) {
    guard let table = schema[id] else { return }
    if table.column(column.name) == nil { append(column.inherited(newColumnID(of: id)), to: id) }
    for child in schema.children(of: id) { inheritColumn(column, by: child.id) }
  }
}

extension SchemaBuilder.AlterContext {
  func note(_ reason: UnreadStatement.Reason, in unread: inout [UnreadStatement]) { text.note(reason, in: &unread) }
}

extension StatementText {
  func note(_ reason: UnreadStatement.Reason, in unread: inout [UnreadStatement]) {
    unread.append(UnreadStatement(statement: text, position: position, reason: reason))
  }
}

extension Syntax.AlterTableCmd {
  var isCascade: Bool { behavior == PG_QUERY__DROP_BEHAVIOR__DROP_CASCADE }

  fileprivate var isColumnChange: Bool {
    switch subtype {
    case PG_QUERY__ALTER_TABLE_TYPE__AT_ColumnDefault, PG_QUERY__ALTER_TABLE_TYPE__AT_SetNotNull,
      PG_QUERY__ALTER_TABLE_TYPE__AT_DropNotNull, PG_QUERY__ALTER_TABLE_TYPE__AT_AlterColumnType,
      PG_QUERY__ALTER_TABLE_TYPE__AT_AddIdentity, PG_QUERY__ALTER_TABLE_TYPE__AT_SetIdentity,
      PG_QUERY__ALTER_TABLE_TYPE__AT_DropIdentity, PG_QUERY__ALTER_TABLE_TYPE__AT_DropExpression:
      true
    default: false
    }
  }
}

// MARK: - Columns

extension SchemaBuilder {
  private mutating func alterColumn(
    _ id: TableID, _ command: Syntax.AlterTableCmd, _ context: AlterContext
  ) throws(DefinitionError) {
    let name = Identifier(command.name)
    let table = schema[id]!
    // The columns of a view are those of its query.
    if table.kind == .view || table.kind == .materializedView { return }
    guard let column = table.column(name) else { throw .noColumn(name, of: table) }
    switch command.subtype {
    case PG_QUERY__ALTER_TABLE_TYPE__AT_ColumnDefault:
      if column.isGenerated {
        throw DefinitionError("42601", "column \"\(name.text)\" of relation \"\(table.name.name.text)\" is a generated column")
      }
      let start = context.text.find("default", from: context.part.lowerBound)
      let isNull = command.def?.isNull ?? true
      let source =
        isNull && schema[column.type.id] == nil || command.def == nil
        ? nil : start.map { context.text.sql(($0 + 1)..<context.part.upperBound) }
      changeColumn(name, of: id, context.isRecursive) { $0.source = source.map { .defaulted($0) } ?? .given }
    case PG_QUERY__ALTER_TABLE_TYPE__AT_SetNotNull: changeColumn(name, of: id, context.isRecursive) { $0.isNotNull = true }
    case PG_QUERY__ALTER_TABLE_TYPE__AT_DropNotNull:
      if table.primaryKey?.plainColumns?.contains(column.id) == true {
        throw DefinitionError("42P16", "column \"\(name.text)\" is in a primary key")
      }
      changeColumn(name, of: id, context.isRecursive) { $0.isNotNull = false }
    case PG_QUERY__ALTER_TABLE_TYPE__AT_AlterColumnType:
      guard case .columnDef(let syntax)? = command.def?.kind else { return }
      let type = try self.type(syntax.typeName!, context.text)
      let collation = try self.collation(syntax.collClause, of: type)
      changeColumn(name, of: id, context.isRecursive) {
        $0.type = type
        $0.collation = collation
      }
    case PG_QUERY__ALTER_TABLE_TYPE__AT_AddIdentity: try addIdentity(command, column, of: table)
    case PG_QUERY__ALTER_TABLE_TYPE__AT_SetIdentity: try setIdentity(command, column, of: table)
    case PG_QUERY__ALTER_TABLE_TYPE__AT_DropIdentity:
      guard case .identity = column.source else {
        if command.missing_ok { return }
        throw DefinitionError("55000", "column \"\(name.text)\" of relation \"\(table.name.name.text)\" is not an identity column")
      }
      dropSequences(of: id, column.id)
      schema.update(id) { $0.changeColumn(name) { $0.source = .given } }
    default: changeColumn(name, of: id, true) { if $0.isGenerated { $0.source = .given } }
    }
  }

  private mutating func changeColumn(
    _ name: Identifier, of id: TableID, _ isRecursive: Bool, _ change: (inout TableColumn) -> Void
  ) {
    schema.update(id) { $0.changeColumn(name, change) }
    guard isRecursive else { return }
    for child in schema.children(of: id) { changeColumn(name, of: child.id, true, change) }
  }

  private mutating func addIdentity(
    _ command: Syntax.AlterTableCmd, _ column: TableColumn, of table: Table
  ) throws(DefinitionError) {
    guard case .constraint(let constraint)? = command.def?.kind else { return }
    try requireIdentityType(column)
    guard column.isNotNull else {
      throw DefinitionError(
        "55000",
        "column \"\(column.name.text)\" of relation \"\(table.name.name.text)\" must be declared NOT NULL before identity can be added"
      )
    }
    guard column.source == .given else {
      throw DefinitionError(
        "55000", "column \"\(column.name.text)\" of relation \"\(table.name.name.text)\" already has a default value")
    }
    schema.update(table.id) {
      $0.changeColumn(column.name) { $0.source = .identity(constraint.generated_when == "a" ? .always : .byDefault) }
    }
    try addSequence(
      OwnedSequence(column: column.name, type: column.type, options: constraint.options.definitions, isSerial: false), to: table.id)
  }

  /// `SET GENERATED`, and the options of the sequence.
  private mutating func setIdentity(
    _ command: Syntax.AlterTableCmd, _ column: TableColumn, of table: Table
  ) throws(DefinitionError) {
    guard case .list(let options)? = command.def?.kind else { return }
    for option in options.definitions where option.defname == "generated" {
      // `a` or `d`, as a number.
      let isAlways = option.arg?.integer == 0x61
      schema.update(table.id) { $0.changeColumn(column.name) { $0.source = .identity(isAlways ? .always : .byDefault) } }
    }
    guard var sequence = schema.allSequences.first(where: { $0.owner == .init(table.id, column.id) }) else { return }
    try apply(options.definitions.filter { $0.defname != "generated" }, to: &sequence, isNew: false)
    schema.set(sequence)
  }
}

// MARK: - Constraints

extension SchemaBuilder {
  private mutating func validate(_ name: Identifier, of id: TableID) throws(DefinitionError) {
    guard schema[id]!.hasConstraint(name) else { throw .noConstraint(name, of: schema[id]!) }
    schema.update(id) { table in
      for i in table.checks.indices where table.checks[i].name == name { table.checks[i].isValidated = true }
      for i in table.foreignKeys.indices where table.foreignKeys[i].name == name { table.foreignKeys[i].isValidated = true }
    }
  }

  private mutating func alterConstraint(_ command: Syntax.AlterTableCmd, of id: TableID) throws(DefinitionError) {
    guard case .constraint(let constraint)? = command.def?.kind else { return }
    let name = Identifier(constraint.conname)
    guard schema[id]!.foreignKeys.contains(where: { $0.name == name }) else { throw .noConstraint(name, of: schema[id]!) }
    let deferral = TableConstraint(syntax: constraint).deferral
    schema.update(id) { table in
      for i in table.foreignKeys.indices where table.foreignKeys[i].name == name { table.foreignKeys[i].deferral = deferral }
    }
  }

  private mutating func dropConstraint(
    _ command: Syntax.AlterTableCmd, of id: TableID, _ context: AlterContext
  ) throws(DefinitionError) {
    let name = Identifier(command.name)
    let table = schema[id]!
    guard table.hasConstraint(name) else {
      if command.missing_ok { return }
      throw .noConstraint(name, of: table)
    }
    if let key = table.keys.first(where: { $0.name == name }) { try dropKey(key, of: table, isCascade: command.isCascade) }
    dropCheckOrReference(name, of: id, isRecursive: context.isRecursive)
  }

  private mutating func dropCheckOrReference(_ name: Identifier, of id: TableID, isRecursive: Bool) {
    schema.update(id) { table in
      table.checks.removeAll { $0.name == name }
      table.foreignKeys.removeAll { $0.name == name }
      table.exclusions.removeAll { $0.name == name }
    }
    guard isRecursive else { return }
    for child in schema.children(of: id) { dropCheckOrReference(name, of: child.id, isRecursive: true) }
  }

  /// Drops a key, and by `CASCADE` the foreign keys that refer to it.
  mutating func dropKey(_ key: UniqueKey, of table: Table, isCascade: Bool) throws(DefinitionError) {
    let others = table.keys.filter { $0.name != key.name }
    for other in schema.allTables {
      for reference in other.foreignKeys
      where reference.target == table.id && Set(reference.targetColumns) == Set(key.plainColumns ?? []) {
        if others.contains(where: { Set($0.plainColumns ?? []) == Set(reference.targetColumns) }) { continue }
        guard isCascade else {
          throw .isNeeded(
            "constraint \(key.name.text) on table \(table.name.name.text)",
            by: "constraint \(reference.name.text) on table \(other.name.plain)")
        }
        schema.update(other.id) { $0.foreignKeys.removeAll { $0.name == reference.name } }
      }
    }
    schema.update(table.id) { table in
      if table.primaryKey?.name == key.name { table.primaryKey = nil }
      table.uniqueKeys.removeAll { $0.name == key.name }
    }
    indexes[QualifiedName(table.name.namespace, key.name)] = nil
  }
}

// MARK: - Partitions, parents, identity

extension SchemaBuilder {
  private mutating func partition(
    _ id: TableID, _ command: Syntax.AlterTableCmd, _ context: AlterContext
  ) throws(DefinitionError) {
    guard case .partitionCmd(let partition)? = command.def?.kind, let parent = schema[id] else { return }
    // Indexes are attached by the same command.
    guard parent.kind == .partitioned else { throw DefinitionError("42809", "\"\(parent.name.name.text)\" is not partitioned") }
    let child = try table(partition.name!)
    guard let bound = partition.bound, command.subtype == PG_QUERY__ALTER_TABLE_TYPE__AT_AttachPartition else {
      guard child.partitionOf?.parent == id else {
        throw DefinitionError(
          "42P01", "relation \"\(child.name.name.text)\" is not a partition of relation \"\(parent.name.name.text)\"")
      }
      return schema.update(child.id) { $0.partitionOf = nil }
    }
    if child.partitionOf != nil { throw DefinitionError("42809", "\"\(child.name.name.text)\" is already a partition") }
    for column in parent.columns where child.column(column.name)?.type != column.type {
      throw DefinitionError("42804", "child table is missing column \"\(column.name.text)\"")
    }
    let text = boundText(bound, context.text)
    schema.update(child.id) { $0.partitionOf = PartitionBound(of: id, text) }
    try adoptKeys(of: id, by: child.id)
  }

  private mutating func inherit(_ id: TableID, _ command: Syntax.AlterTableCmd) throws(DefinitionError) {
    guard case .rangeVar(let relation)? = command.def?.kind else { return }
    let parent = try table(relation)
    if command.subtype == PG_QUERY__ALTER_TABLE_TYPE__AT_DropInherit {
      guard schema[id]!.parents.contains(parent.id) else {
        throw DefinitionError(
          "42P01", "relation \"\(parent.name.name.text)\" is not a parent of relation \"\(schema[id]!.name.name.text)\"")
      }
      return schema.update(id) { $0.parents.removeAll { $0 == parent.id } }
    }
    if schema[id]!.parents.contains(parent.id) {
      throw DefinitionError("42P07", "relation \"\(parent.name.name.text)\" would be inherited from more than once")
    }
    schema.update(id) { $0.parents.append(parent.id) }
  }

  private mutating func setReplicaIdentity(of id: TableID, _ command: Syntax.AlterTableCmd) throws(DefinitionError) {
    guard case .replicaIdentityStmt(let identity)? = command.def?.kind else { return }
    let replicaIdentity: ReplicaIdentity
    switch identity.identity_type {
    case "f": replicaIdentity = .full
    case "n": replicaIdentity = .nothing
    case "i":
      let name = Identifier(identity.name)
      guard let key = schema[id]!.keys.first(where: { $0.name == name }) else {
        throw DefinitionError("42704", "index \"\(name.text)\" for table \"\(schema[id]!.name.name.text)\" does not exist")
      }
      replicaIdentity = .index(key.name)
    default: replicaIdentity = .default
    }
    schema.update(id) { $0.replicaIdentity = replicaIdentity }
  }

  /// Of the options of a relation, one decides whose rights count.
  private mutating func setOptions(of id: TableID, _ options: Node?, isReset: Bool) {
    guard case .list(let options)? = options?.kind else { return }
    for option in options.definitions where option.defname == "security_invoker" {
      let isOn = !isReset && (option.arg?.isTrue ?? true)
      schema.update(id) { $0.isSecurityInvoker = isOn }
    }
  }
}

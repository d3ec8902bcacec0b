internal import CPgQuery
import Relations

/// `ALTER TABLE` and `ALTER VIEW`: one command after the other.
extension SchemaBuilder {
  mutating func alterTable(_ statement: Syntax.AlterTableStmt, _ text: StatementText) throws(DefinitionError) {
    if statement.objtype == PG_QUERY__OBJECT_TYPE__OBJECT_TYPE { return try alterComposite(statement, text) }
    let relation = statement.relation!
    if isOther(relation, statement) { return }
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
  private func isOther(_ relation: Syntax.RangeVar, _ statement: Syntax.AlterTableStmt) -> Bool {
    if schema.table(relation.name, path) != nil { return false }
    if schema.sequence(relation.name, path) != nil { return true }
    if candidates(relation.name).contains(where: { indexes[$0] != nil }) { return true }
    return statement.missing_ok
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

  mutating func append(_ column: TableColumn, to id: TableID) {
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

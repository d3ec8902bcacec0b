internal import CPgQuery
import Relations

/// `ALTER TABLE … ALTER COLUMN`.
extension SchemaBuilder {
  mutating func alterColumn(
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

  mutating func changeColumn(
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

internal import CPgQuery
import Relations

/// Foreign keys.
extension SchemaBuilder {
  mutating func addForeignKey(
    _ constraint: TableConstraint, to table: Table, isRecursive: Bool, _ text: StatementText
  ) throws(DefinitionError) {
    let syntax = constraint.syntax
    let names = constraint.column.map { [$0] } ?? syntax.fk_attrs.map { Identifier($0.text) }
    let columns = try referring(names, of: table)
    let target = try self.table(syntax.pktable!)
    guard target.kind == .table || target.kind == .partitioned else {
      throw DefinitionError("42809", "referenced relation \"\(target.name.name.text)\" is not a table")
    }
    let targetColumns = try self.targetColumns(syntax, of: target)
    guard targetColumns.count == columns.count else {
      throw DefinitionError("42830", "number of referencing and referenced columns for foreign key disagree")
    }
    let setColumns =
      syntax.fk_del_set_cols.isEmpty ? nil : try referring(syntax.fk_del_set_cols.map { Identifier($0.text) }, of: table)
    let name =
      syntax.conname.isEmpty
      ? constraintName(table.name.name, SchemaBuilder.joined(names.map(\.text)), "fkey", in: table.name.namespace!)
      : Identifier(syntax.conname)
    let foreignKey = ForeignKey(
      name, columns, references: target.id, targetColumns, match: syntax.fk_matchtype == "f" ? .full : .simple,
      onDelete: action(syntax.fk_del_action, setColumns), onUpdate: action(syntax.fk_upd_action, nil),
      deferral: constraint.deferral,
      isValidated: !syntax.skip_validation)
    schema.update(table.id) { $0.foreignKeys.append(foreignKey) }
    guard isRecursive, table.kind == .partitioned else { return }
    adoptByPartitions(foreignKey, of: table)
  }

  private mutating func adoptByPartitions(_ foreignKey: ForeignKey, of table: Table) {
    for child in schema.children(of: table.id) where child.partitionOf != nil {
      adopt(foreignKey, of: table, by: child.id)
      if child.kind == .partitioned, let added = schema[child.id]?.foreignKeys.last {
        adoptByPartitions(added, of: schema[child.id]!)
      }
    }
  }

  private func referring(_ names: [Identifier], of table: Table) throws(DefinitionError) -> [ColumnID] {
    var ids: [ColumnID] = []
    for name in names {
      guard let column = table.column(name) else {
        throw DefinitionError("42703", "column \"\(name.text)\" referenced in foreign key constraint does not exist")
      }
      ids.append(column.id)
    }
    return ids
  }

  /// The columns referred to, which must be a key of the target.
  private func targetColumns(_ syntax: Syntax.Constraint, of target: Table) throws(DefinitionError) -> [ColumnID] {
    guard !syntax.pk_attrs.isEmpty else {
      guard let key = target.primaryKey?.plainColumns else {
        throw DefinitionError("42704", "there is no primary key for referenced table \"\(target.name.name.text)\"")
      }
      return key
    }
    let ids = try referring(syntax.pk_attrs.map { Identifier($0.text) }, of: target)
    guard target.keys.contains(where: { $0.plainColumns.map { Set($0) == Set(ids) && $0.count == ids.count } ?? false }) else {
      throw DefinitionError(
        "42830", "there is no unique constraint matching given keys for referenced table \"\(target.name.name.text)\"")
    }
    return ids
  }

  private func action(_ letter: String, _ columns: [ColumnID]?) -> ForeignKey.Action {
    switch letter {
    case "r": .restrict
    case "c": .cascade
    case "n": .setNull(columns)
    case "d": .setDefault(columns)
    default: .noAction
    }
  }
}

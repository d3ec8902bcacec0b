internal import CPgQuery
import Relations

/// Constraints that are validated, changed and dropped.
extension SchemaBuilder {
  mutating func validate(_ name: Identifier, of id: TableID) throws(DefinitionError) {
    guard schema[id]!.hasConstraint(name) else { throw .noConstraint(name, of: schema[id]!) }
    schema.update(id) { table in
      for i in table.checks.indices where table.checks[i].name == name { table.checks[i].isValidated = true }
      for i in table.foreignKeys.indices where table.foreignKeys[i].name == name { table.foreignKeys[i].isValidated = true }
    }
  }

  mutating func alterConstraint(_ command: Syntax.AlterTableCmd, of id: TableID) throws(DefinitionError) {
    guard case .constraint(let constraint)? = command.def?.kind else { return }
    let name = Identifier(constraint.conname)
    guard schema[id]!.foreignKeys.contains(where: { $0.name == name }) else { throw .noConstraint(name, of: schema[id]!) }
    let deferral = TableConstraint(syntax: constraint).deferral
    schema.update(id) { table in
      for i in table.foreignKeys.indices where table.foreignKeys[i].name == name { table.foreignKeys[i].deferral = deferral }
    }
  }

  mutating func dropConstraint(
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

internal import CPgQuery
import Relations

/// Primary keys and unique constraints.
extension SchemaBuilder {
  mutating func addKey(
    _ constraint: TableConstraint, to table: Table, isRecursive: Bool, _ text: StatementText
  ) throws(DefinitionError) {
    let syntax = constraint.syntax
    let isPrimary = syntax.contype == PG_QUERY__CONSTR_TYPE__CONSTR_PRIMARY
    let namespace = table.name.namespace!
    if isPrimary, table.primaryKey != nil {
      throw DefinitionError(
        "42P16", "multiple primary keys for table \"\(table.name.name.text)\" are not allowed", at: syntax.location)
    }
    if !syntax.indexname.isEmpty {
      return try promote(Identifier(syntax.indexname), syntax, isPrimary, constraint.deferral, of: table)
    }
    let names = constraint.column.map { [$0] } ?? syntax.keys.map { Identifier($0.text) }
    let columns = try columns(names, of: table, syntax)
    if let given = constraint.name { try requireNew(QualifiedName(namespace, given), at: syntax.location) }
    let joined = SchemaBuilder.joined(names.map(\.text))
    let name = constraint.name ?? keyName(table.name.name, isPrimary ? nil : joined, isPrimary ? "pkey" : "key", in: namespace)
    let key = UniqueKey(
      name, columns.map { .column($0) }, nullsNotDistinct: syntax.nulls_not_distinct, deferral: constraint.deferral)
    addKey(key, isPrimary, to: table.id)
    guard isRecursive else { return }
    for child in schema.children(of: table.id) {
      if child.partitionOf != nil {
        try adoptKeys(of: table.id, by: child.id)
      } else if isPrimary {
        setNotNull(names, of: child.id)
      }
    }
  }

  mutating func addKey(_ key: UniqueKey, _ isPrimary: Bool, to id: TableID) {
    schema.update(id) { table in
      if isPrimary { table.primaryKey = key } else { table.uniqueKeys.append(key) }
      guard isPrimary, let ids = key.plainColumns else { return }
      table.changeColumns { if ids.contains($0.id) { $0.isNotNull = true } }
    }
    indexes[QualifiedName(schema[id]!.name.namespace, key.name)] = id
  }

  private mutating func setNotNull(_ names: [Identifier], of id: TableID) {
    schema.update(id) { $0.changeColumns { if names.contains($0.name) { $0.isNotNull = true } } }
    for child in schema.children(of: id) { setNotNull(names, of: child.id) }
  }

  /// `USING INDEX`: a unique index becomes a constraint.
  private mutating func promote(
    _ index: Identifier, _ syntax: Syntax.Constraint, _ isPrimary: Bool, _ deferral: Deferral, of table: Table
  ) throws(DefinitionError) {
    guard var key = table.uniqueKeys.first(where: { $0.name == index }) else {
      throw DefinitionError("42704", "index \"\(index.text)\" does not exist", at: syntax.location)
    }
    guard key.plainColumns != nil else {
      throw DefinitionError("42809", "index \"\(index.text)\" contains expressions or a predicate", at: syntax.location)
    }
    schema.update(table.id) { $0.uniqueKeys.removeAll { $0.name == index } }
    indexes[QualifiedName(table.name.namespace, index)] = nil
    if !syntax.conname.isEmpty { key.name = Identifier(syntax.conname) }
    key.deferral = deferral
    addKey(key, isPrimary, to: table.id)
  }

  func columns(
    _ names: [Identifier], of table: Table, _ syntax: Syntax.Constraint
  ) throws(DefinitionError) -> [ColumnID] {
    var ids: [ColumnID] = []
    for name in names {
      guard let column = table.column(name) else {
        throw DefinitionError("42703", "column \"\(name.text)\" named in key does not exist", at: syntax.location)
      }
      if ids.contains(column.id) {
        throw DefinitionError(
          "42701", "column \"\(name.text)\" appears twice in \(syntax.kindName) constraint", at: syntax.location)
      }
      ids.append(column.id)
    }
    return ids
  }

  /// The keys that `LIKE … INCLUDING INDEXES` brings, under names of the new table.
  mutating func copyKeys(_ keys: [UniqueKey], of source: TableID, to id: TableID) {
    guard let source = schema[source], let table = schema[id] else { return }
    for key in keys {
      guard let parts = table.parts(like: key, in: source) else { continue }
      addCopy(of: key, of: source, parts, source.primaryKey?.name == key.name, to: table)
    }
  }
}

extension Table {
  mutating func changeColumns(_ change: (inout TableColumn) -> Void) {
    var columns = columns
    for i in columns.indices { change(&columns[i]) }
    replaceColumns(columns)
  }

  mutating func changeColumn(_ name: Identifier, _ change: (inout TableColumn) -> Void) {
    changeColumns { if $0.name == name { change(&$0) } }
  }
}

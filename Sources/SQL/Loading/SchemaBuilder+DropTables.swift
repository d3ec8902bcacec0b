internal import CPgQuery
import Relations

/// Tables, views, sequences, indexes and columns, with what rests on them.
extension SchemaBuilder {
  mutating func dropTable(_ name: QualifiedName, _ kind: PgQuery__ObjectType, isCascade: Bool) throws(DefinitionError) {
    guard let table = schema.table(name, path) else {
      if let namespace = name.namespace, !exists(namespace) { throw .noNamespace(namespace) }
      let noun =
        kind == PG_QUERY__OBJECT_TYPE__OBJECT_VIEW
        ? "view" : kind == PG_QUERY__OBJECT_TYPE__OBJECT_MATVIEW ? "materialized view" : "table"
      throw DefinitionError("42P01", "\(noun) \"\(name.plain)\" does not exist")
    }
    guard table.kind.isDropped(as: kind) else {
      throw DefinitionError(
        "42809", "\"\(table.name.name.text)\" is not a \(kind == PG_QUERY__OBJECT_TYPE__OBJECT_VIEW ? "view" : "table")")
    }
    try dropTable(table.id, isCascade: isCascade)
  }

  /// Drops a table and what is a part of it; by `CASCADE` also what rests on it.
  mutating func dropTable(_ id: TableID, isCascade: Bool) throws(DefinitionError) {
    guard let table = schema[id] else { return }
    let what = "table \(table.name.name.text)"
    for view in views(of: table) where schema[view] != nil && view != id {
      guard isCascade else { throw .isNeeded(what, by: "view \(schema[view]!.name.plain)") }
      try dropTable(view, isCascade: true)
    }
    for child in schema.children(of: id) {
      // Partitions go with their table; tables that inherit do not.
      guard isCascade || child.partitionOf != nil else { throw .isNeeded(what, by: "table \(child.name.plain)") }
      try dropTable(child.id, isCascade: isCascade)
    }
    for other in schema.allTables where other.id != id {
      for reference in other.foreignKeys where reference.target == id {
        guard isCascade || other.partitionOf?.parent == id else {
          throw .isNeeded(what, by: "constraint \(reference.name.text) on table \(other.name.plain)")
        }
        schema.update(other.id) { $0.foreignKeys.removeAll { $0.target == id } }
      }
    }
    if let row = rowTypes[id] {
      try dropUses(of: row, what, isCascade: isCascade, except: id)
      schema.drop(row)
      rowTypes[id] = nil
    }
    dropSequences(of: id)
    dropIndexes(of: id)
    schema.drop(id)
  }

  /// The views whose queries name a relation.
  private func views(of table: Table) -> [TableID] {
    schema.allTables.filter { view in
      guard let query = view.query, query.contains(table.name.name.text) else { return false }
      return relations(in: query).contains { schema.table($0, path)?.id == table.id }
    }.map(\.id)
  }

  /// What a query names in `FROM`, common tables aside.
  private func relations(in query: String) -> [QualifiedName] {
    (try? SQLParser.withTree(of: query) { tree in
      var names: [QualifiedName] = []
      var commonTables: Set<Identifier> = []
      var rest = [tree.message]
      while let message = rest.popLast() {
        if let node = message.node {
          if case .rangeVar(let relation) = node.kind { names.append(relation.name) }
          if case .commonTableExpr(let table) = node.kind { commonTables.insert(Identifier(table.ctename)) }
        }
        message.forEachChild { rest.append($0) }
      }
      return names.filter { $0.namespace != nil || !commonTables.contains($0.name) }
    }) ?? []
  }

  mutating func drop(_ sequence: SequenceGenerator, isCascade: Bool) throws(DefinitionError) {
    if let owner = sequence.owner, let table = schema[owner.table], let index = table.index(of: owner.column) {
      guard case .identity = table.columns[index].source else { return schema.dropSequence(sequence.name) }
      throw DefinitionError(
        "2BP01", "cannot drop sequence \(sequence.name.name.text) because column \(table.columns[index].name.text) requires it")
    }
    schema.dropSequence(sequence.name)
  }

  mutating func dropIndex(_ name: QualifiedName, isCascade: Bool) throws(DefinitionError) {
    guard let full = candidates(name).first(where: { indexes[$0] != nil }) else { throw .noObject("index", name) }
    if let (table, key) = key(full) {
      if schema[table]?.primaryKey?.name == key.name {
        throw .isNeeded("index \(key.name.text)", by: "constraint \(key.name.text)")
      }
      try dropKey(key, of: schema[table]!, isCascade: isCascade)
    }
    indexes[full] = nil
  }
}

extension RelationKind {
  fileprivate func isDropped(as kind: PgQuery__ObjectType) -> Bool {
    switch self {
    case .table, .partitioned: kind == PG_QUERY__OBJECT_TYPE__OBJECT_TABLE
    case .view: kind == PG_QUERY__OBJECT_TYPE__OBJECT_VIEW
    case .materializedView: kind == PG_QUERY__OBJECT_TYPE__OBJECT_MATVIEW
    case .foreign: kind == PG_QUERY__OBJECT_TYPE__OBJECT_FOREIGN_TABLE
    }
  }
}

// MARK: - Columns

extension SchemaBuilder {
  mutating func dropColumn(
    _ name: Identifier, of id: TableID, isCascade: Bool, isMissingOK: Bool, _ isRecursive: Bool
  ) throws(DefinitionError) {
    let table = schema[id]!
    guard let column = table.column(name) else {
      if isMissingOK { return }
      throw .noColumn(name, of: table)
    }
    for key in table.keys where key.columns.contains(.column(column.id)) { try dropKey(key, of: table, isCascade: isCascade) }
    let checks = table.checks.filter { names(in: $0.expression).contains(name) }.map(\.name)
    let generated = table.columns.filter { other in
      if case .generated(let expression) = other.source { names(in: expression).contains(name) } else { false }
    }
    if let first = generated.first, !isCascade {
      throw .isNeeded("column \(name.text) of table \(table.name.name.text)", by: "column \(first.name.text)")
    }
    dropSequences(of: id, column.id)
    schema.update(id) { table in
      table.foreignKeys.removeAll { $0.columns.contains(column.id) }
      table.checks.removeAll { checks.contains($0.name) }
      table.replaceColumns(table.columns.filter { $0.id != column.id && !generated.map(\.id).contains($0.id) })
    }
    guard isRecursive else { return }
    for child in schema.children(of: id) where child.column(name) != nil {
      try dropColumn(name, of: child.id, isCascade: isCascade, isMissingOK: true, true)
    }
  }

  /// The columns that an expression over one table names.
  func names(in expression: String) -> Set<Identifier> {
    (try? SQLParser.withTree(of: "SELECT \(expression)") { tree in Set(columns(in: tree.statement(0).node).keys) }) ?? []
  }
}

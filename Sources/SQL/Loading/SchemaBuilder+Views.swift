internal import CPgQuery
import Relations

/// Views: their queries, as text.
extension SchemaBuilder {
  mutating func createView(_ statement: Syntax.ViewStmt, _ text: StatementText) throws(DefinitionError) {
    let relation = statement.view!
    let name = try creationName(relation)
    let old = schema.table(name)
    if isRelation(name), !statement.replace || old == nil || old?.kind != .view {
      if statement.replace, let old {
        throw DefinitionError("42809", "\"\(old.name.name.text)\" is not a view", at: relation.location)
      }
      throw .exists("relation", name.name, at: relation.location)
    }
    let aliases = statement.aliases.map { Identifier($0.text) }
    let isRecursive = text.find("recursive", from: 0).map { $0 < text.place(at: relation.location) } ?? false
    var end = text.end
    if statement.withCheckOption != PG_QUERY__VIEW_CHECK_OPTION__NO_CHECK_OPTION {
      end -= text.isToken(end - 3, "with") ? 3 : 4
    }
    var query = text.sql(startOfQuery(relation, text)..<end)
    if isRecursive {
      let columns = aliases.map(\.description).joined(separator: ", ")
      query = "WITH RECURSIVE \(name.name) (\(columns)) AS (\(query)) SELECT \(columns) FROM \(name.name)"
    }
    let invoker = statement.options.definitions.first { $0.defname == "security_invoker" }
    let id = old?.id ?? schema.newTableID()
    if old == nil { schema.add(Table(id, name, .view, columns: [])) }
    try describe(id, query: query, aliases: isRecursive ? [] : aliases)
    schema.update(id) { view in
      view.persistence = relation.persistence
      view.isSecurityInvoker = invoker.map { $0.arg?.isTrue ?? true } ?? false
    }
  }

  mutating func createTableAs(_ statement: Syntax.CreateTableAsStmt, _ text: StatementText) throws(DefinitionError) {
    guard statement.objtype == PG_QUERY__OBJECT_TYPE__OBJECT_MATVIEW, let into = statement.into, let relation = into.rel else {
      return text.note(.columnsOfQuery, in: &unread)
    }
    let name = try creationName(relation)
    if isRelation(name) {
      if statement.if_not_exists { return }
      throw .exists("relation", name.name, at: relation.location)
    }
    var end = text.end
    if text.isToken(end - 1, "data") {
      if text.isToken(end - 2, "with") { end -= 2 } else if text.isToken(end - 2, "no"), text.isToken(end - 3, "with") { end -= 3 }
    }
    let id = schema.newTableID()
    schema.add(Table(id, name, .materializedView, columns: []))
    try describe(id, query: text.sql(startOfQuery(relation, text)..<end), aliases: into.colNames.map { Identifier($0.text) })
  }

  /// After the first `AS` that follows the name.
  private func startOfQuery(_ relation: Syntax.RangeVar, _ text: StatementText) -> StatementText.Place {
    text.find("as", from: text.pastName(text.place(at: relation.location))).map { $0 + 1 } ?? text.end
  }

  /// Keeps a view's query, and what its columns are called. Their types are for whoever binds the query to find out: until then they
  /// are `unknown`. Where not even the names are known, there are no columns but those that the view itself names.
  private mutating func describe(_ id: TableID, query: String, aliases: [Identifier]) throws(DefinitionError) {
    let found = QueryColumns.of(query, schema, path)
    if let names = found.names, names.count < aliases.count {
      throw DefinitionError("42601", "CREATE VIEW specifies more column names than columns")
    }
    let names = aliases + (found.names ?? []).dropFirst(aliases.count)
    for (i, name) in names.enumerated() where names[..<i].contains(name) { throw .twice(name) }
    try requireSameColumns(found.names == nil ? nil : names, of: schema[id]!)
    schema.update(id) { view in
      view.query = found.query
      view.replaceColumns(names.enumerated().map { TableColumn(ColumnID(Int16($0 + 1)), $1, .unknown) })
    }
  }

  /// A view that replaces another has its columns, and may have more.
  private func requireSameColumns(_ names: [Identifier]?, of old: Table) throws(DefinitionError) {
    guard !old.columns.isEmpty, let names else { return }
    if names.count < old.columns.count { throw DefinitionError("42P16", "cannot drop columns from view") }
    for (column, name) in zip(old.columns, names) where column.name != name {
      throw DefinitionError("42P16", "cannot change name of view column \"\(column.name.text)\" to \"\(name.text)\"")
    }
  }
}

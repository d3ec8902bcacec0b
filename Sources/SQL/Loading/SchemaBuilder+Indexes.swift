internal import CPgQuery
import Relations

/// `CREATE INDEX`.
extension SchemaBuilder {
  /// Only unique indexes matter, but all names do.
  mutating func createIndex(_ statement: Syntax.IndexStmt, _ text: StatementText) throws(DefinitionError) {
    let table = try table(statement.relation!)
    var parts: [UniqueKey.Part] = []
    var names: [String] = []
    let open = text.find("(", from: text.pastName(text.place(at: statement.relation!.location)))
    let texts = open.map { text.parts(text.inside($0)) } ?? []
    for (i, node) in statement.indexParams.enumerated() {
      guard case .indexElem(let element) = node.kind else { continue }
      names.append(element.name.isEmpty ? element.expr?.indexName ?? "expr" : element.name)
      if element.name.isEmpty {
        parts.append(.expression(expressionText(i < texts.count ? texts[i] : 0..<0, text)))
      } else if let column = table.column(Identifier(element.name)) {
        parts.append(.column(column.id))
      } else if table.kind == .materializedView {
        parts.append(.expression(Identifier(element.name).description))
      } else {
        throw DefinitionError("42703", "column \"\(element.name)\" does not exist", at: statement.relation!.location)
      }
    }
    let namespace = table.name.namespace!
    let name =
      statement.idxname.isEmpty
      ? keyName(table.name.name, SchemaBuilder.joined(indexColumnNames(names)), "idx", in: namespace)
      : Identifier(statement.idxname)
    if isRelation(QualifiedName(namespace, name)) {
      if statement.if_not_exists { return }
      throw .exists("relation", name)
    }
    guard statement.unique else {
      indexes[QualifiedName(namespace, name)] = table.id
      return
    }
    let predicate = statement.whereClause == nil ? nil : text.find("where", from: open ?? 0).map { text.sql(($0 + 1)..<text.end) }
    plainIndexes.insert(QualifiedName(namespace, name))
    addKey(UniqueKey(name, parts, nullsNotDistinct: statement.nulls_not_distinct, predicate: predicate), false, to: table.id)
    guard statement.relation!.isRecursive else { return }
    for child in schema.children(of: table.id) where child.partitionOf != nil { try adoptKeys(of: table.id, by: child.id) }
  }

  /// An element's expression without what may follow it: a collation, an operator class, an order.
  private func expressionText(_ part: Range<StatementText.Place>, _ text: StatementText) -> String {
    guard let open = text.find("(", from: part.lowerBound), open < part.upperBound else { return text.sql(part) }
    // `(a + b)`, or a call without more brackets: `lower(a)`.
    return text.sql(part.lowerBound..<min(text.inside(open).upperBound + 1, part.upperBound))
  }
}

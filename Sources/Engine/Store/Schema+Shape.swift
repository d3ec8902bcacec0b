import Relations

/// What the meaning of stored rows depends on, in words: a table's number, its columns and their types, in their order.
extension Schema {
  /// A line for each table that can have rows in a log, and for each type of the user's. Rows that were read by one schema can be read by another if the lines are the
  /// same; views, functions and constraints may differ.
  var shapeLines: [String] {
    let tables = allTables.filter { $0.kind != .view && $0.kind != .materializedView }.map { table in
      let columns = table.columns.map { column in
        "\(column.name) \(text(column.type))" + (column.isGenerated ? " generated" : "")
      }
      let key = table.comparableKey.map { key in ", key (" + key.map { "\(table.columns[$0].name)" }.joined(separator: ", ") + ")" }
      return "\(table.kind) \(table.name) (\(columns.joined(separator: ", ")))\(key ?? "") as \(table.id)"
    }
    return tables + allTypes.map { "type \($0.name) \(text($0.definition)) as \($0.id.oid)" }
  }

  private func text(_ type: SQLType) -> String {
    let modifier = type.modifier == -1 ? "" : "[\(type.modifier)]"
    return self[type.id].map { "\($0.name)\(modifier)" } ?? "\(type)"
  }

  private func text(_ definition: UserType.Definition) -> String {
    switch definition {
    case .enumeration(let labels): "enum (" + labels.map { "\($0)" }.joined(separator: ", ") + ")"
    case .domain(let domain): "domain over \(text(domain.base))"
    case .composite(let attributes): "(" + attributes.map { "\($0.name) \(text($0.type))" }.joined(separator: ", ") + ")"
    case .range(let subtype, let multirange): "range of \(text(subtype)), \(multirange.oid)"
    case .multirange(let range): "multirange of \(range.oid)"
    case .base: "base"
    }
  }
}

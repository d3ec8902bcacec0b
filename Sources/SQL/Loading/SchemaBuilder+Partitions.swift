internal import CPgQuery
import Relations

/// Partitioned tables, and what their partitions get from them.
extension SchemaBuilder {
  func partitioning(
    _ specification: Syntax.PartitionSpec, _ columns: [TableColumn], _ text: StatementText
  ) throws(DefinitionError) -> Partitioning {
    let strategy: Partitioning.Strategy
    switch specification.strategy.lowercased() {
    case "range": strategy = .range
    case "list": strategy = .list
    case "hash": strategy = .hash
    default: throw DefinitionError("42P16", "unrecognized partitioning strategy \"\(specification.strategy)\"")
    }
    for node in specification.partParams {
      guard case .partitionElem(let element) = node.kind, !element.name.isEmpty else { continue }
      if !columns.contains(where: { $0.name == Identifier(element.name) }) {
        throw DefinitionError("42703", "column \"\(element.name)\" named in partition key does not exist", at: element.location)
      }
    }
    let open = text.find("(", from: text.place(at: specification.location))
    return Partitioning(strategy, key: open.map { text.parts(text.inside($0)).map(text.sql) } ?? [])
  }

  /// `FOR VALUES …` or `DEFAULT`.
  func boundText(_ bound: Syntax.PartitionBoundSpec, _ text: StatementText) -> String {
    if bound.is_default { return "DEFAULT" }
    // The tree points at what follows `FOR VALUES`.
    var place = text.place(at: bound.location)
    if text.isToken(place, "for") { place += 2 }
    // `IN (…)`, `WITH (…)`, `FROM (…) TO (…)`.
    var end = text.inside(place + 1).upperBound + 1
    if text.isToken(end, "to") { end = text.inside(end + 1).upperBound + 1 }
    return "FOR VALUES " + text.sql(place..<end)
  }

  /// Gives a partition the keys of its table, as far as it has none like them.
  mutating func adoptKeys(of parent: TableID, by id: TableID) throws(DefinitionError) {
    guard let parent = schema[parent] else { return }
    for (key, isPrimary) in parent.keys.map({ ($0, $0.name == parent.primaryKey?.name) }) {
      guard let table = schema[id], let parts = table.parts(like: key, in: parent) else { continue }
      if table.keys.contains(where: { $0.columns == parts && $0.predicate == key.predicate }) { continue }
      addCopy(of: key, of: parent, parts, isPrimary, to: table)
    }
    for foreignKey in parent.foreignKeys { adopt(foreignKey, of: parent, by: id) }
    for child in schema.children(of: id) where child.partitionOf != nil { try adoptKeys(of: id, by: child.id) }
  }

  mutating func adopt(_ foreignKey: ForeignKey, of parent: Table, by id: TableID) {
    guard let table = schema[id] else { return }
    let columns = foreignKey.columns.compactMap { column in
      parent.index(of: column).flatMap { table.column(parent.columns[$0].name)?.id }
    }
    var copy = foreignKey
    copy.columns = columns
    let isThere = table.foreignKeys.contains {
      $0.columns == columns && $0.target == copy.target && $0.targetColumns == copy.targetColumns
    }
    if isThere || columns.count < foreignKey.columns.count { return }
    if table.hasConstraint(copy.name) {
      copy.name = constraintName(table.name.name, nil, "fkey", in: table.name.namespace!)
    }
    schema.update(id) { $0.foreignKeys.append(copy) }
  }
}

extension SchemaBuilder {
  /// Gives a table a key like that of another, under a name of its own.
  mutating func addCopy(
    of key: UniqueKey, of source: Table, _ parts: [UniqueKey.Part], _ isPrimary: Bool, to table: Table
  ) {
    let isConstraint = !plainIndexes.contains(QualifiedName(source.name.namespace, key.name))
    let label = isPrimary ? "pkey" : isConstraint ? "key" : "idx"
    let columns = isPrimary ? nil : SchemaBuilder.joined(indexColumnNames(key.columns.map { $0.indexName(in: source) }))
    let name = keyName(table.name.name, columns, label, in: table.name.namespace!)
    if !isConstraint { plainIndexes.insert(QualifiedName(table.name.namespace, name)) }
    var copy = key
    copy.name = name
    copy.columns = parts
    addKey(copy, isPrimary, to: table.id)
  }

  /// What PostgreSQL calls an index's columns: no two alike.
  func indexColumnNames(_ names: [String]) -> [String] {
    names.reduce(into: []) { all, name in
      let candidates = (0...).lazy.map { $0 == 0 ? name : Identifier.made(name + String($0), nil, nil).text }
      all.append(candidates.first { !all.contains($0) }!)
    }
  }
}

extension UniqueKey.Part {
  fileprivate func indexName(in table: Table) -> String {
    switch self {
    case .column(let id): table.index(of: id).map { table.columns[$0].name.text } ?? "expr"
    case .expression(let text):
      (try? SQLParser.withTree(of: "SELECT \(text)") { tree in
        guard case .selectStmt(let select) = tree.statement(0).node.kind,
          case .resTarget(let target)? = select.targetList.first?.kind
        else { return "expr" }
        return target.val?.indexName ?? "expr"
      }) ?? "expr"
    }
  }
}

extension Node {
  /// What an index's column is called that is this expression.
  var indexName: String { outputName == "?column?" ? "expr" : outputName.text }
}

extension Table {
  /// A key's parts by this table's own columns; nil if it lacks one of them.
  func parts(like key: UniqueKey, in other: Table) -> [UniqueKey.Part]? {
    var parts: [UniqueKey.Part] = []
    for part in key.columns {
      guard case .column(let id) = part else {
        parts.append(part)
        continue
      }
      guard let index = other.index(of: id), let own = column(other.columns[index].name) else { return nil }
      parts.append(.column(own.id))
    }
    return parts
  }
}

import Relations

/// What a map carries over is not touched; what it leaves open is.
extension SchemaReach {
  /// - Parameter schema: the tables that questions can be bound to, under the names that they have before the change.
  public init(of map: SchemaMap, on schema: Schema) {
    self.init()
    var schema = schema
    let found = map.tables.compactMap { entry in schema.table(entry.old).map { (table: $0, entry: entry) } }
    moveTables(found, &schema)
    for table in Set(found.map(\.table.id)).sorted() {
      let entries = found.filter { $0.table.id == table }
      if entries.count == 1 {
        moveColumns(entries[0].entry.columns, of: entries[0].table, &schema)
        // The parts of a table have its columns, unless the map says something of them.
        for part in schema.parts(of: table) where !found.contains(where: { $0.table.id == part.id }) {
          moveColumns(entries[0].entry.columns, of: part, &schema)
        }
      }
      for entry in entries where !entry.entry.keys.isEmpty { rewriteKeys(entry.entry.keys, of: entry.table, schema) }
    }
  }

  private mutating func moveTables(_ found: [(table: Table, entry: SchemaMap.TableEntry)], _ schema: inout Schema) {
    var targets: [TableID: Set<QualifiedName>] = [:]
    for (table, entry) in found {
      targets[table.id, default: []].insert(QualifiedName(entry.new.namespace ?? table.name.namespace, entry.new.name))
    }
    // What is not named stays where it is, unless something comes there.
    var taken: [QualifiedName: Int] = [:]
    for name in targets.values.joined() { taken[name, default: 0] += 1 }
    var carried: [(table: Table, name: QualifiedName)] = []
    for table in schema.allTables {
      let names = targets[table.id] ?? [table.name]
      let name = names.first!
      let isPlain =
        targets[table.id] == nil
        ? taken[name] == nil : taken[name] == 1 && found.count { $0.table.id == table.id } == 1
      if isPlain, name == table.name { continue }
      if !isPlain { touch(schema.family(of: table.id)) }
      move(NameMove(NamedThing(table.id), to: .unused(table.id.number)), &schema)
      if isPlain { carried.append((table, name)) }
    }
    for (table, name) in carried where !move(NameMove(NamedThing(table.id), to: name.name, in: name.namespace), &schema) {
      touch(schema.family(of: table.id))
    }
  }

  private mutating func moveColumns(_ entries: [SchemaMap.ColumnEntry], of table: Table, _ schema: inout Schema) {
    var targets: [ColumnID: Set<Identifier?>] = [:]
    for entry in entries {
      if let column = table.column(entry.old) { targets[column.id, default: []].insert(entry.new) }
    }
    var taken: [Identifier: Int] = [:]
    for name in targets.values.joined() { if let name { taken[name, default: 0] += 1 } }
    var carried: [(column: ColumnID, name: Identifier)] = []
    for column in table.columns {
      let thing = NamedThing(table.id, column.id)
      let names = targets[column.id] ?? [column.name]
      let name = names.count == 1 ? names.first! : nil
      let claims = name.map { taken[$0, default: 0] } ?? 0
      let isPlain = name != nil && claims == (targets[column.id] == nil ? 0 : 1)
      if isPlain, name == column.name { continue }
      if !isPlain { lostColumns[table.id, default: []].insert(column.id) }
      move(NameMove(thing, to: .unused(UInt32(column.id.number))), &schema)
      if isPlain, let name { carried.append((column.id, name)) }
    }
    for (column, name) in carried { move(NameMove(NamedThing(table.id, column), to: name), &schema) }
  }

  @discardableResult
  private mutating func move(_ move: NameMove, _ schema: inout Schema) -> Bool {
    guard schema.apply(move) else { return false }
    self.move(move)
    return true
  }
}

// MARK: - Keys

extension SchemaReach {
  /// Who neither shows nor looks at a key does not see that it is another one. All others are in doubt.
  private mutating func rewriteKeys(_ keys: [SchemaMap.KeyEntry], of table: Table, _ schema: Schema) {
    let isOneToOne = Set(keys.map(\.old)).count == keys.count && Set(keys.map(\.new)).count == keys.count
    // Of rows that became one, or of one that became several, nobody knows what they are.
    guard isOneToOne, let key = table.primaryKey?.plainColumns else { return touch(schema.family(of: table.id)) }
    rewrite(Set(key), of: table.id, schema)
  }

  /// What points to a key is another value with it, and may be a key itself.
  private mutating func rewrite(_ columns: Set<ColumnID>, of table: TableID, _ schema: Schema) {
    guard !columns.isSubset(of: lostColumns[table] ?? []) || !rewritten.contains(table) else { return }
    lostColumns[table, default: []].formUnion(columns)
    rewritten.insert(table)
    for other in schema.allTables {
      for foreignKey in other.foreignKeys where foreignKey.target == table {
        let pointing = zip(foreignKey.columns, foreignKey.targetColumns).filter { columns.contains($1) }.map(\.0)
        if !pointing.isEmpty { rewrite(Set(pointing), of: other.id, schema) }
      }
    }
    // A part of a table is read through it, and the other way round.
    for child in schema.children(of: table) { inherit(columns, of: table, by: child.id, schema) }
    for parent in schema[table]?.allParents ?? [] { inherit(columns, of: table, by: parent, schema) }
  }

  private mutating func inherit(_ columns: Set<ColumnID>, of table: TableID, by other: TableID, _ schema: Schema) {
    guard let own = schema[table], let heir = schema[other] else { return }
    let same = own.columns.filter { columns.contains($0.id) }.compactMap { heir.column($0.name)?.id }
    rewrite(Set(same), of: other, schema)
  }
}

extension Schema {
  /// The partitions and heirs of a table, and theirs.
  fileprivate func parts(of table: TableID) -> [Table] { children(of: table).flatMap { [$0] + parts(of: $0.id) } }

  fileprivate func family(of table: TableID) -> Set<TableID> { Set(parts(of: table).map(\.id)).union([table]) }
}

internal import CPgQuery
import Relations

/// A schema while statements are executed on it: what they declare, and what has to be remembered between them besides.
struct SchemaBuilder: Sendable {
  var schema: Schema
  var path: SearchPath
  var unread: [UnreadStatement] = []

  /// All indexes and their tables: those of unique keys, and others, of which nothing else is kept.
  var indexes: [QualifiedName: TableID] = [:]
  /// Those of them that are unique without being constraints. Names of partitions' indexes depend on it.
  var plainIndexes: Set<QualifiedName> = []
  /// Extensions, and where their objects are.
  var extensions: [Identifier: Identifier] = [:]
  /// The last number that a table gave a column.
  var lastColumns: [TableID: Int16] = [:]
  /// Row types of tables, made when something is declared by one.
  var rowTypes: [TableID: TypeID] = [:]

  /// What the databases that were created have for their default collations, nil where it is not said.
  var databases: [Collation?] = []

  init(_ schema: Schema, _ path: SearchPath) {
    self.schema = schema
    self.path = path
    for table in schema.allTables { addIndexes(of: table) }
  }

  mutating func addIndexes(of table: Table) {
    for key in table.keys { indexes[QualifiedName(table.name.namespace, key.name)] = table.id }
  }

  mutating func dropIndexes(of table: TableID) { indexes = indexes.filter { $0.value != table } }
}

// MARK: - Names

extension SchemaBuilder {
  /// Where a new object of that name goes.
  func creationName(_ namespace: Identifier?, _ name: Identifier, at location: Int32 = -1) throws(DefinitionError) -> QualifiedName
  {
    if let namespace {
      guard exists(namespace) else { throw .noNamespace(namespace, at: location) }
      return QualifiedName(namespace, name)
    }
    guard let first = path.namespaces.first(where: { schema.namespaces.contains($0) }) else {
      throw DefinitionError("3F000", "no schema has been selected to create in", at: location)
    }
    return QualifiedName(first, name)
  }

  func creationName(_ names: Nodes) throws(DefinitionError) -> QualifiedName {
    let name = try qualifiedName(names)
    return try creationName(name.namespace, name.name)
  }

  func creationName(_ relation: Syntax.RangeVar) throws(DefinitionError) -> QualifiedName {
    if relation.relpersistence == "t" { return QualifiedName("pg_temp", Identifier(relation.relname)) }
    return try creationName(relation.namespace, Identifier(relation.relname), at: relation.location)
  }

  func exists(_ namespace: Identifier) -> Bool {
    schema.namespaces.contains(namespace) || ["pg_catalog", "pg_temp", "information_schema", "pg_toast"].contains(namespace)
  }

  /// A dotted name. A database's name before it says nothing.
  func qualifiedName(_ names: Nodes) throws(DefinitionError) -> QualifiedName {
    let parts = names.map { Identifier($0.text) }
    switch parts.count {
    case 1: return QualifiedName(parts[0])
    case 2: return QualifiedName(parts[0], parts[1])
    case 3: return QualifiedName(parts[1], parts[2])
    default: throw DefinitionError("42601", "improper qualified name (too many dotted names)")
    }
  }

  /// All places where a name may be, nearest first.
  func candidates(_ name: QualifiedName) -> [QualifiedName] {
    name.namespace == nil ? path.effective.map { QualifiedName($0, name.name) } : [name]
  }
}

extension Syntax.RangeVar {
  var namespace: Identifier? { schemaname.isEmpty ? nil : Identifier(schemaname) }
  var name: QualifiedName { QualifiedName(namespace, Identifier(relname)) }
  /// Whether `ONLY` is not there.
  var isRecursive: Bool { inh }
}

// MARK: - Relations

extension SchemaBuilder {
  /// The table, view or other relation with columns.
  func table(_ relation: Syntax.RangeVar) throws(DefinitionError) -> Table { try table(relation.name, at: relation.location) }

  func table(_ name: QualifiedName, at location: Int32 = -1) throws(DefinitionError) -> Table {
    if let table = schema.table(name, path) { return table }
    if let namespace = name.namespace, !exists(namespace) { throw .noNamespace(namespace, at: location) }
    throw .noRelation(name, at: location)
  }

  /// Whether a name is taken among relations: tables, views, sequences, indexes and composite types share theirs.
  func isRelation(_ name: QualifiedName) -> Bool {
    if schema.table(name) != nil || schema.sequence(name) != nil || indexes[name] != nil { return true }
    if let type = schema.type(name), case .composite = type.definition { return true }
    return false
  }

  /// The table and the unique key of an index's name.
  func key(_ name: QualifiedName) -> (table: TableID, key: UniqueKey)? {
    guard let table = indexes[name], let key = schema[table]?.keys.first(where: { $0.name == name.name }) else { return nil }
    return (table, key)
  }

  func requireNew(_ name: QualifiedName, at location: Int32 = -1) throws(DefinitionError) {
    if isRelation(name) { throw .exists("relation", name.name, at: location) }
  }

  /// The namespace that the path finds a relation in.
  func relationNamespace(_ name: QualifiedName) -> Identifier? {
    schema.table(name, path)?.name.namespace ?? schema.sequence(name, path)?.name.namespace
  }
}

extension Table {
  /// The primary key and the others.
  var keys: [UniqueKey] { (primaryKey.map { [$0] } ?? []) + uniqueKeys }

  /// Changes a key, whichever it is.
  mutating func updateKey(_ name: Identifier, _ change: (inout UniqueKey) -> Void) {
    if primaryKey?.name == name { change(&primaryKey!) }
    for i in uniqueKeys.indices where uniqueKeys[i].name == name { change(&uniqueKeys[i]) }
  }
}

internal import CPgQuery
import Relations

/// `DROP`, of whatever.
extension SchemaBuilder {
  mutating func drop(_ statement: Syntax.DropStmt, _ text: StatementText) throws(DefinitionError) {
    for object in statement.objects {
      do throws(DefinitionError) {
        try drop(object, statement.removeType, isCascade: statement.behavior == PG_QUERY__DROP_BEHAVIOR__DROP_CASCADE, text)
      } catch {
        // `IF EXISTS` forgives that it does not, or what it is of.
        guard statement.missing_ok, ["42P01", "42704", "42883", "3F000"].contains(error.state.description) else { throw error }
      }
    }
  }

  private mutating func drop(
    _ object: Node, _ kind: PgQuery__ObjectType, isCascade: Bool, _ text: StatementText
  ) throws(DefinitionError) {
    switch kind {
    case PG_QUERY__OBJECT_TYPE__OBJECT_TABLE, PG_QUERY__OBJECT_TYPE__OBJECT_VIEW, PG_QUERY__OBJECT_TYPE__OBJECT_MATVIEW,
      PG_QUERY__OBJECT_TYPE__OBJECT_FOREIGN_TABLE:
      try dropTable(try object.name(self), kind, isCascade: isCascade)
    case PG_QUERY__OBJECT_TYPE__OBJECT_SEQUENCE:
      let name = try object.name(self)
      guard let sequence = schema.sequence(name, path) else { throw .noObject("sequence", name) }
      try drop(sequence, isCascade: isCascade)
    case PG_QUERY__OBJECT_TYPE__OBJECT_INDEX: try dropIndex(try object.name(self), isCascade: isCascade)
    case PG_QUERY__OBJECT_TYPE__OBJECT_SCHEMA: try dropNamespace(Identifier(object.text), isCascade: isCascade)
    case PG_QUERY__OBJECT_TYPE__OBJECT_TYPE, PG_QUERY__OBJECT_TYPE__OBJECT_DOMAIN:
      guard case .typeName(let name) = object.kind else { return }
      try dropType(try qualifiedName(name.names), isCascade: isCascade)
    case PG_QUERY__OBJECT_TYPE__OBJECT_FUNCTION, PG_QUERY__OBJECT_TYPE__OBJECT_PROCEDURE, PG_QUERY__OBJECT_TYPE__OBJECT_ROUTINE,
      PG_QUERY__OBJECT_TYPE__OBJECT_AGGREGATE:
      guard case .objectWithArgs(let routine) = object.kind else { return }
      try dropRoutine(try self.routine(routine, kind, text), isCascade: isCascade)
    case PG_QUERY__OBJECT_TYPE__OBJECT_OPERATOR: try dropOperator(object, text)
    case PG_QUERY__OBJECT_TYPE__OBJECT_CAST: try dropCast(object, text)
    case PG_QUERY__OBJECT_TYPE__OBJECT_COLLATION:
      let name = try object.name(self)
      guard let collation = schema.collation(name, path) else { throw .noObject("collation", name) }
      schema.dropCollation(collation.name)
    case PG_QUERY__OBJECT_TYPE__OBJECT_TRIGGER, PG_QUERY__OBJECT_TYPE__OBJECT_RULE, PG_QUERY__OBJECT_TYPE__OBJECT_POLICY:
      try dropPart(object, kind)
    case PG_QUERY__OBJECT_TYPE__OBJECT_EXTENSION: dropExtension(Identifier(object.text))
    default: break  // Nothing that was kept.
    }
  }
}

extension Node {
  /// A dotted name, as lists of objects have them.
  func name(_ builder: SchemaBuilder) throws(DefinitionError) -> QualifiedName {
    if case .list(let names) = kind { return try builder.qualifiedName(names) }
    return QualifiedName(Identifier(text))
  }
}

// MARK: - Relations

extension SchemaBuilder {
  private mutating func dropTable(_ name: QualifiedName, _ kind: PgQuery__ObjectType, isCascade: Bool) throws(DefinitionError) {
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

  private mutating func drop(_ sequence: SequenceGenerator, isCascade: Bool) throws(DefinitionError) {
    if let owner = sequence.owner, let table = schema[owner.table], let index = table.index(of: owner.column) {
      guard case .identity = table.columns[index].source else { return schema.dropSequence(sequence.name) }
      throw DefinitionError(
        "2BP01", "cannot drop sequence \(sequence.name.name.text) because column \(table.columns[index].name.text) requires it")
    }
    schema.dropSequence(sequence.name)
  }

  private mutating func dropIndex(_ name: QualifiedName, isCascade: Bool) throws(DefinitionError) {
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
    (try? SQLParser.withTree(of: "SELECT \(expression)") { tree in columnNames(in: tree.statement(0).node) }) ?? []
  }
}

// MARK: - Types

extension SchemaBuilder {
  private mutating func dropType(_ name: QualifiedName, isCascade: Bool) throws(DefinitionError) {
    let type = try declaredType(name)
    let what = "type \(type.name.name.text)"
    if case .multirange(let range) = type.definition {
      throw .isNeeded(what, by: "type \(schema[range]!.name.plain) requires it")
    }
    if case .range(_, let many) = type.definition {
      try dropUses(of: many, what, isCascade: isCascade)
      schema.drop(many)
    }
    try dropUses(of: type.id, what, isCascade: isCascade)
    schema.drop(type.id)
  }

  /// Columns and domains of a type rest on it.
  private mutating func dropUses(of type: TypeID, _ what: String, isCascade: Bool, except: TableID? = nil) throws(DefinitionError) {
    let types = [type, schema[type]?.array].compactMap { $0 }
    for table in schema.allTables where table.id != except && table.kind != .view {
      for column in table.columns where types.contains(column.type.id) {
        guard isCascade else { throw .isNeeded(what, by: "column \(column.name.text) of table \(table.name.plain)") }
        try dropColumn(column.name, of: table.id, isCascade: true, isMissingOK: true, false)
      }
    }
    for other in schema.allTypes {
      guard case .domain(let domain) = other.definition, types.contains(domain.base.id) else { continue }
      guard isCascade else { throw .isNeeded(what, by: "type \(other.name.plain)") }
      try dropUses(of: other.id, what, isCascade: true)
      schema.drop(other.id)
    }
    for routine in schema.allRoutines
    where (routine.inputs + (routine.result.map { [$0] } ?? [])).contains(where: { types.contains($0.id) }) {
      guard isCascade else { throw .isNeeded(what, by: "function \(routine.name.plain)") }
      try dropRoutine(routine.id, isCascade: true)
    }
    for cast in schema.allCasts where types.contains(cast.source) || types.contains(cast.target) {
      schema.dropCast(from: cast.source, to: cast.target)
    }
  }

  private mutating func dropCast(_ object: Node, _ text: StatementText) throws(DefinitionError) {
    guard case .list(let pair) = object.kind, pair.count == 2, case .typeName(let from) = pair[0].kind,
      case .typeName(let to) = pair[1].kind
    else { return }
    let source = try type(from, text).id
    let target = try type(to, text).id
    guard schema.cast(from: source, to: target) != nil else {
      let names = "\(schema.description(of: SQLType(source))) to type \(schema.description(of: SQLType(target)))"
      throw DefinitionError("42704", "cast from type \(names) does not exist")
    }
    schema.dropCast(from: source, to: target)
  }
}

// MARK: - Routines and operators

extension SchemaBuilder {
  private mutating func dropRoutine(_ id: RoutineID, isCascade: Bool) throws(DefinitionError) {
    guard let routine = schema[id] else { return }
    for table in schema.allTables {
      for trigger in table.triggers where trigger.function == routine.name && routine.inputs.isEmpty {
        guard isCascade else {
          throw .isNeeded("function \(routine.name.plain)()", by: "trigger \(trigger.name.text) on table \(table.name.plain)")
        }
        schema.update(table.id) { $0.triggers.removeAll { $0.name == trigger.name } }
      }
    }
    schema.drop(id)
  }

  private mutating func dropOperator(_ object: Node, _ text: StatementText) throws(DefinitionError) {
    guard case .objectWithArgs(let syntax) = object.kind, syntax.objargs.count == 2 else { return }
    let name = try qualifiedName(syntax.objname)
    var operands: [SQLType?] = []
    for node in syntax.objargs {
      if case .typeName(let type) = node.kind {
        operands.append(SQLType(try self.type(type, text).id))
      } else {
        operands.append(nil)
      }
    }
    guard
      let found = schema.operators(name, path).first(where: { $0.left?.id == operands[0]?.id && $0.right.id == operands[1]?.id })
    else {
      throw DefinitionError("42883", "operator does not exist: \(name.plain)")
    }
    schema.dropOperator(found.name, left: found.left, right: found.right)
  }

  /// A trigger, rule or policy: its table's name, then its own.
  private mutating func dropPart(_ object: Node, _ kind: PgQuery__ObjectType) throws(DefinitionError) {
    guard case .list(let names) = object.kind, names.count >= 2 else { return }
    let parts = names.map { Identifier($0.text) }
    let table = try table(QualifiedName(parts.count > 2 ? parts[parts.count - 3] : nil, parts[parts.count - 2]))
    let name = parts.last!
    let (noun, isThere): (String, Bool)
    switch kind {
    case PG_QUERY__OBJECT_TYPE__OBJECT_TRIGGER: (noun, isThere) = ("trigger", table.triggers.contains { $0.name == name })
    case PG_QUERY__OBJECT_TYPE__OBJECT_RULE: (noun, isThere) = ("rule", table.rules.contains { $0.name == name })
    default: (noun, isThere) = ("policy", table.rowSecurity.policies.contains { $0.name == name })
    }
    guard isThere else {
      throw DefinitionError(
        "42704", "\(noun) \"\(name.text)\" for \(noun == "rule" ? "relation" : "table") \"\(table.name.name.text)\" does not exist")
    }
    schema.update(table.id) { table in
      switch noun {
      case "trigger": table.triggers.removeAll { $0.name == name }
      case "rule": table.rules.removeAll { $0.name == name }
      default: table.rowSecurity.policies.removeAll { $0.name == name }
      }
    }
  }
}

// MARK: - Namespaces and extensions

extension SchemaBuilder {
  private mutating func dropNamespace(_ name: Identifier, isCascade: Bool) throws(DefinitionError) {
    guard schema.namespaces.contains(name) else { throw .noNamespace(name) }
    func isInside(_ other: QualifiedName) -> Bool { other.namespace == name }
    let isEmpty =
      !schema.allTables.contains { isInside($0.name) } && !schema.allTypes.contains { isInside($0.name) }
      && !schema.allRoutines.contains { isInside($0.name) } && !schema.allSequences.contains { isInside($0.name) }
      && !schema.allOperators.contains { isInside($0.name) } && !schema.allCollations.contains { isInside($0.name) }
    guard isEmpty || isCascade else { throw .isNeeded("schema \(name.text)", by: "objects in it") }
    for table in schema.allTables where isInside(table.name) { try dropTable(table.id, isCascade: true) }
    for type in schema.allTypes where isInside(type.name) && schema[type.id] != nil { try dropType(type.name, isCascade: true) }
    for routine in schema.allRoutines where isInside(routine.name) { try dropRoutine(routine.id, isCascade: true) }
    for sequence in schema.allSequences where isInside(sequence.name) { schema.dropSequence(sequence.name) }
    for other in schema.allOperators where isInside(other.name) {
      schema.dropOperator(other.name, left: other.left, right: other.right)
    }
    for collation in schema.allCollations where isInside(collation.name) { schema.dropCollation(collation.name) }
    extensions = extensions.filter { $0.value != name }
    schema.dropNamespace(name)
  }

  /// What came with an extension is not known one by one, so it stays.
  private mutating func dropExtension(_ name: Identifier) { extensions[name] = nil }
}

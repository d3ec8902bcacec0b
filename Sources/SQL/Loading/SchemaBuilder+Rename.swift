internal import CPgQuery
import Relations

/// `ALTER … RENAME TO`, `ALTER … SET SCHEMA` and `ALTER … OWNER TO`.
///
/// Texts that are kept name things by their names; those about one table alone are rewritten, others (queries of views, bodies of
/// functions) are listed where they may mean what has another name now.
extension SchemaBuilder {
  mutating func rename(_ statement: Syntax.RenameStmt, _ text: StatementText) throws(DefinitionError) {
    do throws(DefinitionError) {
      try renameFound(statement, Identifier(statement.newname), text)
    } catch {
      guard statement.missing_ok, ["42P01", "42704", "3F000"].contains(error.state.description) else { throw error }
    }
  }

  private mutating func renameFound(
    _ statement: Syntax.RenameStmt, _ new: Identifier, _ text: StatementText
  ) throws(DefinitionError) {
    let old = Identifier(statement.subname)
    switch statement.renameType {
    case PG_QUERY__OBJECT_TYPE__OBJECT_TABLE, PG_QUERY__OBJECT_TYPE__OBJECT_VIEW, PG_QUERY__OBJECT_TYPE__OBJECT_MATVIEW,
      PG_QUERY__OBJECT_TYPE__OBJECT_FOREIGN_TABLE, PG_QUERY__OBJECT_TYPE__OBJECT_SEQUENCE, PG_QUERY__OBJECT_TYPE__OBJECT_INDEX:
      try renameRelation(statement.relation!, to: new, text)
    case PG_QUERY__OBJECT_TYPE__OBJECT_COLUMN:
      try renameColumn(old, to: new, of: try table(statement.relation!), statement.relation!.isRecursive, text)
    case PG_QUERY__OBJECT_TYPE__OBJECT_ATTRIBUTE: try renameAttribute(old, to: new, of: try declaredType(statement.relation!.name))
    case PG_QUERY__OBJECT_TYPE__OBJECT_TABCONSTRAINT: try renameConstraint(old, to: new, of: try table(statement.relation!))
    case PG_QUERY__OBJECT_TYPE__OBJECT_DOMCONSTRAINT:
      try renameDomainCheck(old, to: new, of: try declaredType(try statement.object!.name(self)))
    case PG_QUERY__OBJECT_TYPE__OBJECT_TRIGGER, PG_QUERY__OBJECT_TYPE__OBJECT_RULE, PG_QUERY__OBJECT_TYPE__OBJECT_POLICY:
      try renamePart(old, to: new, of: try table(statement.relation!), statement.renameType)
    case PG_QUERY__OBJECT_TYPE__OBJECT_SCHEMA: try renameNamespace(old, to: new, text)
    case PG_QUERY__OBJECT_TYPE__OBJECT_TYPE, PG_QUERY__OBJECT_TYPE__OBJECT_DOMAIN:
      let type = try declaredType(try statement.object!.name(self))
      let name = QualifiedName(type.name.namespace, new)
      try requireNewType(name)
      schema.rename(type.id, to: name)
      noteTexts(naming: type.name.name, text)
    case PG_QUERY__OBJECT_TYPE__OBJECT_FUNCTION, PG_QUERY__OBJECT_TYPE__OBJECT_PROCEDURE, PG_QUERY__OBJECT_TYPE__OBJECT_ROUTINE,
      PG_QUERY__OBJECT_TYPE__OBJECT_AGGREGATE:
      guard case .objectWithArgs(let object)? = statement.object?.kind else { return }
      let id = try routine(object, statement.renameType, text)
      try rename(id, to: QualifiedName(schema[id]!.name.namespace, new), text)
    case PG_QUERY__OBJECT_TYPE__OBJECT_COLLATION:
      guard var collation = schema.collation(try statement.object!.name(self), path) else {
        throw .noObject("collation", try statement.object!.name(self))
      }
      schema.dropCollation(collation.name)
      let oldName = collation.name
      collation.name = QualifiedName(oldName.namespace, new)
      schema.set(collation)
      replaceCollation(oldName, by: collation.name)
    default: break  // Nothing that was kept.
    }
  }

  /// Lists a statement that gives something a new name, if a text may name it by the old one.
  private mutating func noteTexts(naming old: Identifier, _ text: StatementText) {
    for table in schema.allTables {
      let others =
        table.columns.compactMap(\.source.expression) + table.checks.map(\.expression)
        + table.rowSecurity.policies.flatMap { [$0.using, $0.withCheck].compactMap { $0 } }
      if ([table.query].compactMap { $0 } + others).contains(where: { $0.contains(old.text) }) {
        text.note(.renamed("the texts of \(table.name)"), in: &unread)
      }
    }
    for routine in schema.allRoutines where routine.body.contains(old.text) {
      text.note(.renamed("the body of \(routine.name)"), in: &unread)
    }
  }

  private mutating func rename(_ id: RoutineID, to name: QualifiedName, _ text: StatementText) throws(DefinitionError) {
    let routine = schema[id]!
    if schema.routines(name).contains(where: { $0.inputs.map(\.id) == routine.inputs.map(\.id) }) {
      throw DefinitionError("42723", "function \(name.plain) already exists")
    }
    schema.rename(id, to: name)
    for table in schema.allTables where table.triggers.contains(where: { $0.function == routine.name }) && routine.inputs.isEmpty {
      schema.update(table.id) { table in
        for i in table.triggers.indices where table.triggers[i].function == routine.name { table.triggers[i].function = name }
      }
    }
    noteTexts(naming: routine.name.name, text)
  }
}

extension TableColumn.Source {
  var expression: String? {
    switch self {
    case .defaulted(let text), .generated(let text): text
    case .given, .identity: nil
    }
  }
}

// MARK: - Relations

extension SchemaBuilder {
  private mutating func renameRelation(_ relation: Syntax.RangeVar, to new: Identifier, _ text: StatementText)
    throws(DefinitionError)
  {
    if let table = schema.table(relation.name, path) {
      return try rename(table, to: QualifiedName(table.name.namespace, new), text)
    }
    if var sequence = schema.sequence(relation.name, path) {
      let name = QualifiedName(sequence.name.namespace, new)
      try requireNew(name)
      let old = sequence.name
      schema.dropSequence(old)
      sequence.name = name
      schema.set(sequence)
      return renameInDefaults(of: sequence, from: old)
    }
    guard let index = candidates(relation.name).first(where: { indexes[$0] != nil }) else {
      throw .noRelation(relation.name, at: relation.location)
    }
    let name = QualifiedName(index.namespace, new)
    try requireNew(name)
    let table = indexes[index]!
    schema.update(table) { table in
      table.updateKey(index.name) { $0.name = new }
      if table.replicaIdentity == .index(index.name) { table.replicaIdentity = .index(new) }
    }
    indexes[index] = nil
    indexes[name] = table
  }

  /// A table under another name, perhaps elsewhere.
  private mutating func rename(_ table: Table, to name: QualifiedName, _ text: StatementText) throws(DefinitionError) {
    try requireNew(name)
    if schema.type(name) != nil { throw .exists("type", name.name) }
    schema.rename(table.id, to: name)
    guard name.namespace != table.name.namespace else { return noteQueries(naming: table.name, text) }
    for (index, owner) in indexes where owner == table.id {
      indexes[index] = nil
      indexes[QualifiedName(name.namespace, index.name)] = owner
    }
    for var sequence in schema.allSequences where sequence.owner?.table == table.id {
      let old = sequence.name
      schema.dropSequence(old)
      sequence.name = QualifiedName(name.namespace, old.name)
      schema.set(sequence)
      renameInDefaults(of: sequence, from: old)
    }
    noteQueries(naming: table.name, text)
  }

  /// `nextval('s'::regclass)` names the sequence.
  private mutating func renameInDefaults(of sequence: SequenceGenerator, from old: QualifiedName) {
    let before = "nextval('\("\(old)".replacing("'", with: "''"))'"
    let after = "nextval('\("\(sequence.name)".replacing("'", with: "''"))'"
    for table in schema.allTables where table.columns.contains(where: { $0.source.expression?.contains(before) ?? false }) {
      schema.update(table.id) { table in
        table.changeColumns { column in
          if case .defaulted(let text) = column.source { column.source = .defaulted(text.replacing(before, with: after)) }
        }
      }
    }
  }

  private mutating func noteQueries(naming old: QualifiedName, _ text: StatementText) { noteTexts(naming: old.name, text) }

  private mutating func renameNamespace(_ old: Identifier, to new: Identifier, _ text: StatementText) throws(DefinitionError) {
    guard schema.namespaces.contains(old) else { throw .noNamespace(old) }
    if schema.namespaces.contains(new) { throw DefinitionError("42P06", "schema \"\(new.text)\" already exists") }
    schema.addNamespace(new)
    for table in schema.allTables where table.name.namespace == old {
      try rename(table, to: QualifiedName(new, table.name.name), text)
    }
    for type in schema.allTypes where type.name.namespace == old { schema.rename(type.id, to: QualifiedName(new, type.name.name)) }
    for routine in schema.allRoutines where routine.name.namespace == old {
      try rename(routine.id, to: QualifiedName(new, routine.name.name), text)
    }
    for var sequence in schema.allSequences where sequence.name.namespace == old {
      let name = sequence.name
      schema.dropSequence(name)
      sequence.name = QualifiedName(new, name.name)
      schema.set(sequence)
      renameInDefaults(of: sequence, from: name)
    }
    for var other in schema.allOperators where other.name.namespace == old {
      schema.dropOperator(other.name, left: other.left, right: other.right)
      other.name = QualifiedName(new, other.name.name)
      schema.set(other)
    }
    for var collation in schema.allCollations where collation.name.namespace == old {
      let name = collation.name
      schema.dropCollation(name)
      collation.name = QualifiedName(new, name.name)
      schema.set(collation)
      replaceCollation(name, by: collation.name)
    }
    for (name, place) in extensions where place == old { extensions[name] = new }
    schema.dropNamespace(old)
  }

  private mutating func replaceCollation(_ old: QualifiedName, by new: QualifiedName) {
    for table in schema.allTables {
      schema.update(table.id) { $0.changeColumns { if $0.collation == old { $0.collation = new } } }
    }
  }
}

// MARK: - Parts of tables and types

extension SchemaBuilder {
  private mutating func renameColumn(
    _ old: Identifier, to new: Identifier, of table: Table, _ isRecursive: Bool, _ text: StatementText
  ) throws(DefinitionError) {
    let isView = table.kind == .view || table.kind == .materializedView
    if isView, table.columns.isEmpty { return text.note(.renamed("the columns of \(table.name)"), in: &unread) }
    guard table.column(old) != nil else { throw .noColumn(old, of: table) }
    if table.column(new) != nil {
      throw DefinitionError("42701", "column \"\(new.text)\" of relation \"\(table.name.name.text)\" already exists")
    }
    let rewriter = ColumnRenaming(from: old, to: new, in: table.name.name)
    schema.update(table.id) { table in
      table.changeColumns { column in
        if column.name == old { column.name = new }
        if case .generated(let text) = column.source { column.source = .generated(rewriter.rewritten(text)) }
      }
      for i in table.checks.indices { table.checks[i].expression = rewriter.rewritten(table.checks[i].expression) }
      if var partitioning = table.partitioning {
        partitioning.key = partitioning.key.map(rewriter.rewritten)
        table.partitioning = partitioning
      }
      for i in table.rowSecurity.policies.indices {
        table.rowSecurity.policies[i].using = table.rowSecurity.policies[i].using.map(rewriter.rewritten)
        table.rowSecurity.policies[i].withCheck = table.rowSecurity.policies[i].withCheck.map(rewriter.rewritten)
      }
      for key in table.keys {
        table.updateKey(key.name) { key in
          key.predicate = key.predicate.map(rewriter.rewritten)
          key.columns = key.columns.map { part in
            if case .expression(let text) = part { .expression(rewriter.rewritten(text)) } else { part }
          }
        }
      }
      for i in table.triggers.indices { table.triggers[i].condition = table.triggers[i].condition.map(rewriter.rewritten) }
    }
    for view in schema.allTables where view.query?.contains(old.text) ?? false {
      text.note(.renamed("the query of \(view.name)"), in: &unread)
    }
    guard isRecursive else { return }
    for child in schema.children(of: table.id) where child.column(old) != nil {
      try renameColumn(old, to: new, of: child, true, text)
    }
  }

  private mutating func renameAttribute(_ old: Identifier, to new: Identifier, of type: UserType) throws(DefinitionError) {
    guard case .composite(var attributes) = type.definition, let index = attributes.firstIndex(where: { $0.name == old }) else {
      throw DefinitionError("42703", "column \"\(old.text)\" does not exist")
    }
    attributes[index].name = new
    schema.update(type.id) { $0.definition = .composite(attributes) }
  }

  private mutating func renameConstraint(_ old: Identifier, to new: Identifier, of table: Table) throws(DefinitionError) {
    guard table.hasConstraint(old) else { throw .noConstraint(old, of: table) }
    if table.hasConstraint(new) {
      throw DefinitionError("42710", "constraint \"\(new.text)\" for relation \"\(table.name.name.text)\" already exists")
    }
    schema.update(table.id) { table in
      table.updateKey(old) { $0.name = new }
      if table.replicaIdentity == .index(old) { table.replicaIdentity = .index(new) }
      for i in table.checks.indices where table.checks[i].name == old { table.checks[i].name = new }
      for i in table.foreignKeys.indices where table.foreignKeys[i].name == old { table.foreignKeys[i].name = new }
      for i in table.exclusions.indices where table.exclusions[i].name == old { table.exclusions[i].name = new }
    }
    if let owner = indexes.removeValue(forKey: QualifiedName(table.name.namespace, old)) {
      indexes[QualifiedName(table.name.namespace, new)] = owner
    }
    for child in schema.children(of: table.id) where child.checks.contains(where: { $0.name == old }) {
      try renameConstraint(old, to: new, of: child)
    }
  }

  private mutating func renameDomainCheck(_ old: Identifier, to new: Identifier, of type: UserType) throws(DefinitionError) {
    guard case .domain(var domain) = type.definition, let index = domain.checks.firstIndex(where: { $0.name == old }) else {
      throw DefinitionError("42704", "constraint \"\(old.text)\" for domain \(type.name.plain) does not exist")
    }
    domain.checks[index].name = new
    schema.update(type.id) { $0.definition = .domain(domain) }
  }

  private mutating func renamePart(
    _ old: Identifier, to new: Identifier, of table: Table, _ kind: PgQuery__ObjectType
  ) throws(DefinitionError) {
    let isTrigger = kind == PG_QUERY__OBJECT_TYPE__OBJECT_TRIGGER
    let isRule = kind == PG_QUERY__OBJECT_TYPE__OBJECT_RULE
    let names = isTrigger ? table.triggers.map(\.name) : isRule ? table.rules.map(\.name) : table.rowSecurity.policies.map(\.name)
    let noun = isTrigger ? "trigger" : isRule ? "rule" : "policy"
    if !names.contains(old) {
      throw DefinitionError("42704", "\(noun) \"\(old.text)\" for table \"\(table.name.name.text)\" does not exist")
    }
    if names.contains(new) {
      throw DefinitionError("42710", "\(noun) \"\(new.text)\" for table \"\(table.name.name.text)\" already exists")
    }
    schema.update(table.id) { table in
      for i in table.triggers.indices where isTrigger && table.triggers[i].name == old { table.triggers[i].name = new }
      for i in table.rules.indices where isRule && table.rules[i].name == old { table.rules[i].name = new }
      for i in table.rowSecurity.policies.indices where !isTrigger && !isRule && table.rowSecurity.policies[i].name == old {
        table.rowSecurity.policies[i].name = new
      }
    }
  }
}

/// Writes an expression over one table with another name for one of its columns.
struct ColumnRenaming {
  private let old: Identifier
  private let new: Identifier
  private let table: Identifier

  init(from old: Identifier, to new: Identifier, in table: Identifier) {
    self.old = old
    self.new = new
    self.table = table
  }

  func rewritten(_ expression: String) -> String {
    let prefix = "SELECT "
    let text = prefix + expression
    let places = (try? SQLParser.withTree(of: text) { tree in self.places(in: tree.message) }) ?? []
    if places.isEmpty { return expression }
    let statement = StatementText(text, offset: 0, position: TextPosition(character: 1, line: 1, column: 1))
    return String(statement.replacing(names: places, by: new.description).dropFirst(prefix.count))
  }

  /// Where the column is named, and how many names stand before it.
  private func places(in tree: Message) -> [(location: Int32, before: Int)] {
    var places: [(location: Int32, before: Int)] = []
    var rest = [tree]
    while let message = rest.popLast() {
      if let node = message.node, case .columnRef(let column) = node.kind {
        let names = column.fields.map { Identifier($0.text) }
        // `a`, `t.a`, and in a trigger `new.a`.
        if let index = names.firstIndex(of: old), index == 0 || (index == 1 && [table, "new", "old"].contains(names[0])) {
          places.append((column.location, index))
        }
      }
      message.forEachChild { rest.append($0) }
    }
    return places.sorted { $0.location < $1.location }
  }
}

extension StatementText {
  /// The text with other words for some names.
  func replacing(names: [(location: Int32, before: Int)], by new: String) -> String {
    var result: [UInt8] = []
    var from = 0
    let bytes = Array(text.utf8)
    for name in names {
      let range = range(of: place(at: name.location) + 2 * name.before)
      result += bytes[from..<range.lowerBound] + Array(new.utf8)
      from = range.upperBound
    }
    return String(decoding: result + bytes[from...], as: UTF8.self)
  }
}

// MARK: - Elsewhere, and whose

extension SchemaBuilder {
  mutating func move(_ statement: Syntax.AlterObjectSchemaStmt, _ text: StatementText) throws(DefinitionError) {
    let namespace = Identifier(statement.newschema)
    if statement.objectType == PG_QUERY__OBJECT_TYPE__OBJECT_EXTENSION {
      extensions[Identifier(statement.object?.text ?? "")] = namespace
      return
    }
    guard schema.namespaces.contains(namespace) else { throw .noNamespace(namespace) }
    if let relation = statement.relation {
      if let table = schema.table(relation.name, path) {
        return try rename(table, to: QualifiedName(namespace, table.name.name), text)
      }
      if var sequence = schema.sequence(relation.name, path) {
        let old = sequence.name
        schema.dropSequence(old)
        sequence.name = QualifiedName(namespace, old.name)
        schema.set(sequence)
        return renameInDefaults(of: sequence, from: old)
      }
      if statement.missing_ok { return }
      throw .noRelation(relation.name, at: relation.location)
    }
    switch statement.object?.kind {
    case .objectWithArgs(let object)? where statement.objectType != PG_QUERY__OBJECT_TYPE__OBJECT_OPERATOR:
      let id = try routine(object, statement.objectType, text)
      try rename(id, to: QualifiedName(namespace, schema[id]!.name.name), text)
    case .list(let names)?
    where statement.objectType == PG_QUERY__OBJECT_TYPE__OBJECT_TYPE || statement.objectType == PG_QUERY__OBJECT_TYPE__OBJECT_DOMAIN:
      let type = try declaredType(try qualifiedName(names))
      let name = QualifiedName(namespace, type.name.name)
      try requireNewType(name)
      schema.rename(type.id, to: name)
      noteTexts(naming: type.name.name, text)
    default: text.note(.kind("a move to another schema"), in: &unread)
    }
  }

  mutating func setOwner(_ statement: Syntax.AlterOwnerStmt) {
    guard let relation = statement.relation, let table = schema.table(relation.name, path) else { return }
    schema.update(table.id) { $0.owner = statement.newowner.map { Identifier($0.rolename) } }
  }
}

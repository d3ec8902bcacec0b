internal import CPgQuery
import Relations

/// Keys, foreign keys and checks of a table that has its columns.
extension SchemaBuilder {
  mutating func add(_ constraints: [TableConstraint], to id: TableID, _ text: StatementText) throws(DefinitionError) {
    // As PostgreSQL orders them: a foreign key may refer to a key of the same statement.
    for constraint in constraints.withoutEqualKeys where !constraint.isForeignKey { try add(constraint, to: id, text) }
    for constraint in constraints where constraint.isForeignKey { try add(constraint, to: id, text) }
  }

  mutating func add(
    _ constraint: TableConstraint, to id: TableID, isRecursive: Bool = true, _ text: StatementText
  ) throws(DefinitionError) {
    guard let table = schema[id] else { return }
    let syntax = constraint.syntax
    if !syntax.conname.isEmpty, table.hasConstraint(Identifier(syntax.conname)), !constraint.isIndexed {
      throw DefinitionError(
        "42710", "constraint \"\(syntax.conname)\" for relation \"\(table.name.name.text)\" already exists", at: syntax.location)
    }
    switch syntax.contype {
    case PG_QUERY__CONSTR_TYPE__CONSTR_PRIMARY, PG_QUERY__CONSTR_TYPE__CONSTR_UNIQUE:
      try addKey(constraint, to: table, isRecursive: isRecursive, text)
    case PG_QUERY__CONSTR_TYPE__CONSTR_FOREIGN: try addForeignKey(constraint, to: table, isRecursive: isRecursive, text)
    case PG_QUERY__CONSTR_TYPE__CONSTR_CHECK: try addCheck(constraint, to: table, isRecursive: isRecursive, text)
    case PG_QUERY__CONSTR_TYPE__CONSTR_EXCLUSION: addExclusion(constraint, to: table, text)
    default: break
    }
  }
}

extension SchemaBuilder.TableConstraint {
  var isForeignKey: Bool { syntax.contype == PG_QUERY__CONSTR_TYPE__CONSTR_FOREIGN }
  var isIndexed: Bool {
    syntax.contype == PG_QUERY__CONSTR_TYPE__CONSTR_PRIMARY || syntax.contype == PG_QUERY__CONSTR_TYPE__CONSTR_UNIQUE
  }

  /// What a key keeps unique.
  fileprivate var keyColumns: [Identifier] { column.map { [$0] } ?? syntax.keys.map { Identifier($0.text) } }

  /// Whether two keys are the same but for their names.
  fileprivate func isSameKey(as other: Self) -> Bool {
    isIndexed && other.isIndexed && keyColumns == other.keyColumns && deferral == other.deferral
      && syntax.nulls_not_distinct == other.syntax.nulls_not_distinct && syntax.indexname.isEmpty && other.syntax.indexname.isEmpty
      && syntax.including.map(\.text) == other.syntax.including.map(\.text)
  }

  fileprivate var isPrimary: Bool { syntax.contype == PG_QUERY__CONSTR_TYPE__CONSTR_PRIMARY }

  /// When it is checked. A column's `DEFERRABLE` is a constraint of its own, after what it is about.
  var deferral: Deferral {
    guard let siblings else {
      return syntax.initdeferred ? .initiallyDeferred : syntax.deferrable ? .initiallyImmediate : .notDeferrable
    }
    var deferral = Deferral.notDeferrable
    var isAfter = false
    for node in siblings {
      guard case .constraint(let other) = node.kind else { continue }
      if other.c == syntax.c {
        isAfter = true
        continue
      }
      guard isAfter else { continue }
      switch other.contype {
      case PG_QUERY__CONSTR_TYPE__CONSTR_ATTR_DEFERRABLE: if deferral == .notDeferrable { deferral = .initiallyImmediate }
      case PG_QUERY__CONSTR_TYPE__CONSTR_ATTR_DEFERRED: deferral = .initiallyDeferred
      case PG_QUERY__CONSTR_TYPE__CONSTR_ATTR_NOT_DEFERRABLE, PG_QUERY__CONSTR_TYPE__CONSTR_ATTR_IMMEDIATE: break
      default: return deferral
      }
    }
    return deferral
  }
}

extension [SchemaBuilder.TableConstraint] {
  /// Of keys that one statement declares twice, PostgreSQL makes one: the primary one if it is among them, by the name that one has.
  fileprivate var withoutEqualKeys: [Element] {
    var kept: [Element] = []
    for constraint in filter(\.isPrimary) + filter({ !$0.isPrimary }) {
      if !constraint.isPrimary, let i = kept.firstIndex(where: { $0.isSameKey(as: constraint) }) {
        if kept[i].name == nil { kept[i].otherName = constraint.name }
      } else {
        kept.append(constraint)
      }
    }
    return kept
  }
}

extension Syntax.Constraint {
  /// As PostgreSQL's messages name the kind.
  var kindName: String {
    switch contype {
    case PG_QUERY__CONSTR_TYPE__CONSTR_PRIMARY: "primary key"
    case PG_QUERY__CONSTR_TYPE__CONSTR_UNIQUE: "unique"
    case PG_QUERY__CONSTR_TYPE__CONSTR_FOREIGN: "foreign key"
    case PG_QUERY__CONSTR_TYPE__CONSTR_EXCLUSION: "exclusion"
    default: "such"
    }
  }
}

// MARK: - Keys

extension SchemaBuilder {
  private mutating func addKey(
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

  private func columns(
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

// MARK: - Foreign keys

extension SchemaBuilder {
  private mutating func addForeignKey(
    _ constraint: TableConstraint, to table: Table, isRecursive: Bool, _ text: StatementText
  ) throws(DefinitionError) {
    let syntax = constraint.syntax
    let names = constraint.column.map { [$0] } ?? syntax.fk_attrs.map { Identifier($0.text) }
    let columns = try referring(names, of: table)
    let target = try self.table(syntax.pktable!)
    guard target.kind == .table || target.kind == .partitioned else {
      throw DefinitionError("42809", "referenced relation \"\(target.name.name.text)\" is not a table")
    }
    let targetColumns = try self.targetColumns(syntax, of: target)
    guard targetColumns.count == columns.count else {
      throw DefinitionError("42830", "number of referencing and referenced columns for foreign key disagree")
    }
    let setColumns =
      syntax.fk_del_set_cols.isEmpty ? nil : try referring(syntax.fk_del_set_cols.map { Identifier($0.text) }, of: table)
    let name =
      syntax.conname.isEmpty
      ? constraintName(table.name.name, SchemaBuilder.joined(names.map(\.text)), "fkey", in: table.name.namespace!)
      : Identifier(syntax.conname)
    let foreignKey = ForeignKey(
      name, columns, references: target.id, targetColumns, match: syntax.fk_matchtype == "f" ? .full : .simple,
      onDelete: action(syntax.fk_del_action, setColumns), onUpdate: action(syntax.fk_upd_action, nil),
      deferral: constraint.deferral,
      isValidated: !syntax.skip_validation)
    schema.update(table.id) { $0.foreignKeys.append(foreignKey) }
    guard isRecursive, table.kind == .partitioned else { return }
    adoptByPartitions(foreignKey, of: table)
  }

  private mutating func adoptByPartitions(_ foreignKey: ForeignKey, of table: Table) {
    for child in schema.children(of: table.id) where child.partitionOf != nil {
      adopt(foreignKey, of: table, by: child.id)
      if child.kind == .partitioned, let added = schema[child.id]?.foreignKeys.last {
        adoptByPartitions(added, of: schema[child.id]!)
      }
    }
  }

  private func referring(_ names: [Identifier], of table: Table) throws(DefinitionError) -> [ColumnID] {
    var ids: [ColumnID] = []
    for name in names {
      guard let column = table.column(name) else {
        throw DefinitionError("42703", "column \"\(name.text)\" referenced in foreign key constraint does not exist")
      }
      ids.append(column.id)
    }
    return ids
  }

  /// The columns referred to, which must be a key of the target.
  private func targetColumns(_ syntax: Syntax.Constraint, of target: Table) throws(DefinitionError) -> [ColumnID] {
    guard !syntax.pk_attrs.isEmpty else {
      guard let key = target.primaryKey?.plainColumns else {
        throw DefinitionError("42704", "there is no primary key for referenced table \"\(target.name.name.text)\"")
      }
      return key
    }
    let ids = try referring(syntax.pk_attrs.map { Identifier($0.text) }, of: target)
    guard target.keys.contains(where: { $0.plainColumns.map { Set($0) == Set(ids) && $0.count == ids.count } ?? false }) else {
      throw DefinitionError(
        "42830", "there is no unique constraint matching given keys for referenced table \"\(target.name.name.text)\"")
    }
    return ids
  }

  private func action(_ letter: String, _ columns: [ColumnID]?) -> ForeignKey.Action {
    switch letter {
    case "r": .restrict
    case "c": .cascade
    case "n": .setNull(columns)
    case "d": .setDefault(columns)
    default: .noAction
    }
  }
}

// MARK: - Checks

extension SchemaBuilder {
  private mutating func addCheck(
    _ constraint: TableConstraint, to table: Table, isRecursive: Bool, _ text: StatementText
  ) throws(DefinitionError) {
    let syntax = constraint.syntax
    let names = columnNames(in: syntax.raw_expr)
    for name in names where table.column(name) == nil && !Table.systemColumns.contains(name) {
      throw DefinitionError("42703", "column \"\(name.text)\" does not exist", at: syntax.location)
    }
    let name =
      syntax.conname.isEmpty
      ? constraintName(table.name.name, names.count == 1 ? names.first!.text : nil, "check", in: table.name.namespace!)
      : Identifier(syntax.conname)
    let check = CheckConstraint(
      name, text.bracketed(after: "check", from: syntax.location), isValidated: !syntax.skip_validation,
      isNoInherit: syntax.is_no_inherit)
    add(check, to: table.id, isRecursive: isRecursive && !check.isNoInherit)
  }

  private mutating func add(_ check: CheckConstraint, to id: TableID, isRecursive: Bool) {
    schema.update(id) { table in
      if !table.checks.contains(where: { $0.name == check.name }) { table.checks.append(check) }
    }
    guard isRecursive else { return }
    for child in schema.children(of: id) { add(check, to: child.id, isRecursive: true) }
  }

  /// The columns that an expression over one table names.
  func columnNames(in expression: Node?) -> Set<Identifier> {
    guard let expression else { return [] }
    var names: Set<Identifier> = []
    var rest = [Message(expression)]
    while let message = rest.popLast() {
      if let node = message.node, case .columnRef(let column) = node.kind, let last = column.fields.last {
        if case .string(let name) = last.kind { names.insert(Identifier(name)) }
      }
      message.forEachChild { rest.append($0) }
    }
    return names
  }

  private mutating func addExclusion(_ constraint: TableConstraint, to table: Table, _ text: StatementText) {
    let syntax = constraint.syntax
    let columns = syntax.exclusions.map { node in
      guard case .list(let pair) = node.kind, let first = pair.first, case .indexElem(let element) = first.kind else {
        return "expr"
      }
      return element.name.isEmpty ? "expr" : element.name
    }
    let name =
      syntax.conname.isEmpty
      ? keyName(table.name.name, SchemaBuilder.joined(columns), "excl", in: table.name.namespace!) : Identifier(syntax.conname)
    let start = text.find("exclude", from: text.place(at: syntax.location)) ?? text.place(at: syntax.location)
    let definition = text.sql(start..<text.endOfPart(from: start))
    schema.update(table.id) { $0.exclusions.append(ExclusionConstraint(name, definition)) }
    indexes[QualifiedName(table.name.namespace, name)] = table.id
  }
}

extension Table {
  static let systemColumns: Set<Identifier> = ["tableoid", "ctid", "xmin", "xmax", "cmin", "cmax"]
}

internal import CPgQuery
import Relations

/// `CREATE TABLE` and `CREATE FOREIGN TABLE`.
extension SchemaBuilder {
  mutating func createTable(
    _ statement: Syntax.CreateStmt, _ kind: RelationKind, _ text: StatementText
  ) throws(DefinitionError) {
    let relation = statement.relation!
    let name = try creationName(relation)
    if isRelation(name) {
      if statement.if_not_exists { return }
      throw .exists("relation", name.name, at: relation.location)
    }
    if schema.type(name) != nil { throw .exists("type", name.name, at: relation.location) }

    let parents = try statement.inhRelations.tables(self)
    if let parent = parents.first(where: { $0.kind == .partitioned }), statement.partbound == nil {
      throw DefinitionError("42809", "cannot inherit from partitioned table \"\(parent.name.name.text)\"")
    }
    var draft = TableDraft()
    for parent in parents { try draft.inherit(parent) }
    if let type = statement.ofTypename { try add(attributesOf: type, to: &draft, text) }
    for element in statement.tableElts { try add(element, to: &draft, text) }
    for node in statement.constraints {
      if case .constraint(let constraint) = node.kind { draft.constraints.append(TableConstraint(syntax: constraint)) }
    }

    let id = schema.newTableID()
    var table = Table(id, name, statement.partspec == nil ? kind : .partitioned, columns: draft.columns)
    table.persistence = relation.persistence
    table.checks = draft.checks
    if let bound = statement.partbound, let parent = parents.first {
      guard parent.kind == .partitioned else { throw .notPartitioned(parent) }
      table.partitionOf = PartitionBound(of: parent.id, boundText(bound, text))
    } else {
      table.parents = parents.map(\.id)
    }
    if let specification = statement.partspec {
      table.partitioning = try partitioning(specification, draft.columns, text)
    }
    schema.add(table)
    lastColumns[id] = Int16(draft.columns.count)
    for sequence in draft.sequences { try addSequence(sequence, to: id) }
    try add(draft.constraints, to: id, text)
    for (like, indexes) in draft.copiedKeys { copyKeys(indexes, of: like, to: id) }
    if let parent = parents.first, statement.partbound != nil { try adoptKeys(of: parent.id, by: id) }
  }

  /// A table's parts while its elements are read.
  private struct TableDraft {
    var columns: [TableColumn] = []
    var inheritedCount = 0
    var constraints: [TableConstraint] = []
    var checks: [CheckConstraint] = []
    var sequences: [OwnedSequence] = []
    var copiedKeys: [(table: TableID, keys: [UniqueKey])] = []
    /// Columns that the statement itself has declared.
    var declared: Set<Identifier> = []

    var nextID: ColumnID { ColumnID(Int16(columns.count + 1)) }

    mutating func inherit(_ parent: Table) throws(DefinitionError) {
      for column in parent.columns {
        if let index = columns.firstIndex(where: { $0.name == column.name }) {
          guard columns[index].type == column.type else {
            throw DefinitionError("42804", "inherited column \"\(column.name.text)\" has a type conflict")
          }
          columns[index].isNotNull = columns[index].isNotNull || column.isNotNull
        } else {
          columns.append(column.inherited(nextID))
        }
      }
      for check in parent.checks where !check.isNoInherit && !checks.contains(where: { $0.name == check.name }) {
        checks.append(check)
      }
      inheritedCount = columns.count
    }
  }

  private mutating func add(_ element: Node, to draft: inout TableDraft, _ text: StatementText) throws(DefinitionError) {
    switch element.kind {
    case .columnDef(let column):
      let name = Identifier(column.colname)
      let index = draft.columns.firstIndex { $0.name == name }
      if !draft.declared.insert(name).inserted { throw .twice(name, at: column.location) }
      if index == nil, column.typeName == nil {
        throw DefinitionError("42703", "column \"\(name.text)\" does not exist", at: column.location)
      }
      let declaration = try self.column(column, id: draft.nextID, inherited: index.map { draft.columns[$0] }, text)
      if let index { draft.columns[index] = declaration.column } else { draft.columns.append(declaration.column) }
      draft.constraints += declaration.constraints
      if let sequence = declaration.sequence { draft.sequences.append(sequence) }
    case .constraint(let constraint): draft.constraints.append(TableConstraint(syntax: constraint))
    case .tableLikeClause(let like): try add(like, to: &draft)
    default: break
    }
  }

  private mutating func add(attributesOf type: Syntax.TypeName, to draft: inout TableDraft, _ text: StatementText)
    throws(DefinitionError)
  {
    let id = try self.type(type, text).id
    guard case .composite(let attributes)? = schema[id]?.definition else {
      throw DefinitionError("42809", "type \(schema[id]?.name.plain ?? "") is not a composite type", at: type.location)
    }
    for attribute in attributes {
      draft.columns.append(TableColumn(draft.nextID, attribute.name, attribute.type, collation: attribute.collation))
    }
  }

  /// `LIKE other INCLUDING …`.
  private mutating func add(_ like: Syntax.TableLikeClause, to draft: inout TableDraft) throws(DefinitionError) {
    let source = try table(like.relation!)
    let options = LikeOptions(rawValue: like.options)
    for original in source.columns {
      if !draft.declared.insert(original.name).inserted { throw .twice(original.name, at: like.relation!.location) }
      var column = original.numbered(draft.nextID)
      switch original.source {
      case .given: break
      case .defaulted: if !options.contains(.defaults) { column.source = .given }
      case .generated: if !options.contains(.generated) { column.source = .given }
      case .identity:
        if options.contains(.identity) {
          draft.sequences.append(OwnedSequence(column: column.name, type: column.type, options: [], isSerial: false))
        } else {
          column.source = .given
        }
      }
      draft.columns.append(column)
    }
    if options.contains(.constraints) { draft.checks += source.checks }
    if options.contains(.indexes) { draft.copiedKeys.append((source.id, source.keys)) }
  }

  private struct LikeOptions: OptionSet {
    let rawValue: UInt32
    static let constraints = LikeOptions(rawValue: 1 << 2)
    static let defaults = LikeOptions(rawValue: 1 << 3)
    static let generated = LikeOptions(rawValue: 1 << 4)
    static let identity = LikeOptions(rawValue: 1 << 5)
    static let indexes = LikeOptions(rawValue: 1 << 6)
  }
}

extension Syntax.RangeVar {
  var persistence: Persistence {
    switch relpersistence {
    case "u": .unlogged
    case "t": .temporary
    default: .permanent
    }
  }
}

extension Nodes {
  fileprivate func tables(_ builder: SchemaBuilder) throws(DefinitionError) -> [Table] {
    var tables: [Table] = []
    for node in self {
      if case .rangeVar(let relation) = node.kind { tables.append(try builder.table(relation)) }
    }
    return tables
  }
}

extension TableColumn {
  /// The column in another table.
  func numbered(_ id: ColumnID) -> TableColumn {
    TableColumn(id, name, type, isNotNull: isNotNull, source: source, collation: collation)
  }

  /// The column in a table that inherits it: all but an identity, which stays with the parent.
  func inherited(_ id: ColumnID) -> TableColumn {
    var column = numbered(id)
    if case .identity = source { column.source = .given }
    return column
  }
}

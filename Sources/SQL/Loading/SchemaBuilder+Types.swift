internal import CPgQuery
import Relations

/// `CREATE TYPE`, `CREATE DOMAIN` and their changes.
extension SchemaBuilder {
  /// Adds a type and the type of arrays of it, and returns its number.
  @discardableResult
  mutating func addType(_ name: QualifiedName, _ definition: UserType.Definition) -> TypeID {
    let id = schema.newTypeID()
    schema.add(UserType(id, name, array: schema.newTypeID(), definition))
    return id
  }

  func requireNewType(_ name: QualifiedName) throws(DefinitionError) {
    if schema.type(name) != nil || schema.table(name) != nil { throw .exists("type", name.name) }
  }

  mutating func createEnum(_ statement: Syntax.CreateEnumStmt) throws(DefinitionError) {
    let name = try creationName(statement.typeName)
    try requireNewType(name)
    let labels = statement.vals.map { Identifier($0.text) }
    if Set(labels).count < labels.count { throw DefinitionError("23505", "duplicate key value violates unique constraint") }
    addType(name, .enumeration(labels))
  }

  mutating func createComposite(_ statement: Syntax.CompositeTypeStmt, _ text: StatementText) throws(DefinitionError) {
    let name = try creationName(statement.typevar!)
    try requireNewType(name)
    try requireNew(name, at: statement.typevar!.location)
    var attributes: [UserType.Attribute] = []
    for node in statement.coldeflist {
      guard case .columnDef(let column) = node.kind else { continue }
      let attribute = try attribute(column, text)
      if attributes.contains(where: { $0.name == attribute.name }) { throw .twice(attribute.name, at: column.location) }
      attributes.append(attribute)
    }
    addType(name, .composite(attributes))
  }

  mutating func attribute(_ column: Syntax.ColumnDef, _ text: StatementText) throws(DefinitionError) -> UserType.Attribute {
    let type = try type(column.typeName!, text)
    return UserType.Attribute(Identifier(column.colname), type, collation: try collation(column.collClause, of: type))
  }

  mutating func createRange(_ statement: Syntax.CreateRangeStmt, _ text: StatementText) throws(DefinitionError) {
    let name = try creationName(statement.typeName)
    // A shell may have been declared before.
    if schema.type(name)?.isOpaque != true { try requireNewType(name) }
    var subtype: SQLType?
    var multirange: QualifiedName?
    for option in statement.params.definitions {
      guard case .typeName(let type)? = option.arg?.kind else { continue }
      if option.defname == "subtype" { subtype = try self.type(type, text) }
      if option.defname == "multirange_type_name" { multirange = try creationName(type.names) }
    }
    guard let subtype else { throw DefinitionError("42601", "type attribute \"subtype\" is required") }
    let range = schema.type(name)?.id ?? addType(name, .base)
    let many = multirange ?? QualifiedName(name.namespace, name.name.multirange)
    try requireNewType(many)
    let multirangeID = addType(many, .multirange(range))
    schema.update(range) { $0.definition = .range(subtype: subtype, multirange: multirangeID) }
    // PostgreSQL declares this cast along with the types.
    schema.set(UserCast(range, multirangeID, .function(many), .explicit))
  }

  mutating func createDomain(_ statement: Syntax.CreateDomainStmt, _ text: StatementText) throws(DefinitionError) {
    let name = try creationName(statement.domainname)
    try requireNewType(name)
    let base = try type(statement.typeName!, text)
    var domain = UserType.Domain(base, collation: try collation(statement.collClause, of: base))
    if case .domain(let base)? = schema[base.id]?.definition { domain.defaultExpression = base.defaultExpression }
    for node in statement.constraints {
      guard case .constraint(let constraint) = node.kind else { continue }
      switch constraint.contype {
      case PG_QUERY__CONSTR_TYPE__CONSTR_NOTNULL: domain.isNotNull = true
      case PG_QUERY__CONSTR_TYPE__CONSTR_NULL: break
      case PG_QUERY__CONSTR_TYPE__CONSTR_DEFAULT:
        domain.defaultExpression = defaultText(constraint, among: statement.constraints, statement.collClause, text)
      case PG_QUERY__CONSTR_TYPE__CONSTR_CHECK:
        domain.checks.append(try domainCheck(constraint, of: name, domain.checks, text))
      default:
        throw DefinitionError("42601", "\(constraint.kindName) constraints not possible for domains", at: constraint.location)
      }
    }
    addType(name, .domain(domain))
  }

  private func domainCheck(
    _ constraint: Syntax.Constraint, of domain: QualifiedName, _ others: [CheckConstraint], _ text: StatementText
  ) throws(DefinitionError) -> CheckConstraint {
    let given = constraint.conname.isEmpty ? nil : Identifier(constraint.conname)
    if let given, others.contains(where: { $0.name == given }) {
      throw DefinitionError("42710", "constraint \"\(given.text)\" for domain \"\(domain.name.text)\" already exists")
    }
    let name = given ?? constraintName(domain.name, nil, "check", in: domain.namespace!, besides: Set(others.map(\.name)))
    return CheckConstraint(name, text.bracketed(after: "check", from: constraint.location), isValidated: constraint.initially_valid)
  }
}

// MARK: - Changes

extension SchemaBuilder {
  /// The declared type of a name.
  func declaredType(_ name: QualifiedName, _ kind: String = "type") throws(DefinitionError) -> UserType {
    if let type = schema.type(name, path) { return type }
    if let namespace = name.namespace, !exists(namespace) { throw .noNamespace(namespace) }
    throw .noObject(kind, name)
  }

  mutating func alterEnum(_ statement: Syntax.AlterEnumStmt) throws(DefinitionError) {
    let type = try declaredType(try qualifiedName(statement.typeName))
    guard var labels = type.labels else { throw DefinitionError("42809", "\(type.name.plain) is not an enum") }
    let new = Identifier(statement.newVal)
    if !statement.oldVal.isEmpty {
      guard let index = labels.firstIndex(of: Identifier(statement.oldVal)) else {
        throw DefinitionError("22023", "\"\(statement.oldVal)\" is not an existing enum label")
      }
      if labels.contains(new) { throw .exists("enum label", new) }
      labels[index] = new
    } else {
      if labels.contains(new) {
        if statement.skipIfNewValExists { return }
        throw .exists("enum label", new)
      }
      var index = labels.count
      if !statement.newValNeighbor.isEmpty {
        guard let neighbor = labels.firstIndex(of: Identifier(statement.newValNeighbor)) else {
          throw DefinitionError("22023", "\"\(statement.newValNeighbor)\" is not an existing enum label")
        }
        index = statement.newValIsAfter ? neighbor + 1 : neighbor
      }
      labels.insert(new, at: index)
    }
    schema.update(type.id) { $0.definition = .enumeration(labels) }
  }

  mutating func alterDomain(_ statement: Syntax.AlterDomainStmt, _ text: StatementText) throws(DefinitionError) {
    let name = try qualifiedName(statement.typeName)
    // PostgreSQL forgives a missing constraint and no missing domain; a dump that cleans up first should load all the same.
    if statement.missing_ok, schema.type(name, path) == nil { return }
    let type = try declaredType(name)
    guard case .domain(var domain) = type.definition else {
      throw DefinitionError("42809", "\"\(type.name.plain)\" is not a domain")
    }
    switch statement.subtype {
    case "T":
      domain.defaultExpression = statement.def == nil ? nil : text.find("default", from: 0).map { text.sql(($0 + 1)..<text.end) }
    case "N": domain.isNotNull = false
    case "O": domain.isNotNull = true
    case "C":
      guard case .constraint(let constraint)? = statement.def?.kind else { break }
      if constraint.contype == PG_QUERY__CONSTR_TYPE__CONSTR_CHECK {
        domain.checks.append(try domainCheck(constraint, of: type.name, domain.checks, text))
      } else {
        domain.isNotNull = true
      }
    case "X", "V":
      let name = Identifier(statement.name)
      guard let index = domain.checks.firstIndex(where: { $0.name == name }) else {
        if statement.missing_ok { return }
        throw DefinitionError("42704", "constraint \"\(name.text)\" of domain \"\(type.name.name.text)\" does not exist")
      }
      if statement.subtype == "X" { domain.checks.remove(at: index) } else { domain.checks[index].isValidated = true }
    default: break
    }
    schema.update(type.id) { $0.definition = .domain(domain) }
  }

  /// `ALTER TYPE … ADD ATTRIBUTE` and its kin.
  mutating func alterComposite(_ statement: Syntax.AlterTableStmt, _ text: StatementText) throws(DefinitionError) {
    let type = try declaredType(statement.relation!.name)
    guard case .composite(var attributes) = type.definition, !rowTypes.values.contains(type.id) else {
      throw .noRelation(statement.relation!.name)
    }
    for node in statement.cmds {
      guard case .alterTableCmd(let command) = node.kind else { continue }
      let name = Identifier(command.name)
      let index = attributes.firstIndex { $0.name == name }
      guard command.subtype == PG_QUERY__ALTER_TABLE_TYPE__AT_AddColumn || index != nil else {
        if command.missing_ok { continue }
        throw DefinitionError("42703", "column \"\(name.text)\" of relation \"\(type.name.name.text)\" does not exist")
      }
      switch (command.subtype, command.def?.kind) {
      case (PG_QUERY__ALTER_TABLE_TYPE__AT_AddColumn, .columnDef(let column)?):
        let attribute = try attribute(column, text)
        if attributes.contains(where: { $0.name == attribute.name }) {
          throw DefinitionError("42701", "column \"\(attribute.name.text)\" of relation \"\(type.name.name.text)\" already exists")
        }
        attributes.append(attribute)
      case (PG_QUERY__ALTER_TABLE_TYPE__AT_DropColumn, _): attributes.remove(at: index!)
      case (PG_QUERY__ALTER_TABLE_TYPE__AT_AlterColumnType, .columnDef(let column)?):
        attributes[index!].type = try self.type(column.typeName!, text)
        attributes[index!].collation = try collation(column.collClause, of: attributes[index!].type)
      default: break
      }
    }
    schema.update(type.id) { $0.definition = .composite(attributes) }
  }
}

// MARK: - Row types

extension SchemaBuilder {
  /// The type of a table's rows, for who declares something by it.
  mutating func rowType(of table: Table) -> TypeID {
    if let known = rowTypes[table.id] { return known }
    let id = addType(table.name, .composite(table.attributes))
    rowTypes[table.id] = id
    return id
  }

  /// Keeps row types in step with their tables.
  mutating func refreshRowTypes() {
    for (tableID, typeID) in rowTypes {
      guard let table = schema[tableID] else {
        schema.drop(typeID)
        rowTypes[tableID] = nil
        continue
      }
      schema.update(typeID) { $0.definition = .composite(table.attributes) }
      if schema[typeID]!.name != table.name { schema.rename(typeID, to: table.name) }
    }
  }
}

extension Table {
  fileprivate var attributes: [UserType.Attribute] {
    columns.map { UserType.Attribute($0.name, $0.type, collation: $0.collation) }
  }
}

extension Identifier {
  /// What PostgreSQL calls the multirange type of a range type.
  fileprivate var multirange: Identifier {
    guard let range = text.range(ofLast: "range") else { return Identifier.made(text, nil, "multirange") }
    return Identifier(text[..<range.lowerBound] + "multirange" + text[range.upperBound...])
  }
}

extension String {
  func range(ofLast part: String) -> Range<String.Index>? { ranges(of: part).last }
}

extension DefinitionError {
  static func twice(_ column: Identifier, at location: Int32 = -1) -> DefinitionError {
    DefinitionError("42701", "column \"\(column.text)\" specified more than once", at: location)
  }
}

extension Nodes {
  /// The options of a list of options.
  var definitions: [Syntax.DefElem] {
    compactMap { if case .defElem(let definition) = $0.kind { definition } else { nil } }
  }
}

internal import CPgQuery
import Relations

/// What a type's name in a definition means.
extension SchemaBuilder {
  mutating func type(_ name: Syntax.TypeName, _ text: StatementText? = nil) throws(DefinitionError) -> SQLType {
    if name.pct_type { return try typeOfColumn(name) }
    let written = try qualifiedName(name.names)
    let isArray = !name.arrayBounds.isEmpty
    if let builtIn = try builtInType(written, name, isArray) { return builtIn }
    guard var id = try userType(written, at: name.location, text) else { throw undefined(written, isArray, at: name.location) }
    let type = schema[id]
    if isArray {
      guard let array = type?.array else { throw undefined(written, true, at: name.location) }
      id = array
    }
    if !name.typmods.isEmpty, let type, !type.isOpaque {
      throw DefinitionError("42601", "type modifier is not allowed for type \"\(type.name.name.text)\"", at: name.location)
    }
    return SQLType(id)
  }

  private func undefined(_ name: QualifiedName, _ isArray: Bool, at location: Int32) -> DefinitionError {
    if let namespace = name.namespace, !exists(namespace) { return .noNamespace(namespace, at: location) }
    return DefinitionError("42704", "type \"\(name.plain)\(isArray ? "[]" : "")\" does not exist", at: location)
  }

  /// Looked for where the path has `pg_catalog`, which is before all else unless it says otherwise.
  private func builtInType(_ name: QualifiedName, _ written: Syntax.TypeName, _ isArray: Bool) throws(DefinitionError) -> SQLType? {
    guard name.namespace == nil || name.namespace == "pg_catalog", BuiltInTypes.type(named: name.name.text) != nil else {
      return nil
    }
    if name.namespace == nil {
      for candidate in candidates(name) {
        if candidate.namespace == "pg_catalog" { break }
        if schema.type(candidate) != nil { return nil }
      }
    }
    var modifiers: [Int] = []
    for node in written.typmods {
      guard case .aConst(let constant) = node.kind, case .integer(let value) = constant.value else {
        throw DefinitionError("42601", "type modifiers must be simple constants or identifiers", at: written.location)
      }
      modifiers.append(Int(value))
    }
    let type = TypeName(name: name.name.text, modifiers: modifiers, dimensions: isArray ? 1 : 0)
    do throws(SQLError) { return try type.resolved() } catch { throw DefinitionError(error, at: written.location) }
  }

  /// An enum, domain or other declared type; the row type of a table; an array type by its own name.
  private mutating func userType(_ name: QualifiedName, at location: Int32, _ text: StatementText?) throws(DefinitionError)
    -> TypeID?
  {
    for candidate in candidates(name) {
      if let type = schema.type(candidate) { return type.id }
      if let table = schema.table(candidate) { return rowType(of: table) }
      if name.name.text.hasPrefix("_"),
        let type = schema.type(QualifiedName(candidate.namespace, Identifier(name.name.text.dropFirst())))
      {
        return type.array
      }
    }
    return extensionType(name, text)
  }

  /// With an extension come types that its name does not tell.
  mutating func extensionType(_ name: QualifiedName, _ text: StatementText?) -> TypeID? {
    let isVisible = { (namespace: Identifier) in name.namespace.map { $0 == namespace } ?? self.path.effective.contains(namespace) }
    guard let namespace = extensions.sorted(by: { $0.key < $1.key }).map(\.value).first(where: isVisible) else { return nil }
    let full = QualifiedName(namespace, name.name)
    if let text {
      unread.append(UnreadStatement(statement: text.text, position: text.position, reason: .extensionType(full.description)))
    }
    return addType(full, .base)
  }

  private func typeOfColumn(_ name: Syntax.TypeName) throws(DefinitionError) -> SQLType {
    let parts = name.names.map { Identifier($0.text) }
    guard parts.count > 1 else {
      throw DefinitionError("42601", "improper %TYPE reference (too few dotted names): \(parts.first?.text ?? "")")
    }
    let tableParts = parts.dropLast().suffix(2)
    let table = try table(
      QualifiedName(tableParts.count == 2 ? tableParts.first : nil, tableParts.last!), at: name.location)
    guard let column = table.column(parts.last!) else { throw .noColumn(parts.last!, of: table, at: name.location) }
    return name.arrayBounds.isEmpty ? column.type : SQLType(arrayType(of: column.type.id) ?? column.type.id)
  }

  func arrayType(of type: TypeID) -> TypeID? { schema[type].map(\.array) ?? BuiltInTypes.facts(of: type)?.array }

  /// The namespace of a declared type that the path finds before any built-in one.
  func typeNamespace(_ name: Identifier) -> Identifier? {
    for candidate in candidates(QualifiedName(name)) {
      if candidate.namespace == "pg_catalog", BuiltInTypes.type(named: name.text) != nil { return nil }
      if schema.type(candidate) != nil || schema.table(candidate) != nil { return candidate.namespace }
    }
    return nil
  }
}

extension UserType {
  /// Whether nothing is known of it but its printed form.
  var isOpaque: Bool { if case .base = definition { true } else { false } }
}

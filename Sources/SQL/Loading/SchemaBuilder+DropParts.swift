internal import CPgQuery
import Relations

/// Routines, operators, and the parts of tables that have names.
extension SchemaBuilder {
  mutating func dropRoutine(_ id: RoutineID, isCascade: Bool) throws(DefinitionError) {
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

  mutating func dropOperator(_ object: Node, _ text: StatementText) throws(DefinitionError) {
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
  mutating func dropPart(_ object: Node, _ kind: PgQuery__ObjectType) throws(DefinitionError) {
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
  mutating func dropNamespace(_ name: Identifier, isCascade: Bool) throws(DefinitionError) {
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
  mutating func dropExtension(_ name: Identifier) { extensions[name] = nil }
}

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
  mutating func noteTexts(naming old: Identifier, _ text: StatementText) {
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

  mutating func rename(_ id: RoutineID, to name: QualifiedName, _ text: StatementText) throws(DefinitionError) {
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

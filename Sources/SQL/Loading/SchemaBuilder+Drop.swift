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

  mutating func drop(
    _ object: Node, _ kind: PgQuery__ObjectType, isCascade: Bool, _ text: StatementText
  ) throws(DefinitionError) {
    switch kind {
    case PG_QUERY__OBJECT_TYPE__OBJECT_TABLE, PG_QUERY__OBJECT_TYPE__OBJECT_VIEW, PG_QUERY__OBJECT_TYPE__OBJECT_MATVIEW,
      PG_QUERY__OBJECT_TYPE__OBJECT_FOREIGN_TABLE:
      try dropTable(try object.name(self), kind, isCascade: isCascade)
    case PG_QUERY__OBJECT_TYPE__OBJECT_SEQUENCE:
      let name = try object.name(self)
      guard let sequence = schema.sequence(name, path) else { throw .noRelation(name) }
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

internal import CPgQuery
import Relations

/// `SET SCHEMA` and `OWNER TO`.
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

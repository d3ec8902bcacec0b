internal import CPgQuery
import Relations

/// Relations and namespaces under other names.
extension SchemaBuilder {
  mutating func renameRelation(_ relation: Syntax.RangeVar, to new: Identifier, _ text: StatementText)
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
  mutating func rename(_ table: Table, to name: QualifiedName, _ text: StatementText) throws(DefinitionError) {
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
  mutating func renameInDefaults(of sequence: SequenceGenerator, from old: QualifiedName) {
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

  mutating func renameNamespace(_ old: Identifier, to new: Identifier, _ text: StatementText) throws(DefinitionError) {
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

  mutating func replaceCollation(_ old: QualifiedName, by new: QualifiedName) {
    for table in schema.allTables {
      schema.update(table.id) { $0.changeColumns { if $0.collation == old { $0.collation = new } } }
    }
  }
}

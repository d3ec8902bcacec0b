internal import CPgQuery
import Relations

/// Columns, attributes, constraints, triggers, rules and policies under other names.
extension SchemaBuilder {
  mutating func renameColumn(
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

  mutating func renameAttribute(_ old: Identifier, to new: Identifier, of type: UserType) throws(DefinitionError) {
    guard case .composite(var attributes) = type.definition, let index = attributes.firstIndex(where: { $0.name == old }) else {
      throw DefinitionError("42703", "column \"\(old.text)\" does not exist")
    }
    attributes[index].name = new
    schema.update(type.id) { $0.definition = .composite(attributes) }
  }

  mutating func renameConstraint(_ old: Identifier, to new: Identifier, of table: Table) throws(DefinitionError) {
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

  mutating func renameDomainCheck(_ old: Identifier, to new: Identifier, of type: UserType) throws(DefinitionError) {
    guard case .domain(var domain) = type.definition, let index = domain.checks.firstIndex(where: { $0.name == old }) else {
      throw DefinitionError("42704", "constraint \"\(old.text)\" for domain \(type.name.plain) does not exist")
    }
    domain.checks[index].name = new
    schema.update(type.id) { $0.definition = .domain(domain) }
  }

  mutating func renamePart(
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

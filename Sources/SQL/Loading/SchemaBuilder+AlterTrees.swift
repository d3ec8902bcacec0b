internal import CPgQuery
import Relations

/// What a table is part of, and what the stream tells of it.
extension SchemaBuilder {
  mutating func partition(
    _ id: TableID, _ command: Syntax.AlterTableCmd, _ context: AlterContext
  ) throws(DefinitionError) {
    guard case .partitionCmd(let partition)? = command.def?.kind, let parent = schema[id] else { return }
    // Indexes are attached by the same command.
    guard parent.kind == .partitioned else { throw .notPartitioned(parent) }
    let child = try table(partition.name!)
    guard let bound = partition.bound, command.subtype == PG_QUERY__ALTER_TABLE_TYPE__AT_AttachPartition else {
      guard child.partitionOf?.parent == id else {
        throw DefinitionError(
          "42P01", "relation \"\(child.name.name.text)\" is not a partition of relation \"\(parent.name.name.text)\"")
      }
      return schema.update(child.id) { $0.partitionOf = nil }
    }
    if child.partitionOf != nil { throw DefinitionError("42809", "\"\(child.name.name.text)\" is already a partition") }
    for column in parent.columns where child.column(column.name)?.type != column.type {
      throw DefinitionError("42804", "child table is missing column \"\(column.name.text)\"")
    }
    let text = boundText(bound, context.text)
    schema.update(child.id) { $0.partitionOf = PartitionBound(of: id, text) }
    try adoptKeys(of: id, by: child.id)
  }

  mutating func inherit(_ id: TableID, _ command: Syntax.AlterTableCmd) throws(DefinitionError) {
    guard case .rangeVar(let relation)? = command.def?.kind else { return }
    let parent = try table(relation)
    if command.subtype == PG_QUERY__ALTER_TABLE_TYPE__AT_DropInherit {
      guard schema[id]!.parents.contains(parent.id) else {
        throw DefinitionError(
          "42P01", "relation \"\(parent.name.name.text)\" is not a parent of relation \"\(schema[id]!.name.name.text)\"")
      }
      return schema.update(id) { $0.parents.removeAll { $0 == parent.id } }
    }
    if schema[id]!.parents.contains(parent.id) {
      throw DefinitionError("42P07", "relation \"\(parent.name.name.text)\" would be inherited from more than once")
    }
    schema.update(id) { $0.parents.append(parent.id) }
  }

  mutating func setReplicaIdentity(of id: TableID, _ command: Syntax.AlterTableCmd) throws(DefinitionError) {
    guard case .replicaIdentityStmt(let identity)? = command.def?.kind else { return }
    let replicaIdentity: ReplicaIdentity
    switch identity.identity_type {
    case "f": replicaIdentity = .full
    case "n": replicaIdentity = .nothing
    case "i":
      let name = Identifier(identity.name)
      guard let key = schema[id]!.keys.first(where: { $0.name == name }) else {
        throw DefinitionError("42704", "index \"\(name.text)\" for table \"\(schema[id]!.name.name.text)\" does not exist")
      }
      replicaIdentity = .index(key.name)
    default: replicaIdentity = .default
    }
    schema.update(id) { $0.replicaIdentity = replicaIdentity }
  }

  /// Of the options of a relation, one decides whose rights count.
  mutating func setOptions(of id: TableID, _ options: Node?, isReset: Bool) {
    guard case .list(let options)? = options?.kind else { return }
    for option in options.definitions where option.defname == "security_invoker" {
      let isOn = !isReset && (option.arg?.isTrue ?? true)
      schema.update(id) { $0.isSecurityInvoker = isOn }
    }
  }
}

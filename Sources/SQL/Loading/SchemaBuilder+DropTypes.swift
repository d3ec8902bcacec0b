internal import CPgQuery
import Relations

/// Types, with what is declared by them.
extension SchemaBuilder {
  mutating func dropType(_ name: QualifiedName, isCascade: Bool) throws(DefinitionError) {
    let type = try declaredType(name)
    let what = "type \(type.name.name.text)"
    if case .multirange(let range) = type.definition {
      throw .isNeeded(what, by: "type \(schema[range]!.name.plain) requires it")
    }
    if case .range(_, let many) = type.definition {
      try dropUses(of: many, what, isCascade: isCascade)
      schema.drop(many)
    }
    try dropUses(of: type.id, what, isCascade: isCascade)
    schema.drop(type.id)
  }

  /// Columns and domains of a type rest on it.
  mutating func dropUses(of type: TypeID, _ what: String, isCascade: Bool, except: TableID? = nil) throws(DefinitionError) {
    let types = [type, schema[type]?.array].compactMap { $0 }
    for table in schema.allTables where table.id != except && table.kind != .view {
      for column in table.columns where types.contains(column.type.id) {
        guard isCascade else { throw .isNeeded(what, by: "column \(column.name.text) of table \(table.name.plain)") }
        try dropColumn(column.name, of: table.id, isCascade: true, isMissingOK: true, false)
      }
    }
    for other in schema.allTypes {
      guard case .domain(let domain) = other.definition, types.contains(domain.base.id) else { continue }
      guard isCascade else { throw .isNeeded(what, by: "type \(other.name.plain)") }
      try dropUses(of: other.id, what, isCascade: true)
      schema.drop(other.id)
    }
    for routine in schema.allRoutines
    where (routine.inputs + (routine.result.map { [$0] } ?? [])).contains(where: { types.contains($0.id) }) {
      guard isCascade else { throw .isNeeded(what, by: "function \(routine.name.plain)") }
      try dropRoutine(routine.id, isCascade: true)
    }
    for other in schema.allTypes {
      guard case .composite(let attributes) = other.definition, !rowTypes.values.contains(other.id),
        attributes.contains(where: { types.contains($0.type.id) })
      else { continue }
      guard isCascade else { throw .isNeeded(what, by: "type \(other.name.plain)") }
      schema.update(other.id) { $0.definition = .composite(attributes.filter { !types.contains($0.type.id) }) }
    }
    for cast in schema.allCasts where types.contains(cast.source) || types.contains(cast.target) {
      guard isCascade || isOwn(cast) else { throw .isNeeded(what, by: "a cast") }
      schema.dropCast(from: cast.source, to: cast.target)
    }
  }

  /// Whether a cast came with a range type.
  private func isOwn(_ cast: UserCast) -> Bool {
    if case .range(_, cast.target)? = schema[cast.source]?.definition { true } else { false }
  }

  mutating func dropCast(_ object: Node, _ text: StatementText) throws(DefinitionError) {
    guard case .list(let pair) = object.kind, pair.count == 2, case .typeName(let from) = pair[0].kind,
      case .typeName(let to) = pair[1].kind
    else { return }
    let source = try type(from, text).id
    let target = try type(to, text).id
    guard schema.cast(from: source, to: target) != nil else {
      let names = "\(schema.description(of: SQLType(source))) to type \(schema.description(of: SQLType(target)))"
      throw DefinitionError("42704", "cast from type \(names) does not exist")
    }
    schema.dropCast(from: source, to: target)
  }
}

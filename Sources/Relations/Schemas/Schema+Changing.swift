/// Adding, changing, renaming and dropping. Whether DDL may do so was decided before: a clash of names here is our own mistake
/// and traps.
extension Schema {
  /// `CREATE SCHEMA`; nothing if it exists.
  public mutating func addNamespace(_ name: Identifier) { namespaces.insert(name) }

  /// - Precondition: nothing is left in it.
  public mutating func dropNamespace(_ name: Identifier) {
    precondition(!tableNames.keys.contains { $0.namespace == name } && !typeNames.keys.contains { $0.namespace == name })
    precondition(!routineNames.keys.contains { $0.namespace == name } && !sequences.keys.contains { $0.namespace == name })
    namespaces.remove(name)
  }
}

// MARK: - Tables

extension Schema {
  /// - Precondition: `newTableID` gave the number; name and number are free.
  public mutating func add(_ table: Table) {
    precondition(hasGiven(table.id) && tables[table.id] == nil, "a table's number is its own")
    precondition(tableNames[table.name] == nil && sequences[table.name] == nil, "\(table.name) exists")
    tables[table.id] = withStoredTypes(table)
    tableNames[table.name] = table.id
    for parent in table.allParents { childTables[parent, default: []].insert(table.id) }
  }

  /// Changes anything about a table but its name and number.
  ///
  /// - Precondition: the table exists.
  public mutating func update(_ id: TableID, _ change: (inout Table) -> Void) {
    precondition(tables[id] != nil, "\(id) exists")
    let before = tables[id]!.allParents
    change(&tables[id]!)
    tables[id] = withStoredTypes(tables[id]!)
    let after = tables[id]!.allParents
    if before == after { return }
    forgetParents(before, of: id)
    for parent in after { childTables[parent, default: []].insert(id) }
  }

  /// - Precondition: the table exists; the name is free and has a namespace.
  public mutating func rename(_ id: TableID, to name: QualifiedName) {
    precondition(name.namespace != nil && tableNames[name] == nil && sequences[name] == nil, "\(name) is free")
    tableNames[tables[id]!.name] = nil
    tableNames[name] = id
    tables[id]!.name = name
  }

  /// Forgets a table. Its number is not given again.
  public mutating func drop(_ id: TableID) {
    guard let table = tables.removeValue(forKey: id) else { return }
    tableNames[table.name] = nil
    forgetParents(table.allParents, of: id)
  }

  private mutating func forgetParents(_ parents: [TableID], of id: TableID) {
    for parent in parents {
      childTables[parent]?.remove(id)
      if childTables[parent]?.isEmpty == true { childTables[parent] = nil }
    }
  }
}

// MARK: - Types

extension Schema {
  /// - Precondition: `newTypeID` gave the number; name and number are free.
  public mutating func add(_ type: UserType) {
    precondition(hasGiven(type.id) && types[type.id] == nil, "a type's number is its own")
    precondition(typeNames[type.name] == nil, "\(type.name) exists")
    types[type.id] = type
    typeNames[type.name] = type.id
  }

  /// Changes anything about a type but its name and number.
  ///
  /// - Precondition: the type exists.
  public mutating func update(_ id: TypeID, _ change: (inout UserType) -> Void) {
    precondition(types[id] != nil, "type \(id.oid) exists")
    change(&types[id]!)
  }

  /// - Precondition: the type exists; the name is free and has a namespace.
  public mutating func rename(_ id: TypeID, to name: QualifiedName) {
    precondition(name.namespace != nil && typeNames[name] == nil, "\(name) is free")
    typeNames[types[id]!.name] = nil
    typeNames[name] = id
    types[id]!.name = name
  }

  /// Forgets a type. Its number is not given again.
  public mutating func drop(_ id: TypeID) {
    guard let type = types.removeValue(forKey: id) else { return }
    typeNames[type.name] = nil
  }
}

// MARK: - Routines

extension Schema {
  /// - Precondition: `newRoutineID` gave the number; no routine of that name takes the same arguments.
  public mutating func add(_ routine: Routine) {
    precondition(hasGiven(routine.id) && routines[routine.id] == nil, "a routine's number is its own")
    precondition(!clashes(routine.name, routine.inputs), "\(routine.name) exists")
    routines[routine.id] = routine
    routineNames[routine.name, default: []].append(routine.id)
  }

  /// Changes anything about a routine but its name and number: `CREATE OR REPLACE` keeps both.
  ///
  /// - Precondition: the routine exists.
  public mutating func update(_ id: RoutineID, _ change: (inout Routine) -> Void) {
    precondition(routines[id] != nil, "routine \(id.number) exists")
    change(&routines[id]!)
  }

  /// - Precondition: the routine exists; no routine of the new name takes the same arguments.
  public mutating func rename(_ id: RoutineID, to name: QualifiedName) {
    precondition(name.namespace != nil && !clashes(name, routines[id]!.inputs), "\(name) is free")
    forgetName(of: id)
    routines[id]!.name = name
    routineNames[name, default: []].append(id)
  }

  /// Forgets a routine. Its number is not given again.
  public mutating func drop(_ id: RoutineID) {
    guard routines[id] != nil else { return }
    forgetName(of: id)
    routines[id] = nil
  }

  private func clashes(_ name: QualifiedName, _ inputs: [SQLType]) -> Bool {
    (routineNames[name] ?? []).contains { routines[$0]!.inputs.map(\.id) == inputs.map(\.id) }
  }

  private mutating func forgetName(of id: RoutineID) {
    let name = routines[id]!.name
    routineNames[name]!.removeAll { $0 == id }
    if routineNames[name]!.isEmpty { routineNames[name] = nil }
  }
}

// MARK: - What has no number

extension Schema {
  /// Adds a sequence, or replaces the one of its name.
  public mutating func set(_ sequence: SequenceGenerator) {
    precondition(tableNames[sequence.name] == nil, "\(sequence.name) exists")
    sequences[sequence.name] = sequence
  }

  /// Forgets a sequence, if it exists.
  public mutating func dropSequence(_ name: QualifiedName) { sequences[name] = nil }

  /// Adds a collation, or replaces the one of its name.
  public mutating func set(_ collation: Collation) { collations[collation.name] = collation }

  /// Forgets a collation, if it exists.
  public mutating func dropCollation(_ name: QualifiedName) { collations[name] = nil }

  /// Adds a cast, or replaces the one between its types.
  public mutating func set(_ cast: UserCast) { casts[CastKey(source: cast.source, target: cast.target)] = cast }

  /// Forgets a cast, if it exists.
  public mutating func dropCast(from source: TypeID, to target: TypeID) {
    casts[CastKey(source: source, target: target)] = nil
  }

  /// Adds an operator, or replaces the one of its name and operands.
  public mutating func set(_ new: UserOperator) {
    dropOperator(new.name, left: new.left, right: new.right)
    operators[new.name, default: []].append(new)
  }

  /// Forgets the operator with these operands, if it exists.
  public mutating func dropOperator(_ name: QualifiedName, left: SQLType?, right: SQLType) {
    operators[name]?.removeAll { $0.left?.id == left?.id && $0.right.id == right.id }
    if operators[name]?.isEmpty == true { operators[name] = nil }
  }
}

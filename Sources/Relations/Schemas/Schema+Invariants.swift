/// A walk over the whole schema, for tests.
extension Schema {
  /// Traps where names and objects disagree.
  func checkInvariants() {
    precondition(tableNames.count == tables.count && tables.allSatisfy { tableNames[$1.name] == $0 && $1.id == $0 })
    let children = tables.values.flatMap { child in child.allParents.map { [$0: Set([child.id])] } }
    precondition(childTables == children.reduce(into: [:]) { $0.merge($1) { $0.union($1) } })
    precondition(typeNames.count == types.count && types.allSatisfy { typeNames[$1.name] == $0 && $1.id == $0 })
    precondition(routineNames.values.reduce(0) { $0 + $1.count } == routines.count)
    precondition(routines.allSatisfy { routineNames[$1.name]!.contains($0) && $1.id == $0 })
    precondition(sequences.keys.allSatisfy { tableNames[$0] == nil })
    precondition(operators.allSatisfy { name, operators in !operators.isEmpty && operators.allSatisfy { $0.name == name } })
  }
}

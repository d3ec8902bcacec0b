/// All of a kind, in an order that does not change: for who drops a namespace, looks for what uses a type, or prints a schema.
extension Schema {
  /// Whether there is such a table.
  public func hasTable(where condition: (Table) -> Bool) -> Bool { tables.values.contains(where: condition) }

  /// All declared types in the order of their numbers.
  public var allTypes: [UserType] { types.values.sorted { $0.id.oid < $1.id.oid } }

  /// All routines in the order of their numbers.
  public var allRoutines: [Routine] { routines.values.sorted { $0.id < $1.id } }

  /// All sequences in the order of their names.
  public var allSequences: [SequenceGenerator] { sequences.values.sorted { $0.name < $1.name } }

  /// All declared collations in the order of their names.
  public var allCollations: [Collation] { collations.values.sorted { $0.name < $1.name } }

  /// All declared operators in the order of their names.
  public var allOperators: [UserOperator] { operators.sorted { $0.key < $1.key }.flatMap(\.value) }

  /// All declared casts in the order of their types.
  public var allCasts: [UserCast] { casts.values.sorted { ($0.source.oid, $0.target.oid) < ($1.source.oid, $1.target.oid) } }
}

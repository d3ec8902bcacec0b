/// What a name or a number stands for.
extension Schema {
  /// The table with that number; nil when it was dropped.
  public subscript(id: TableID) -> Table? { tables[id] }
  /// The declared type with that number; nil when it was dropped, and for built-in types.
  public subscript(id: TypeID) -> UserType? { types[id] }
  /// The routine with that number; nil when it was dropped.
  public subscript(id: RoutineID) -> Routine? { routines[id] }

  /// The table of that name; without a namespace, the first one along the path.
  public func table(_ name: QualifiedName, _ path: SearchPath = .standard()) -> Table? {
    first(name, path) { tableNames[$0] }.flatMap { tables[$0] }
  }

  /// The enum, domain or other declared type of that name. Built-in types are not in here.
  public func type(_ name: QualifiedName, _ path: SearchPath = .standard()) -> UserType? {
    first(name, path) { typeNames[$0] }.flatMap { types[$0] }
  }

  /// The routines of that name: with a namespace those in it, else all along the path, nearest first. Which one a call means its
  /// arguments decide; of two with the same ones the nearest hides the other.
  public func routines(_ name: QualifiedName, _ path: SearchPath = .standard()) -> [Routine] {
    candidates(name, path).flatMap { routineNames[$0] ?? [] }.map { routines[$0]! }
  }

  /// The operators of that name, as `routines` does.
  public func operators(_ name: QualifiedName, _ path: SearchPath = .standard()) -> [UserOperator] {
    candidates(name, path).flatMap { operators[$0] ?? [] }
  }

  /// The sequence of that name; without a namespace, the first one along the path.
  public func sequence(_ name: QualifiedName, _ path: SearchPath = .standard()) -> SequenceGenerator? {
    first(name, path) { sequences[$0] }
  }

  /// The declared collation of that name; without a namespace, the first one along the path.
  public func collation(_ name: QualifiedName, _ path: SearchPath = .standard()) -> Collation? {
    first(name, path) { collations[$0] }
  }

  /// The declared cast between two types.
  public func cast(from source: TypeID, to target: TypeID) -> UserCast? { casts[CastKey(source: source, target: target)] }

  /// All tables in the order of their numbers.
  public var allTables: [Table] { tables.values.sorted { $0.id < $1.id } }

  /// The partitions of a table and the tables that inherit from it, in the order of their numbers: a read of it reads theirs.
  public func children(of parent: TableID) -> [Table] {
    (childTables[parent] ?? []).sorted().compactMap { tables[$0] }
  }

  private func first<Found>(_ name: QualifiedName, _ path: SearchPath, _ find: (QualifiedName) -> Found?) -> Found? {
    for candidate in candidates(name, path) {
      if let found = find(candidate) { return found }
    }
    return nil
  }

  private func candidates(_ name: QualifiedName, _ path: SearchPath) -> [QualifiedName] {
    name.namespace == nil ? path.effective.map { QualifiedName($0, name.name) } : [name]
  }
}

/// Everything that DDL has declared, at one position: what names in a read mean.
///
/// A value: binding a read keeps the schema it was bound against, and a schema event makes a new one beside it. Copies share
/// what they do not change. Looking up by name or number is O(1); names are unique per namespace among what PostgreSQL
/// keeps together (relations with relations, types with types).
///
/// Only data and look-up: reading DDL text is for the SQL room, and what a change of schema means to reads for the engine.
public struct Schema: Sendable {
  /// The namespaces (`CREATE SCHEMA`) that exist.
  public internal(set) var namespaces: Set<Identifier> = ["public"]
  /// The collation of text that says no other; nil if nobody told. No definition of a table tells, so it has to be stated.
  public var defaultCollation: Collation?

  var tables: [TableID: Table] = [:]
  var types: [TypeID: UserType] = [:]
  var routines: [RoutineID: Routine] = [:]
  var sequences: [QualifiedName: SequenceGenerator] = [:]
  var operators: [QualifiedName: [UserOperator]] = [:]
  var collations: [QualifiedName: Collation] = [:]
  var casts: [CastKey: UserCast] = [:]

  // What a name stands for. Each mutation below keeps them in step; `Schema+Invariants.swift` checks.
  var tableNames: [QualifiedName: TableID] = [:]
  var typeNames: [QualifiedName: TypeID] = [:]
  var routineNames: [QualifiedName: [RoutineID]] = [:]
  /// Partitions and heirs: a table has none far more often than not.
  var childTables: [TableID: Set<TableID>] = [:]

  // Numbers are never given twice, not even when what had them is gone.
  private var nextTable: UInt32 = 1
  private var nextType = TypeID.firstUserDefined.oid
  private var nextRoutine: UInt32 = 1

  struct CastKey: Hashable, Sendable {
    let source: TypeID
    let target: TypeID
  }

  /// A database in which nothing was declared: it has the namespace `public`.
  ///
  /// - Parameter collation: the locale of a database whose collations are libc's: `C`, `en_US.UTF-8`. Nil if it is not known.
  public init(collation: String? = nil) { defaultCollation = collation.map { .ofDatabase(.libc, locale: $0) } }
}

// MARK: - Numbers

extension Schema {
  /// A number for a table, never given before.
  public mutating func newTableID() -> TableID {
    defer { nextTable += 1 }
    return TableID(nextTable)
  }

  /// A number for a type, never given before.
  public mutating func newTypeID() -> TypeID {
    defer { nextType += 1 }
    return TypeID(nextType)
  }

  /// A number for a routine, never given before.
  public mutating func newRoutineID() -> RoutineID {
    defer { nextRoutine += 1 }
    return RoutineID(nextRoutine)
  }

  /// Whether `newTableID` gave this number, now or before.
  func hasGiven(_ id: TableID) -> Bool { id.number < nextTable }
  func hasGiven(_ id: TypeID) -> Bool { id.oid < nextType }
  func hasGiven(_ id: RoutineID) -> Bool { id.number < nextRoutine }
}

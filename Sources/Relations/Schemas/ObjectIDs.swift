/// Which relation: the same number through every rename, never given to another one.
///
/// Changes, footprints and maps speak of tables by this number, so that renaming a table neither loses its history nor lends it
/// to the table that takes the old name.
public struct TableID: Hashable, Sendable, BitwiseCopyable {
  public let number: UInt32
  public init(_ number: UInt32) { self.number = number }
}

/// Which column of its table: the same number through renames and while others come and go, never used again.
public struct ColumnID: Hashable, Sendable, BitwiseCopyable {
  public let number: Int16
  public init(_ number: Int16) { self.number = number }
}

/// Which function, procedure, aggregate or window function of the user's.
public struct RoutineID: Hashable, Sendable, BitwiseCopyable {
  public let number: UInt32
  public init(_ number: UInt32) { self.number = number }
}

extension TableID: Comparable {
  public static func < (a: TableID, b: TableID) -> Bool { a.number < b.number }
}

extension ColumnID: Comparable {
  public static func < (a: ColumnID, b: ColumnID) -> Bool { a.number < b.number }
}

extension RoutineID: Comparable {
  public static func < (a: RoutineID, b: RoutineID) -> Bool { a.number < b.number }
}

extension TableID: CustomStringConvertible {
  public var description: String { "table \(number)" }
}

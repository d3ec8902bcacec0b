import Relations

/// Names a function, an aggregate or a window function: PostgreSQL's own number for a built-in one.
public struct FunctionID: Hashable, Sendable {
  /// The number.
  public let oid: UInt32
  /// Names what has the number.
  public init(_ oid: UInt32) { self.oid = oid }
}

/// Names an operator: PostgreSQL's own number for a built-in one.
public struct OperatorID: Hashable, Sendable {
  /// The number.
  public let oid: UInt32
  /// Names what has the number.
  public init(_ oid: UInt32) { self.oid = oid }
}

extension FunctionID: Comparable {
  /// By number.
  public static func < (a: FunctionID, b: FunctionID) -> Bool { a.oid < b.oid }
}

extension OperatorID: Comparable {
  /// By number.
  public static func < (a: OperatorID, b: OperatorID) -> Bool { a.oid < b.oid }
}

/// The pseudo-types that stand for any type, or for any of a kind, in the declaration of a function.
extension TypeID {
  static let any = TypeID(2276)
  static let anyArray = TypeID(2277)
  static let anyElement = TypeID(2283)
  static let anyNonArray = TypeID(2776)
  static let anyEnum = TypeID(3500)
  static let anyRange = TypeID(3831)
  static let anyMultirange = TypeID(4537)
  static let anyCompatible = TypeID(5077)
  static let anyCompatibleArray = TypeID(5078)
  static let anyCompatibleNonArray = TypeID(5079)
  static let anyCompatibleRange = TypeID(5080)
  static let anyCompatibleMultirange = TypeID(4538)
}

/// Further types that the rules of resolution name.
extension TypeID {
  static let int2Vector = TypeID(22)
  static let oidVector = TypeID(30)
  static let textArray = TypeID(1009)
  static let recordArray = TypeID(2287)
}

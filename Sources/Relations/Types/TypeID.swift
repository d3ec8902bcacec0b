/// Names a type: PostgreSQL's own number for a built-in one, a number of the catalog's choice from
/// `firstUserDefined` up for an enum, a domain or any other type that a schema declares.
public struct TypeID: Hashable, Sendable {
  public let oid: UInt32
  public init(_ oid: UInt32) { self.oid = oid }

  /// PostgreSQL numbers what users create from here up.
  public static let firstUserDefined = TypeID(16384)
}

extension TypeID: Comparable {
  public static func < (a: TypeID, b: TypeID) -> Bool { a.oid < b.oid }
}

/// The types that the code speaks of by name. All built-in types, these among them, are in `BuiltInTypes`.
extension TypeID {
  public static let bool = TypeID(16)
  public static let bytea = TypeID(17)
  public static let char = TypeID(18)
  public static let name = TypeID(19)
  public static let int8 = TypeID(20)
  public static let int2 = TypeID(21)
  public static let int4 = TypeID(23)
  public static let text = TypeID(25)
  public static let oid = TypeID(26)
  public static let json = TypeID(114)
  public static let float4 = TypeID(700)
  public static let float8 = TypeID(701)
  public static let unknown = TypeID(705)
  public static let bpchar = TypeID(1042)
  public static let varchar = TypeID(1043)
  public static let date = TypeID(1082)
  public static let time = TypeID(1083)
  public static let timestamp = TypeID(1114)
  public static let timestamptz = TypeID(1184)
  public static let interval = TypeID(1186)
  public static let timetz = TypeID(1266)
  public static let bit = TypeID(1560)
  public static let varbit = TypeID(1562)
  public static let numeric = TypeID(1700)
  public static let record = TypeID(2249)
  public static let uuid = TypeID(2950)
  public static let jsonb = TypeID(3802)
  public static let jsonpath = TypeID(4072)
}

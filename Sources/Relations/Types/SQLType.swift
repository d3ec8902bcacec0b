/// A type with its modifier, as a column is declared: `numeric(10,2)`, `varchar(20)`, `text`.
public struct SQLType: Hashable, Sendable {
  public let id: TypeID
  /// PostgreSQL's `typmod`: what was in the parentheses, encoded per type; -1 when there was nothing.
  public let modifier: Int32

  public init(_ id: TypeID, modifier: Int32 = -1) {
    self.id = id
    self.modifier = modifier
  }

  public static let bool = SQLType(.bool)
  public static let int2 = SQLType(.int2)
  public static let int4 = SQLType(.int4)
  public static let int8 = SQLType(.int8)
  public static let numeric = SQLType(.numeric)
  public static let float4 = SQLType(.float4)
  public static let float8 = SQLType(.float8)
  public static let text = SQLType(.text)
  public static let varchar = SQLType(.varchar)
  public static let bytea = SQLType(.bytea)
  public static let bpchar = SQLType(.bpchar)
  public static let date = SQLType(.date)
  public static let time = SQLType(.time)
  public static let timetz = SQLType(.timetz)
  public static let timestamp = SQLType(.timestamp)
  public static let timestamptz = SQLType(.timestamptz)
  public static let interval = SQLType(.interval)
  public static let uuid = SQLType(.uuid)
  public static let unknown = SQLType(.unknown)

  /// `numeric(precision, scale)`.
  public static func numeric(_ precision: Int32, _ scale: Int32) -> SQLType {
    SQLType(.numeric, modifier: (precision << 16 | (scale & 0x7FF)) + 4)
  }
  /// `varchar(length)`.
  public static func varchar(_ length: Int32) -> SQLType { SQLType(.varchar, modifier: length + 4) }
  /// `char(length)`.
  public static func bpchar(_ length: Int32) -> SQLType { SQLType(.bpchar, modifier: length + 4) }
}

extension SQLType {
  /// Precision and scale of a `numeric` that has them. The scale may be negative.
  public var precisionAndScale: (precision: Int, scale: Int)? {
    guard id == .numeric, modifier >= 4 else { return nil }
    let packed = modifier - 4
    let scale = packed & 0x7FF
    return (Int(packed >> 16 & 0xFFFF), Int(scale ^ 1024) - 1024)
  }

  /// The declared length of a `varchar(n)` or `char(n)`, in characters.
  public var declaredLength: Int? {
    guard id == .varchar || id == .bpchar, modifier >= 4 else { return nil }
    return Int(modifier - 4)
  }
}

import Relations

/// Where a value is to become one of another type: what may be done for the asking is more than what happens by itself.
public enum CoercionContext: UInt8, Hashable, Sendable, Comparable {
  /// An operand or an argument, without anybody asking.
  case implicit = 0x69  // i
  /// A value stored into a column.
  case assignment = 0x61  // a
  /// `CAST (x AS t)`, `x::t`.
  case explicit = 0x65  // e

  /// What a lesser context allows, a greater one does too.
  public static func < (a: CoercionContext, b: CoercionContext) -> Bool { a.rank < b.rank }

  private var rank: Int {
    switch self {
    case .implicit: 0
    case .assignment: 1
    case .explicit: 2
    }
  }
}

/// A cast, as `pg_cast` declares it. One from a type to itself applies a modifier: `numeric` to `numeric(10,2)`.
public struct Cast: Hashable, Sendable {
  /// What is done to the value.
  public enum Method: Hashable, Sendable {
    case function(FunctionID)
    /// The value's bytes are already those of the target.
    case relabel
    /// Printed as the one, read as the other.
    case inputOutput
  }

  /// What it casts from.
  public let source: TypeID
  /// What it casts to.
  public let target: TypeID
  /// What is done to the value.
  public let method: Method
  /// The least context that uses it.
  public let context: CoercionContext

  /// A cast from its parts.
  public init(source: TypeID, target: TypeID, method: Method, context: CoercionContext) {
    self.source = source
    self.target = target
    self.method = method
    self.context = context
  }
}

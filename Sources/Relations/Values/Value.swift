/// One value, boxed: for constants, witnesses and whatever else is handled one at a time. Rows by the million live in `Batch`.
///
/// A value does not know its type: `.integer(8401)` is a number, a date or a moment, as the column or expression that it
/// comes from says. It compares and hashes only together with that type, see `Value+Comparison.swift`.
public enum Value: Sendable {
  case null
  case bool(Bool)
  case integer(Int64)
  case float(Double)
  case numeric(Numeric)
  case uuid(UInt128)
  case interval(Interval)
  /// UTF-8 text, or the printed form of a type that is not evaluated yet. Never compared as `String`, which would
  /// call differently encoded text equal.
  case bytes([UInt8])

  public static func text(_ text: String) -> Value { .bytes(Array(text.utf8)) }
}

extension Value {
  public var isNull: Bool { if case .null = self { true } else { false } }
}

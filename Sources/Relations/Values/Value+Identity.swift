/// Sameness as a reader of the answer sees it, and as fingerprints do: two values are identical when no query of their type can tell them
/// apart. Finer than equality: -0 is not 0, 1.0 is not 1.00, `1 mon` is not `30 days`, the blanks of a `char(n)` count. All NaNs are
/// one, NULL is itself.
extension Value {
  /// Whether nothing tells this value from the other one of the same type.
  public func isIdentical(to other: Value) -> Bool {
    switch (self, other) {
    case (.null, .null): true
    case (.bool(let a), .bool(let b)): a == b
    case (.integer(let a), .integer(let b)): a == b
    case (.float(let a), .float(let b)): a.bitPattern == b.bitPattern || a.isNaN && b.isNaN
    case (.numeric(let a), .numeric(let b)): a.isIdentical(to: b)
    case (.uuid(let a), .uuid(let b)): a == b
    case (.interval(let a), .interval(let b)): a == b
    case (.bytes(let a), .bytes(let b)): a == b
    default: false
    }
  }

  /// Feeds what `isIdentical(to:)` sees: values that are identical hash alike.
  public func hashIdentity(into hasher: inout Hasher) {
    switch self {
    case .null: hasher.combine(0 as UInt8)
    case .bool(let value): hasher.combine(value)
    case .integer(let value): hasher.combine(value)
    case .float(let value): hasher.combine(value.isNaN ? Double.nan.bitPattern : value.bitPattern)
    case .numeric(let value): value.hash(into: &hasher)  // Coarser than identity, by value: equal hashes are no harm.
    case .uuid(let value): hasher.combine(value)
    case .interval(let value): hasher.combine(value)
    case .bytes(let bytes): hasher.combine(bytes)
    }
  }
}

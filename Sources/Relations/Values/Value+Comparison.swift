#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// Equality and order as SQL sees them: by predicates, joins, groups, keys and `ORDER BY`.
///
/// What is equal here may still print differently: -0 and 0, 1.0 and 1.00, a `char(n)` with and without its blanks. Whether two values
/// are the same to a reader is `isIdentical(to:as:)`'s question.
extension Value {
  /// Less than, equal to or greater than zero as `a` comes before, with or after `b`.
  ///
  /// `ORDER BY` has NULL last or first as it pleases, and predicates have it nowhere: the caller decides.
  /// - Precondition: neither is NULL, and both are of the type, which is evaluated.
  public static func compare(_ a: Value, _ b: Value, as type: SQLType) -> Int {
    switch (a, b) {
    case (.bool(let a), .bool(let b)): order(a ? 1 : 0, b ? 1 : 0)
    case (.integer(let a), .integer(let b)): order(a, b)
    case (.float(let a), .float(let b)): compareFloats(a, b)
    case (.numeric(let a), .numeric(let b)): a.compare(b)
    case (.uuid(let a), .uuid(let b)): order(a, b)
    case (.interval(let a), .interval(let b)): order(a.span, b.span)
    case (.bytes, .bytes) where type.id.isComposed: compareStrings(a.orderKey(as: type), b.orderKey(as: type), as: .text)
    case (.bytes(let a), .bytes(let b)): compareStrings(a, b, as: type)
    default: preconditionFailure("values of one type, and not NULL, are compared")
    }
  }

  /// Feeds what `compare` sees: values that are equal hash alike.
  public func hashEquality(as type: SQLType, into hasher: inout Hasher) {
    switch self {
    case .float(let value): hasher.combine(value.isNaN ? Double.nan.bitPattern : value == 0 ? 0 : value.bitPattern)
    case .numeric(let value): hasher.combine(value)
    case .interval(let value): hasher.combine(value.span)
    case .bytes where type.id.isComposed: hasher.combine(orderKey(as: type))
    case .bytes(let bytes) where type.id == .bpchar:
      bytes.withUnsafeBytes { hasher.combine(bytes: UnsafeRawBufferPointer(rebasing: $0[..<Self.lengthWithoutBlanks(bytes)])) }
    default: hashIdentity(into: &hasher)
    }
  }

  private static func order<T: Comparable>(_ a: T, _ b: T) -> Int { a < b ? -1 : a == b ? 0 : 1 }

  /// NaN equals itself and is greater than everything else.
  private static func compareFloats(_ a: Double, _ b: Double) -> Int {
    a.isNaN || b.isNaN ? order(a.isNaN ? 1 : 0, b.isNaN ? 1 : 0) : order(a, b)
  }

  /// Byte by byte: collation C.
  private static func compareStrings(_ a: [UInt8], _ b: [UInt8], as type: SQLType) -> Int {
    precondition(type.id.isEvaluated, "how values of the type compare is not known")
    let isBlankBlind = type.id == .bpchar
    let aLength = isBlankBlind ? lengthWithoutBlanks(a) : a.count
    let bLength = isBlankBlind ? lengthWithoutBlanks(b) : b.count
    let common = min(aLength, bLength)
    let difference = a.withUnsafeBytes { a in
      b.withUnsafeBytes { b in
        if common > 0, let a = a.baseAddress, let b = b.baseAddress { Int(memcmp(a, b, common)) } else { 0 }
      }
    }
    return difference != 0 ? difference : order(aLength, bLength)
  }

  private static func lengthWithoutBlanks(_ bytes: [UInt8]) -> Int {
    bytes.withUnsafeBufferPointer { TextForm.lengthWithoutBlanks($0) }
  }
}

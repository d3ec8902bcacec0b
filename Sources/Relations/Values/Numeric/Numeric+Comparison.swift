/// Order and equality by value, as SQL's predicates, groups and ORDER BY see it; identity by representation, as a reader of the
/// answer sees it.
extension Numeric {
  /// -1, 0 or 1 as the value is less than, equal to or greater than the other: the scale does not count, NaN equals NaN and is
  /// greater than everything.
  public func compare(_ other: Numeric) -> Int {
    guard case .inline(let a) = form, case .inline(let b) = other.form else { return compareAny(other) }
    if a.scale == b.scale { return order(a.coefficient, b.coefficient) }
    return Inline.compare(a, b)
  }

  /// Whether it prints the same: value and scale are equal.
  public func isIdentical(to other: Numeric) -> Bool {
    switch (form, other.form) {
    case (.inline(let a), .inline(let b)): a == b
    case (.big(let a), .big(let b)): a == b
    case (.special(let a), .special(let b)): a == b
    default: false
    }
  }

  private func compareAny(_ other: Numeric) -> Int {
    if let a = unbounded, let b = other.unbounded { return a.compare(b) }
    return order(rank, other.rank)
  }

  /// Where a special value sorts, all numbers being zero.
  private var rank: Int {
    switch form {
    case .special(.negativeInfinity): -1
    case .special(.infinity): 1
    case .special(.nan): 2
    default: 0
    }
  }
}

/// Without a branch, which on unsorted numbers would be guessed wrong half of the time.
@inline(__always)
private func order<T: Comparable>(_ a: T, _ b: T) -> Int { (a > b ? 1 : 0) &- (a < b ? 1 : 0) }

extension Numeric.Inline {
  /// Compares numbers of different scales.
  static func compare(_ a: Self, _ b: Self) -> Int {
    if a.isNegative != b.isNegative { return a.isNegative ? -1 : 1 }
    if a.scale < b.scale {
      if let x = shiftedUp(a.coefficient, Int(b.scale - a.scale)) { return order(x, b.coefficient) }
    } else {
      if let y = shiftedUp(b.coefficient, Int(a.scale - b.scale)) { return order(a.coefficient, y) }
    }
    return UnboundedDecimal(a).compare(UnboundedDecimal(b))
  }
}

extension Numeric: Comparable {
  /// Equality by value: 1.0 equals 1.00, and NaN equals NaN.
  @inline(__always)
  public static func == (a: Numeric, b: Numeric) -> Bool { a.compare(b) == 0 }

  /// Order by value: -Infinity, the numbers, Infinity, NaN.
  @inline(__always)
  public static func < (a: Numeric, b: Numeric) -> Bool { a.compare(b) < 0 }
}

extension Numeric: Hashable {
  /// Hashes the value: equal numbers hash equally, whatever their scales.
  public func hash(into hasher: inout Hasher) {
    // Without zeros behind the point a value has one representation only.
    switch trimmedScale.form {
    case .inline(let number):
      hasher.combine(number.low)
      hasher.combine(number.high ^ UInt64(truncatingIfNeeded: number.scale))
    case .big(let number): hasher.combine(number.magnitude.limbs)
    case .special(let special): hasher.combine(special)
    }
  }
}

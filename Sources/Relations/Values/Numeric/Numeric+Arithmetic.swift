/// Sums, products and signs. Each operator tries what lies inline first, which never allocates; what does not fit takes the way
/// over `UnboundedDecimal`; NaN and the infinities follow the rules of IEEE 754, as PostgreSQL's do.
extension Numeric {
  /// The exact sum, at the larger scale.
  public static func + (a: Numeric, b: Numeric) throws(SQLError) -> Numeric {
    if case .inline(let x) = a.form, case .inline(let y) = b.form, let sum = Inline.sum(x, y) { return Numeric(sum) }
    return try anySum(a, b)
  }

  /// The exact difference, at the larger scale.
  public static func - (a: Numeric, b: Numeric) throws(SQLError) -> Numeric {
    if case .inline(let x) = a.form, case .inline(let y) = b.form, let sum = Inline.sum(x, y.negated) { return Numeric(sum) }
    return try anySum(a, -b)
  }

  private static func anySum(_ a: Numeric, _ b: Numeric) throws(SQLError) -> Numeric {
    guard let x = a.unbounded, let y = b.unbounded else { return Numeric(standIn: a.standIn + b.standIn) }
    return try Numeric(x + y)
  }

  /// The exact product, at the sum of the scales; rounded if that is more than a numeric can have.
  public static func * (a: Numeric, b: Numeric) throws(SQLError) -> Numeric {
    if case .inline(let x) = a.form, case .inline(let y) = b.form, let product = Inline.product(x, y) { return Numeric(product) }
    return try anyProduct(a, b)
  }

  private static func anyProduct(_ a: Numeric, _ b: Numeric) throws(SQLError) -> Numeric {
    guard let x = a.unbounded, let y = b.unbounded else { return Numeric(standIn: a.standIn * b.standIn) }
    let product = x * y
    return try Numeric(product.scale > Int32(maximumScale) ? product.rounded(to: maximumScale, .halfAwayFromZero) : product)
  }

  /// The number with the other sign; NaN stays NaN.
  public static prefix func - (operand: Numeric) -> Numeric {
    switch operand.form {
    case .inline(let number): Numeric(number.negated)
    case .big(let number): Numeric(unchecked: -number)
    case .special: Numeric(standIn: -operand.standIn)
    }
  }

  /// SQL's `abs(x)`.
  public var absolute: Numeric { signum < 0 ? -self : self }

  /// SQL's `sign(x)`: -1, 0 or 1 as a number, NaN for NaN.
  public var sign: Numeric { isNaN ? .nan : Numeric(Int64(signum)) }
}

extension Numeric.Inline {
  @inline(__always)
  var negated: Self { Self(0 &- coefficient, scale: scale) }

  @inline(__always)
  static func sum(_ x: Self, _ y: Self) -> Self? {
    if x.scale == y.scale { return sum(x.coefficient, y.coefficient, scale: x.scale) }
    return x.scale < y.scale ? sum(lower: x, y) : sum(lower: y, x)
  }

  @inline(__always)
  private static func sum(_ a: Int128, _ b: Int128, scale: Int32) -> Self? {
    let (sum, overflow) = a.addingReportingOverflow(b)
    guard !overflow, sum.magnitude < Numeric.inlineLimit else { return nil }
    return Self(sum, scale: scale)
  }

  private static func sum(lower x: Self, _ y: Self) -> Self? {
    guard let raised = shiftedUp(x.coefficient, Int(y.scale - x.scale)) else { return nil }
    return sum(raised, y.coefficient, scale: y.scale)
  }

  @inline(__always)
  static func product(_ x: Self, _ y: Self) -> Self? {
    let scale = x.scale + y.scale
    let (a, b) = (x.magnitude, y.magnitude)
    guard scale <= Int32(Numeric.maximumScale) else { return nil }
    // Two words whose bits together are at most 126 cannot reach 10^38.
    guard a.leadingZeroBitCount + b.leadingZeroBitCount >= 130 else { return nil }
    return Self(magnitude: a &* b, isNegative: x.isNegative != y.isNegative, scale: scale)
  }
}

// MARK: - NaN and the infinities

extension Numeric {
  /// A float that stands for the value where only its sign and kind matter: as soon as one operand is not a finite number, the
  /// result depends on nothing else.
  var standIn: Double {
    switch form {
    case .special(.nan): .nan
    case .special(.infinity): .infinity
    case .special(.negativeInfinity): -.infinity
    default: Double(signum)
    }
  }

  /// What a computation with stand-ins means. Finite results are only ever zero.
  init(standIn: Double) {
    if standIn.isNaN {
      self = .nan
    } else if standIn.isInfinite {
      self = standIn < 0 ? .negativeInfinity : .infinity
    } else {
      assert(standIn == 0, "a finite operand would have had to be computed with")
      self = .zero
    }
  }
}

/// Sums, products and signs. Each operator tries what lies inline first, which never allocates; what does not fit takes the way
/// over `UnboundedDecimal`; NaN and the infinities follow the rules of IEEE 754, as PostgreSQL's do.
extension Numeric {
  /// The exact sum, at the larger scale.
  public static func + (a: Numeric, b: Numeric) throws(SQLError) -> Numeric {
    if case .inline(let x) = a.form, case .inline(let y) = b.form, let sum = Inline.sum(x, y) { return Numeric(sum) }
    guard let x = a.unbounded, let y = b.unbounded else { return Numeric(standIn: a.standIn + b.standIn) }
    return try Numeric(x + y)
  }

  /// The exact difference, at the larger scale.
  @inline(__always)
  public static func - (a: Numeric, b: Numeric) throws(SQLError) -> Numeric { try a + -b }

  /// The exact product, at the sum of the scales; rounded if that is more than a numeric can have.
  public static func * (a: Numeric, b: Numeric) throws(SQLError) -> Numeric {
    if case .inline(let x) = a.form, case .inline(let y) = b.form, let product = Inline.product(x, y) { return Numeric(product) }
    guard let x = a.unbounded, let y = b.unbounded else { return Numeric(standIn: a.standIn * b.standIn) }
    let product = x * y
    return try Numeric(product.scale > Int32(maximumScale) ? product.rounded(to: maximumScale, .halfAwayFromZero) : product)
  }

  /// The number with the other sign; NaN stays NaN.
  public static prefix func - (operand: Numeric) -> Numeric {
    switch operand.form {
    case .inline(let number): Numeric(Inline(0 &- number.coefficient, scale: number.scale))
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
  static func sum(_ x: Self, _ y: Self) -> Self? {
    var (a, b, scale) = (x.coefficient, y.coefficient, x.scale)
    if x.scale < y.scale {
      guard let raised = shiftedUp(a, Int(y.scale - x.scale)) else { return nil }
      (a, scale) = (raised, y.scale)
    } else if x.scale > y.scale {
      guard let raised = shiftedUp(b, Int(x.scale - y.scale)) else { return nil }
      b = raised
    }
    let (sum, overflow) = a.addingReportingOverflow(b)
    guard !overflow, sum.magnitude < Numeric.inlineLimit else { return nil }
    return Self(sum, scale: scale)
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

#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// `sqrt`, `exp`, `ln`, `log` and `power` of `numeric`.
///
/// How many digits a result has is a rule of PostgreSQL's, from the sizes of the operands. The digits themselves are computed to twelve
/// more places and rounded; PostgreSQL keeps some eight more. Where what is cut off is so near to a half that the two could round
/// differently, which is one result in a hundred thousand, there is none: `unsupported`.
extension Numeric {
  private static let significantDigits = 16
  private static let maximumResultScale = 1_000

  /// SQL's `sqrt(x)`, rounded to sixteen digits or to the scale of `x`.
  public func squareRoot() throws(Failure) -> Numeric {
    guard let x = unbounded else {
      if self == .negativeInfinity { throw .raised(.rootOfNegative) }
      return self
    }
    if x.isNegative { throw .raised(.rootOfNegative) }
    let place = LeadingDigit(x).place
    let scale = Self.resultScale(-(place >= 0 ? place * 4 / 2 + 1 : 1 - (-place * 4 / 2)), Int(x.scale))
    return try Self.checked(x.squareRoot(scale: scale + 12).rounded(to: scale, .halfAwayFromZero))
  }

  /// SQL's `exp(x)`.
  public func exponential() throws(Failure) -> Numeric {
    guard let x = unbounded else { return self == .negativeInfinity ? .zero : self }
    let value = approximate
    if abs(value) >= 6_000 {
      if value > 0 { throw .raised(.numericOverflow) }
      return Numeric(coefficient: 0, scale: Self.maximumResultScale)
    }
    let weight = value * 0.434_294_481_903_252
    let scale = Self.resultScale(-Int(Swift.min(Swift.max(weight, -2_000), 2_000)), Int(x.scale))
    if x.magnitude.isZero { return try Self.checked(UnboundedDecimal.one.rounded(to: scale, .towardZero)) }
    try Self.checkEffort(scale + Swift.max(Int(weight), 0))
    return try Self.rounded(x.exponential(scale: scale + 12), to: scale)
  }

  /// SQL's `ln(x)`.
  public func naturalLogarithm() throws(Failure) -> Numeric {
    guard let x = unbounded else {
      if self == .negativeInfinity { throw .raised(.logarithmOfNegative) }
      return self
    }
    try Self.checkLogarithm(x)
    let scale = Self.resultScale(-Self.logarithmWeight(x), Int(x.scale))
    if x.isOne { return try Self.checked(UnboundedDecimal.zero.rounded(to: scale, .towardZero)) }
    try Self.checkEffort(scale)
    return try Self.rounded(x.naturalLogarithm(scale: scale + 12), to: scale)
  }

  /// SQL's `log(base, x)`.
  public static func logarithm(base: Numeric, _ x: Numeric) throws(Failure) -> Numeric {
    if base.isNaN || x.isNaN { return .nan }
    if base.signum < 0 || x.signum < 0 { throw .raised(.logarithmOfNegative) }
    if base.isZero || x.isZero { throw .raised(.logarithmOfZero) }
    guard let b = base.unbounded else { return x.isFinite ? .zero : .nan }
    guard let y = x.unbounded else { return .infinity }
    let weight = logarithmWeight(y) - logarithmWeight(b)
    let scale = resultScale(-weight, Int(b.scale), Int(y.scale))
    if b.isOne { throw .raised(.divisionByZero) }
    if y.isOne { return try checked(UnboundedDecimal.zero.rounded(to: scale, .towardZero)) }
    let digits = scale + 16 + 2 * abs(logarithmWeight(b)) + abs(logarithmWeight(y))
    try checkEffort(digits)
    let quotient = UnboundedDecimal.quotient(
      y.naturalLogarithm(scale: digits), b.naturalLogarithm(scale: digits), scale: scale + 12, rounding: .towardZero)
    return try rounded(quotient, to: scale)
  }

  // MARK: - How many digits

  /// - Parameter digits: how many of sixteen are not before the point.
  private static func resultScale(_ digits: Int, _ scales: Int...) -> Int {
    Swift.min(scales.reduce(Swift.max(significantDigits + digits, 0), Swift.max), maximumResultScale)
  }

  /// About how many digits the logarithm has before its point, less one.
  private static func logarithmWeight(_ x: UnboundedDecimal) -> Int {
    let one = UnboundedDecimal.one
    let tenth = UnboundedDecimal(Magnitude(1), scale: 1, isNegative: false)
    if x.compare(one + -tenth) >= 0 && x.compare(one + tenth) <= 0 {
      let difference = x + -one
      if difference.magnitude.isZero { return 0 }
      let leading = LeadingDigit(difference)
      return leading.place * 4 + Int(log10(Double(leading.value)))
    }
    let (digits, exponent) = x.leadingDigits(2)
    return Int(log10(abs(log(Double(digits)) + Double(exponent) * 2.302_585_092_994_046)))
  }

  private static func checkLogarithm(_ x: UnboundedDecimal) throws(Failure) {
    if x.magnitude.isZero { throw .raised(.logarithmOfZero) }
    if x.isNegative { throw .raised(.logarithmOfNegative) }
  }

  /// The series take time that grows with the cube of the digits.
  private static func checkEffort(_ digits: Int) throws(Failure) {
    if digits > 300 { throw .unsupported("a numeric function with hundreds of digits") }
  }

  // MARK: - Rounding

  /// A result that is known to twelve more places than it has, give or take a few in the last; refused where that is too near to a half.
  private static func rounded(_ x: UnboundedDecimal, to scale: Int) throws(Failure) -> Numeric {
    let cut = Int(x.scale) - scale
    let rest = x.magnitude.divided(by: Magnitude(1).shiftedUp(cut)).remainder
    let half = Magnitude(5).shiftedUp(cut - 1)
    let distance = rest < half ? half - rest : rest - half
    if distance < Magnitude(1).shiftedUp(cut - 5) { throw .unsupported("a numeric function whose last digit is not certain") }
    return try checked(x.rounded(to: scale, .halfAwayFromZero))
  }

  fileprivate static func checked(_ x: UnboundedDecimal) throws(Failure) -> Numeric {
    do { return try Numeric(x) } catch { throw .raised(error) }
  }

  /// A float near it, and an infinity if there is none.
  private var approximate: Double { (try? toDouble()) ?? (exponentIsLarge ? Double(signum) * .infinity : 0) }

  private var exponentIsLarge: Bool { (unbounded?.exponent ?? 0) > 0 }
}

// MARK: - Powers

extension Numeric {
  /// SQL's `power(x, y)`.
  public static func power(_ x: Numeric, _ y: Numeric) throws(Failure) -> Numeric {
    if x.isNaN { return y.isZero ? Numeric(1) : .nan }
    if y.isNaN { return x.isFinite && x.compare(Numeric(1)) == 0 ? Numeric(1) : .nan }
    if x.isZero && y.signum < 0 { throw .raised(.zeroToNegative) }
    if x.signum < 0 && !y.isWhole { throw .raised(.negativeToFraction) }
    guard let base = x.unbounded, let exponent = y.unbounded else { return specialPower(x, y) }
    if let whole = y.wholeNumber, let small = Int32(exactly: whole) {
      return try power(base, Int(small), scale: resultScale(0, Int(base.scale)))
    }
    if x.isZero { return Numeric(coefficient: 0, scale: significantDigits) }
    return try generalPower(base, exponent, y)
  }

  /// At least one of them is infinite; the errors have been seen to.
  private static func specialPower(_ x: Numeric, _ y: Numeric) -> Numeric {
    if x.isFinite && x.compare(Numeric(1)) == 0 || y.isZero { return Numeric(1) }
    if x.isZero { return .zero }
    if y.isInfinite {
      if x.isFinite && x.compare(Numeric(-1)) == 0 { return Numeric(1) }
      let isLarge = x.isInfinite || x.absolute.compare(Numeric(1)) > 0
      return isLarge == (y.signum > 0) ? .infinity : .zero
    }
    if y.signum < 0 { return .zero }
    return x.signum > 0 || !y.isOdd ? .infinity : .negativeInfinity
  }

  private static func power(_ base: UnboundedDecimal, _ exponent: Int, scale: Int) throws(Failure) -> Numeric {
    switch exponent {
    case 0: return try checked(UnboundedDecimal.one.rounded(to: scale, .towardZero))
    case 1: return try checked(base.rounded(to: scale, .halfAwayFromZero))
    case -1 where base.magnitude.isZero: throw .raised(.divisionByZero)
    case -1:
      return try checked(UnboundedDecimal.quotient(.one, base, scale: scale, rounding: .halfAwayFromZero))
    case 2: return try checked((base * base).rounded(to: scale, .halfAwayFromZero))
    default: break
    }
    if base.magnitude.isZero {
      if exponent < 0 { throw .raised(.divisionByZero) }
      return try checked(UnboundedDecimal.zero.rounded(to: scale, .towardZero))
    }
    let (leading, places) = base.leadingDigits(4)
    let weight = Double(exponent) * (log10(Double(leading)) + Double(places))
    if weight > 3 * 32_767 * 4 { throw .raised(.numericOverflow) }
    if weight + 1 < Double(-scale) || weight + 1 < Double(-maximumResultScale) {
      return try checked(UnboundedDecimal.zero.rounded(to: scale, .towardZero))
    }
    let digits = scale + Int(weight) + 40
    if digits > 1_000 { throw .unsupported("a power of very many digits") }
    let (power, isExact) = base.power(exponent.magnitude, digits: digits)
    if exponent > 0 {
      // PostgreSQL has eight places more, so that what ends within them is exact there too.
      if isExact && power.scale <= Int32(scale + 8) { return try checked(power.rounded(to: scale, .halfAwayFromZero)) }
      return try rounded(power.rounded(to: scale + 12, .towardZero), to: scale)
    }
    let inverse = UnboundedDecimal.quotient(.one, power, scale: scale + 12, rounding: .towardZero)
    return try rounded(inverse, to: scale)
  }

  private static func generalPower(_ base: UnboundedDecimal, _ exponent: UnboundedDecimal, _ y: Numeric) throws(Failure) -> Numeric
  {
    guard !base.isNegative else { throw .unsupported("a power with a very large exponent") }
    // The size of the result is estimated from eight digits, and so is where the estimate goes over a power of ten.
    let places = Swift.max(8 - logarithmWeight(base), 0)
    try checkEffort(places)
    let logarithm = base.naturalLogarithm(scale: places + 12).rounded(to: places, .halfAwayFromZero)
    let value = try checked((logarithm * exponent).rounded(to: places, .halfAwayFromZero)).approximate
    if abs(value) > 5_900 {
      if value > 6_100 { throw .raised(.numericOverflow) }
      throw .unsupported("a power that is very large or very small")
    }
    let weight = Int(value * 0.434_294_481_903_252)
    let scale = resultScale(-weight, Int(base.scale), Int(exponent.scale))
    let digits = scale + Swift.max(weight, 0) + Swift.max(exponent.exponent, 0) + 16
    try checkEffort(digits)
    let product = (base.naturalLogarithm(scale: digits + 4) * exponent).rounded(to: digits, .towardZero)
    return try rounded(product.exponential(scale: scale + 12), to: scale)
  }

  /// Whether nothing is behind the point.
  private var isWhole: Bool { !isFinite || minimumScale == 0 }
  private var wholeNumber: Int64? { isWhole ? try? toInt64() : nil }
  private var isOdd: Bool {
    guard isFinite, isWhole, let rest = try? self % Numeric(2) else { return false }
    return !rest.isZero
  }
}

extension SQLError {
  fileprivate static let rootOfNegative = SQLError(.invalidArgumentForPower, "cannot take square root of a negative number")
  fileprivate static let logarithmOfNegative = SQLError(.invalidArgumentForLogarithm, "cannot take logarithm of a negative number")
  fileprivate static let logarithmOfZero = SQLError(.invalidArgumentForLogarithm, "cannot take logarithm of zero")
  fileprivate static let zeroToNegative = SQLError(.invalidArgumentForPower, "zero raised to a negative power is undefined")
  fileprivate static let negativeToFraction = SQLError(
    .invalidArgumentForPower, "a negative number raised to a non-integer power yields a complex result")
}

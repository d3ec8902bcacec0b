/// Quotients, remainders and divisors.
extension Numeric {
  /// The quotient, rounded to the scale that PostgreSQL selects from the sizes of the operands.
  public static func / (a: Numeric, b: Numeric) throws(SQLError) -> Numeric {
    if case .inline(let x) = a.form, case .inline(let y) = b.form, let quotient = Inline.quotient(x, y) { return Numeric(quotient) }
    guard let x = a.unbounded, let y = b.unbounded else { return try specialQuotient(a, b) }
    guard !y.magnitude.isZero else { throw .divisionByZero }
    let scale = quotientScale(LeadingDigit(x), LeadingDigit(y), Int(x.scale), Int(y.scale))
    return try Numeric(UnboundedDecimal.quotient(x, y, scale: scale, rounding: .halfAwayFromZero))
  }

  /// SQL's `div(a, b)`: the quotient without what is behind its point.
  public static func wholeQuotient(_ a: Numeric, _ b: Numeric) throws(SQLError) -> Numeric {
    guard let x = a.unbounded, let y = b.unbounded else { return try specialQuotient(a, b) }
    guard !y.magnitude.isZero else { throw .divisionByZero }
    return try Numeric(UnboundedDecimal.quotient(x, y, scale: 0, rounding: .towardZero))
  }

  /// The remainder of the whole quotient, with the sign of the dividend; exact, at the larger scale.
  public static func % (a: Numeric, b: Numeric) throws(SQLError) -> Numeric {
    if case .inline(let x) = a.form, case .inline(let y) = b.form, let rest = Inline.remainder(x, y) { return Numeric(rest) }
    guard let x = a.unbounded, let y = b.unbounded else {
      if a.isNaN || b.isNaN { return .nan }
      if b.isZero { throw .divisionByZero }
      return a.isInfinite ? .nan : a
    }
    guard !y.magnitude.isZero else { throw .divisionByZero }
    let (dividend, divisor, scale) = UnboundedDecimal.aligned(x, y)
    return try Numeric(UnboundedDecimal(dividend.divided(by: divisor).remainder, scale: scale, isNegative: x.isNegative))
  }

  private static func specialQuotient(_ a: Numeric, _ b: Numeric) throws(SQLError) -> Numeric {
    if b.isZero && !a.isNaN { throw .divisionByZero }
    return Numeric(standIn: a.standIn / b.standIn)
  }
}

// MARK: - The scale of a quotient

/// PostgreSQL keeps numbers in digits to the base 10 000, aligned at the point, and estimates the size of a quotient from
/// the first such digit of each operand that is not zero. So the rule shows through in how many digits it returns.
struct LeadingDigit {
  /// The digit counts 10 000^`place`.
  let place: Int
  let value: Int

  private init(exponent: Int, _ digit: (_ shift: Int) -> Int) {
    place = (exponent - 1) >> 2  // The arithmetic shift rounds down.
    value = digit(4 * place)
  }

  init(_ number: UnboundedDecimal) {
    guard !number.magnitude.isZero else {
      self.init(exponent: 1) { _ in 0 }
      return
    }
    self.init(exponent: number.exponent) { shift in
      let places = shift + Int(number.scale)
      let digit = places >= 0 ? number.magnitude.shiftedDown(places) : number.magnitude.shiftedUp(-places)
      return Int(digit.limbs.first ?? 0)
    }
  }

  init(_ number: Numeric.Inline) {
    guard number.low | number.high != 0 else {
      self.init(exponent: 1) { _ in 0 }
      return
    }
    let magnitude = number.magnitude
    self.init(exponent: magnitude.decimalDigitCount - Int(number.scale)) { shift in
      let places = shift + Int(number.scale)
      return places >= 0
        ? Int(magnitude.divided(by: PowersOfTen.wide(places)).quotient.lowWord)
        : Int(magnitude.lowWord &* PowersOfTen.word(-places))
    }
  }
}

extension Numeric {
  /// At least 16 significant digits and no fewer behind the point than either operand has, but at most 1 000 behind the point.
  static func quotientScale(_ dividend: LeadingDigit, _ divisor: LeadingDigit, _ a: Int, _ b: Int) -> Int {
    let place = dividend.place - divisor.place - (dividend.value <= divisor.value ? 1 : 0)
    return min(max(16 - 4 * place, a, b, 0), 1000)
  }
}

extension Numeric.Inline {
  /// `nil` if it does not fit, or if the divisor is zero.
  static func quotient(_ x: Self, _ y: Self) -> Self? {
    guard y.low | y.high != 0 else { return nil }
    let scale = Numeric.quotientScale(LeadingDigit(x), LeadingDigit(y), Int(x.scale), Int(y.scale))
    let shift = scale + Int(y.scale) - Int(x.scale)
    guard shift >= 0, let numerator = shiftedUp(x.magnitude, shift) else { return nil }
    let (quotient, remainder) = numerator.divided(by: y.magnitude)
    // The numerator is below 10^38, so the quotient can be rounded up to it and no further when it is divided by one, exactly.
    let grows = remainder >= y.magnitude &- remainder
    return Self(magnitude: quotient &+ (grows ? 1 : 0), isNegative: x.isNegative != y.isNegative, scale: Int32(scale))
  }

  /// `nil` if it does not fit, or if the divisor is zero.
  static func remainder(_ x: Self, _ y: Self) -> Self? {
    guard y.low | y.high != 0 else { return nil }
    let scale = max(x.scale, y.scale)
    guard let dividend = shiftedUp(x.magnitude, Int(scale - x.scale)),
      let divisor = shiftedUp(y.magnitude, Int(scale - y.scale))
    else { return nil }
    return Self(magnitude: dividend.divided(by: divisor).remainder, isNegative: x.isNegative, scale: scale)
  }
}

// MARK: - Common divisors

extension Numeric {
  /// SQL's `gcd(a, b)`: the greatest number that goes into both a whole number of times.
  public static func greatestCommonDivisor(_ a: Numeric, _ b: Numeric) throws(SQLError) -> Numeric {
    guard let x = a.unbounded, let y = b.unbounded else { return .nan }
    let (p, q, scale) = UnboundedDecimal.aligned(x, y)
    return try Numeric(UnboundedDecimal(greatestCommonDivisor(p, q), scale: scale, isNegative: false))
  }

  /// SQL's `lcm(a, b)`: the least positive number that both go into a whole number of times; zero if either is zero.
  public static func leastCommonMultiple(_ a: Numeric, _ b: Numeric) throws(SQLError) -> Numeric {
    guard let x = a.unbounded, let y = b.unbounded else { return .nan }
    let (p, q, scale) = UnboundedDecimal.aligned(x, y)
    guard !p.isZero, !q.isZero else { return Numeric(coefficient: 0, scale: scale) }
    let multiple = p.divided(by: greatestCommonDivisor(p, q)).quotient * q
    return try Numeric(UnboundedDecimal(multiple, scale: scale, isNegative: false))
  }

  private static func greatestCommonDivisor(_ a: Magnitude, _ b: Magnitude) -> Magnitude {
    var (a, b) = (a, b)
    while !b.isZero { (a, b) = (b, a.divided(by: b).remainder) }
    return a
  }
}

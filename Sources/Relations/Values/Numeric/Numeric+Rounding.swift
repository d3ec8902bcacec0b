/// Rounding, and all else that changes where a number's digits end.
extension Numeric {
  /// SQL's `round(x, places)`: to the nearest, halves away from zero. Negative `places` round at tens, hundreds and so on.
  public func rounded(to places: Int = 0) throws(SQLError) -> Numeric {
    try rounded(to: Self.clamped(places), .halfAwayFromZero)
  }

  /// SQL's `trunc(x, places)`.
  public func truncated(to places: Int = 0) throws(SQLError) -> Numeric {
    try rounded(to: Self.clamped(places), .towardZero)
  }

  /// SQL's `ceil(x)`: the least whole number that is not below.
  public func ceiling() throws(SQLError) -> Numeric { try rounded(to: 0, .up) }

  /// SQL's `floor(x)`: the greatest whole number that is not above.
  public func floor() throws(SQLError) -> Numeric { try rounded(to: 0, .down) }

  /// More places than a number can have are no error: behind the point there are as many as there can be, before it none is left.
  private static func clamped(_ places: Int) -> Int { min(max(places, -maximumIntegerDigits - 1), maximumScale) }

  func rounded(to places: Int, _ rule: RoundingRule) throws(SQLError) -> Numeric {
    switch form {
    case .inline(let number):
      if let result = number.rounded(to: places, rule) { return Numeric(result) }
      return try Numeric(UnboundedDecimal(number).rounded(to: places, rule))
    case .big(let number): return try Numeric(number.rounded(to: places, rule))
    case .special: return self
    }
  }
}

extension Numeric.Inline {
  /// `nil` if the result does not lie inline, or takes more than one step.
  func rounded(to places: Int, _ rule: RoundingRule) -> Self? {
    let cut = Int(scale) - places
    if cut <= 0 {
      guard cut < 0 else { return self }
      return Self.shiftedUp(coefficient, -cut).map { Self($0, scale: Int32(places)) }
    }
    guard places >= 0, cut <= Numeric.inlineDigits else { return nil }
    let unit = PowersOfTen.wide(cut)
    let (quotient, remainder) = magnitude.divided(by: unit)
    let grows = rule.growsMagnitude(
      negative: isNegative, cutAnything: remainder != 0, cutHalfOrMore: remainder >= unit &>> 1)
    return Self(magnitude: quotient &+ (grows ? 1 : 0), isNegative: isNegative, scale: Int32(places))
  }
}

// MARK: - Zeros behind the point

extension Numeric {
  /// SQL's `trim_scale(x)`: the same value without zeros at the end of what is behind the point.
  public var trimmedScale: Numeric {
    switch form {
    case .inline(let number):
      if number.scale == 0 || number.low % 2 != 0 { return self }
      return Numeric(number.trimmed)
    case .big(let number):
      let zeros = min(number.magnitude.trailingZeros, Int(number.scale))
      return zeros == 0 ? self : Numeric(unchecked: number.rounded(to: Int(number.scale) - zeros, .towardZero))
    case .special: return self
    }
  }

  /// SQL's `min_scale(x)`: how many digits behind the point it takes to write the value; `nil` for NaN and the infinities.
  public var minimumScale: Int? { trimmedScale.scale }
}

extension Numeric.Inline {
  fileprivate var trimmed: Self {
    if low | high == 0 { return Self(0, scale: 0) }
    var rest = magnitude
    var places = scale
    while places > 0 && rest.highWord != 0 {
      let (quotient, digit) = rest.divided(by: 10 as UInt64)
      guard digit == 0 else { return Self(magnitude: rest, isNegative: isNegative, scale: places) }
      (rest, places) = (quotient, places - 1)
    }
    var word = rest.lowWord
    if rest.highWord != 0 { return Self(magnitude: rest, isNegative: isNegative, scale: places) }
    while places > 0 {
      let (quotient, digit) = word.quotientAndRemainder(dividingBy: 10)
      guard digit == 0 else { break }
      (word, places) = (quotient, places - 1)
    }
    return Self(magnitude: UInt128(word), isNegative: isNegative, scale: places)
  }
}

// MARK: - Type modifiers

extension Numeric {
  /// The value as a column `numeric(precision, scale)` stores it: rounded to the scale, and refused if more than
  /// `precision - scale` digits are left before the point. NaN is always taken, an infinity never.
  public func coerced(toPrecision precision: Int, scale: Int) throws(SQLError) -> Numeric {
    switch form {
    case .inline(let number):
      // A coefficient at the column's own scale has its precision as the limit of its digits.
      if Int(number.scale) == scale && precision <= 19 {
        guard number.magnitude < UInt128(PowersOfTen.word(precision)) else { throw .numericFieldOverflow }
        return self
      }
      return try rounded(to: scale, .halfAwayFromZero).checked(precision: precision, scale: scale)
    case .big: return try rounded(to: scale, .halfAwayFromZero).checked(precision: precision, scale: scale)
    case .special(.nan): return self
    case .special: throw .numericFieldOverflow
    }
  }

  private func checked(precision: Int, scale: Int) throws(SQLError) -> Numeric {
    let limit = precision + max(-scale, 0)
    switch form {
    case .inline(let number) where number.magnitude.decimalDigitCount <= limit: return self
    case .big(let number) where number.magnitude.digitCount <= limit: return self
    default: throw .numericFieldOverflow
    }
  }
}

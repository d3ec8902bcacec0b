/// Numerics in keys: by value, so that 1.0 and 1.00 are the same bytes.
///
/// A positive number is 0.p₁p₂…pₙ × 100^e with pairs of decimal digits p, the first and the last of them not zero:
///
///     e                   0x82 + (e + 40) for -40…79; below, 0x81, above, 0xFA, and e + 2²³ in three bytes, big-endian
///     pairs               2 p + 1 each, the last 2 p, which also says that it is the last
///
/// A negative number is the complement of its opposite. Zero is 0x80, Infinity 0xFC, -Infinity 0x03, NaN 0xFE.
extension KeyWriter {
  @inline(__always)
  static var exponents: ClosedRange<Int> { -40...79 }
  static let firstExponent: UInt8 = 0x82
  static let smallExponent: UInt8 = 0x81
  static let largeExponent: UInt8 = 0xFA
  static let exponentBias = 1 << 23
  static let infinity: UInt8 = 0xFC
  static let nan: UInt8 = 0xFE

  /// Of any size.
  func write(_ numeric: Numeric) -> Int {
    if case .inline(let number) = numeric.form, let coefficient = number.word {
      return write(coefficient, scale: Int(number.scale))
    }
    return writeDigits(numeric)
  }

  private func writeDigits(_ numeric: Numeric) -> Int {
    numeric.withSignificand { significand in
      guard let significand else { return writeSpecial(numeric) }
      if significand.sign == 0 { return writeZero() }
      return KeyWriter(significand.sign < 0 ? ~flip : flip, place).writePositive(significand)
    }
  }

  private func writeZero() -> Int {
    put(KeyByte.value, at: 0)
    return 1
  }

  private func writeSpecial(_ numeric: Numeric) -> Int {
    put(numeric.isNaN ? Self.nan : numeric.signum > 0 ? Self.infinity : ~Self.infinity, at: 0)
    return 1
  }

  private func writePositive(_ number: Numeric.Significand) -> Int {
    // Pairs are counted from the point, so that a number with an odd number of digits before it begins with half a pair.
    let half = number.exponent & 1
    let pairs = (number.digits.count + half + 1) / 2
    let start = writeExponent((number.exponent + half) / 2)
    for pair in 0..<pairs {
      let tens = number.digit(2 * pair - half)
      let ones = number.digit(2 * pair - half + 1)
      put(2 * (10 * tens + ones) + (pair < pairs - 1 ? 1 : 0), at: start + pair)
    }
    return start + pairs
  }

  @inline(__always)
  private func writeExponent(_ exponent: Int) -> Int {
    if Self.exponents ~= exponent {
      put(UInt8(truncatingIfNeeded: exponent &- Self.exponents.lowerBound) &+ Self.firstExponent, at: 0)
      return 1
    }
    put(exponent < 0 ? Self.smallExponent : Self.largeExponent, at: 0)
    put(UInt64(exponent + Self.exponentBias) << 40, at: 1)
    return 4
  }
}

extension Numeric.Significand {
  @inline(__always)
  fileprivate func digit(_ index: Int) -> UInt8 { digits.indices ~= index ? digits[index] : 0 }
}

extension Numeric.Inline {
  /// The coefficient, if it takes no more than 64 bits.
  @inline(__always)
  var word: Int64? {
    let word = Int64(truncatingIfNeeded: low)
    return high == UInt64(bitPattern: word &>> 63) ? word : nil
  }
}

// MARK: - Decimals

extension KeyWriter {
  /// Coefficient × 10^-scale, without going through digits.
  @inline(__always)
  func write(_ coefficient: Int64, scale: Int) -> Int {
    if coefficient == 0 { return writeZero() }
    let magnitude = coefficient.magnitude
    if scale & 1 == 0 { return writePairs(magnitude, coefficient < 0, scale / 2) }
    let (tenfold, overflow) = magnitude.multipliedReportingOverflow(by: 10)
    if overflow { return writeDigits(Numeric(coefficient: Int128(coefficient), scale: scale)) }
    return writePairs(tenfold, coefficient < 0, (scale &+ 1) / 2)
  }

  @inline(__always)
  private func writePairs(_ magnitude: UInt64, _ isNegative: Bool, _ scale: Int) -> Int {
    var rest = magnitude
    var zeros = 0
    while rest % 100 == 0 {
      rest /= 100
      zeros &+= 1
    }
    let pairs = (rest.decimalDigitCount &+ 1) / 2
    let writer = KeyWriter(isNegative ? ~flip : flip, place)
    let start = writer.writeExponent(pairs &+ zeros &- scale)
    var last: UInt8 = 0
    for pair in stride(from: pairs &- 1, through: 0, by: -1) {
      let (quotient, remainder) = rest.quotientAndRemainder(dividingBy: 100)
      writer.put(UInt8(truncatingIfNeeded: remainder) &* 2 &+ last, at: start &+ pair)
      last = 1
      rest = quotient
    }
    return start &+ pairs
  }
}

extension UInt64 {
  /// How many decimal digits it takes to write the number; zero takes none.
  @inline(__always)
  fileprivate var decimalDigitCount: Int {
    let estimate = ((64 &- leadingZeroBitCount) &* 1233) &>> 12
    return estimate < 20 && self >= PowersOfTen.word(estimate) ? estimate &+ 1 : estimate
  }
}

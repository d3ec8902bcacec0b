/// Roots, powers, exponentials and logarithms to any number of places. Results are off by a few units in the last place.
extension UnboundedDecimal {
  static let zero = UnboundedDecimal(.zero, scale: 0, isNegative: false)
  static let one = UnboundedDecimal(Magnitude(1), scale: 0, isNegative: false)

  var isOne: Bool { compare(.one) == 0 }

  /// - Precondition: it is not negative.
  func squareRoot(scale: Int) -> UnboundedDecimal {
    let shifted = rounded(to: 2 * scale, .towardZero)
    return UnboundedDecimal(shifted.magnitude.squareRoot, scale: scale, isNegative: false)
  }

  /// The first of PostgreSQL's digits to the base 10 000, at most so many, as a number; and by which power of ten that counts.
  func leadingDigits(_ most: Int) -> (digits: Int, exponent: Int) {
    guard !magnitude.isZero else { return (0, 0) }
    var last = ((exponent - 1) >> 2) * 4
    for count in 1...most {
      let digits = shifted(down: last)
      // A digit that is zero counts if anything follows it.
      let cut = UnboundedDecimal(digits.shiftedUp(Swift.max(last, 0)), scale: Swift.max(-last, 0), isNegative: isNegative)
      if count == most || compare(cut) == 0 { return (Int(digits.inlineValue ?? 0), last) }
      last -= 4
    }
    preconditionFailure("the last digit ends it")
  }

  /// The whole number of times that 10^`places` goes into the magnitude.
  private func shifted(down places: Int) -> Magnitude {
    let shift = places + Int(scale)
    return shift >= 0 ? magnitude.shiftedDown(shift) : magnitude.shiftedUp(-shift)
  }
}

// MARK: - Powers

extension UnboundedDecimal {
  /// The power to so many significant digits, and whether it is exact.
  func power(_ exponent: UInt, digits: Int) -> (UnboundedDecimal, isExact: Bool) {
    var (result, square, rest, isExact) = (UnboundedDecimal.one, self, exponent, true)
    func kept(_ x: UnboundedDecimal) -> UnboundedDecimal {
      let excess = x.magnitude.digitCount - digits - 20
      // Whole digits are kept; there are few.
      guard excess > 0, x.scale > 0 else { return x }
      isExact = false
      return x.rounded(to: Swift.max(Int(x.scale) - excess, 0), .halfAwayFromZero)
    }
    while rest > 0 {
      if rest & 1 != 0 { result = kept(result * square) }
      rest >>= 1
      if rest > 0 { square = kept(square * square) }
    }
    return (result, isExact)
  }
}

// MARK: - Logarithm

extension UnboundedDecimal {
  /// - Precondition: it is above zero.
  func naturalLogarithm(scale: Int) -> UnboundedDecimal {
    let places = scale + 12
    // A tenth to one, times a power of ten; what is near one stays as it is, or nothing would be left of a small logarithm.
    let ten = UnboundedDecimal(Magnitude(10), scale: 0, isNegative: false)
    let isNearOne = compare(UnboundedDecimal(Magnitude(1), scale: 1, isNegative: false)) > 0 && compare(ten) < 0
    let power = isNearOne ? 0 : exponent
    let reduced = isNearOne ? self : UnboundedDecimal(magnitude, scale: magnitude.digitCount, isNegative: false)
    var result = reduced.reducedLogarithm(places)
    if power != 0 {
      result =
        result + Self.logarithmOfTen(places + 8)
        * UnboundedDecimal(Magnitude(UInt128(power.magnitude)), scale: 0, isNegative: power < 0)
    }
    return result.rounded(to: scale, .halfAwayFromZero)
  }

  /// What is asked for is at most a few hundred places, which are computed once.
  private static func logarithmOfTen(_ places: Int) -> UnboundedDecimal {
    if places <= knownPlaces { return knownLogarithmOfTen.rounded(to: places, .halfAwayFromZero) }
    return UnboundedDecimal(Magnitude(10), scale: 0, isNegative: false).reducedLogarithm(places)
  }

  private static let knownPlaces = 400
  private static let knownLogarithmOfTen = UnboundedDecimal(Magnitude(10), scale: 0, isNegative: false).reducedLogarithm(
    knownPlaces)

  /// Of a number from a tenth to ten: roots bring it near one, where the series of the area tangent converges fast.
  private func reducedLogarithm(_ places: Int) -> UnboundedDecimal {
    let digits = places + 6
    var root = rounded(to: Swift.max(digits, Int(scale)), .towardZero)
    for _ in 0..<6 { root = root.squareRoot(scale: digits) }
    let ratio = UnboundedDecimal.quotient(root + -.one, root + .one, scale: digits, rounding: .halfAwayFromZero)
    let square = (ratio * ratio).rounded(to: digits, .halfAwayFromZero)
    var (sum, power, divisor) = (ratio, ratio, UInt64(1))
    while !power.magnitude.isZero {
      power = (power * square).rounded(to: digits, .halfAwayFromZero)
      divisor += 2
      sum = sum + UnboundedDecimal(power.magnitude.divided(by: divisor).quotient, scale: digits, isNegative: power.isNegative)
    }
    return sum * UnboundedDecimal(Magnitude(128), scale: 0, isNegative: false)
  }
}

// MARK: - Exponential

extension UnboundedDecimal {
  /// - Precondition: it is between -6000 and 6100 or so.
  func exponential(scale: Int) -> UnboundedDecimal {
    // e^x = 10^n · e^r, where r is small.
    let ten = Self.logarithmOfTen(scale + 47)
    let whole = UnboundedDecimal.quotient(self, ten, scale: 0, rounding: .towardZero)
    let power = Int(whole.magnitude.inlineValue ?? 0) * (whole.isNegative ? -1 : 1)
    let places = Swift.max(scale + power, 0) + 16
    let exactTen = Self.logarithmOfTen(places + 6)
    let rest = (self + -(exactTen * whole)).rounded(to: places, .halfAwayFromZero)
    let value = rest.smallExponential(places)
    return UnboundedDecimal(
      power >= 0 ? value.magnitude.shiftedUp(power) : value.magnitude, scale: Int(value.scale) + Swift.max(-power, 0),
      isNegative: false
    ).rounded(to: scale, .halfAwayFromZero)
  }

  /// Halved eight times, the series converges fast; the result is squared as often.
  private func smallExponential(_ places: Int) -> UnboundedDecimal {
    let digits = places + 8
    let small = UnboundedDecimal.quotient(
      self, UnboundedDecimal(Magnitude(256), scale: 0, isNegative: false), scale: digits, rounding: .halfAwayFromZero)
    var (sum, term, index) = (UnboundedDecimal.one, UnboundedDecimal.one, UInt64(0))
    repeat {
      index += 1
      let product = (term * small).rounded(to: digits, .halfAwayFromZero)
      term = UnboundedDecimal(product.magnitude.divided(by: index).quotient, scale: digits, isNegative: product.isNegative)
      sum = sum + term
    } while !term.magnitude.isZero
    for _ in 0..<8 { sum = (sum * sum).rounded(to: digits, .halfAwayFromZero) }
    return sum
  }
}

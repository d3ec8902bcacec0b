/// A whole number of any size, without sign, in limbs of nine decimal digits, the least significant first.
///
/// Shaped for: numbers beyond 38 digits, which are rare and mostly short; they are read, printed, compared and rescaled far more
/// often than multiplied. Decimal limbs make all of the former linear. At PostgreSQL's limit of 147 455 digits a
/// multiplication or division takes some tenths of a second, as it does there.
///
/// Invariant: the last limb is not zero; zero has no limbs.
struct Magnitude: Equatable, Sendable {
  static let base: UInt64 = 1_000_000_000
  static let digitsPerLimb = 9

  private(set) var limbs: [UInt32]

  static let zero = Magnitude(limbs: [])

  init(limbs: [UInt32]) {
    self.limbs = limbs
    dropLeadingZeros()
  }

  init(_ value: UInt128) {
    limbs = []
    var rest = value
    while rest != 0 {
      let (quotient, limb) = rest.divided(by: Self.base)
      limbs.append(UInt32(truncatingIfNeeded: limb))
      rest = quotient
    }
  }

  private mutating func dropLeadingZeros() {
    while limbs.last == 0 { limbs.removeLast() }
  }
}

extension Magnitude {
  var isZero: Bool { limbs.isEmpty }

  /// How many decimal digits it takes to write the number; zero takes none.
  var digitCount: Int {
    guard let top = limbs.last else { return 0 }
    return (limbs.count - 1) * Self.digitsPerLimb + UInt128(top).decimalDigitCount
  }

  /// How many zeros the number ends in. Zero ends in none.
  var trailingZeros: Int {
    guard let first = limbs.firstIndex(where: { $0 != 0 }) else { return 0 }
    var limb = limbs[first]
    var zeros = first * Self.digitsPerLimb
    while limb % 10 == 0 {
      limb /= 10
      zeros += 1
    }
    return zeros
  }

  /// The number, if it is below 10^38.
  var inlineValue: UInt128? {
    guard digitCount <= Numeric.inlineDigits else { return nil }
    return limbs.reversed().reduce(0) { $0 &* UInt128(Self.base) &+ UInt128($1) }
  }

  /// The digit that counts 10^`place`.
  func digit(at place: Int) -> Int {
    let (index, offset) = place.quotientAndRemainder(dividingBy: Self.digitsPerLimb)
    guard index < limbs.count else { return 0 }
    return Int(UInt64(limbs[index]) / PowersOfTen.word(offset) % 10)
  }

  /// Calls `body` with every digit in turn, the most significant first.
  func forEachDigit(_ body: (UInt8) -> Void) {
    var place = digitCount
    for limb in limbs.reversed() {
      let digits = place - (place - 1) / Self.digitsPerLimb * Self.digitsPerLimb
      for offset in (0..<digits).reversed() {
        body(UInt8(truncatingIfNeeded: UInt64(limb) / PowersOfTen.word(offset) % 10))
      }
      place -= digits
    }
  }
}

extension Magnitude: Comparable {
  static func < (a: Magnitude, b: Magnitude) -> Bool {
    if a.limbs.count != b.limbs.count { return a.limbs.count < b.limbs.count }
    for index in a.limbs.indices.reversed() where a.limbs[index] != b.limbs[index] {
      return a.limbs[index] < b.limbs[index]
    }
    return false
  }
}

// MARK: - Sums

extension Magnitude {
  static func + (a: Magnitude, b: Magnitude) -> Magnitude {
    let (long, short) = a.limbs.count >= b.limbs.count ? (a.limbs, b.limbs) : (b.limbs, a.limbs)
    var result: [UInt32] = []
    result.reserveCapacity(long.count + 1)
    var carry: UInt32 = 0
    for index in long.indices {
      var sum = long[index] + carry + (index < short.count ? short[index] : 0)
      carry = sum >= UInt32(base) ? 1 : 0
      sum -= carry * UInt32(base)
      result.append(sum)
    }
    result.append(carry)
    return Magnitude(limbs: result)
  }

  /// - Precondition: `a >= b`
  static func - (a: Magnitude, b: Magnitude) -> Magnitude {
    var result = a.limbs
    var borrow: UInt32 = 0
    for index in result.indices {
      let taken = borrow + (index < b.limbs.count ? b.limbs[index] : 0)
      borrow = result[index] < taken ? 1 : 0
      result[index] = result[index] + borrow * UInt32(base) - taken
    }
    precondition(borrow == 0, "a magnitude is never below zero")
    return Magnitude(limbs: result)
  }

  static func * (a: Magnitude, b: Magnitude) -> Magnitude {
    guard !a.isZero, !b.isZero else { return zero }
    var result: [UInt32] = []
    result.reserveCapacity(a.limbs.count + b.limbs.count)
    // Column by column: 128 bits hold the sum of more products of two limbs than a number has, so each limb is divided once.
    var carry: UInt128 = 0
    for column in 0..<(a.limbs.count + b.limbs.count - 1) {
      let first = max(0, column - b.limbs.count + 1)
      let last = min(column, a.limbs.count - 1)
      for index in first...last { carry &+= UInt128(UInt64(a.limbs[index]) &* UInt64(b.limbs[column &- index])) }
      let (quotient, limb) = carry.divided(by: base)
      result.append(UInt32(truncatingIfNeeded: limb))
      carry = quotient
    }
    assert(carry < UInt128(base))
    result.append(UInt32(truncatingIfNeeded: carry))
    return Magnitude(limbs: result)
  }

  /// The number with `factor` times its value, plus `addend`. Both are below the base.
  func multiplied(by factor: UInt64, adding addend: UInt64 = 0) -> Magnitude {
    var result: [UInt32] = []
    result.reserveCapacity(limbs.count + 1)
    var carry = addend
    for limb in limbs {
      let (quotient, rest) = (UInt64(limb) &* factor &+ carry).quotientAndRemainder(dividingBy: Self.base)
      result.append(UInt32(truncatingIfNeeded: rest))
      carry = quotient
    }
    result.append(UInt32(truncatingIfNeeded: carry))
    return Magnitude(limbs: result)
  }
}

// MARK: - Shifts by decimal places

extension Magnitude {
  /// The number times 10^`places`.
  func shiftedUp(_ places: Int) -> Magnitude {
    guard places > 0, !isZero else { return self }
    let (whole, part) = places.quotientAndRemainder(dividingBy: Self.digitsPerLimb)
    let shifted = part == 0 ? self : multiplied(by: PowersOfTen.word(part))
    return Magnitude(limbs: [UInt32](repeating: 0, count: whole) + shifted.limbs)
  }

  /// The number divided by 10^`places`, what is behind the point cut off.
  func shiftedDown(_ places: Int) -> Magnitude {
    guard places > 0 else { return self }
    let (whole, part) = places.quotientAndRemainder(dividingBy: Self.digitsPerLimb)
    guard whole < limbs.count else { return .zero }
    let kept = limbs[whole...]
    return part == 0 ? Magnitude(limbs: Array(kept)) : Magnitude(limbs: Array(kept)).divided(by: PowersOfTen.word(part)).quotient
  }

  /// The number divided by 10^`places` and rounded.
  func shiftedDown(_ places: Int, rounding rule: RoundingRule, negative: Bool) -> Magnitude {
    guard places > 0, !isZero else { return self }
    let result = shiftedDown(places)
    let grows = rule.growsMagnitude(
      negative: negative, cutAnything: trailingZeros < places, cutHalfOrMore: digit(at: places - 1) >= 5)
    return grows ? result + Magnitude(1) : result
  }
}

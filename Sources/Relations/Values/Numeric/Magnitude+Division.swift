/// Division of numbers of any size: by one limb in a single pass, by more with the schoolbook's long division, each quotient
/// digit guessed from the leading limbs and corrected (Knuth, The Art of Computer Programming, volume 2, 4.3.1, algorithm D).
extension Magnitude {
  /// - Precondition: the divisor is not zero.
  func divided(by divisor: Magnitude) -> (quotient: Magnitude, remainder: Magnitude) {
    precondition(!divisor.isZero, "division by zero is refused before it gets here")
    if self < divisor { return (.zero, self) }
    if divisor.limbs.count == 1 {
      let (quotient, remainder) = divided(by: UInt64(divisor.limbs[0]))
      return (quotient, Magnitude(UInt128(remainder)))
    }
    return dividedLong(by: divisor)
  }

  /// - Precondition: the divisor is below the base and not zero.
  func divided(by divisor: UInt64) -> (quotient: Magnitude, remainder: UInt64) {
    var result = limbs
    var remainder: UInt64 = 0
    for index in result.indices.reversed() {
      let (quotient, rest) = (remainder &* Self.base &+ UInt64(result[index])).quotientAndRemainder(dividingBy: divisor)
      result[index] = UInt32(truncatingIfNeeded: quotient)
      remainder = rest
    }
    return (Magnitude(limbs: result), remainder)
  }

  private func dividedLong(by divisor: Magnitude) -> (quotient: Magnitude, remainder: Magnitude) {
    // Scaled so that the divisor's leading limb is at least half the base, which keeps a guess within two of the truth.
    let factor = Self.base / (UInt64(divisor.limbs[divisor.limbs.count - 1]) + 1)
    let v = divisor.multiplied(by: factor).limbs
    var u = multiplied(by: factor).limbs
    u.append(contentsOf: repeatElement(0, count: limbs.count + 1 - u.count))
    let places = u.count - v.count
    var quotient = [UInt32](repeating: 0, count: places)
    for place in (0..<places).reversed() {
      quotient[place] = Self.nextQuotientLimb(&u, v, at: place)
    }
    return (Magnitude(limbs: quotient), Magnitude(limbs: u).divided(by: factor).quotient)
  }

  /// Takes the divisor as often as it goes out of the dividend's limbs from `place` up, and says how often that was.
  private static func nextQuotientLimb(_ u: inout [UInt32], _ v: [UInt32], at place: Int) -> UInt32 {
    let n = v.count
    let leading = UInt64(u[place + n]) &* base &+ UInt64(u[place + n - 1])
    var (guess, rest) = leading.quotientAndRemainder(dividingBy: UInt64(v[n - 1]))
    while guess >= base || guess &* UInt64(v[n - 2]) > rest &* base &+ UInt64(u[place + n - 2]) {
      guess -= 1
      rest += UInt64(v[n - 1])
      if rest >= base { break }
    }
    guard subtract(v, times: guess, from: &u, at: place) else { return UInt32(guess) }
    addBack(v, to: &u, at: place)
    return UInt32(guess - 1)
  }

  /// Returns whether too much was taken, in which case what is left is off by one base above the top limb.
  private static func subtract(_ v: [UInt32], times factor: UInt64, from u: inout [UInt32], at place: Int) -> Bool {
    var owed: UInt64 = 0
    for index in v.indices {
      let (high, low) = (UInt64(v[index]) &* factor &+ owed).quotientAndRemainder(dividingBy: base)
      let borrow: UInt64 = UInt64(u[place + index]) < low ? 1 : 0
      u[place + index] = UInt32(truncatingIfNeeded: UInt64(u[place + index]) &+ borrow &* base &- low)
      owed = high + borrow
    }
    let top = UInt64(u[place + v.count])
    let short = top < owed
    u[place + v.count] = UInt32(truncatingIfNeeded: (short ? top + base : top) - owed)
    return short
  }

  private static func addBack(_ v: [UInt32], to u: inout [UInt32], at place: Int) {
    var carry: UInt32 = 0
    for index in v.indices {
      let sum = u[place + index] + v[index] + carry
      carry = sum >= UInt32(base) ? 1 : 0
      u[place + index] = sum - carry * UInt32(base)
    }
    u[place + v.count] = (u[place + v.count] + carry) % UInt32(base)
  }
}

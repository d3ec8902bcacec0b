/// Powers of ten as machine words. Decimal arithmetic asks for one at nearly every step, so they are looked up, not computed.
enum PowersOfTen {
  /// 10^`n` for `n` in `0...19`, all that 64 bits hold.
  @inline(__always)
  static func word(_ n: Int) -> UInt64 { words[n] }

  /// 10^`n` for `n` in `0...38`, all that 128 bits hold.
  @inline(__always)
  static func wide(_ n: Int) -> UInt128 {
    if n <= 19 { return UInt128(words[n]) }
    return UInt128(words[19]) &* UInt128(words[n - 19])
  }
}

private let words: [UInt64] = [
  1, 10, 100, 1000, 10000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000, 10_000_000_000, 100_000_000_000,
  1_000_000_000_000, 10_000_000_000_000, 100_000_000_000_000, 1_000_000_000_000_000, 10_000_000_000_000_000,
  100_000_000_000_000_000, 1_000_000_000_000_000_000, 10_000_000_000_000_000_000,
]

extension UInt128 {
  @inline(__always)
  var lowWord: UInt64 { UInt64(truncatingIfNeeded: self) }
  @inline(__always)
  var highWord: UInt64 { UInt64(truncatingIfNeeded: self &>> 64) }

  @inline(__always)
  init(high: UInt64, low: UInt64) { self = UInt128(high) &<< 64 | UInt128(low) }

  /// How many decimal digits it takes to write the number; zero takes none.
  var decimalDigitCount: Int {
    // 1233 / 4096 is log10(2) closely enough for 128 bits; the estimate is exact or one short.
    let estimate = ((128 - leadingZeroBitCount) * 1233) >> 12
    if estimate > 38 { return 39 }
    return self >= PowersOfTen.wide(estimate) ? estimate + 1 : estimate
  }

  /// Quotient and remainder. Most divisors fit a word, for which the processor's own division takes two steps.
  func divided(by divisor: UInt128) -> (quotient: UInt128, remainder: UInt128) {
    if divisor.highWord == 0 {
      let (quotient, remainder) = divided(by: divisor.lowWord)
      return (quotient, UInt128(remainder))
    }
    let quotient = self / divisor
    return (quotient, self &- quotient &* divisor)
  }

  @inline(__always)
  func divided(by divisor: UInt64) -> (quotient: UInt128, remainder: UInt64) {
    if highWord == 0 {
      let (quotient, remainder) = lowWord.quotientAndRemainder(dividingBy: divisor)
      return (UInt128(quotient), remainder)
    }
    let (high, carry) = highWord.quotientAndRemainder(dividingBy: divisor)
    let (low, remainder) = divisor.dividingFullWidth((carry, lowWord))
    return (UInt128(high: high, low: low), remainder)
  }
}

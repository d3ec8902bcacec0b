/// What an encoding of the value, as opposed to the representation, is made from: one form of all numbers that are equal.
extension Numeric {
  /// A finite number as `sign` × 0.d₁d₂d₃… × 10^`exponent`. Equal numbers have equal significands.
  public struct Significand {
    /// -1, 0 or 1.
    public let sign: Int
    /// How many digits are before the point; negative when zeros follow the point. Zero for zero.
    public let exponent: Int
    /// The digits, `0...9`, without zeros in front or at the end; none for zero. Valid during the call only.
    public let digits: UnsafeBufferPointer<UInt8>
  }

  /// Calls `body` with the significand; with `nil` for NaN and the infinities. Numbers that lie inline are taken apart on the stack.
  ///
  /// Positive numbers order as (exponent, digits) do, negative ones the other way round.
  public func withSignificand<Result>(_ body: (Significand?) throws -> Result) rethrows -> Result {
    switch form {
    case .inline(let number): try number.withSignificand(body)
    case .big(let number): try number.withSignificand(body)
    case .special: try body(nil)
    }
  }
}

extension Numeric.Inline {
  fileprivate func withSignificand<Result>(_ body: (Numeric.Significand?) throws -> Result) rethrows -> Result {
    let capacity = Numeric.inlineDigits
    return try withUnsafeTemporaryAllocation(of: UInt8.self, capacity: capacity) { digits in
      var first = capacity
      var rest = magnitude
      while rest != 0 {
        let (quotient, word) = rest.divided(by: PowersOfTen.word(18))
        let limit = quotient == 0 ? 0 : first - 18
        var word18 = word
        while word18 != 0 || (limit > 0 && first > limit) {
          first -= 1
          digits[first] = UInt8(truncatingIfNeeded: word18 % 10)
          word18 /= 10
        }
        rest = quotient
      }
      let exponent = first == capacity ? 0 : capacity - first - Int(scale)
      return try body(
        Numeric.Significand(
          sign: first == capacity ? 0 : isNegative ? -1 : 1, exponent: exponent,
          digits: UnsafeBufferPointer(rebasing: digits[first...]).withoutTrailingZeros))
    }
  }
}

extension UnboundedDecimal {
  fileprivate func withSignificand<Result>(_ body: (Numeric.Significand?) throws -> Result) rethrows -> Result {
    var digits: [UInt8] = []
    digits.reserveCapacity(magnitude.digitCount)
    magnitude.forEachDigit { digits.append($0) }
    return try digits.withUnsafeBufferPointer {
      try body(Numeric.Significand(sign: isNegative ? -1 : 1, exponent: exponent, digits: $0.withoutTrailingZeros))
    }
  }
}

extension UnsafeBufferPointer<UInt8> {
  fileprivate var withoutTrailingZeros: UnsafeBufferPointer<UInt8> {
    var count = self.count
    while count > 0 && self[count - 1] == 0 { count -= 1 }
    return UnsafeBufferPointer(rebasing: self[..<count])
  }
}

/// A finite decimal number of any size: sign, magnitude and how many of its digits are behind the point.
///
/// The slow and simple way of everything `Numeric` computes: exact, without limits and without special values. What goes through
/// here becomes a `Numeric` again at the end, and is refused there if PostgreSQL could not hold it.
struct UnboundedDecimal: Equatable, Sendable {
  var magnitude: Magnitude
  var scale: Int32
  /// Never set for zero.
  var isNegative: Bool

  init(_ magnitude: Magnitude, scale: Int, isNegative: Bool) {
    self.magnitude = magnitude
    self.scale = Int32(scale)
    self.isNegative = isNegative && !magnitude.isZero
  }
}

extension UnboundedDecimal {
  static prefix func - (operand: UnboundedDecimal) -> UnboundedDecimal {
    UnboundedDecimal(operand.magnitude, scale: Int(operand.scale), isNegative: !operand.isNegative)
  }

  static func + (a: UnboundedDecimal, b: UnboundedDecimal) -> UnboundedDecimal {
    let (x, y, scale) = aligned(a, b)
    if a.isNegative == b.isNegative { return UnboundedDecimal(x + y, scale: scale, isNegative: a.isNegative) }
    return x >= y
      ? UnboundedDecimal(x - y, scale: scale, isNegative: a.isNegative)
      : UnboundedDecimal(y - x, scale: scale, isNegative: b.isNegative)
  }

  static func * (a: UnboundedDecimal, b: UnboundedDecimal) -> UnboundedDecimal {
    UnboundedDecimal(a.magnitude * b.magnitude, scale: Int(a.scale + b.scale), isNegative: a.isNegative != b.isNegative)
  }

  /// The magnitudes of both at the larger of the two scales.
  static func aligned(_ a: UnboundedDecimal, _ b: UnboundedDecimal) -> (Magnitude, Magnitude, scale: Int) {
    let scale = max(a.scale, b.scale)
    return (a.magnitude.shiftedUp(Int(scale - a.scale)), b.magnitude.shiftedUp(Int(scale - b.scale)), Int(scale))
  }

  /// How many digits there are before the point; negative when zeros follow the point. Meaningless for zero.
  var exponent: Int { magnitude.digitCount - Int(scale) }

  func compare(_ other: UnboundedDecimal) -> Int {
    if isNegative != other.isNegative { return isNegative ? -1 : 1 }
    let order = compareMagnitude(other)
    return isNegative ? -order : order
  }

  private func compareMagnitude(_ other: UnboundedDecimal) -> Int {
    if magnitude.isZero || other.magnitude.isZero { return (magnitude.isZero ? 0 : 1) - (other.magnitude.isZero ? 0 : 1) }
    // Most numbers differ in size, which is seen without rescaling either.
    if exponent != other.exponent { return exponent < other.exponent ? -1 : 1 }
    let (x, y, _) = Self.aligned(self, other)
    return x == y ? 0 : x < y ? -1 : 1
  }

  /// The number with `places` digits behind the point; rounded at tens, hundreds and so on when that is negative.
  func rounded(to places: Int, _ rule: RoundingRule) -> UnboundedDecimal {
    let cut = Int(scale) - places
    let kept = cut > 0 ? magnitude.shiftedDown(cut, rounding: rule, negative: isNegative) : magnitude.shiftedUp(-cut)
    return UnboundedDecimal(kept.shiftedUp(max(-places, 0)), scale: max(places, 0), isNegative: isNegative)
  }

  /// `a / b` with `scale` digits behind the point.
  static func quotient(
    _ a: UnboundedDecimal, _ b: UnboundedDecimal, scale: Int, rounding rule: RoundingRule
  ) -> UnboundedDecimal {
    let shift = scale + Int(b.scale) - Int(a.scale)
    let numerator = a.magnitude.shiftedUp(max(shift, 0))
    let denominator = b.magnitude.shiftedUp(max(-shift, 0))
    let isNegative = a.isNegative != b.isNegative
    let (quotient, rest) = numerator.divided(by: denominator)
    let grows = rule.growsMagnitude(
      negative: isNegative, cutAnything: !rest.isZero, cutHalfOrMore: rest + rest >= denominator)
    return UnboundedDecimal(grows ? quotient + Magnitude(1) : quotient, scale: scale, isNegative: isNegative)
  }
}

/// Which way a number goes when digits are cut off it.
enum RoundingRule {
  case towardZero
  /// To the nearest; a half goes away from zero. This is how SQL rounds.
  case halfAwayFromZero
  case up
  case down

  /// Whether the magnitude that remains grows by one unit in its last place.
  @inline(__always)
  func growsMagnitude(negative: Bool, cutAnything: Bool, cutHalfOrMore: Bool) -> Bool {
    switch self {
    case .towardZero: false
    case .halfAwayFromZero: cutHalfOrMore
    case .up: cutAnything && !negative
    case .down: cutAnything && negative
    }
  }
}

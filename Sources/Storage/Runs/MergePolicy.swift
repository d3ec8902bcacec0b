/// Which versions a merge passes on, and which of them may become one.
///
/// A position is *retained* if somebody may still ask from it: every pin, and every position from the horizon on. Two versions of a
/// key may become one if no retained position lies between them.
struct MergePolicy: Sendable {
  /// Versions up to here are left out.
  var after: UInt64 = 0
  /// Versions past here are left out.
  var through: UInt64 = .max
  /// In ascending order.
  var pins: [UInt64] = []
  /// From here on every position is retained.
  var horizon: UInt64 = .max

  /// What is net between two positions.
  static func net(after: UInt64, through: UInt64) -> MergePolicy { MergePolicy(after: after, through: through) }
  /// Nothing is left out and nothing combined, but what one transaction did to a key.
  static let whole = MergePolicy(horizon: 0)

  /// Whether nobody can tell a state after `earlier` and before `later` from the ones around it.
  @inline(__always)
  func combines(_ earlier: UInt64, _ later: UInt64) -> Bool {
    if earlier == later { return true }
    if later > horizon { return false }
    let next = pins.partition { $0 >= earlier }
    return next == pins.count || pins[next] >= later
  }
}

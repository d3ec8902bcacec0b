import Relations

/// Which versions may become one, and which are passed over for good.
///
/// A position is *retained* if somebody may still ask from it: every pin, and every position from the horizon on. Two versions of a
/// key may become one if no retained position lies between them.
struct MergePolicy: Sendable {
  /// In ascending order.
  var pins: [UInt64] = []
  /// From here on every position is retained.
  var horizon: UInt64 = .max
  /// Nobody can see versions up to here.
  var unseen: UInt64 = 0

  /// All versions of a key become one: what is net in the window that is looked at.
  static let net = MergePolicy()
  /// Nothing is combined but what one transaction did to a key.
  static let whole = MergePolicy(horizon: 0)

  /// Whether nobody can tell a state after `earlier` and before `later` from the ones around it.
  @inline(__always)
  func combines(_ earlier: UInt64, _ later: UInt64) -> Bool {
    if earlier == later { return true }
    if later > horizon { return false }
    if Planted.bug("a collection combines what lies on both sides of a pin") { return true }
    let next = pins.partitionPoint { $0 >= earlier }
    return next == pins.count || pins[next] >= later
  }
}

/// A time zone: how far local time is ahead of UTC at any moment, past and future.
///
/// A value made of what a file of the tz database says, or of a fixed offset; reading the file is `Zone.named(_:in:)`'s business alone.
/// A session has one zone and uses it for millions of moments, most of them near each other: hence `span(at:)`, which also tells for how
/// long the offset holds.
///
///     … ─ initial ─┤ transitions[0] ─┤ … ─┤ transitions[n-1] ─┤ rule, every year, for ever …
public struct Zone: Sendable {
  /// As `SHOW timezone` prints it.
  public let name: String
  /// Seconds east of Greenwich before the first transition.
  let initial: Int32
  /// When the offset changes, in seconds from 1970, ascending, and what it changes to.
  let transitions: [Int64]
  let offsets: [Int32]
  /// What happens after the last transition; nil when nothing does.
  let rule: ZoneRule?

  init(name: String, initial: Int32, transitions: [Int64] = [], offsets: [Int32] = [], rule: ZoneRule? = nil) {
    precondition(transitions.count == offsets.count)
    self.name = name
    self.initial = initial
    self.transitions = transitions
    self.offsets = offsets
    self.rule = rule
  }

  /// The same offset for ever.
  public init(name: String, offset: Int32) {
    self.init(name: name, initial: offset)
  }

  /// Universal time, PostgreSQL's own choice where nothing is configured.
  public static let utc = Zone(name: "UTC", offset: 0)
}

extension Zone: CustomStringConvertible {
  /// The name.
  public var description: String { name }
}

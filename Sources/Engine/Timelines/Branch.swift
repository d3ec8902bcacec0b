import Relations

/// What is known of a branch.
public struct Branch: Hashable, Sendable {
  public let name: String
  /// The branch that it left; nil for main.
  public let parent: String?
  /// Where, on the parent's timeline.
  public let fork: Position
  public let kind: Kind
  /// The last position of its own timeline; the beginning if it has written nothing.
  public let end: Position
  /// How many transactions it wrote, and how many reads it has.
  public let transactions: Int
  public let reads: Int
  /// The fork, if main's log (or the parent's) has not come to it: until it does, the branch's reads are `not-reached`.
  public let waitsFor: Position?

  public enum Kind: Hashable, Sendable {
    case normal
    /// Nobody writes to it.
    case snapshot
    /// It goes at a time, in microseconds from 2000-01-01 UTC: see `expire(at:)`.
    case temporary(until: Int64)
  }
}

/// Where a branch leaves its parent.
public enum ForkPoint: Hashable, Sendable {
  case at(Position)
  /// The last state before the first transaction that was committed after this moment (microseconds from 2000-01-01 UTC).
  case committed(by: Int64)
  /// The parent's present.
  case present
}

/// What went with a branch, or with a part of it.
public struct Removal: Hashable, Sendable {
  public let branch: String
  /// How many of its transactions are gone.
  public let transactions: Int
  /// The names of the reads that are forgotten.
  public let reads: [String]
  /// The names of the reads of which the last verdict is kept, see `ReadKeeping`.
  public let settled: [String]
  /// Whether its writes are kept, for the branches that left it.
  public let isHidden: Bool
}

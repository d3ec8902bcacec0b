import Relations

/// Why something cannot be done to a timeline, or asked of it.
public enum TimelineError: Error, Hashable, Sendable {
  /// There is no branch of that name, or it was deleted.
  case unknownBranch(String)
  /// There is one of that name that left its parent elsewhere, or is of another kind.
  case branchExists(String)
  /// A snapshot is not written to.
  case readOnly(branch: String)
  /// A branch's writes come in the order of its own timeline.
  case outOfOrder(branch: String, Position, expectedAfter: Position)
  /// What is known begins later.
  case notCovered(Position, from: Position)
  /// Of the log before a position only what was pinned is kept, and this was not.
  case notRetained(Position, from: Position)
  /// What was known then is not: the moment lies before the first transaction that has a time.
  case beforeKnownTime(Int64, first: Int64?)
  /// It left another branch: that one would have to be promoted first.
  case notOnMain(branch: String)
  /// Its parent was promoted: from one timeline to the other nobody is told on.
  case followsMain(branch: String)
  /// Branches left it behind that position: they go first.
  case inUse(branch: String, by: [String])
}

extension TimelineError {
  /// Stable, for programs.
  public var code: String {
    switch self {
    case .unknownBranch: "unknown-branch"
    case .branchExists: "branch-exists"
    case .readOnly: "read-only"
    case .outOfOrder: "order"
    case .notCovered: "not-covered"
    case .notRetained, .beforeKnownTime: "not-retained"
    case .inUse: "in-use"
    case .notOnMain: "not-on-main"
    case .followsMain: "follows-main"
    }
  }
}

extension TimelineError: CustomStringConvertible {
  /// What is wrong, and what would make it right.
  public var description: String {
    switch self {
    case .unknownBranch(let name): "there is no branch '\(name)': fork it first"
    case .branchExists(let name):
      "there is a branch '\(name)' that was forked elsewhere or is of another kind: delete it, or take another name"
    case .readOnly(let name): "'\(name)' is a snapshot, which nobody writes to: fork a branch at its position and write to that"
    case .outOfOrder(let name, let position, let end):
      "a write of '\(name)' at \(position) comes after the one at \(end): send a branch's writes in their order"
    case .notCovered(let position, let start): "nothing is known of main at \(position): what is known begins at \(start)"
    case .notRetained(let position, let start): "main at \(position) was not kept: every state is from \(start) on"
    case .beforeKnownTime(_, nil): "main's log tells no commit times: fork at a position"
    case .beforeKnownTime: "the first commit time that is known is a later one: fork at a position"
    case .notOnMain(let name): "'\(name)' left another branch: promote that one first"
    case .followsMain(let name): "the branch that '\(name)' left was promoted: ask for its verdicts, which are against main now"
    case .inUse(let name, let branches):
      "\(branches.map { "'\($0)'" }.joined(separator: ", ")) left '\(name)' behind that position: delete them first"
    }
  }
}

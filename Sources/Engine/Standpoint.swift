import Relations

/// From where a read saw main: main's state at a fork, and how much of the branch's own writes lay over it. Reads from one standpoint
/// are judged by the same differences.
struct Standpoint: Hashable {
  /// On main.
  let fork: Position
  /// The branch whose writes count; nil where there are none, so that all branches that only read share a standpoint.
  let branch: String?
  let writes: Int
}

extension VerdictEngine {
  /// nil for a branch of a branch.
  func standpoint(of read: PlacedRead) -> Standpoint? { branches[read.branch]?.standpoint(of: read) }
}

extension BranchTimeline {
  /// From where one of its reads saw main; nil of a branch of a branch.
  func standpoint(of read: PlacedRead) -> Standpoint? {
    guard parent == nil else { return nil }
    let writes = count(at: read.place)
    return Standpoint(fork: fork, branch: writes == 0 ? nil : name, writes: writes)
  }
}

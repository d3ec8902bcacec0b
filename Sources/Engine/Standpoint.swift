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
  func standpoint(of read: PlacedRead) -> Standpoint? {
    guard let branch = branches[read.branch], branch.parent == nil else { return nil }
    let writes = branch.count(at: read.place)
    return Standpoint(fork: branch.fork, branch: writes == 0 ? nil : read.branch, writes: writes)
  }
}

import Relations

/// Merges runs of one table: hands out the versions in the order of their keys, those that the policy combines as one.
///
/// Shaped for a few runs of many versions, and mostly one version a key.
final class RunMerge {
  private let cursors: [RunCursor]
  private let policy: MergePolicy
  private let types: [SQLType]
  /// The versions of each key are put together here.
  private var sum = VersionBuffer()
  private var hasBegun = false

  /// - Parameter cursors: those that come later on the timeline later; not yet advanced.
  init(_ cursors: [RunCursor], _ types: [SQLType], _ policy: MergePolicy) {
    self.cursors = cursors
    self.types = types
    self.policy = policy
  }

  /// Moves to the next version that is something; false at the end.
  func advance() throws(StoreError) -> Bool {
    if !hasBegun {
      hasBegun = true
      for cursor in cursors { try advance(cursor) }
    }
    while let cursor = least() {
      try cursor.withVersion { version throws(StoreError) in sum.set(version) }
      try advance(cursor)
      while let next = least(), try next.withVersion({ version throws(StoreError) in try combine(version) }) {
        try advance(next)
      }
      if !sum.isNothing { return true }
    }
    return false
  }

  /// Lends the version.
  func withVersion<Result>(_ body: (Version) throws(StoreError) -> Result) throws(StoreError) -> Result {
    try sum.withVersion(body)
  }

  private func combine(_ version: Version) throws(StoreError) -> Bool {
    guard sum.hasKey(version.key), policy.combines(sum.last, version.first) else { return false }
    try sum.add(version, types)
    return true
  }

  /// Moves a cursor to its next version that the policy lets in.
  private func advance(_ cursor: RunCursor) throws(StoreError) {
    repeat {
      try cursor.advance()
    } while !cursor.isAtEnd && (cursor.last <= policy.after || cursor.first > policy.through)
    // What was combined although somebody can ask from between would be a wrong answer.
    guard cursor.isAtEnd || cursor.first > policy.after && cursor.last <= policy.through else {
      throw .corrupt("a run", why: "versions \(cursor.first) to \(cursor.last) are one, and \(policy.after) or \(policy.through) is between")
    }
  }

  /// The cursor that stands at the least key, of those that stand at the same key the earliest one.
  private func least() -> RunCursor? {
    var least: RunCursor?
    for cursor in cursors where !cursor.isAtEnd {
      guard let other = least else {
        least = cursor
        continue
      }
      if cursor.prefix > other.prefix { continue }
      if cursor.prefix < other.prefix || cursor.isBefore(other) { least = cursor }
    }
    return least
  }
}

extension RunCursor {
  /// Whether its version comes first; the other one's, if both are of one key and one transaction.
  fileprivate func isBefore(_ other: RunCursor) -> Bool {
    let order = compareKey(with: other)
    return order < 0 || order == 0 && first < other.first
  }
}

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

  /// Moves to the next version; false at the end.
  ///
  /// - Parameter keepingNothing: whether to stop at one in which nothing has changed on balance.
  func advance(keepingNothing: Bool = false) throws(StoreError) -> Bool {
    if !hasBegun {
      hasBegun = true
      for cursor in cursors { try cursor.advance() }
    }
    while let cursor = least() {
      try cursor.withVersion { version throws(StoreError) in sum.set(version) }
      try cursor.advance()
      while let next = least(), try next.withVersion({ version throws(StoreError) in try combine(version) }) {
        try next.advance()
      }
      if keepingNothing || !sum.isNothing { return true }
    }
    return false
  }

  /// The version, to keep.
  var current: VersionBuffer { sum }

  /// Lends the version.
  func withVersion<Result>(_ body: (Version) throws(StoreError) -> Result) throws(StoreError) -> Result {
    try sum.withVersion(body)
  }

  private func combine(_ version: Version) throws(StoreError) -> Bool {
    guard sum.hasKey(version.key), policy.combines(sum.last, version.first) else { return false }
    try sum.add(version, types)
    return true
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

import Relations

/// Merges runs of one table: hands out the versions in the order of their keys, those that the policy combines as one.
///
/// Shaped for a few runs of many versions, and mostly one version a key: such a version is lent from where it lies.
final class RunMerge {
  private let cursors: [RunCursor]
  private let policy: MergePolicy
  private let types: [SQLType]
  /// The places of the cursors that are not at their end.
  private var live: [Int] = []
  /// What the keys begin with at which the cursors stand.
  private var prefixes: [UInt64]
  /// The cursor at whose version it stands, if nothing is added to it.
  private var lender: Int?
  /// Where there are several versions of a key they are put together here.
  private var sum = VersionBuffer()
  private var hasBegun = false

  /// - Parameter cursors: those that come later on the timeline later; not yet advanced.
  init(_ cursors: [RunCursor], _ types: [SQLType], _ policy: MergePolicy) {
    self.cursors = cursors
    self.types = types
    self.policy = policy
    prefixes = Array(repeating: 0, count: cursors.count)
  }

  /// Moves to the next version; false at the end.
  ///
  /// - Parameter keepingNothing: whether to stop at one in which nothing has changed on balance.
  func advance(keepingNothing: Bool = false) throws(StoreError) -> Bool {
    if !hasBegun {
      hasBegun = true
      live = Array(cursors.indices)
      for place in cursors.indices { try move(place) }
    }
    if let place = lender {
      lender = nil
      try move(place)
    }
    while let (place, isAlone) = least() {
      if isAlone, cursors[place].isLastOfKey {
        if keepingNothing || !cursors[place].isNothing {
          lender = place
          return true
        }
        try move(place)
        continue
      }
      try cursors[place].withVersion { version throws(StoreError) in sum.set(version) }
      try move(place)
      while let next = least()?.place, try cursors[next].withVersion({ version throws(StoreError) in try combine(version) }) {
        try move(next)
      }
      if keepingNothing || !sum.isNothing { return true }
    }
    return false
  }

  /// The version, to keep.
  var current: VersionBuffer {
    guard let lender else { return sum }
    var copy = VersionBuffer()
    cursors[lender].copy(to: &copy)
    return copy
  }

  /// Lends the version.
  @inline(__always)
  func withVersion<Result>(_ body: (Version) throws(StoreError) -> Result) throws(StoreError) -> Result {
    if let lender { return try cursors[lender].withVersion(body) }
    return try sum.withVersion(body)
  }

  private func combine(_ version: Version) throws(StoreError) -> Bool {
    guard sum.hasKey(version.key), policy.combines(sum.last, version.first) else { return false }
    try sum.add(version, types)
    return true
  }

  private func move(_ place: Int) throws(StoreError) {
    try cursors[place].advance()
    if cursors[place].isAtEnd { live.removeAll { $0 == place } } else { prefixes[place] = cursors[place].prefix }
  }

  /// The cursor that stands at the least key, of those that stand at the same key the earliest one; and whether it is the only one there.
  private func least() -> (place: Int, isAlone: Bool)? {
    guard var least = live.first else { return nil }
    var isAlone = true
    for place in live.dropFirst() {
      if prefixes[place] > prefixes[least] { continue }
      if prefixes[place] < prefixes[least] {
        (least, isAlone) = (place, true)
        continue
      }
      let order = cursors[place].compareKey(with: cursors[least])
      if order > 0 { continue }
      isAlone = order < 0
      if order < 0 || cursors[place].first < cursors[least].first { least = place }
    }
    return (least, isAlone)
  }
}

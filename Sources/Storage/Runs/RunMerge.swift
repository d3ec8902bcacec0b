import Relations

/// Merges runs of one table: hands out the versions in the order of their keys, those that the policy combines as one.
///
/// Shaped for a few runs of many versions, and mostly one version a key: such a version is lent from where it lies.
final class RunMerge {
  private let cursors: [RunCursor]
  private let policy: MergePolicy
  private let types: [SQLType]
  /// The cursors that are not at their end, in the order of the timeline; nobody is counted while they are looked at.
  private let heads: UnsafeMutablePointer<Head>
  private var headCount = 0
  /// Which head lends its version, because nothing is added to it; -1 if none does.
  private var lender = -1
  /// Where there are several versions of a key they are put together here.
  private var sum = VersionBuffer()
  private var hasBegun = false

  /// Where a cursor stands, and what the key there begins with. The merge holds its cursors as long as it lives.
  private struct Head {
    var prefix: UInt64
    let cursor: Unmanaged<RunCursor>
  }

  /// - Parameter cursors: those that come later on the timeline later; not yet advanced.
  init(_ cursors: [RunCursor], _ types: [SQLType], _ policy: MergePolicy) {
    self.cursors = cursors
    self.types = types
    self.policy = policy
    heads = .allocate(capacity: cursors.count)
  }

  deinit { heads.deallocate() }

  /// Moves to the next version; false at the end.
  ///
  /// - Parameter keepingNothing: whether to stop at one in which nothing has changed on balance.
  func advance(keepingNothing: Bool = false) throws(StoreError) -> Bool {
    if !hasBegun { try begin() }
    if lender >= 0 {
      let last = lender
      lender = -1
      try move(last)
    }
    while headCount > 0 {
      let (place, isAlone) = least()
      if isAlone, heads[place].cursor._withUnsafeGuaranteedRef({ $0.isLastOfKey }) {
        if keepingNothing || !heads[place].cursor._withUnsafeGuaranteedRef({ $0.isNothing }) {
          lender = place
          return true
        }
        try move(place)
        continue
      }
      heads[place].cursor._withUnsafeGuaranteedRef { $0.copy(to: &sum) }
      try move(place)
      while headCount > 0 {
        let next = least().place
        guard try heads[next].cursor.takeUnretainedValue().withVersion({ version throws(StoreError) in try combine(version) })
        else { break }
        try move(next)
      }
      if keepingNothing || !sum.isNothing { return true }
    }
    return false
  }

  /// The version, to keep.
  var current: VersionBuffer {
    guard lender >= 0 else { return sum }
    var copy = VersionBuffer()
    heads[lender].cursor._withUnsafeGuaranteedRef { $0.copy(to: &copy) }
    return copy
  }

  /// Lends the version.
  @inline(__always)
  func withVersion<Result>(_ body: (Version) throws(StoreError) -> Result) throws(StoreError) -> Result {
    if lender >= 0 { return try heads[lender].cursor.takeUnretainedValue().withVersion(body) }
    return try sum.withVersion(body)
  }

  private func combine(_ version: Version) throws(StoreError) -> Bool {
    guard sum.hasKey(version.key), policy.combines(sum.last, version.first) else { return false }
    try sum.add(version, types)
    return true
  }

  private func begin() throws(StoreError) {
    hasBegun = true
    for cursor in cursors {
      try cursor.advance()
      if cursor.isAtEnd { continue }
      (heads + headCount).initialize(to: Head(prefix: cursor.prefix, cursor: .passUnretained(cursor)))
      headCount += 1
    }
  }

  private func move(_ place: Int) throws(StoreError) {
    let cursor = heads[place].cursor.takeUnretainedValue()
    try cursor.advance()
    heads[place].prefix = cursor.prefix
    guard cursor.isAtEnd else { return }
    headCount -= 1
    for later in place..<headCount { heads[later] = heads[later + 1] }
  }

  /// The head with the least key, of those with the same key the earliest one; and whether it is the only one there.
  ///
  /// - Precondition: there is one.
  private func least() -> (place: Int, isAlone: Bool) {
    var least = 0
    var isAlone = true
    for place in 1..<max(headCount, 1) {
      if heads[place].prefix > heads[least].prefix { continue }
      if heads[place].prefix < heads[least].prefix {
        (least, isAlone) = (place, true)
        continue
      }
      let (one, other) = (heads[place].cursor, heads[least].cursor)
      let order = one._withUnsafeGuaranteedRef { one in other._withUnsafeGuaranteedRef { one.compareKey(with: $0) } }
      if order > 0 { continue }
      isAlone = order < 0
      let isEarlier = one._withUnsafeGuaranteedRef { one in other._withUnsafeGuaranteedRef { one.first < $0.first } }
      if order < 0 || isEarlier { least = place }
    }
    return (least, isAlone)
  }
}

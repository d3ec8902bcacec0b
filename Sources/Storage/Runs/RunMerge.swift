import Relations

/// Merges runs of one table: hands out the versions in the order of their keys, those that the policy combines as one.
///
/// Shaped for runs of many versions, a few or some hundred, and mostly one version a key: such a version is lent from where it lies.
final class RunMerge {
  private let cursors: [RunCursor]
  private let policy: MergePolicy
  private let types: [SQLType]
  /// The cursors that are not at their end, as a heap: the first has the least key, and of that key the earliest version. Nobody is
  /// counted while they are looked at.
  private let heads: UnsafeMutablePointer<Head>
  private var headCount = 0
  /// Whether the first head lends its version, because nothing is added to it.
  private var isLending = false
  /// Where there are several versions of a key they are put together here.
  private var sum = VersionBuffer()
  private var hasBegun = false

  /// Where a cursor stands, and what the key there begins with. The merge holds its cursors as long as it lives.
  private struct Head {
    var prefix: UInt64
    let cursor: Unmanaged<RunCursor>
    /// Of versions of one key and transaction the one whose cursor came first comes first.
    let place: Int
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
    if isLending {
      isLending = false
      try move()
    }
    while headCount > 0 {
      if isAlone, heads[0].cursor._withUnsafeGuaranteedRef({ $0.isLastOfKey }) {
        if keepingNothing || !heads[0].cursor._withUnsafeGuaranteedRef({ $0.isNothing }) {
          isLending = true
          return true
        }
        try move()
        continue
      }
      heads[0].cursor._withUnsafeGuaranteedRef { $0.copy(to: &sum) }
      try move()
      while headCount > 0 {
        guard try heads[0].cursor.takeUnretainedValue().withVersion({ version throws(StoreError) in try combine(version) })
        else { break }
        try move()
      }
      if keepingNothing || !sum.isNothing { return true }
    }
    return false
  }

  /// The version, to keep.
  var current: VersionBuffer {
    guard isLending else { return sum }
    var copy = VersionBuffer()
    heads[0].cursor._withUnsafeGuaranteedRef { $0.copy(to: &copy) }
    return copy
  }

  /// Lends the version.
  @inline(__always)
  func withVersion<Result>(_ body: (Version) throws(StoreError) -> Result) throws(StoreError) -> Result {
    if isLending { return try heads[0].cursor.takeUnretainedValue().withVersion(body) }
    return try sum.withVersion(body)
  }

  private func combine(_ version: Version) throws(StoreError) -> Bool {
    guard sum.hasKey(version.key), policy.combines(sum.last, version.first) else { return false }
    try sum.add(version, types)
    return true
  }

  private func begin() throws(StoreError) {
    hasBegun = true
    for (place, cursor) in cursors.enumerated() {
      try cursor.advance()
      if cursor.isAtEnd { continue }
      (heads + headCount).initialize(to: Head(prefix: cursor.prefix, cursor: .passUnretained(cursor), place: place))
      headCount += 1
    }
    for place in stride(from: headCount / 2 - 1, through: 0, by: -1) { sink(place) }
  }

  /// Moves the first head on.
  private func move() throws(StoreError) {
    let cursor = heads[0].cursor.takeUnretainedValue()
    try cursor.advance()
    if cursor.isAtEnd {
      headCount -= 1
      heads[0] = heads[headCount]
    } else {
      heads[0].prefix = cursor.prefix
    }
    sink(0)
  }

  /// Brings a head to its place among those below it.
  private func sink(_ start: Int) {
    guard start < headCount else { return }
    let head = heads[start]
    var place = start
    while true {
      var child = 2 * place + 1
      if child >= headCount { break }
      if child + 1 < headCount, RunMerge.comesFirst(heads[child + 1], heads[child]) { child += 1 }
      if !RunMerge.comesFirst(heads[child], head) { break }
      heads[place] = heads[child]
      place = child
    }
    heads[place] = head
  }

  /// Whether no other head is at the key of the first one: the next one would be right below it.
  private var isAlone: Bool {
    for place in 1..<max(1, min(3, headCount)) where heads[place].prefix == heads[0].prefix {
      if RunMerge.order(heads[place], heads[0]) == 0 { return false }
    }
    return true
  }

  @inline(__always)
  private static func comesFirst(_ one: Head, _ other: Head) -> Bool {
    if one.prefix != other.prefix { return one.prefix < other.prefix }
    let order = order(one, other)
    if order != 0 { return order < 0 }
    let (first, second) = (one.cursor._withUnsafeGuaranteedRef { $0.first }, other.cursor._withUnsafeGuaranteedRef { $0.first })
    return first != second ? first < second : one.place < other.place
  }

  private static func order(_ one: Head, _ other: Head) -> Int {
    one.cursor._withUnsafeGuaranteedRef { one in other.cursor._withUnsafeGuaranteedRef { one.compareKey(with: $0) } }
  }
}

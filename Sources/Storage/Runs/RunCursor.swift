import Relations

/// Walks over the versions of one run, in the order of their keys, and of one key in the order of the timeline.
final class RunCursor {
  /// Gives block after block: its bytes, where in them the versions begin, and what to call it if it is damaged.
  typealias Source = () throws(StoreError) -> (bytes: [UInt8], start: Int, name: String)?

  private let source: Source
  /// The bytes of a row's bitmap of holes.
  private let holeCount: Int
  private let window: Window
  private var block: [UInt8] = []
  private var name = ""
  private var next = 0
  private(set) var isAtEnd = false

  // The version that it stands at.
  private(set) var first: UInt64 = 0
  private(set) var last: UInt64 = 0
  /// The first eight bytes of the key, which settle most comparisons.
  private(set) var prefix: UInt64 = 0
  private var key = 0..<0
  private var flags = VersionFlags()
  private var beforeHoles = 0..<0
  private var before = 0..<0
  private var afterHoles = 0..<0
  private var after = 0..<0
  private var weight: Int64 = 0

  /// - Parameter columns: how many columns the run's rows have.
  init(columns: Int, _ window: Window, _ source: @escaping Source) {
    holeCount = (columns + 7) / 8
    self.window = window
    self.source = source
  }

  /// Which versions it stops at.
  struct Window {
    /// Those of transactions after this one, if it is not zero…
    var after: UInt64 = 0
    /// …and up to this one.
    var through: UInt64 = .max
    /// Those that begin later were taken back.
    var limit: UInt64 = .max
    /// Those of this key, and greater ones.
    var key: [UInt8]?
  }

  /// Lends the version.
  @inline(__always)
  func withVersion<Result>(_ body: (Version) throws(StoreError) -> Result) throws(StoreError) -> Result {
    try block.lend { bytes throws(StoreError) in
      func slice(_ range: Range<Int>) -> UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: bytes[range]) }
      return try body(
        Version(
          key: slice(key), first: first, last: last, flags: flags,
          before: StoredRow(holes: slice(beforeHoles), row: slice(before)),
          after: StoredRow(holes: slice(afterHoles), row: slice(after)), weight: weight))
    }
  }

  func copy(to buffer: inout VersionBuffer) {
    block.withUnsafeBytes { bytes in
      func slice(_ range: Range<Int>) -> UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: bytes[range]) }
      buffer.set(
        Version(
          key: slice(key), first: first, last: last, flags: flags,
          before: StoredRow(holes: slice(beforeHoles), row: slice(before)),
          after: StoredRow(holes: slice(afterHoles), row: slice(after)), weight: weight))
    }
  }

  /// Whether the version behind it is of another key; false where that is not known without moving on.
  var isLastOfKey: Bool {
    if next == block.count { return false }
    return block.withUnsafeBytes { bytes in
      var place = next
      guard let count = length(bytes, &place) else { return false }
      return UnsafeRawBufferPointer(rebasing: bytes[place..<place &+ count]).compare(UnsafeRawBufferPointer(rebasing: bytes[key]))
        != 0
    }
  }

  /// Whether nothing has changed on balance.
  var isNothing: Bool {
    if flags.contains(.weighted) { return weight == 0 }
    if flags.isDisjoint(with: [.before, .after]) { return true }
    guard flags == [.before, .after], before.count == after.count else { return false }
    return block.withUnsafeBytes { bytes in
      UnsafeRawBufferPointer(rebasing: bytes[before]).compare(UnsafeRawBufferPointer(rebasing: bytes[after])) == 0
    }
  }

  /// Negative, zero or positive as the keys of two versions sort.
  func compareKey(with other: RunCursor) -> Int {
    block.withUnsafeBytes { bytes in
      other.block.withUnsafeBytes {
        UnsafeRawBufferPointer(rebasing: bytes[key]).compare(UnsafeRawBufferPointer(rebasing: $0[other.key]))
      }
    }
  }

  /// Moves on to the next version, or to the end.
  func advance() throws(StoreError) {
    repeat { try step() } while !isAtEnd && !isWanted
    // What was combined although somebody can ask from between would be a wrong answer.
    guard isAtEnd || (first > window.after || window.after == 0) && last <= window.through else {
      throw .corrupt(name, why: "\(first) to \(last) are one version, and somebody asks from between")
    }
  }

  private var isWanted: Bool {
    if first > window.limit || first > window.through { return false }
    if window.after > 0 && last <= window.after { return false }
    guard let key = window.key else { return true }
    return withKey { own in key.withUnsafeBytes { own.compare($0) >= 0 } }
  }

  func withKey<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    block.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[key])) }
  }

  private func step() throws(StoreError) {
    while next == block.count {
      guard let (bytes, start, name) = try source() else {
        isAtEnd = true
        return
      }
      block = bytes
      next = start
      self.name = name
    }
    guard read() else { throw .corrupt(name, why: "a version in it is cut off") }
  }
}

// MARK: - Reading

extension RunCursor {
  private func read() -> Bool {
    block.withUnsafeBytes { bytes in
      var place = next
      guard let keyCount = length(bytes, &place) else { return false }
      key = place..<place &+ keyCount
      place &+= keyCount
      guard let first = number(bytes, &place), let span = number(bytes, &place), place < bytes.count else { return false }
      self.first = first
      last = first &+ span
      flags = VersionFlags(rawValue: bytes[place])
      place &+= 1
      (beforeHoles, before, afterHoles, after, weight) = (0..<0, 0..<0, 0..<0, 0..<0, 0)
      if flags.contains(.weighted) {
        guard let number = number(bytes, &place) else { return false }
        weight = Int64(bitPattern: number >> 1) ^ (0 &- Int64(bitPattern: number & 1))
      } else {
        if flags.contains(.before) {
          guard row(bytes, &place, flags.contains(.beforeHoles), &beforeHoles, &before) else { return false }
        }
        if flags.contains(.after) {
          guard row(bytes, &place, flags.contains(.afterHoles), &afterHoles, &after) else { return false }
        }
      }
      prefix = UnsafeRawBufferPointer(rebasing: bytes[key]).prefixWord
      next = place
      return last >= first
    }
  }

  @inline(__always)
  private func row(
    _ bytes: UnsafeRawBufferPointer, _ place: inout Int, _ hasHoles: Bool, _ holes: inout Range<Int>, _ row: inout Range<Int>
  ) -> Bool {
    if hasHoles {
      guard bytes.count &- place >= holeCount else { return false }
      holes = place..<place &+ holeCount
      place &+= holeCount
    }
    guard let count = length(bytes, &place) else { return false }
    row = place..<place &+ count
    place &+= count
    return true
  }

  /// A number of bytes that are there.
  @inline(__always)
  private func length(_ bytes: UnsafeRawBufferPointer, _ place: inout Int) -> Int? {
    guard let number = number(bytes, &place), number <= UInt64(bytes.count &- place) else { return nil }
    return Int(number)
  }

  @inline(__always)
  private func number(_ bytes: UnsafeRawBufferPointer, _ place: inout Int) -> UInt64? {
    var number: UInt64 = 0
    var shift: UInt64 = 0
    while place < bytes.count && shift < 64 {
      let byte = bytes[place]
      place &+= 1
      number |= UInt64(byte & 0x7F) &<< shift
      if byte < 0x80 { return number }
      shift &+= 7
    }
    return nil
  }
}

extension UnsafeRawBufferPointer {
  /// The first eight bytes as a number that sorts as they do; bytes that are not there are zero.
  @inline(__always)
  var prefixWord: UInt64 {
    if count >= 8 { return UInt64(bigEndian: loadUnaligned(as: UInt64.self)) }
    var word: UInt64 = 0
    for i in 0..<count { word |= UInt64(self[i]) &<< UInt64(truncatingIfNeeded: 56 &- 8 &* i) }
    return word
  }
}

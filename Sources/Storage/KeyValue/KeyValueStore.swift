/// What everything durable stands on: ordered keys with values, written in batches that are there whole or not at all.
///
/// Two forms: `RocksStore` on a disk, and `MemoryStore`, which loses power, fills up and fails when a test says so. Nothing above
/// knows which of them it has.
///
/// What a caller may rely on, and nothing else:
///
/// 1. A batch is atomic: after a crash all of it is there or nothing.
/// 2. A batch that was written durably is there after a crash, and so is everything written before it.
/// 3. Of batches that were not written durably, after the last one that was, *any* may be missing after a crash: a later one may be
///    there and an earlier one not. Whoever needs an order makes the first one durable before he writes the second.
/// 4. A write that threw may be there or not. Nothing more can be written until `recover` has succeeded; then look.
public protocol KeyValueStore: AnyObject, Sendable {
  /// Makes a batch visible, durable if asked, and all that was written before it durable along with it.
  func write(_ batch: WriteBatch, durably: Bool) throws(StoreError)
  /// What is there now, unchanging.
  func snapshot() throws(StoreError) -> any KeyValueSnapshot
  /// Makes the store writable again after a write that threw, if what was in the way is gone.
  func recover() throws(StoreError)
  /// How many bytes it takes on its disk, about.
  var diskBytes: Int { get }
}

/// A state of the store that does not change any more.
public protocol KeyValueSnapshot: AnyObject, Sendable {
  func value(of key: [UInt8]) throws(StoreError) -> [UInt8]?
  /// Walks over keys in order, or from the last to the first one.
  func cursor(_ range: KeyRange, reversed: Bool) -> any KeyValueCursor
}

/// A walk over a snapshot, which it keeps.
public protocol KeyValueCursor: AnyObject {
  /// The next key and its value; nil when there is none.
  func next() throws(StoreError) -> (key: [UInt8], value: [UInt8])?
}

/// Keys from one up to another one, which is not in the range.
public struct KeyRange: Hashable, Sendable {
  public let lower: [UInt8]
  public let upper: [UInt8]

  public init(from lower: [UInt8], to upper: [UInt8]) {
    self.lower = lower
    self.upper = upper
  }

  /// All keys that begin so.
  ///
  /// - Precondition: the prefix has a byte that is not 0xFF.
  public init(prefix: [UInt8]) {
    guard let upper = prefix.endOfPrefix else { preconditionFailure("some key comes after those with the prefix") }
    self.init(from: prefix, to: upper)
  }

  public func contains(_ key: [UInt8]) -> Bool { !key.precedes(lower) && key.precedes(upper) }
}

extension KeyValueSnapshot {
  public func cursor(_ range: KeyRange) -> any KeyValueCursor { cursor(range, reversed: false) }

  /// The last key of a range.
  public func last(in range: KeyRange) throws(StoreError) -> (key: [UInt8], value: [UInt8])? {
    try cursor(range, reversed: true).next()
  }
}

extension [UInt8] {
  /// What comes behind everything that begins with these bytes; nil if nothing does.
  var endOfPrefix: [UInt8]? {
    var end = self
    while end.last == 0xFF { end.removeLast() }
    if end.isEmpty { return nil }
    end[end.count - 1] += 1
    return end
  }

  /// Whether the bytes come first in the order of `memcmp`, the shorter of two that begin alike being the lesser.
  @inlinable
  func precedes(_ other: [UInt8]) -> Bool { compare(other) < 0 }

  @usableFromInline
  func compare(_ other: [UInt8]) -> Int {
    withUnsafeBytes { a in other.withUnsafeBytes { b in a.compare(b) } }
  }
}

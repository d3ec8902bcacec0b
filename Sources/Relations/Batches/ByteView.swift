#if canImport(Glibc)
  import Glibc
#endif

/// A byte column lent to a kernel: nothing in here is counted, copied or checked twice.
///
/// Valid only inside the closure that received it.
public struct ByteView {
  public let slots: UnsafeBufferPointer<ByteColumn.Slot>
  public let heap: UnsafeBufferPointer<UInt8>

  @inlinable public init(slots: UnsafeBufferPointer<ByteColumn.Slot>, heap: UnsafeBufferPointer<UInt8>) {
    self.slots = slots
    self.heap = heap
  }

  @inlinable public var count: Int { slots.count }

  @inlinable @inline(__always)
  public subscript(row: Int) -> UnsafeBufferPointer<UInt8> { bytes(of: slots[row]) }

  @inlinable @inline(__always)
  public func bytes(of slot: ByteColumn.Slot) -> UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(rebasing: heap[Int(slot.offset)..<Int(slot.offset) &+ Int(slot.length)])
  }

  /// Whether two values are the same bytes.
  @inlinable @inline(__always)
  public func equals(_ row: Int, _ other: ByteView, _ otherRow: Int) -> Bool {
    let a = slots[row]
    let b = other.slots[otherRow]
    if a.differs(from: b) { return false }
    return a.isShort || ByteView.equalTails(start(of: a), other.start(of: b), Int(a.length))
  }

  /// Compares what lies behind the first eight bytes, word by word; the last word overlaps the one before.
  @inlinable @inline(__always)
  static func equalTails(_ a: UnsafeRawPointer, _ b: UnsafeRawPointer, _ length: Int) -> Bool {
    if length > 64 { return memcmp(a + 8, b + 8, length &- 8) == 0 }
    var place = 8
    while place &+ 8 < length {
      if a.loadUnaligned(fromByteOffset: place, as: UInt64.self) != b.loadUnaligned(fromByteOffset: place, as: UInt64.self) {
        return false
      }
      place &+= 8
    }
    let last = length &- 8
    return a.loadUnaligned(fromByteOffset: last, as: UInt64.self) == b.loadUnaligned(fromByteOffset: last, as: UInt64.self)
  }

  /// - Precondition: the value is not empty.
  @inlinable @inline(__always)
  func start(of slot: ByteColumn.Slot) -> UnsafeRawPointer { UnsafeRawPointer(heap.baseAddress! + Int(slot.offset)) }

  /// Orders two values by their bytes: negative, zero or positive.
  @inlinable @inline(__always)
  public func compare(_ row: Int, _ other: ByteView, _ otherRow: Int) -> Int {
    let a = slots[row]
    let b = other.slots[otherRow]
    if a.prefix != b.prefix { return a.prefix < b.prefix ? -1 : 1 }
    if !a.isShort && !b.isShort {
      let order = memcmp(bytes(of: a).baseAddress!, other.bytes(of: b).baseAddress!, Int(min(a.length, b.length)))
      if order != 0 { return Int(order) }
    }
    return Int(a.length) &- Int(b.length)
  }
}

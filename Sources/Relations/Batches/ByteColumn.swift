/// Variable-length values: a fixed-size slot a row, and the bytes on a heap that the columns of a batch share.
///
/// Picking, reordering and repeating rows moves slots and leaves the heap alone. Most values in practice (codes, names,
/// states) are told apart by the slot: it has the length and the first eight bytes, which is all of a short value.
public struct ByteColumn: Sendable {
  public var slots: [Slot]
  public var heap: [UInt8]

  public init(slots: [Slot] = [], heap: [UInt8] = []) {
    self.slots = slots
    self.heap = heap
  }

  /// Where a value lies and how it begins.
  public struct Slot: Sendable, BitwiseCopyable {
    /// Where it starts on the heap: one batch has less than 4 GiB of text.
    public let offset: UInt32
    public let length: UInt32
    /// The first eight bytes as a big-endian number, zero-padded, so that unequal prefixes order as the bytes do.
    public let prefix: UInt64

    @inlinable public init(offset: UInt32, length: UInt32, prefix: UInt64) {
      self.offset = offset
      self.length = length
      self.prefix = prefix
    }

    public static let empty = Slot(offset: 0, length: 0, prefix: 0)

    /// Whether slot alone proves that the values differ. Where it does not, they are equal if they are short.
    @inlinable public func differs(from other: Slot) -> Bool { length != other.length || prefix != other.prefix }
    @inlinable public var isShort: Bool { length <= 8 }
  }
}

extension ByteColumn {
  @inlinable public var count: Int { slots.count }

  public init(_ values: some Sequence<[UInt8]>) {
    self.init()
    for value in values { append(value) }
  }

  public mutating func append(_ value: [UInt8]) {
    value.withUnsafeBufferPointer { append($0) }
  }

  public mutating func append(_ value: UnsafeBufferPointer<UInt8>) {
    slots.append(Slot.adding(value, to: &heap))
  }

  /// The bytes of one row, copied.
  public subscript(row: Int) -> [UInt8] {
    let slot = slots[row]
    return Array(heap[Int(slot.offset)..<Int(slot.offset) + Int(slot.length)])
  }

  /// Lends slots and heap to a kernel.
  @inlinable @inline(__always)
  public func withView<Result>(_ body: (ByteView) throws -> Result) rethrows -> Result {
    try slots.withUnsafeBufferPointer { slots in
      try heap.withUnsafeBufferPointer { heap in try body(ByteView(slots: slots, heap: heap)) }
    }
  }
}

extension ByteColumn.Slot {
  /// Puts a value on a heap.
  @inlinable
  public static func adding(_ value: UnsafeBufferPointer<UInt8>, to heap: inout [UInt8]) -> ByteColumn.Slot {
    precondition(heap.count + value.count <= UInt32.max, "a batch holds less than 4 GiB of text")
    let offset = UInt32(truncatingIfNeeded: heap.count)
    heap.append(contentsOf: value)
    return ByteColumn.Slot(offset: offset, length: UInt32(truncatingIfNeeded: value.count), prefix: prefix(of: value))
  }

  /// The first eight bytes, big-endian, zero-padded.
  @inlinable
  public static func prefix(of value: UnsafeBufferPointer<UInt8>) -> UInt64 {
    if value.count >= 8 {
      return UInt64(bigEndian: UnsafeRawPointer(value.baseAddress!).loadUnaligned(as: UInt64.self))
    }
    var prefix: UInt64 = 0
    for i in 0..<value.count { prefix |= UInt64(value[i]) << UInt64(56 - 8 * i) }
    return prefix
  }
}

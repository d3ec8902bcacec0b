/// One bit a row, 64 rows a word: null maps, boolean columns and the outcome of predicates.
///
/// Shaped for whole-column work: comparisons fill it 64 rows at a time and three-valued logic is a few word
/// operations. Single bits are read when rows are picked, rarely written.
///
/// Invariant: bits past `count` in the last word are zero, so that counting and comparing need no mask.
public struct Bitmap: Sendable, Equatable {
  public private(set) var count: Int
  @usableFromInline var storage: [UInt64]

  public init(repeating bit: Bool, count: Int) {
    self.count = count
    storage = Array(repeating: bit ? ~0 : 0, count: Bitmap.words(for: count))
    clearPadding()
  }

  /// - Precondition: `words` has just enough words for `count` bits. Bits past the end are ignored.
  public init(words: [UInt64], count: Int) {
    precondition(words.count == Bitmap.words(for: count), "a bitmap has one word per 64 rows")
    self.count = count
    storage = words
    clearPadding()
  }

  /// How many words `count` bits take.
  @inlinable public static func words(for count: Int) -> Int { (count &+ 63) >> 6 }

  private mutating func clearPadding() {
    if count & 63 != 0 { storage[storage.count - 1] &= (1 << UInt64(count & 63)) - 1 }
  }
}

// MARK: - Bits

extension Bitmap {
  /// The words, bits past the end zero.
  @inlinable public var words: [UInt64] { storage }

  @inlinable public subscript(row: Int) -> Bool {
    get { (storage[row >> 6] >> UInt64(row & 63)) & 1 != 0 }
    set {
      precondition(row < count)
      let bit = 1 << UInt64(row & 63) as UInt64
      if newValue { storage[row >> 6] |= bit } else { storage[row >> 6] &= ~bit }
    }
  }

  public mutating func append(_ bit: Bool) {
    if count & 63 == 0 { storage.append(0) }
    count += 1
    if bit { storage[storage.count - 1] |= 1 << UInt64((count - 1) & 63) }
  }

  public var trueCount: Int { storage.reduce(0) { $0 + $1.nonzeroBitCount } }
  public var isAllFalse: Bool { storage.allSatisfy { $0 == 0 } }
  public var isAllTrue: Bool { trueCount == count }

  /// The rows whose bit is set, in order.
  public var trueRows: [Int32] {
    [Int32](unsafeUninitializedCapacity: trueCount) { rows, filled in
      for (index, word) in storage.enumerated() {
        var rest = word
        while rest != 0 {
          rows[filled] = Int32(truncatingIfNeeded: (index << 6) + rest.trailingZeroBitCount)
          filled += 1
          rest &= rest - 1
        }
      }
    }
  }
}

// MARK: - Logic

extension Bitmap {
  public static func & (a: Bitmap, b: Bitmap) -> Bitmap { a.combined(with: b) { $0 & $1 } }
  public static func | (a: Bitmap, b: Bitmap) -> Bitmap { a.combined(with: b) { $0 | $1 } }
  public static prefix func ~ (a: Bitmap) -> Bitmap { Bitmap(words: a.storage.map { ~$0 }, count: a.count) }
  public func subtracting(_ other: Bitmap) -> Bitmap { combined(with: other) { $0 & ~$1 } }

  @inline(__always)
  private func combined(with other: Bitmap, _ operation: (UInt64, UInt64) -> UInt64) -> Bitmap {
    precondition(count == other.count, "bitmaps of one batch have one length")
    let words = [UInt64](unsafeUninitializedCapacity: storage.count) { out, filled in
      for i in 0..<storage.count { out[i] = operation(storage[i], other.storage[i]) }
      filled = storage.count
    }
    return Bitmap(words: words, count: count)
  }
}

// MARK: - Filling

extension Bitmap {
  /// Sets each row's bit to what `predicate` says of it.
  ///
  /// Always inlined: with a branch-free predicate the loop becomes vector comparisons into 64 bytes, which eight
  /// multiplications gather into a word.
  @inline(__always) @inlinable
  public init(count: Int, where predicate: (Int) -> Bool) {
    let words = [UInt64](unsafeUninitializedCapacity: Bitmap.words(for: count)) { out, filled in
      withUnsafeTemporaryAllocation(byteCount: 64, alignment: 64) { lanes in
        let bytes = lanes.baseAddress!.assumingMemoryBound(to: UInt8.self)
        var row = 0
        while row &+ 64 <= count {
          for lane in 0..<64 { bytes[lane] = predicate(row &+ lane) ? 1 : 0 }
          out[row >> 6] = Bitmap.gather(lanes.baseAddress!)
          row &+= 64
        }
        if row < count {
          var word: UInt64 = 0
          for lane in 0..<(count &- row) where predicate(row &+ lane) { word |= 1 << UInt64(lane) }
          out[row >> 6] = word
        }
      }
      filled = Bitmap.words(for: count)
    }
    self.init(words: words, count: count)
  }

  /// Packs 64 bytes, each 0 or 1, into the bits of a word: the multiplication brings bit 0 of byte i to bit 56 + i.
  @inline(__always) @inlinable
  static func gather(_ lanes: UnsafeMutableRawPointer) -> UInt64 {
    var word: UInt64 = 0
    for group in 0..<8 {
      let eight = UInt64(littleEndian: lanes.load(fromByteOffset: group &* 8, as: UInt64.self))
      word |= ((eight &* 0x0102_0408_1020_4080) >> 56) << UInt64(group &* 8)
    }
    return word
  }
}

// MARK: - Putting together

extension Bitmap {
  public mutating func append(_ other: Bitmap) {
    let shift = UInt64(count & 63)
    if shift == 0 {
      storage += other.storage
    } else {
      for word in other.storage {
        storage[storage.count - 1] |= word << shift
        storage.append(word >> (64 - shift))
      }
    }
    count += other.count
    storage.removeLast(storage.count - Bitmap.words(for: count))
  }
}

/// Writes one value of a key, and says how many bytes it took. Writes whole words: up to eight bytes behind the value's end
/// are touched.
struct KeyWriter {
  /// Zeros, or ones where the column descends.
  let flip: UInt64
  let place: UnsafeMutableRawPointer

  @inline(__always)
  init(_ flip: UInt64, _ place: UnsafeMutableRawPointer) {
    self.flip = flip
    self.place = place
  }

  @inline(__always)
  func put(_ byte: UInt8, at offset: Int) {
    place.storeBytes(of: byte ^ UInt8(truncatingIfNeeded: flip), toByteOffset: offset, as: UInt8.self)
  }

  @inline(__always)
  func put(_ word: UInt64, at offset: Int) {
    place.storeBytes(of: (word ^ flip).bigEndian, toByteOffset: offset, as: UInt64.self)
  }
}

// MARK: - Fixed sizes

extension KeyWriter {
  @inline(__always)
  func write(_ bit: Bool) -> Int {
    put(bit ? KeyByte.value : ~KeyByte.value, at: 0)
    return 1
  }

  @inline(__always)
  func write(_ integer: Int64) -> Int {
    let length = (71 &- (integer ^ integer &>> 63).leadingZeroBitCount) &>> 3
    put(UInt8(truncatingIfNeeded: integer < 0 ? 0x7F &- length : 0x80 &+ length), at: 0)
    put(UInt64(bitPattern: integer) << UInt64(truncatingIfNeeded: 64 &- 8 &* length), at: 1)
    return 1 &+ length
  }

  @inline(__always)
  func write(_ float: Double) -> Int {
    put(KeyByte.value, at: 0)
    put(Self.position(float), at: 1)
    return 9
  }

  /// Where a float lies among all floats: -0 at 0, every NaN above Infinity.
  @inline(__always)
  static func position(_ float: Double) -> UInt64 {
    let bits = (float.isNaN ? Double.nan : float == 0 ? 0 : float).bitPattern
    return bits ^ (UInt64(bitPattern: Int64(bitPattern: bits) &>> 63) | 1 << 63)
  }

  @inline(__always)
  func write(_ uuid: UInt128) -> Int {
    put(KeyByte.value, at: 0)
    put(uuid.highWord, at: 1)
    put(uuid.lowWord, at: 9)
    return 17
  }
}

// MARK: - Text

extension KeyWriter {
  /// - Parameter prefix: at least the first eight bytes of the text, as in a slot.
  @inline(__always)
  func write(_ text: UnsafeBufferPointer<UInt8>, prefix: UInt64) -> Int {
    var end = 0
    var i = 0
    while i < text.count {
      let word = i == 0 ? prefix : text.word(at: i)
      let count = min(text.count &- i, 8)
      if Self.hasEscaped(word, count) {
        for byte in text[i..<i &+ count] { end &+= writeEscaped(byte, at: end) }
      } else {
        put(word, at: end)
        end &+= count
      }
      i &+= 8
    }
    put(KeyByte.endOfText, at: end)
    return end &+ 1
  }

  /// Whether there is a byte below 3 or above 253 among the first ones of a word.
  @inline(__always)
  private static func hasEscaped(_ word: UInt64, _ count: Int) -> Bool {
    let padding = ~(~0 << UInt64(truncatingIfNeeded: 64 &- 8 &* count)) as UInt64
    let filled = word | Self.each(0x20) & padding
    let below3 = (filled &- Self.each(3)) & ~filled
    let above253 = (~filled &- Self.each(2)) & filled
    return (below3 | above253) & Self.each(0x80) != 0
  }

  /// A word of eight equal bytes.
  @inline(__always)
  private static func each(_ byte: UInt8) -> UInt64 { UInt64(byte) &* 0x0101_0101_0101_0101 }

  private func writeEscaped(_ byte: UInt8, at offset: Int) -> Int {
    switch byte {
    case ...KeyByte.lowEscape:
      put(KeyByte.lowEscape, at: offset)
      put(byte + 1, at: offset + 1)
      return 2
    case KeyByte.highEscape...:
      put(KeyByte.highEscape, at: offset)
      put(byte - KeyByte.highEscape + 1, at: offset + 1)
      return 2
    default:
      put(byte, at: offset)
      return 1
    }
  }
}

extension UnsafeBufferPointer<UInt8> {
  /// The bytes from an offset above 7 on, big-endian, zero-padded.
  @inline(__always)
  fileprivate func word(at offset: Int) -> UInt64 {
    let start = Swift.min(offset, count &- 8)
    let word = UnsafeRawPointer(baseAddress!).loadUnaligned(fromByteOffset: start, as: UInt64.self)
    return UInt64(bigEndian: word) &<< UInt64(truncatingIfNeeded: 8 &* (offset &- start))
  }
}

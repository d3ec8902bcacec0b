/// The number with which every field of an encoded row begins: 1 to 9 bytes, the length told by the zeros at the low end of
/// the first byte.
///
///     xxxxxxx1                                below 2⁷
///     xxxxxx10 and one more byte              below 2¹⁴
///     …
///     10000000 and seven more bytes           below 2⁵⁶
///     00000000 and eight more bytes           everything else
///
/// Little-endian, the number above the marker bit. The fields put one more than their value in here, zero being NULL; the one
/// value that this carries out of 64 bits, 2⁶⁴, is written as nine zero bytes. The length is known without a loop, both
/// ways: a byte-wise varint would mispredict on every second column.
enum FieldNumber {
  /// Writes NULL or one more than `value`, and returns how many bytes that takes. Touches nine bytes.
  @inline(__always)
  static func write(_ value: UInt64, isNull: Bool = false, at place: UnsafeMutableRawPointer) -> Int {
    let keep: UInt64 = isNull ? 0 : ~0
    let number = (value &+ 1) & keep
    let length = length(number | value & keep & 1 << 63)
    if length == 9 {
      place.storeBytes(of: 0, as: UInt8.self)
      place.storeBytes(of: number.littleEndian, toByteOffset: 1, as: UInt64.self)
    } else {
      let marker = 1 &<< UInt64(truncatingIfNeeded: length &- 1) as UInt64
      place.storeBytes(of: (number &<< UInt64(truncatingIfNeeded: length) | marker).littleEndian, as: UInt64.self)
    }
    return length
  }

  /// How many bytes a number takes: one per seven bits, but not more than nine.
  @inline(__always)
  static func length(_ number: UInt64) -> Int {
    let bits = 64 &- (number | 1).leadingZeroBitCount
    return min((bits &* 9 &+ 64) &>> 6, 9)
  }

  /// Reads a number of which all nine bytes may be looked at.
  @inline(__always)
  static func read(_ place: UnsafeRawPointer) -> (number: UInt64, length: Int) {
    let word = UInt64(littleEndian: place.loadUnaligned(as: UInt64.self))
    let length = (word | 0x100).trailingZeroBitCount &+ 1
    if length == 9 {
      return (UInt64(littleEndian: place.loadUnaligned(fromByteOffset: 1, as: UInt64.self)), length)
    }
    let mask = ~0 &>> UInt64(truncatingIfNeeded: 64 &- 8 &* length) as UInt64
    return ((word & mask) &>> UInt64(truncatingIfNeeded: length), length)
  }

  /// Whether a number that was read is as it is written: in the fewest bytes, or 2⁶⁴.
  @inline(__always)
  static func isCanonical(_ number: UInt64, length: Int) -> Bool {
    Self.length(number) == length || number == 0 && length == 9
  }
}

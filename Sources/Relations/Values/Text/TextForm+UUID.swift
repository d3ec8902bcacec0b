/// `uuid`: 32 hexadecimal digits; a hyphen may follow every fourth but the last, braces may enclose the whole.
extension TextForm {
  /// 22P02 for anything else.
  /// - Returns: the digits in order, the first one in the highest bits.
  public static func parseUUID(_ bytes: UnsafeBufferPointer<UInt8>) throws(Failure) -> UInt128 {
    var i = 0
    var end = bytes.count
    if end > 0, bytes[0] == UInt8(ascii: "{") {
      guard bytes[end - 1] == UInt8(ascii: "}") else { throw malformed(bytes, as: "uuid") }
      i = 1
      end -= 1
    }
    var high: UInt64 = 0
    var low: UInt64 = 0
    for digit in 0..<32 {
      if digit & 3 == 0, digit > 0, i < end, bytes[i] == UInt8(ascii: "-") { i &+= 1 }
      guard i < end, let value = hexadecimal(bytes[i]) else { throw malformed(bytes, as: "uuid") }
      if digit < 16 { high = high << 4 | value } else { low = low << 4 | value }
      i &+= 1
    }
    guard i == end else { throw malformed(bytes, as: "uuid") }
    return UInt128(high) << 64 | UInt128(low)
  }

  @inline(__always)
  private static func hexadecimal(_ byte: UInt8) -> UInt64? {
    if isDigit(byte) { return UInt64(byte &- 0x30) }
    let letter = byte | 0x20
    return letter &- UInt8(ascii: "a") < 6 ? UInt64(letter &- UInt8(ascii: "a") &+ 10) : nil
  }

  /// Appends what the output function prints: lower case, hyphens after 8, 12, 16 and 20 digits.
  public static func appendUUID(_ value: UInt128, to text: inout [UInt8]) {
    let halves = (UInt64(truncatingIfNeeded: value >> 64), UInt64(truncatingIfNeeded: value))
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 36) { out in
      var i = 0
      for digit in 0..<32 {
        if digit == 8 || digit == 12 || digit == 16 || digit == 20 {
          out[i] = UInt8(ascii: "-")
          i &+= 1
        }
        let half = digit < 16 ? halves.0 : halves.1
        let nibble = UInt8(truncatingIfNeeded: half >> UInt64(60 - 4 * (digit & 15))) & 15
        out[i] = nibble < 10 ? 0x30 &+ nibble : 0x57 &+ nibble
        i &+= 1
      }
      text.append(contentsOf: UnsafeBufferPointer(out))
    }
  }
}

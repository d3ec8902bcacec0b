import Relations

/// What the escapes in a JSON string stand for.
enum JSONText {
  @inline(__always)
  static func hexadecimal(_ byte: UInt8) -> UInt32? {
    if byte &- 0x30 < 10 { return UInt32(byte &- 0x30) }
    let letter = (byte | 0x20) &- UInt8(ascii: "a")
    return letter < 6 ? UInt32(letter) + 10 : nil
  }

  /// Appends the characters of a string that a scanner has passed.
  ///
  /// - Returns: the offset of what stands for no text, in `bytes`: half a surrogate pair or U+0000; nil if all is well.
  static func unescape(_ bytes: UnsafeBufferPointer<UInt8>, to text: inout [UInt8]) -> Int? {
    var i = 0
    while i < bytes.count {
      if bytes[i] != UInt8(ascii: "\\") {
        text.append(bytes[i])
        i += 1
      } else if bytes[i + 1] != UInt8(ascii: "u") {
        text.append(simple(bytes[i + 1]))
        i += 2
      } else {
        guard let (scalar, length) = scalar(bytes, i) else { return i }
        text.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
        i += length
      }
    }
    return nil
  }

  private static func simple(_ letter: UInt8) -> UInt8 {
    switch letter {
    case UInt8(ascii: "b"): 0x08
    case UInt8(ascii: "f"): 0x0C
    case UInt8(ascii: "n"): 0x0A
    case UInt8(ascii: "r"): 0x0D
    case UInt8(ascii: "t"): 0x09
    default: letter
    }
  }

  /// One character, written as one escape or as two halves.
  private static func scalar(_ bytes: UnsafeBufferPointer<UInt8>, _ i: Int) -> (Unicode.Scalar, length: Int)? {
    let high = unit(bytes, i)
    guard high != 0 else { return nil }
    if let scalar = Unicode.Scalar(high) { return (scalar, 6) }
    guard high < 0xDC00, i + 12 <= bytes.count, bytes[i + 6] == UInt8(ascii: "\\"), bytes[i + 7] == UInt8(ascii: "u") else {
      return nil
    }
    let low = unit(bytes, i + 6)
    guard 0xDC00...0xDFFF ~= low else { return nil }
    return Unicode.Scalar(0x10000 + (high - 0xD800) << 10 + (low - 0xDC00)).map { ($0, 12) }
  }

  private static func unit(_ bytes: UnsafeBufferPointer<UInt8>, _ i: Int) -> UInt32 {
    (i + 2..<i + 6).reduce(0) { $0 << 4 | (hexadecimal(bytes[$1]) ?? 0) }
  }
}

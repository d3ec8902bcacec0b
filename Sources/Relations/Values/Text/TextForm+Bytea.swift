/// `bytea`: bytes, written as `\x` and hexadecimal digits, or as text with a backslash before what is none.
extension TextForm {
  /// What the input function takes: after `\x` pairs of digits, with white space between them; else the bytes of the text, where `\\` is a
  /// backslash and `\ooo` a byte. 22023 for digits that are none, 22P02 for a backslash before anything else.
  public static func parseBytea(_ bytes: UnsafeBufferPointer<UInt8>) throws(Failure) -> [UInt8] {
    guard isText(bytes) else { throw notText }
    if bytes.count >= 2, bytes[0] == UInt8(ascii: "\\"), bytes[1] == UInt8(ascii: "x") {
      return try decodeHexadecimal(UnsafeBufferPointer(rebasing: bytes[2...]))
    }
    return try decodeEscapes(bytes, as: "type bytea")
  }

  /// Pairs of digits, with white space between pairs.
  public static func decodeHexadecimal(_ text: UnsafeBufferPointer<UInt8>) throws(Failure) -> [UInt8] {
    var decoded: [UInt8] = []
    decoded.reserveCapacity(text.count / 2)
    var place = 0
    while place < text.count {
      let first = text[place]
      place += 1
      if first == 0x20 || first == 0x0A || first == 0x09 || first == 0x0D { continue }
      let high = try digit(first)
      guard place < text.count else {
        throw .raised(SQLError(.invalidParameterValue, "invalid hexadecimal data: odd number of digits"))
      }
      decoded.append(high << 4 | (try digit(text[place])))
      place += 1
    }
    return decoded
  }

  private static func digit(_ byte: UInt8) throws(Failure) -> UInt8 {
    if isDigit(byte) { return byte &- 0x30 }
    let letter = byte | 0x20
    if letter &- UInt8(ascii: "a") < 6 { return letter &- UInt8(ascii: "a") &+ 10 }
    throw .raised(SQLError(.invalidParameterValue, "invalid hexadecimal digit: \"\(Unicode.Scalar(byte))\""))
  }

  /// Text in which a backslash stands before another one or before three octal digits.
  public static func decodeEscapes(_ text: UnsafeBufferPointer<UInt8>, as what: String) throws(Failure) -> [UInt8] {
    var decoded: [UInt8] = []
    decoded.reserveCapacity(text.count)
    var place = 0
    while place < text.count {
      guard text[place] == UInt8(ascii: "\\") else {
        decoded.append(text[place])
        place += 1
        continue
      }
      if place + 1 < text.count, text[place + 1] == UInt8(ascii: "\\") {
        decoded.append(UInt8(ascii: "\\"))
        place += 2
      } else if place + 3 < text.count, text[place + 1] &- 0x30 < 4, text[place + 2] &- 0x30 < 8, text[place + 3] &- 0x30 < 8 {
        decoded.append((text[place + 1] &- 0x30) << 6 | (text[place + 2] &- 0x30) << 3 | (text[place + 3] &- 0x30))
        place += 4
      } else {
        throw .raised(SQLError(.invalidTextRepresentation, "invalid input syntax for \(what)"))
      }
    }
    return decoded
  }

  /// Appends what the output function prints.
  public static func appendBytea(_ bytes: UnsafeBufferPointer<UInt8>, to text: inout [UInt8]) {
    text.append(UInt8(ascii: "\\"))
    text.append(UInt8(ascii: "x"))
    appendHexadecimal(bytes, to: &text)
  }

  /// Two digits a byte.
  public static func appendHexadecimal(_ bytes: UnsafeBufferPointer<UInt8>, to text: inout [UInt8]) {
    for byte in bytes {
      for digit in [byte >> 4, byte & 15] { text.append(digit < 10 ? 0x30 &+ digit : 0x57 &+ digit) }
    }
  }
}

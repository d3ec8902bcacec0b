import Relations

/// `encode` and `decode`: bytes as text in base 64, in hexadecimal digits, or with escapes.
enum ByteaCodes {
  static let all: [(String, Kernel)] = [
    (
      "binary_encode",
      Kernel { a in
        a.withTexts(0, 1) { bytes, names in
          a.write { row, writer throws(Failure) in
            let code = try Code(names[row])
            try writer.require(bytes[row].count * 4)
            var text: [UInt8] = []
            code.encode(bytes[row], to: &text)
            text.withUnsafeBufferPointer { writer.append($0) }
          }
        }
      }
    ),
    (
      "binary_decode",
      Kernel { a in
        a.withTexts(0, 1) { texts, names in
          a.write { row, writer throws(Failure) in
            let code = try Code(names[row])
            try code.decode(texts[row]).withUnsafeBufferPointer { writer.append($0) }
          }
        }
      }
    ),
  ]

  private enum Code: String {
    case base64, hex, escape

    init(_ name: UnsafeBufferPointer<UInt8>) throws(Failure) {
      let lower = String(decoding: name.map { $0 &- 0x41 < 26 ? $0 | 0x20 : $0 }, as: UTF8.self)
      guard let code = Code(rawValue: lower) else {
        throw .raised(SQLError(.invalidParameterValue, "unrecognized encoding: \"\(lower.prefix(100))\""))
      }
      self = code
    }

    func encode(_ bytes: UnsafeBufferPointer<UInt8>, to text: inout [UInt8]) {
      switch self {
      case .hex: TextForm.appendHexadecimal(bytes, to: &text)
      case .base64: Base64.append(bytes, to: &text)
      case .escape:
        for byte in bytes {
          switch byte {
          case 0 where !Planted.bug("a zero byte is printed as it is"), 0x80...:
            text += [UInt8(ascii: "\\"), 0x30 | byte >> 6, 0x30 | byte >> 3 & 7, 0x30 | byte & 7]
          case UInt8(ascii: "\\"): text += [byte, byte]
          default: text.append(byte)
          }
        }
      }
    }

    func decode(_ text: UnsafeBufferPointer<UInt8>) throws(Failure) -> [UInt8] {
      switch self {
      case .hex: try TextForm.decodeHexadecimal(text)
      case .base64: try Base64.decode(text)
      case .escape: try TextForm.decodeEscapes(text, as: "type bytea")
      }
    }
  }
}

/// Base 64 with line breaks, as mail has it.
private enum Base64 {
  private static let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
  private static let groupsPerLine = 19
  private static let padding = UInt8(ascii: "=")

  /// A line has 76 letters and ends with a break, also the last one if it is full.
  static func append(_ bytes: UnsafeBufferPointer<UInt8>, to text: inout [UInt8]) {
    for (group, start) in stride(from: 0, to: bytes.count, by: 3).enumerated() {
      let count = min(3, bytes.count - start)
      let word = (0..<3).reduce(0) { $0 << 8 | ($1 < count ? Int(bytes[start + $1]) : 0) }
      for place in 0..<4 { text.append(place <= count ? letters[word >> (18 - 6 * place) & 63] : padding) }
      if count == 3 || Planted.bug("a line that is not full breaks"), group % groupsPerLine == groupsPerLine - 1 {
        text.append(0x0A)
      }
    }
  }

  static func decode(_ text: UnsafeBufferPointer<UInt8>) throws(Failure) -> [UInt8] {
    var decoded: [UInt8] = []
    var (word, letters, kept) = (0, 0, 3)
    for byte in text where byte != 0x20 && byte != 0x09 && byte != 0x0A && byte != 0x0D {
      var value = 0
      if byte == padding {
        if kept == 3 {
          guard letters >= 2 else { throw refusal("unexpected \"=\" while decoding base64 sequence") }
          kept = letters - 1
        }
      } else {
        guard let found = Self.letters.firstIndex(of: byte) else {
          throw refusal("invalid symbol found while decoding base64 sequence")
        }
        value = found
      }
      (word, letters) = (word << 6 | value, letters + 1)
      guard letters == 4 else { continue }
      for place in 0..<kept { decoded.append(UInt8(word >> (16 - 8 * place) & 255)) }
      (word, letters) = (0, 0)
    }
    guard letters == 0 else { throw refusal("invalid base64 end sequence") }
    return decoded
  }

  private static func refusal(_ message: String) -> Failure { .raised(SQLError(.invalidParameterValue, message)) }
}

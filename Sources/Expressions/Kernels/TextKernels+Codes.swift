import Relations

/// `ascii`, `chr`, `to_hex` and `md5`.
extension TextKernels {
  static let codes: [(String, Kernel)] = [
    ("ascii", Kernel { a in a.withText(0) { texts in a.numbered { texts[$0].firstCodePoint } } }),
    (
      "chr",
      Kernel { a in
        let codes = a.integers(0)
        return a.write { row, writer throws(Failure) in try writer.append(character: Kernel.Arguments.int4(codes, row)) }
      }
    ),
    (
      "to_hex32",
      Kernel { a in
        let numbers = a.integers(0)
        return a.write { row, writer in writer.append(hex: UInt64(UInt32(truncatingIfNeeded: numbers[row]))) }
      }
    ),
    (
      "to_hex64",
      Kernel { a in
        let numbers = a.integers(0)
        return a.write { row, writer in writer.append(hex: UInt64(bitPattern: numbers[row])) }
      }
    ),
    ("md5_text", Kernel { a in a.withText(0) { texts in a.write { row, writer in writer.append(MD5.digest(of: texts[row])) } } }),
  ]
}

extension UnsafeBufferPointer<UInt8> {
  /// The number of the first character, 0 if there is none.
  fileprivate var firstCodePoint: Int {
    guard let lead = first else { return 0 }
    if lead < 0x80 { return Int(lead) }
    let end = endOfCharacter(at: 0)
    // A lead byte of n bytes starts with n ones and a zero.
    return self[1..<end].reduce(Int(lead) & (0x7F >> end)) { $0 << 6 | Int($1 & 0x3F) }
  }
}

extension TextWriter {
  /// The character of a number, in UTF-8.
  fileprivate mutating func append(character code: Int) throws(Failure) {
    guard code >= 0 else { throw .raised(SQLError(.invalidParameterValue, "character number must be positive")) }
    guard code != 0 else { throw .limit("null character not permitted") }
    guard let scalar = UInt32(exactly: code).flatMap(Unicode.Scalar.init) else {
      throw .limit("requested character not valid for encoding")
    }
    for byte in UTF8.encode(scalar)! { append(byte) }
  }

  fileprivate mutating func append(hex number: UInt64) {
    for place in stride(from: max(60 - number.leadingZeroBitCount / 4 * 4, 0), through: 0, by: -4) {
      append(hexDigit: UInt8(number >> UInt64(place) & 15))
    }
  }

  /// A digest as 32 digits.
  mutating func append(_ digest: MD5.Digest) {
    for word in [digest.a, digest.b, digest.c, digest.d] {
      for byte in 0..<4 {
        append(hexDigit: UInt8(word >> (8 * byte + 4) & 15))
        append(hexDigit: UInt8(word >> (8 * byte) & 15))
      }
    }
  }

  private mutating func append(hexDigit digit: UInt8) {
    append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") - 10 + digit)
  }
}

extension Failure {
  fileprivate static func limit(_ message: String) -> Failure { .raised(SQLError(.programLimitExceeded, message)) }
}

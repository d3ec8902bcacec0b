/// Text is UTF-8 without the character U+0000. Nearly all of it is ASCII, which is checked sixteen bytes at a time.
extension TextForm {
  /// 22021, which PostgreSQL raises for such bytes whatever the type.
  static var notText: Failure { .raised(SQLError(.invalidByteSequence, "invalid byte sequence for encoding \"UTF8\"")) }

  /// Whether the bytes are well-formed UTF-8 without U+0000.
  public static func isText(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    var rest = UnsafeRawBufferPointer(bytes)
    while true {
      skipASCII(&rest)
      guard let lead = rest.first else { return true }
      guard let length = lengthOfCharacter(rest, lead: lead) else { return false }
      rest = UnsafeRawBufferPointer(rebasing: rest[length...])
    }
  }

  /// How many characters well-formed UTF-8 has: every byte but the continuations starts one.
  public static func characterCount(_ bytes: UnsafeBufferPointer<UInt8>) -> Int {
    bytes.reduce(0) { $0 &+ ($1 & 0xC0 == 0x80 ? 0 : 1) }
  }

  private static func skipASCII(_ rest: inout UnsafeRawBufferPointer) {
    var position = 0
    while rest.count - position >= 16 {
      let word = rest.loadUnaligned(fromByteOffset: position, as: SIMD16<UInt8>.self)
      // Zero is not text; one compare finds it and all that is not ASCII.
      guard (word &- 1).max() < 0x7F else { break }
      position += 16
    }
    while position < rest.count, rest[position] &- 1 < 0x7F { position += 1 }
    rest = UnsafeRawBufferPointer(rebasing: rest[position...])
  }

  /// The length of the character of several bytes that the text starts with; nil when it is cut off, overlong, a surrogate or too large.
  private static func lengthOfCharacter(_ rest: UnsafeRawBufferPointer, lead: UInt8) -> Int? {
    func isContinuation(_ position: Int, _ range: ClosedRange<UInt8> = 0x80...0xBF) -> Bool {
      position < rest.count && range.contains(rest[position])
    }
    switch lead {
    case 0xC2...0xDF:
      return isContinuation(1) ? 2 : nil
    case 0xE0...0xEF:
      let second: ClosedRange<UInt8> = lead == 0xE0 ? 0xA0...0xBF : lead == 0xED ? 0x80...0x9F : 0x80...0xBF
      return isContinuation(1, second) && isContinuation(2) ? 3 : nil
    case 0xF0...0xF4:
      let second: ClosedRange<UInt8> = lead == 0xF0 ? 0x90...0xBF : lead == 0xF4 ? 0x80...0x8F : 0x80...0xBF
      return isContinuation(1, second) && isContinuation(2) && isContinuation(3) ? 4 : nil
    default:
      return nil
    }
  }
}

/// `bool`: `t` and `f`; reads every unambiguous beginning of `true`, `false`, `yes`, `no`, `on` and `off`, and `1` and `0`.
extension TextForm {
  /// 22P02 for what is none of these words.
  public static func parseBool(_ bytes: UnsafeBufferPointer<UInt8>) throws(Failure) -> Bool {
    let word = trimmed(bytes)
    if word.count == 1 {
      switch word[0] {
      case UInt8(ascii: "t"), UInt8(ascii: "1"): return true
      case UInt8(ascii: "f"), UInt8(ascii: "0"): return false
      default: break
      }
    }
    if begins("true", with: word) || begins("yes", with: word) || begins("on", with: word, atLeast: 2) { return true }
    if begins("false", with: word) || begins("no", with: word) || begins("off", with: word, atLeast: 2) { return false }
    throw malformed(bytes, as: "boolean")
  }

  private static func begins(_ whole: StaticString, with word: UnsafeBufferPointer<UInt8>, atLeast: Int = 1) -> Bool {
    guard word.count >= atLeast, word.count <= whole.utf8CodeUnitCount else { return false }
    return word.indices.allSatisfy { isLetter(word[$0], whole.utf8Start[$0]) }
  }

  /// Whether a byte is the given lower-case letter in either case.
  @inline(__always)
  static func isLetter(_ byte: UInt8, _ letter: UInt8) -> Bool { byte == letter || byte == letter ^ 0x20 }

  /// What the output function prints.
  public static func appendBool(_ value: Bool, to text: inout [UInt8]) {
    text.append(value ? UInt8(ascii: "t") : UInt8(ascii: "f"))
  }

  /// What a cast to a string type gives, which for this type is not what the output function prints.
  public static func appendBoolWord(_ value: Bool, to text: inout [UInt8]) {
    text.append(contentsOf: value ? "true".utf8 : "false".utf8)
  }
}

/// Takes the text of a range apart: `[a,b)`, `("a b",]`, `empty`.
struct RangeScanner {
  private let bytes: UnsafeBufferPointer<UInt8>
  private(set) var place = 0

  init(_ bytes: UnsafeBufferPointer<UInt8>, at place: Int = 0) {
    self.bytes = bytes
    self.place = place
  }

  /// What stands between the brackets; nil for `empty`. Of a bound, nil is one that there is not.
  struct Parts {
    let lower: [UInt8]?
    let upper: [UInt8]?
    let isLowerInclusive: Bool
    let isUpperInclusive: Bool
  }

  /// Reads one range, and leaves what is behind it.
  mutating func range() throws(Failure) -> Parts? {
    skipSpace()
    if takeWord("empty") { return nil }
    guard let opening = next(), opening == UInt8(ascii: "[") || opening == UInt8(ascii: "(") else { throw malformed }
    let lower = try bound()
    guard next() == UInt8(ascii: ",") else { throw malformed }
    let upper = try bound()
    guard let closing = next(), closing == UInt8(ascii: "]") || closing == UInt8(ascii: ")") else { throw malformed }
    return Parts(
      lower: lower, upper: upper, isLowerInclusive: opening == UInt8(ascii: "["), isUpperInclusive: closing == UInt8(ascii: "]"))
  }

  /// Nothing at all is no bound; `""` is an empty text.
  private mutating func bound() throws(Failure) -> [UInt8]? {
    if let byte = peek, Self.ends(byte) { return nil }
    var text: [UInt8] = []
    var isQuoted = false
    while true {
      guard let byte = peek else { throw malformed }
      if !isQuoted, Self.ends(byte) { return text }
      place += 1
      switch byte {
      case UInt8(ascii: "\\"):
        guard let escaped = next() else { throw malformed }
        text.append(escaped)
      case UInt8(ascii: "\"") where !isQuoted: isQuoted = true
      case UInt8(ascii: "\""):
        if peek == byte {
          place += 1
          text.append(byte)
        } else {
          isQuoted = false
        }
      default: text.append(byte)
      }
    }
  }

  private static func ends(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: ",") || byte == UInt8(ascii: ")") || byte == UInt8(ascii: "]")
  }

  var malformed: Failure { TextForm.refusal(.invalidTextRepresentation, "malformed range literal", bytes) }
  var isAtEnd: Bool { place == bytes.count }
  var peek: UInt8? { place < bytes.count ? bytes[place] : nil }
  mutating func skipSpace() { while let byte = peek, TextForm.isSpace(byte) { place += 1 } }

  mutating func next() -> UInt8? {
    guard let byte = peek else { return nil }
    place += 1
    return byte
  }

  /// Letters count in either case.
  mutating func takeWord(_ word: StaticString) -> Bool {
    let word = UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount)
    guard bytes.count - place >= word.count, zip(bytes[place...], word).allSatisfy({ $0 | 0x20 == $1 }) else { return false }
    place += word.count
    return true
  }
}

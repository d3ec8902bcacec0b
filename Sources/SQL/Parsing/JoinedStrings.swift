/// Strings that go on after a line's comment, which SQL joins and libpg_query does not:
///
///     SELECT 'one' -- two
///         ' three'
enum JoinedStrings {
  /// The text with spaces for the comments between such strings, byte for byte; nil if it has none. Nearly none has.
  static func blankingComments(in text: String) -> String? {
    var bytes = Array(text.utf8)
    let gaps = bytes.withUnsafeBufferPointer { JoinedStrings.gaps(in: $0) }
    if gaps.isEmpty { return nil }
    for gap in gaps {
      for i in gap where bytes[i] != 0x0A && bytes[i] != 0x0D { bytes[i] = 0x20 }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// What is between two strings, with a comment and a line break in it.
  private static func gaps(in bytes: UnsafeBufferPointer<UInt8>) -> [Range<Int>] {
    var scanner = Scanner(bytes)
    var gaps: [Range<Int>] = []
    var previous: Token?
    while let token = scanner.next() {
      if token.kind == .string || token.kind == .unterminated, bytes[token.range.lowerBound] == UInt8(ascii: "'"), let previous,
        previous.kind == .string
      {
        let gap = previous.range.upperBound..<token.range.lowerBound
        if gap.contains(where: { bytes[$0] == UInt8(ascii: "-") }), scanner.continues(gap) { gaps.append(gap) }
      }
      previous = token
    }
    return gaps
  }
}

/// Comments in places where libpg_query stumbles over them and PostgreSQL does not: between strings that SQL joins over lines, and
/// within pairs of words that its grammar takes for one.
///
///     SELECT 'one' -- two
///         ' three' FROM t WHERE a NOT /* really */ IN (1)
enum BlankedComments {
  /// The text with spaces for its comments, byte for byte; nil if it has none.
  static func of(_ text: String) -> String? {
    var bytes = Array(text.utf8)
    let gaps = bytes.withUnsafeBufferPointer { BlankedComments.gaps(in: $0) }
    if gaps.isEmpty { return nil }
    for gap in gaps {
      for i in gap where bytes[i] != 0x0A && bytes[i] != 0x0D { bytes[i] = 0x20 }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// What is between two tokens, with a comment in it.
  private static func gaps(in bytes: UnsafeBufferPointer<UInt8>) -> [Range<Int>] {
    var scanner = Scanner(bytes)
    var gaps: [Range<Int>] = []
    var (end, previous) = (0, Token.Kind.mark)
    while let token = scanner.next() {
      let gap = end..<token.range.lowerBound
      let joins = previous == .string && bytes[token.range.lowerBound] == UInt8(ascii: "'")
      // A block comment keeps strings apart, though there be a line break in it.
      if gap.contains(where: { bytes[$0] == UInt8(ascii: "-") || bytes[$0] == UInt8(ascii: "/") }), !joins || scanner.continues(gap)
      {
        gaps.append(gap)
      }
      (end, previous) = (token.range.upperBound, token.kind)
    }
    return gaps
  }
}

import TestKit

/// Makes texts that are nearly SQL: the most telling questions to a parser.
struct TextMutator {
  /// Put in, or in place of something else.
  static let pieces: [String] = [
    "'", "''", "\"", "$$", "$a$", "E'", "U&'", "U&\"", "\\", "\\u00e9", "\\x41", "--", "/*", "*/", "\n", "\r\n", "\t", " ", ";",
    "(", ")", "[", "]", ",", ".", "..", ":", "::", ":=", "=>", "=", "<", ">", "<>", "!=", "+", "-", "*", "/",
    "||", "@", "#", "%", "^", "&", "|", "?", "`", "~", "0", "1", "2147483648", "1e5", "1.", ".5", "$1", "$", "é", "日", "\u{1F600}",
    "\u{301}", "_", "a", "b'", "x'", "n'", "{", "}", "\u{7F}", "\u{A0}", "\u{0B}", "\u{0C}",
    " AND ", " OR ", " NOT ", " BETWEEN ", " IN ", " IS ", " NULL ", " CASE ", " WHEN ", " THEN ", " ELSE ", " END ", " SELECT ",
    " FROM ", " WHERE ", " JOIN ", " ON ", " AS ", " UNION ", " WITH ", " ORDER BY ", " LIMIT ", " DEFAULT ", " UESCAPE ",
    " COLLATE ", " OPERATOR(", " ATOMIC ", " BEGIN ", " ALL ", " ANY ", " ARRAY", " ROW", " INTERVAL ", " LIKE ", " ESCAPE ",
    " OVER ", " FILTER ", " VALUES ", " LATERAL ", " SET ", " INTO ",
  ]

  /// A few edits of one of the texts, or of two of them glued together.
  static func mutation(of texts: [String], using random: inout SplitMix64) -> String {
    var scalars = Array(texts.randomElement(using: &random)!.unicodeScalars)
    if Int.random(in: 0..<8, using: &random) == 0 {
      scalars.removeSubrange(Int.random(in: 0...scalars.count, using: &random)...)
      scalars += Array(texts.randomElement(using: &random)!.unicodeScalars)
    }
    for _ in 0..<Int.random(in: 1...3, using: &random) { edit(&scalars, using: &random) }
    return String(String.UnicodeScalarView(scalars))
  }

  private static func edit(_ text: inout [Unicode.Scalar], using random: inout SplitMix64) {
    let position = Int.random(in: 0...text.count, using: &random)
    let end = min(text.count, position + Int.random(in: 0...6, using: &random))
    switch Int.random(in: 0..<5, using: &random) {
    case 0: text.removeSubrange(position..<end)
    case 1: text.insert(contentsOf: text[position..<end], at: position)
    case 2: text.insert(contentsOf: text[position..<end], at: Int.random(in: 0...text.count, using: &random))
    case 3: text.replaceSubrange(position..<end, with: pieces.randomElement(using: &random)!.unicodeScalars)
    default: text.insert(contentsOf: pieces.randomElement(using: &random)!.unicodeScalars, at: position)
    }
  }
}

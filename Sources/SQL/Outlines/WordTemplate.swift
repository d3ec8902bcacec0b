/// A template of a text that has no plan: its words, as they would stand in any text that asks the same.
///
/// Only constants that something is compared with are taken out, and counts of rows: nothing says of the others what they decide.
enum WordTemplate {
  static func of(_ text: String) -> (template: String, constants: [String]) {
    var text = text
    return text.withUTF8 { bytes in
      var scanner = Scanner(bytes)
      var words: [String] = []
      var constants: [String] = []
      var previous = ""
      while let token = scanner.next() {
        var word = String(decoding: bytes[token.range], as: UTF8.self)
        switch token.kind {
        case .word: word = word.lowercased()
        case .number where takes(after: previous), .string where takes(after: previous):
          constants.append(word)
          word = "$\(constants.count)"
        default: break
        }
        if word == ";" { continue }
        words.append(word)
        previous = word
      }
      return (words.joined(separator: " "), constants)
    }
  }

  private static func takes(after word: String) -> Bool {
    ["=", "<>", "!=", "<", "<=", ">", ">=", "like", "ilike", "limit", "offset"].contains(word)
  }
}

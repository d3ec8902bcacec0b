import TestKit

/// Texts that are nearly right: the most telling questions to a parser.
struct TextMutation {
  /// What is inserted and put in place of something else.
  let alphabet: [Character]
  var edits = 1...3

  /// A few edits of a random one of the texts.
  func mutation(of texts: [String], using random: inout SplitMix64) -> String {
    var characters = Array(texts.randomElement(using: &random) ?? "")
    for _ in 0..<Int.random(in: edits, using: &random) { edit(&characters, using: &random) }
    return String(characters)
  }

  private func edit(_ text: inout [Character], using random: inout SplitMix64) {
    let position = Int.random(in: 0...text.count, using: &random)
    let character = alphabet.randomElement(using: &random) ?? " "
    switch Int.random(in: 0..<6, using: &random) {
    case 0: text.insert(character, at: position)
    case 1 where position < text.count: text.remove(at: position)
    case 2 where position < text.count: text.insert(text[position], at: position)
    case 3 where position + 1 < text.count: text.swapAt(position, position + 1)
    case _ where position < text.count: text[position] = character
    default: text.append(character)
    }
  }
}

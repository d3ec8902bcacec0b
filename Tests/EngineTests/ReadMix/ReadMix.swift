import TestKit

/// The mix of reads that `Specs/read-mix.md` promises something about, read from that page: its schema, and the questions of each kind.
struct ReadMix {
  let definitions: String
  /// In the page's order.
  let kinds: [Kind]

  struct Kind {
    let name: String
    /// How many of a hundred reads are of this kind.
    let share: Int
    let questions: [String]
  }

  static let page = SourceFile.root + "/Specs/read-mix.md"

  init() {
    let text = SourceFile.text(Self.page) ?? ""
    var kinds: [Kind] = []
    var definitions = ""
    for section in text.split(separator: "\n## ").dropFirst() {
      let heading = section.prefix { $0 != "\n" }
      guard let start = section.firstRange(of: "```sql\n"),
        let end = section.firstRange(of: "\n```\n") ?? section.firstRange(of: "\n```")
      else { continue }
      let block = String(section[start.upperBound..<end.lowerBound])
      let parts = heading.split(separator: ": ")
      if parts.count == 2, let share = Int(parts[1]) {
        let questions = block.split(separator: ";").map { $0.drop { $0 == "\n" } }.filter { !$0.isEmpty }.map(String.init)
        kinds.append(Kind(name: String(parts[0]), share: share, questions: questions))
      } else {
        definitions = block
      }
    }
    self.definitions = definitions
    self.kinds = kinds
  }

  /// Draws a kind as often as its share says, and one of its questions with constants in place of its words in braces.
  func draw(_ random: inout SplitMix64) -> (kind: Int, text: String) {
    var left = Int.random(in: 0..<kinds.reduce(0) { $0 + $1.share }, using: &random)
    let kind = kinds.indices.first { place in
      left -= kinds[place].share
      return left < 0
    }!
    let question = kinds[kind].questions.randomElement(using: &random)!
    return (kind, Self.filled(question, &random))
  }

  private static func filled(_ question: String, _ random: inout SplitMix64) -> String {
    var text = ""
    for (place, part) in question.split(separator: "{", omittingEmptySubsequences: false).enumerated() {
      guard place > 0, let end = part.firstIndex(of: "}") else {
        text += part
        continue
      }
      text += constant(String(part[..<end]), &random) + part[part.index(after: end)...]
    }
    return text
  }

  private static func constant(_ word: String, _ random: inout SplitMix64) -> String {
    func number(_ range: ClosedRange<Int>) -> String { "\(Int.random(in: range, using: &random))" }
    func one(_ choices: [String]) -> String { "'\(choices.randomElement(using: &random)!)'" }
    switch word {
    case "customer": return number(1...MixShop.customers)
    case "product": return number(1...MixShop.products)
    case "order": return number(1...MixShop.orders)
    case "ticket": return number(1...MixShop.tickets)
    case "status": return one(MixShop.statuses)
    case "region": return one(MixShop.regions)
    case "plan": return one(MixShop.plans)
    case "category": return one(MixShop.categories)
    case "letter": return one(["a", "b", "c", "e", "t"])
    case "pattern": return one(["^[a-f]", "e{1,2}d?$", "(ab|cd)+", "o.*e"])
    case "small": return number(1...5)
    case "amount": return number(10...400)
    case "large": return number(1_000...4_000)
    case "moment": return "timestamptz '\(MixShop.moment(day: Int.random(in: -90...20, using: &random), second: 0))'"
    default: preconditionFailure("\(page) has a word that no constant stands for: {\(word)}")
    }
  }
}

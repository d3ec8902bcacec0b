/// The help of all commands: what the manual page and the shells' completions are made of.
enum HelpTexts {
  static let all: [(name: String, text: String)] = [
    ("audit", Audit.help), ("explain", Explain.help), ("query", QueryCommand.help), ("store", StoreCommand.help),
    ("demo", Demo.help),
    ("completions", Completions.help), ("man", ManualPage.help),
  ]
}

/// An option, as a line of a help text tells it: `--format table|json    how to print it`.
struct CommandOption: Hashable {
  let name: String
  /// The values that it can have, if these are a few words.
  let choices: [String]
  let takesValue: Bool
  /// What it is for.
  let words: String

  /// The options that begin a line of a help text.
  static func options(in help: String) -> [CommandOption] {
    help.split(separator: "\n").compactMap { line in
      let text = line.drop { $0 == " " }
      guard text.hasPrefix("--"), text.startIndex != line.startIndex else { return nil }
      let name = text.dropFirst(2).prefix { $0.isLetter || $0 == "-" }
      guard !name.isEmpty, name != "help" else { return nil }
      let rest = text.dropFirst(2 + name.count)
      // A value stands one blank behind the name, what it is for at least two.
      let value = rest.hasPrefix(" ") && !rest.hasPrefix("  ") ? rest.dropFirst().prefix { $0 != " " } : ""
      let words = rest.dropFirst(value.isEmpty ? 0 : value.count + 1).drop { $0 == " " }
      let parts = value.split(separator: "|").map(String.init)
      let isChoice = parts.count > 1 && parts.allSatisfy { $0.allSatisfy { $0.isLowercase || $0 == "-" } }
      return CommandOption(name: String(name), choices: isChoice ? parts : [], takesValue: !value.isEmpty, words: String(words))
    }
  }
}

/// Finds parameters where PostgreSQL has none. libpg_query's grammar takes `$1` for many constants, so that it can read what
/// pg_stat_statements prints: `interval $1`, `EXTRACT($1 FROM d)`. PostgreSQL takes it only where an expression can begin.
///
/// Tells by the token before. Not found are those in the `SET` clauses of functions and roles, which no query has.
struct MisplacedParameter {
  private let bytes: UnsafeBufferPointer<UInt8>
  /// Whether an expression can begin here.
  private var canBegin = false
  /// For each open parenthesis, whether an expression can begin after it is closed.
  private var closings: [Bool] = []
  /// The word before, if it was one and no name.
  private var lastWord = ""
  private var isAfterDot = false
  /// The words that the statement begins with, as far as they may be those of a setting.
  private var beginning: Beginning = .nothing
  /// How many tokens ago `AT` was.
  private var sinceAt = Int.max - 1

  private enum Beginning {
    case nothing, alter, setting, other
  }

  /// The first of them.
  static func first(in bytes: UnsafeBufferPointer<UInt8>) -> Range<Int>? {
    guard hasParameter(bytes) else { return nil }
    var search = MisplacedParameter(bytes: bytes)
    var scanner = Scanner(bytes)
    while let token = scanner.next() {
      if token.kind == .parameter, !search.canBegin || search.beginning == .setting { return token.range }
      search.pass(token)
    }
    return nil
  }

  private init(bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

  /// Whether a dollar and a digit are in there anywhere. Most texts have not one dollar.
  private static func hasParameter(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    var rest = bytes[...]
    while let dollar = rest.firstIndex(of: UInt8(ascii: "$")) {
      if dollar + 1 < bytes.count, isDigit(bytes[dollar + 1]) { return true }
      rest = rest[(dollar + 1)...]
    }
    return false
  }

  private mutating func pass(_ token: Token) {
    sinceAt &+= 1
    let wasAfterDot = isAfterDot
    isAfterDot = false
    switch token.kind {
    case .word where !wasAfterDot: return word(String(decoding: bytes[token.range].map { $0 | 0x20 }, as: UTF8.self))
    case .symbol, .pair, .unterminated: canBegin = true
    case .mark: mark(bytes[token.range.lowerBound])
    case .word, .quotedName, .string, .number, .parameter: canBegin = false
    }
    lastWord = ""
    if token.kind != .mark { beginning = beginning == .setting ? .setting : .other }
  }

  private mutating func word(_ word: String) {
    let introduces = MisplacedParameter.introducers.contains(word) || (word == "zone" && sinceAt == 2)
    // Where an expression can begin, such a word begins one: it is a name.
    canBegin = introduces || (!canBegin && MisplacedParameter.followers.contains(word))
    if word == "at" { sinceAt = 0 }
    lastWord = word
    switch (beginning, word) {
    case (.nothing, "set"), (.alter, "system"): beginning = .setting
    case (.nothing, "alter"): beginning = .alter
    case (.setting, _): break
    default: beginning = .other
    }
  }

  private mutating func mark(_ byte: UInt8) {
    switch byte {
    case UInt8(ascii: "("):
      closings.append(lastWord == "on" || lastWord == "operator")
      canBegin = lastWord != "extract"
    case UInt8(ascii: ")"): canBegin = closings.popLast() ?? false
    case UInt8(ascii: "]"): canBegin = false
    case UInt8(ascii: ";"):
      beginning = .nothing
      canBegin = true
    case UInt8(ascii: "."):
      isAfterDot = true
      canBegin = true
    default: canBegin = true
    }
  }

  private static let introducers: Set<String> = [
    "all", "and", "asymmetric", "between", "both", "by", "case", "content", "default", "distinct", "document", "else", "for",
    "from",
    "groups", "having", "ilike", "in", "leading", "like", "limit", "not", "offset", "on", "or", "placing", "range", "returning",
    "rows", "select", "symmetric", "then", "to", "trailing", "using", "variadic", "when", "where",
  ]

  private static let followers: Set<String> = ["escape", "first", "next", "passing", "path", "return", "version"]
}

/// Bounds how deep the parser's tree of a text can be, before the parser sees it.
///
/// The parser, and whoever walks its tree, recurses; neither asks how much stack is left. So every text is measured by its tokens
/// first, in one pass. A bracket is a level, `CASE` is one, and so is each operator of a chain, because `1 + 1 + 1` is a
/// tree as deep as it is long. `AND` and `OR` chains and lists between commas are flat, however long: what stands between two of
/// their separators is an *element*, and only the deepest one counts.
///
///     height of an element    its operators, plus the highest bracket in it
///     height of a bracket     1, plus its highest element, plus its joins and set operations
///
/// It may say too much, never too little (a constant factor aside: a bracket or a join makes up to about eight nodes).
struct NestingScan {
  private var stack: [Frame] = []
  private var frame = Frame(.text)

  /// What opened a frame, which is what may close it.
  private enum Opener: UInt8 {
    case text, parenthesis, bracket, `case`, body
  }

  /// A bracket that has not been closed yet, or the text.
  private struct Frame {
    let opener: Opener
    /// The highest statement that is over. Only the text, bodies of functions and rules have several.
    var statements = 0
    /// The highest element of this statement that is over.
    var elements = 0
    /// Joins and set operations of this statement: their chains go through commas.
    var links = 0
    /// This element's operators.
    var operators = 0
    /// The highest bracket in this element.
    var inner = 0
    /// The `BETWEEN`s of this element that wait for their `AND`.
    var betweens = 0

    init(_ opener: Opener) { self.opener = opener }

    var height: Int { max(statements, max(elements, operators + inner) + links) }

    mutating func endElement() {
      elements = max(elements, operators + inner)
      operators = 0
      inner = 0
      betweens = 0
    }

    mutating func endStatement() {
      statements = height
      elements = 0
      links = 0
      operators = 0
      inner = 0
      betweens = 0
    }
  }
}

extension NestingScan {
  /// Whether a text has at most that many levels, and is not too hard for the parser in another way.
  static func isShallow(_ bytes: UnsafeBufferPointer<UInt8>, limit: Int) -> Bool { levels(bytes, limit: limit) != nil }

  /// How many levels a text has; nil if it has more than the limit, or is too hard for the parser in another way.
  static func levels(_ bytes: UnsafeBufferPointer<UInt8>, limit: Int) -> Int? {
    var scan = NestingScan()
    return scan.run(bytes, limit: limit) ? scan.frame.height : nil
  }

  /// Some tenths of a second.
  private static let mostEffort = 1 << 27

  private mutating func run(_ bytes: UnsafeBufferPointer<UInt8>, limit: Int) -> Bool {
    var scanner = Scanner(bytes)
    var previous = Previous.other
    while let token = scanner.next() {
      switch token.kind {
      case .symbol, .pair:
        frame.operators += 1
        previous = .other
      case .mark:
        previous = mark(bytes[token.range.lowerBound])
        if stack.count > limit { return false }
      case .word:
        if let word = KeyWord(bytes, token.range) { previous = keyWord(word, after: previous) } else { previous = .other }
        if stack.count > limit { return false }
      case .quotedName, .string, .number, .parameter, .unterminated: previous = .other
      }
    }
    while !stack.isEmpty { close() }
    return frame.height <= limit && scanner.effort <= NestingScan.mostEffort
  }

  /// What the token before was, as far as it tells what a word means.
  private enum Previous {
    /// After a dot every word is a name.
    case dot
    /// Before `ATOMIC`.
    case begin
    /// After these, `END` ends a function's body and is no label.
    case semicolon, atomic
    case other
  }

  private mutating func mark(_ byte: UInt8) -> Previous {
    switch byte {
    case UInt8(ascii: "("): open(.parenthesis)
    case UInt8(ascii: "["): open(.bracket)
    case UInt8(ascii: ")"): close(.parenthesis)
    case UInt8(ascii: "]"): close(.bracket)
    case UInt8(ascii: ","): frame.endElement()
    case UInt8(ascii: "."): return .dot
    case UInt8(ascii: ";"):
      frame.endStatement()
      return .semicolon
    default: break
    }
    return .other
  }

  /// A word that takes levels away must not be a name. After a dot it always is one; elsewhere, the words here are reserved and
  /// can at most be labels, which end an element anyway.
  private mutating func keyWord(_ word: KeyWord, after previous: Previous) -> Previous {
    if previous == .dot { return .other }
    switch word {
    case .not, .is, .isnull, .notnull, .collate, .at, .like, .ilike, .similar, .in, .operator: frame.operators += 1
    case .between:
      frame.operators += 1
      frame.betweens += 1
    case .and where frame.betweens > 0: frame.betweens -= 1
    case .and, .or, .on, .when, .then, .else: frame.endElement()
    case .join: frame.links += 1
    case .union, .intersect, .except:
      frame.links += 1
      frame.endElement()
    case .case: open(.case)
    case .begin: return .begin
    case .atomic where previous == .begin:
      open(.body)
      return .atomic
    case .atomic: break
    case .end:
      if frame.opener == .case { close() }
      if frame.opener == .body, previous == .semicolon || previous == .atomic { close() }
    }
    return .other
  }

  private mutating func open(_ opener: Opener) {
    stack.append(frame)
    frame = Frame(opener)
  }

  private mutating func close() {
    guard let outer = stack.popLast() else { return }
    let height = 1 + frame.height
    frame = outer
    frame.inner = max(frame.inner, height)
  }

  /// Closes up to the bracket of this kind. Without one the text is wrong, and the parser stops here.
  private mutating func close(_ opener: Opener) {
    while !stack.isEmpty {
      let isIt = frame.opener == opener
      close()
      if isIt { return }
    }
  }
}

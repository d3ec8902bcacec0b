/// Cuts SQL text into tokens, exactly where PostgreSQL's own scanner cuts it (with `standard_conforming_strings` on).
///
/// Shaped for one pass over every text before it is parsed, most of them under a kilobyte, and for cutting a definition's text
/// out of a dump. It allocates nothing and refuses nothing: what is no SQL comes out as some token, and the parser says what is
/// wrong with it.
///
/// What must be exact are strings, quoted names and comments: whoever counts brackets by these tokens must not be fooled into
/// seeing a string where the parser sees brackets.
struct Scanner {
  let bytes: UnsafeBufferPointer<UInt8>
  private(set) var position: Int
  private let end: Int
  /// Whether a string that just ended had backslash escapes: one that continues it on another line has them too.
  private var hadEscapes = false
  /// Up to here there are only plus and minus signs, each an operator of its own.
  private var endOfSigns = 0
  /// How often the parser's own scanner looks at a byte again: it goes back over runs of symbols, for nested comments and trailing
  /// signs, and some texts make it do so for hours.
  private(set) var effort = 0

  init(_ bytes: UnsafeBufferPointer<UInt8>, in range: Range<Int>? = nil) {
    self.bytes = bytes
    position = range?.lowerBound ?? 0
    end = range?.upperBound ?? bytes.count
  }

  /// The next token; nil at the end.
  mutating func next() -> Token? {
    let joins = hadEscapes
    hadEscapes = false
    let before = position
    guard skipSpace() else { return unterminated(from: position) }
    guard position < end else { return nil }
    let start = position
    let byte = bytes[position]
    switch byte {
    case UInt8(ascii: "'"):
      // After `E'…'`, a string on a later line goes on with its escapes, unless a comment of the other kind is between.
      return string(from: start, quote: start, escapes: joins && continues(before..<start))
    case UInt8(ascii: "\""): return quotedName(from: start, quote: start)
    case UInt8(ascii: "$"): return dollar()
    case UInt8(ascii: "0")...UInt8(ascii: "9"): return number()
    case UInt8(ascii: "."):
      if let digit = peek(1), isDigit(digit) { return number() }
      return mark(pair: UInt8(ascii: "."))
    case UInt8(ascii: ":"):
      return peek(1) == UInt8(ascii: "=") ? token(.pair, upTo: start + 2) : mark(pair: UInt8(ascii: ":"))
    case _ where isNameStart(byte): return word()
    case _ where isSymbol(byte): return symbol()
    default: return token(.mark, upTo: start + 1)
    }
  }
}

// MARK: - Space and comments

extension Scanner {
  /// Skips white space and comments; false if a comment does not end, with `position` where it starts.
  private mutating func skipSpace() -> Bool {
    while position < end {
      switch bytes[position] {
      case 0x20, 0x09, 0x0A, 0x0C, 0x0D: position += 1
      case UInt8(ascii: "-") where peek(1) == UInt8(ascii: "-"):
        while position < end, !isNewline(bytes[position]) { position += 1 }
      case UInt8(ascii: "/") where peek(1) == UInt8(ascii: "*"):
        guard let past = endOfComment(position) else { return false }
        position = past
      default: return true
      }
    }
    return true
  }

  /// The end of the comment that starts there; comments nest.
  private mutating func endOfComment(_ start: Int) -> Int? {
    var depth = 1
    var i = start + 2
    var endOfRun = i
    while i + 1 < end {
      switch (bytes[i], bytes[i + 1]) {
      case (UInt8(ascii: "*"), UInt8(ascii: "/")):
        depth -= 1
        i += 2
        if depth == 0 { return i }
      case (UInt8(ascii: "/"), UInt8(ascii: "*")):
        depth += 1
        endOfRun = max(endOfRun, i)
        while endOfRun < end, isSymbol(bytes[endOfRun]) { endOfRun += 1 }
        effort &+= endOfRun - i
        i += 2
      default: i += 1
      }
    }
    return nil
  }

  /// Whether a string after this space continues the one before it: there is a line break, and no block comment.
  func continues(_ space: Range<Int>) -> Bool {
    var sawNewline = false
    var i = space.lowerBound
    while i < space.upperBound {
      if isNewline(bytes[i]) {
        sawNewline = true
      } else if bytes[i] == UInt8(ascii: "-") {
        while i < space.upperBound, !isNewline(bytes[i]) { i += 1 }
        continue
      } else if bytes[i] == UInt8(ascii: "/") {
        return false
      }
      i += 1
    }
    return sawNewline
  }
}

// MARK: - Strings and names

extension Scanner {
  private mutating func string(from start: Int, quote: Int, escapes: Bool) -> Token {
    var i = quote + 1
    while i < end {
      if bytes[i] == UInt8(ascii: "'") {
        guard i + 1 < end, bytes[i + 1] == UInt8(ascii: "'") else {
          hadEscapes = escapes
          return token(.string, from: start, upTo: i + 1)
        }
        i += 1
      } else if escapes, bytes[i] == UInt8(ascii: "\\") {
        i += 1
      }
      i += 1
    }
    return unterminated(from: start)
  }

  private mutating func quotedName(from start: Int, quote: Int) -> Token {
    var i = quote + 1
    while i < end {
      if bytes[i] == UInt8(ascii: "\"") {
        guard i + 1 < end, bytes[i + 1] == UInt8(ascii: "\"") else { return token(.quotedName, from: start, upTo: i + 1) }
        i += 1
      }
      i += 1
    }
    return unterminated(from: start)
  }

  /// `$1`, `$$…$$`, `$tag$…$tag$`, or a lonely dollar.
  private mutating func dollar() -> Token {
    let start = position
    var i = start + 1
    if i < end, isDigit(bytes[i]) {
      while i < end, isDigit(bytes[i]) { i += 1 }
      return token(.parameter, upTo: i)
    }
    if i < end, isNameStart(bytes[i]) {
      while i < end, isNameStart(bytes[i]) || isDigit(bytes[i]) { i += 1 }
    }
    guard i < end, bytes[i] == UInt8(ascii: "$") else { return token(.mark, upTo: start + 1) }
    return endOfDollarQuote(tag: start..<i + 1).map { token(.string, from: start, upTo: $0) } ?? unterminated(from: start)
  }

  private func endOfDollarQuote(tag: Range<Int>) -> Int? {
    var i = tag.upperBound
    while i + tag.count <= end {
      if bytes[i] == UInt8(ascii: "$"), tag.indices.allSatisfy({ bytes[i + $0 - tag.lowerBound] == bytes[$0] }) {
        return i + tag.count
      }
      i += 1
    }
    return nil
  }

  /// A name or key word, or a string or quoted name with a letter before it.
  private mutating func word() -> Token {
    let start = position
    var i = start + 1
    while i < end, isNameStart(bytes[i]) || isDigit(bytes[i]) || bytes[i] == UInt8(ascii: "$") { i += 1 }
    if i == start + 1, i < end {
      switch (bytes[start] | 0x20, bytes[i]) {
      case (UInt8(ascii: "e"), UInt8(ascii: "'")): return string(from: start, quote: i, escapes: true)
      case (UInt8(ascii: "b"), UInt8(ascii: "'")), (UInt8(ascii: "x"), UInt8(ascii: "'")), (UInt8(ascii: "n"), UInt8(ascii: "'")):
        return string(from: start, quote: i, escapes: false)
      case (UInt8(ascii: "u"), UInt8(ascii: "&")) where peek(2) == UInt8(ascii: "'"):
        return string(from: start, quote: i + 1, escapes: false)
      case (UInt8(ascii: "u"), UInt8(ascii: "&")) where peek(2) == UInt8(ascii: "\""): return quotedName(from: start, quote: i + 1)
      default: break
      }
    }
    return token(.word, upTo: i)
  }
}

// MARK: - Numbers and operators

extension Scanner {
  private mutating func number() -> Token {
    var i = position
    while i < end, isDigit(bytes[i]) { i += 1 }
    // `1..10` is a one and two dots.
    if i < end, bytes[i] == UInt8(ascii: "."), !(i + 1 < end && bytes[i + 1] == UInt8(ascii: ".")) {
      i += 1
      while i < end, isDigit(bytes[i]) { i += 1 }
    }
    if i < end, bytes[i] | 0x20 == UInt8(ascii: "e") {
      let sign = i + 1 < end && (bytes[i + 1] == UInt8(ascii: "+") || bytes[i + 1] == UInt8(ascii: "-")) ? 1 : 0
      if i + 1 + sign < end, isDigit(bytes[i + 1 + sign]) {
        i += 1 + sign
        while i < end, isDigit(bytes[i]) { i += 1 }
      }
    }
    return token(.number, upTo: i)
  }

  /// The longest operator: it ends before a comment, and it may end in `+` or `-` only if it has a character that standard SQL's
  /// operators do not have, so that `a=-1` is two operators.
  private mutating func symbol() -> Token {
    let start = position
    if start < endOfSigns { return token(.symbol, upTo: start + 1) }
    var i = start
    var isUnusual = false
    var lastUsual = start  // Just past the last character that is neither plus nor minus.
    while i < end, isSymbol(bytes[i]) {
      let byte = bytes[i]
      if byte == UInt8(ascii: "-"), peek(i + 1 - position) == UInt8(ascii: "-") { break }
      if byte == UInt8(ascii: "/"), peek(i + 1 - position) == UInt8(ascii: "*") { break }
      i += 1
      if byte != UInt8(ascii: "+"), byte != UInt8(ascii: "-") { lastUsual = i }
      isUnusual = isUnusual || isUnusualSymbol(byte)
    }
    if !isUnusual {
      endOfSigns = i
      let run = i - start
      i = max(lastUsual, start + 1)
      let signs = endOfSigns - i
      effort &+= signs &* run &+ signs &* signs &* signs
    }
    let isArrow = i == start + 2 && bytes[start] == UInt8(ascii: "=") && bytes[start + 1] == UInt8(ascii: ">")
    return token(isArrow ? .pair : .symbol, upTo: i)
  }
}

// MARK: - Pieces

extension Scanner {
  private func peek(_ offset: Int) -> UInt8? { position + offset < end ? bytes[position + offset] : nil }

  private mutating func token(_ kind: Token.Kind, from start: Int? = nil, upTo past: Int) -> Token {
    defer { position = past }
    return Token(kind: kind, range: (start ?? position)..<past)
  }

  private mutating func mark(pair byte: UInt8) -> Token {
    peek(1) == byte ? token(.pair, upTo: position + 2) : token(.mark, upTo: position + 1)
  }

  private mutating func unterminated(from start: Int) -> Token { token(.unterminated, from: start, upTo: end) }
}

func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }
func isNameStart(_ byte: UInt8) -> Bool { (byte | 0x20) &- 0x61 < 26 || byte == UInt8(ascii: "_") || byte >= 0x80 }
private func isNewline(_ byte: UInt8) -> Bool { byte == 0x0A || byte == 0x0D }

private func isSymbol(_ byte: UInt8) -> Bool {
  switch byte {
  case UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "*"), UInt8(ascii: "/"), UInt8(ascii: "<"), UInt8(ascii: ">"),
    UInt8(ascii: "="):
    true
  default: isUnusualSymbol(byte)
  }
}

private func isUnusualSymbol(_ byte: UInt8) -> Bool {
  switch byte {
  case UInt8(ascii: "~"), UInt8(ascii: "!"), UInt8(ascii: "@"), UInt8(ascii: "#"), UInt8(ascii: "%"), UInt8(ascii: "^"),
    UInt8(ascii: "&"), UInt8(ascii: "|"), UInt8(ascii: "`"), UInt8(ascii: "?"):
    true
  default: false
  }
}

/// Where the statements of a SQL text end: at semicolons that are not in quotes, dollar quotes, comments or parentheses. What they say is
/// the parser's business.
struct StatementSplitter {
  private let text: UnsafeBufferPointer<UInt8>
  private var at = 0

  init(_ text: UnsafeBufferPointer<UInt8>) { self.text = text }

  /// One statement with the comments in front of it.
  struct Statement {
    /// From its first word to its last; without the semicolon.
    let range: Range<Int>
    /// The comments in front of the first word.
    let comments: [Range<Int>]
  }

  /// The next statement; nil at the end. Comments behind the last one belong to none.
  mutating func next() throws(Fault) -> Statement? {
    var comments: [Range<Int>] = []
    var start: Int?
    var end = 0
    while at < text.count {
      let begin = at
      switch text[at] {
      case UInt8(ascii: ";"):
        at += 1
        if let start { return Statement(range: start..<end, comments: comments) }
        continue
      case 0x20, 0x09...0x0D:
        at += 1
        continue
      case UInt8(ascii: "-") where follows("-"), UInt8(ascii: "/") where follows("*"):
        try skipComment()
        if start == nil { comments.append(begin..<at) }
        continue
      case UInt8(ascii: "'"): try skipQuoted(UInt8(ascii: "'"), escapes: isEscapeString)
      case UInt8(ascii: "\""): try skipQuoted(UInt8(ascii: "\""), escapes: false)
      case UInt8(ascii: "$") where !isInWord: try skipDollar()
      default: at += 1
      }
      start = start ?? begin
      end = at
    }
    return start.map { Statement(range: $0..<end, comments: comments) }
  }

  private func follows(_ letter: Unicode.Scalar) -> Bool { at + 1 < text.count && text[at + 1] == UInt8(ascii: letter) }

  /// `E'…'`, in which a backslash escapes.
  private var isEscapeString: Bool {
    guard at > 0, text[at - 1] | 0x20 == UInt8(ascii: "e") else { return false }
    return at == 1 || !Self.isWord(text[at - 2])
  }

  private var isInWord: Bool { at > 0 && Self.isWord(text[at - 1]) }

  private static func isWord(_ byte: UInt8) -> Bool {
    byte &- 0x30 <= 9 || (byte | 0x20) &- UInt8(ascii: "a") < 26 || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "$")
      || byte >= 0x80
  }

  private mutating func skipComment() throws(Fault) {
    let begin = at
    if text[at] == UInt8(ascii: "-") {
      while at < text.count, text[at] != 0x0A { at += 1 }
      return
    }
    var depth = 0
    repeat {
      guard at + 1 < text.count else { throw open(begin, "comment", "end it with */") }
      if text[at] == UInt8(ascii: "/"), text[at + 1] == UInt8(ascii: "*") {
        depth += 1
        at += 2
      } else if text[at] == UInt8(ascii: "*"), text[at + 1] == UInt8(ascii: "/") {
        depth -= 1
        at += 2
      } else {
        at += 1
      }
    } while depth > 0
  }

  private mutating func skipQuoted(_ quote: UInt8, escapes: Bool) throws(Fault) {
    let begin = at
    at += 1
    while at < text.count {
      if text[at] == UInt8(ascii: "\\"), escapes {
        at += 2
        continue
      }
      at += 1
      // A doubled quote ends one string and begins the next, which comes to the same.
      if text[at - 1] == quote { return }
    }
    throw open(begin, "quote", "end it with the same quote")
  }

  /// `$$…$$`, `$tag$…$tag$`; or `$1`, or an operator.
  private mutating func skipDollar() throws(Fault) {
    let begin = at
    var end = at + 1
    while end < text.count, Self.isWord(text[end]), text[end] != UInt8(ascii: "$") { end += 1 }
    at = end
    guard end < text.count, text[end] == UInt8(ascii: "$"), end == begin + 1 || text[begin + 1] &- 0x30 > 9 else { return }
    let tag = UnsafeBufferPointer(rebasing: text[begin...end])
    at = end + 1
    while at + tag.count <= text.count {
      if text[at] == UInt8(ascii: "$"), text[at..<at + tag.count].elementsEqual(tag) {
        at += tag.count
        return
      }
      at += 1
    }
    throw open(begin, "dollar quote", "end it with the same tag")
  }

  private func open(_ offset: Int, _ what: String, _ advice: String) -> Fault {
    Fault(.syntax, at: offset, "the \(what) is not closed", advice: advice)
  }
}

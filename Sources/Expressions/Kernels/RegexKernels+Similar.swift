import Relations

/// `similar_to_escape`: the regular expression of a `SIMILAR TO` pattern, in PostgreSQL's own words, because a query may look at them.
extension RegexKernels {
  static let similarity: [(String, Kernel)] = [
    (
      "similar_to_escape_1",
      Kernel { a in
        a.withText(0) { patterns in
          a.write { row, writer throws(Failure) in try writer.append(similar: patterns[row], escape: nil) }
        }
      }
    ),
    (
      "similar_to_escape_2",
      Kernel { a in
        a.withTexts(0, 1) { patterns, escapes in
          a.write { row, writer throws(Failure) in try writer.append(similar: patterns[row], escape: escapes[row]) }
        }
      }
    ),
    (
      // Not strict: without a pattern there is nothing, without an escape it is a backslash.
      "similar_escape",
      Kernel { a in
        let missing = a.operands[1].nulls
        var outcome = a.withTexts(0, 1) { patterns, escapes in
          a.write { row, writer throws(Failure) in
            try writer.append(similar: patterns[row], escape: missing?[row] == true ? nil : escapes[row])
          }
        }
        outcome.nulls = a.operands[0].nulls
        if let nulls = outcome.nulls { outcome.failures.removeAll { nulls[Int($0.row)] } }
        return outcome
      }
    ),
  ]
}

/// Whether a place in a pattern is inside of brackets. Releases of PostgreSQL 15 differ: older ones take the first `]` for the end, newer
/// ones know that brackets may lie in each other and that a `]` at the start is a character.
private struct BracketState {
  private var isOpen = false
  private var depth = 0
  /// How much of the start of the brackets has been read: 1 and 2 before and after a caret, then 3.
  private var start = 0

  /// Nil where releases do not agree.
  var isInside: Bool? { isOpen == (depth > 0) ? isOpen : nil }

  mutating func read(_ byte: UInt8) {
    if depth > 0 {
      if byte == UInt8(ascii: "]") && start > 2 { depth -= 1 } else if byte == UInt8(ascii: "[") { depth += 1 }
      start = byte == UInt8(ascii: "^") ? start + 1 : 3
    } else if byte == UInt8(ascii: "[") {
      (depth, start) = (1, 1)
    }
    isOpen = isOpen ? byte != UInt8(ascii: "]") : byte == UInt8(ascii: "[")
  }
}

extension TextWriter {
  /// `%` and `_` become `.*` and `.`; what only regular expressions know is escaped; parentheses do not capture.
  fileprivate mutating func append(
    similar pattern: UnsafeBufferPointer<UInt8>, escape: UnsafeBufferPointer<UInt8>?
  ) throws(Failure) {
    if let escape, !escape.isEmpty, escape.endOfCharacter(at: 0) != escape.count {
      throw .raised(SQLError(.invalidEscapeSequence, "invalid escape string"))
    }
    append("^(?:")
    var isEscaped = false
    var brackets = BracketState()
    var (separators, start) = (0, 0)
    while start < pattern.count {
      let end = pattern.endOfCharacter(at: start)
      let character = UnsafeBufferPointer(rebasing: pattern[start..<end])
      start = end
      if escape.map({ !$0.isEmpty && character.elementsEqual($0) }) ?? (character[0] == UInt8(ascii: "\\")), !isEscaped {
        isEscaped = true
        continue
      }
      guard let isInside = brackets.isInside else { throw .unsupported("SIMILAR TO with brackets in brackets") }
      if isEscaped {
        if character[0] == UInt8(ascii: "\""), !isInside {
          try append(separator: &separators)
        } else {
          append(UInt8(ascii: "\\"))
          append(character)
        }
        isEscaped = false
        continue
      }
      brackets.read(character[0])
      if !isInside {
        append(similar: character)
      } else {
        if character[0] == UInt8(ascii: "\\") { append(UInt8(ascii: "\\")) }
        append(character)
      }
    }
    append(")$")
  }

  private mutating func append(similar character: UnsafeBufferPointer<UInt8>) {
    switch character[0] {
    case UInt8(ascii: "%"): append(".*")
    case UInt8(ascii: "_"): append(".")
    case UInt8(ascii: "("): append("(?:")
    case UInt8(ascii: "\\"), UInt8(ascii: "."), UInt8(ascii: "^"), UInt8(ascii: "$"):
      append(UInt8(ascii: "\\"))
      append(character)
    default: append(character)
    }
  }

  /// An escaped quote parts what `substring` cuts out from what is around it.
  private mutating func append(separator count: inout Int) throws(Failure) {
    switch count {
    case 0: append("){1,1}?(")
    case 1: append("){1,1}(?:")
    default:
      throw .raised(
        SQLError(
          SQLState("2200C"), "SQL regular expression may not contain more than two escape-double-quote separators"))
    }
    count += 1
  }
}

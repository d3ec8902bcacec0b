import Relations

/// Cuts a schema's text into statements, as psql does: at semicolons that are not within brackets or the body of a function.
///
/// psql's own lines (`\restrict …`, `\connect …`) are passed over; rows after `COPY … FROM stdin` are refused.
struct StatementSplitter {
  private let bytes: UnsafeBufferPointer<UInt8>
  private var scanner: Scanner

  init(_ bytes: UnsafeBufferPointer<UInt8>) {
    self.bytes = bytes
    scanner = Scanner(bytes)
  }

  /// What is open.
  fileprivate struct Nesting {
    var brackets = 0
    /// Bodies of functions, `BEGIN ATOMIC … END`, and `CASE … END` within them.
    var bodies = 0
    var cases = 0

    var isOpen: Bool { brackets > 0 || bodies > 0 }
  }

  /// The bytes of the next statement, from its first token to before its semicolon; nil at the end.
  mutating func next() throws(DefinitionError) -> Range<Int>? {
    var nesting = Nesting()
    var statement: Range<Int>?
    var words: [String] = []
    var previous = ""
    while let token = scanner.next() {
      let isMark = token.kind == .mark
      let byte = bytes[token.range.lowerBound]
      if isMark, byte == UInt8(ascii: "\\"), statement == nil {
        skipLine(from: token.range.upperBound)
        continue
      }
      if isMark, byte == UInt8(ascii: ";"), !nesting.isOpen {
        if let statement {
          try refuseRows(words, statement)
          return statement
        }
        continue
      }
      let word = token.kind == .word ? String(decoding: bytes[token.range].map { $0 | 0x20 }, as: UTF8.self) : ""
      if isMark { nesting.pass(byte) } else { nesting.pass(word, after: previous) }
      if words.count < 64, !nesting.isOpen { words.append(word) }
      previous = isMark ? String(UnicodeScalar(byte)) : word
      statement = (statement?.lowerBound ?? token.range.lowerBound)..<token.range.upperBound
    }
    return statement
  }

  private mutating func skipLine(from start: Int) {
    let end = bytes[start...].firstIndex { $0 == 0x0A || $0 == 0x0D } ?? bytes.count
    scanner = Scanner(bytes, in: end..<bytes.count)
  }

  private func refuseRows(_ words: [String], _ statement: Range<Int>) throws(DefinitionError) {
    guard words.first == "copy" else { return }
    if zip(words, words.dropFirst()).contains(where: { $0 == "from" && $1 == "stdin" }) {
      throw DefinitionError(
        "0A000", "rows follow this COPY, and a schema has none: dump it with pg_dump --schema-only",
        at: Int32(clamping: statement.lowerBound))
    }
  }
}

extension StatementSplitter.Nesting {
  fileprivate mutating func pass(_ mark: UInt8) {
    switch mark {
    case UInt8(ascii: "("), UInt8(ascii: "["): brackets += 1
    case UInt8(ascii: ")"), UInt8(ascii: "]"): brackets = max(0, brackets - 1)
    default: break
    }
  }

  fileprivate mutating func pass(_ word: String, after previous: String) {
    switch word {
    case "atomic" where previous == "begin": bodies += 1
    case "case" where bodies > 0 && previous != "." && previous != "as": cases += 1
    case "end" where bodies > 0 && previous != "." && previous != "as":
      if cases > 0 { cases -= 1 } else if previous == ";" || previous == "atomic" { bodies -= 1 }
    default: break
    }
  }
}

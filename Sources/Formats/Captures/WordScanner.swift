import Relations

#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// Goes over a line of `test_decoding`: SQL identifiers, types in brackets, values as SQL literals.
///
/// - Precondition: behind the line is a zero.
struct WordScanner {
  private let transaction: CapturedTransaction
  private(set) var at: Int
  private let end: Int

  init(_ transaction: CapturedTransaction, _ range: Range<Int>) {
    self.transaction = transaction
    at = range.lowerBound
    end = range.upperBound
  }

  private var base: UnsafePointer<UInt8> { transaction.base }

  /// Passes a word if it comes next.
  mutating func take(_ word: StaticString) -> Bool {
    let count = word.utf8CodeUnitCount
    guard count <= end - at, memcmp(base + at, word.utf8Start, count) == 0 else { return false }
    at += count
    return true
  }

  /// What is left.
  var rest: String { String(decoding: transaction.bytes(at..<end), as: UTF8.self) }

  /// What is in front of a word, or all that is left.
  mutating func upTo(_ word: StaticString) -> String {
    let start = at
    while at < end {
      var other = self
      if other.take(word) { break }
      at += 1
    }
    return String(decoding: transaction.bytes(start..<at), as: UTF8.self)
  }

  /// The moment in ` … (at 2026-05-01 10:00:00+00)`, where it is told.
  func moment() throws(Fault) -> Int64? {
    var words = self
    _ = words.upTo(" (at ")
    guard words.take(" (at "), words.end > words.at, base[words.end - 1] == UInt8(ascii: ")") else { return nil }
    let token = JSONToken(.string, from: words.at, to: words.end - 1)
    return try token.moment(base, "at")
  }

  func unexpected(_ expected: String) -> Fault {
    Fault(
      .syntax, at: at, "expected \(expected)\(at < end ? "" : ", but the line ends")",
      advice: "a row goes over several lines where a text does: keep them all")
  }
}

// MARK: - Names

extension WordScanner {
  /// `public.a, "B".c:`, the colon passed: each as a string that is SQL.
  mutating func tables() throws(Fault) -> [JSONToken] {
    var tables: [JSONToken] = []
    repeat {
      let start = at
      try identifier(until: UInt8(ascii: ":"), or: UInt8(ascii: ","))
      guard at > start else { throw unexpected("a table's name") }
      tables.append(JSONToken(.string, from: start, to: at))
    } while take(", ")
    guard take(":") else { throw unexpected("a colon behind the table's name") }
    return tables
  }

  /// Goes to one of two bytes that is not within double quotes.
  private mutating func identifier(until stop: UInt8, or other: UInt8) throws(Fault) {
    var isQuoted = false
    while at < end {
      let byte = base[at]
      if byte == UInt8(ascii: "\"") { isQuoted.toggle() } else if !isQuoted, byte == stop || byte == other { return }
      at += 1
    }
    throw unexpected("the end of a name")
  }

  /// A column's name as the database stores it; its type in brackets and the colon are passed.
  private mutating func column() throws(Fault) -> JSONToken {
    let start = at
    try identifier(until: UInt8(ascii: "["), or: UInt8(ascii: "["))
    var name = JSONToken(.string, from: start, to: at)
    if base[start] == UInt8(ascii: "\"") {
      let quoted = transaction.bytes(start + 1..<max(start + 1, at - 1))
      name = JSONToken(.string, from: start + 1, to: max(start + 1, at - 1))
      if quoted.contains(UInt8(ascii: "\"")) {
        name = try transaction.add(text: Self.halved(quoted, UInt8(ascii: "\"")), for: start)
      }
    }
    var depth = 0
    repeat {
      if at >= end { throw unexpected("the end of a type") }
      switch base[at] {
      case UInt8(ascii: "["): depth += 1
      case UInt8(ascii: "]"): depth -= 1
      case UInt8(ascii: "\""): try identifier(afterQuote: ())
      default: break
      }
      at += 1
    } while depth > 0
    guard take(":") else { throw unexpected("a colon behind the column's type") }
    return name
  }

  /// Goes to the closing quote of a type's name.
  private mutating func identifier(afterQuote: Void) throws(Fault) {
    repeat { at += 1 } while at < end && base[at] != UInt8(ascii: "\"")
  }

  /// A doubled character is one.
  private static func halved(_ text: UnsafeBufferPointer<UInt8>, _ quote: UInt8) -> [UInt8] {
    var halved: [UInt8] = []
    var i = 0
    while i < text.count {
      halved.append(text[i])
      i += text[i] == quote && i + 1 < text.count && text[i + 1] == quote ? 2 : 1
    }
    return halved
  }
}

// MARK: - Rows

extension WordScanner {
  /// ` id[integer]:1 note[text]:'it''s'`, up to the end or to what is no column.
  mutating func image(_ layout: TableLayout?, _ transaction: CapturedTransaction) throws(Fault) -> Range<Int> {
    let start = layout.map { transaction.beginImage($0) } ?? transaction.values.count
    if take(" (no-tuple-data)") { return start..<start }
    var expected = 0
    while at < end {
      var next = self
      if next.take(" new-tuple:") { break }
      guard take(" ") else { throw unexpected("a blank before the next column") }
      let name = try column()
      let value = try value()
      guard let layout, let column = try transaction.column(name, layout, &expected) else { continue }
      if let value { transaction.append(value, column) }
    }
    return start..<transaction.values.count
  }

  /// The same of a row that was there before: NULLs are left out of it.
  mutating func oldImage(_ layout: TableLayout?, _ transaction: CapturedTransaction) throws(Fault) -> Range<Int> {
    let image = try image(layout, transaction)
    return layout.map { transaction.completedIdentity(image, $0) } ?? image
  }

  /// A value; nil for one that has not changed and is not told.
  private mutating func value() throws(Fault) -> JSONToken? {
    let start = at
    if take("'") { return try literal(start) }
    if take("B'") { return try literal(start + 1) }
    while at < end, base[at] != 0x20 { at += 1 }
    guard at > start else { throw unexpected("a value") }
    let word = JSONToken(.number, from: start, to: at)  // What has no quotes.
    if word.isText("null", base) { return JSONToken(.null, from: start, to: at) }
    if word.isText("unchanged-toast-datum", base) { return nil }
    return word
  }

  /// The text up to the closing quote.
  private mutating func literal(_ start: Int) throws(Fault) -> JSONToken {
    let first = at
    var isDoubled = false
    while at < end {
      if base[at] == UInt8(ascii: "'") {
        guard at + 1 < end, base[at + 1] == UInt8(ascii: "'") else {
          let text = JSONToken(.string, from: first, to: at)
          at += 1
          return isDoubled ? try transaction.add(text: Self.halved(text.bytes(base), UInt8(ascii: "'")), for: start) : text
        }
        isDoubled = true
        at += 1
      }
      at += 1
    }
    throw Fault(.syntax, at: start, "the quote is not closed", advice: "keep all lines of the row")
  }
}

import Relations

/// The one text that PostgreSQL prints for a `jsonb`, whatever text it was read from: names sorted by length and then by bytes, the last
/// of those that are there twice, numbers as `numeric` prints them, one blank after each comma and colon.
///
/// A document is stored as its text and compared by it, so two spellings of one document must not seem to be two.
struct JSONBText {
  private(set) var text: [UInt8] = []
  private var scanner: JSONScanner
  private var scratch: [UInt8] = []

  /// `1e131071` is eight bytes, and 131 072 when it is printed.
  private static let longest = 1 << 24

  /// Reads the text of a document, which is UTF-8 without U+0000.
  static func canonical(_ text: UnsafeBufferPointer<UInt8>) throws(Failure) -> [UInt8] {
    try withChecked(text) { scanner throws(Failure) in
      var reader = JSONBText(scanner: scanner)
      try reader.appendValue()
      return reader.text
    }
  }

  /// Checks the grammar, which is all that `json` asks of a text.
  static func check(_ text: UnsafeBufferPointer<UInt8>) throws(Failure) {
    try withChecked(text) { _ throws(Failure) in }
  }

  /// Lends a scanner that stands before the one value of the text.
  private static func withChecked<R>(
    _ text: UnsafeBufferPointer<UInt8>, _ body: (JSONScanner) throws(Failure) -> R
  ) throws(Failure) -> R {
    let copy = Array(text) + repeatElement(0, count: 16)  // What a scanner wants to find behind its text.
    return try copy.withUnsafeBufferPointer { copy throws(Failure) in
      var scanner = JSONScanner(UnsafeBufferPointer(rebasing: copy[..<text.count]))
      do throws(Fault) {
        let value = try scanner.value()
        try scanner.end()
        scanner.at = value.place
      } catch {
        if error.code == .tooLarge { throw .unsupported("JSON that is nested more than \(JSONScanner.deepest) deep") }
        throw .raised(SQLError(.invalidTextRepresentation, "invalid input syntax for type json: \(error.problem)"))
      }
      return try body(scanner)
    }
  }

  private init(scanner: JSONScanner) { self.scanner = scanner }

  /// The grammar was checked, so that scanning again raises nothing.
  private mutating func next() throws(Failure) -> JSONToken { try scanned { s throws(Fault) in try s.value() } }

  private mutating func scanned<R>(_ scan: (inout JSONScanner) throws(Fault) -> R) throws(Failure) -> R {
    do throws(Fault) { return try scan(&scanner) } catch { throw .unsupported("jsonb: \(error.problem)") }
  }

  private mutating func appendValue() throws(Failure) {
    switch scanner.peek() {
    case UInt8(ascii: "{"): try appendObject()
    case UInt8(ascii: "["): try appendArray()
    case UInt8(ascii: "\""): JSONText.appendQuoted(try string(try next()), to: &text)
    case UInt8(ascii: "t"), UInt8(ascii: "f"), UInt8(ascii: "n"): text += try next().bytes(scanner.base)
    default: try appendNumber(try next())
    }
    guard text.count <= Self.longest else { throw .unsupported("jsonb of more than \(Self.longest) bytes") }
  }

  private mutating func appendNumber(_ token: JSONToken) throws(Failure) {
    TextForm.appendNumeric(try TextForm.parseNumeric(token.bytes(scanner.base), as: .numeric), to: &text)
  }

  private mutating func appendArray() throws(Failure) {
    scanner.at += 1
    text.append(UInt8(ascii: "["))
    var isFirst = true
    if !scanner.take(UInt8(ascii: "]")) {
      repeat {
        if !isFirst { text += ", ".utf8 }
        isFirst = false
        try appendValue()
      } while try scanned { s throws(Fault) in try s.more(UInt8(ascii: "]")) }
    }
    text.append(UInt8(ascii: "]"))
  }

  /// Each value is printed where it comes; then the printed values are put in the order of their names.
  private mutating func appendObject() throws(Failure) {
    scanner.at += 1
    let start = text.count
    var members: [(name: [UInt8], value: Range<Int>)] = []
    if !scanner.take(UInt8(ascii: "}")) {
      repeat {
        let name = try string(try scanned { s throws(Fault) in try s.key() })
        let begin = text.count
        try appendValue()
        members.append((name, begin..<text.count))
      } while try scanned { s throws(Fault) in try s.more(UInt8(ascii: "}")) }
    }
    let sorted = Self.sorted(members)
    let printed = Array(text[start...])
    text.removeSubrange(start...)
    text.append(UInt8(ascii: "{"))
    for (index, member) in sorted.enumerated() {
      if index > 0 { text += ", ".utf8 }
      JSONText.appendQuoted(member.name, to: &text)
      text += ": ".utf8
      text += printed[member.value.lowerBound - start..<member.value.upperBound - start]
    }
    text.append(UInt8(ascii: "}"))
  }

  private static func sorted(_ members: [(name: [UInt8], value: Range<Int>)]) -> [(name: [UInt8], value: Range<Int>)] {
    let order = members.indices.sorted { a, b in
      let (first, second) = (members[a].name, members[b].name)
      if first.count != second.count { return first.count < second.count }
      return first == second ? a < b : first.lexicographicallyPrecedes(second)
    }
    let last = order.indices.filter { $0 + 1 == order.count || members[order[$0]].name != members[order[$0 + 1]].name }
    return last.map { members[order[$0]] }
  }

  private mutating func string(_ token: JSONToken) throws(Failure) -> [UInt8] {
    let bytes = token.bytes(scanner.base)
    guard token.isEscaped else { return Array(bytes) }
    scratch.removeAll(keepingCapacity: true)
    if let offset = JSONText.unescape(bytes, to: &scratch) {
      let isZero = bytes[offset...].starts(with: "\\u0000".utf8)
      throw .raised(
        isZero
          ? SQLError(SQLState("22P05"), "unsupported Unicode escape sequence: \\u0000 cannot be converted to text")
          : SQLError(.invalidTextRepresentation, "invalid input syntax for type json: half a surrogate pair"))
    }
    return scratch
  }
}

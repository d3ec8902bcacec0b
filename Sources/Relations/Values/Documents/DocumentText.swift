/// Reads JSON as PostgreSQL does, and writes its strings.
///
/// For documents that are loaded, written as literals or made by functions. Single members are found without reading a document.
struct DocumentText {
  private let bytes: UnsafeBufferPointer<UInt8>
  private var place = 0
  private var depth = 0
  private let purpose: Purpose

  private enum Purpose {
    /// Members are read.
    case document
    /// Their grammar is checked only: `json` keeps its text, and asks no more of it.
    case grammar
    /// And whether each string stands for a text.
    case strings
  }

  private var isRead: Bool { purpose == .document }

  /// PostgreSQL takes some thousands, as its stack allows.
  static let deepest = 1_000

  /// A `jsonb` from its text. 22P02 for what is no JSON, 22P05 for U+0000.
  static func document(_ bytes: UnsafeBufferPointer<UInt8>) throws(Failure) -> Document {
    var text = DocumentText(bytes: bytes, purpose: .document)
    return try text.whole()
  }

  /// Checks the grammar.
  static func check(_ bytes: UnsafeBufferPointer<UInt8>) throws(Failure) {
    var text = DocumentText(bytes: bytes, purpose: .grammar)
    _ = try text.whole()
  }

  /// Checks that each string of a text of good grammar stands for one.
  static func checkStrings(_ bytes: UnsafeBufferPointer<UInt8>) throws(Failure) {
    var text = DocumentText(bytes: bytes, purpose: .strings)
    _ = try text.whole()
  }

  private init(bytes: UnsafeBufferPointer<UInt8>, purpose: Purpose) {
    self.bytes = bytes
    self.purpose = purpose
  }

  private mutating func whole() throws(Failure) -> Document {
    guard TextForm.isText(bytes) else { throw TextForm.notText }
    skipSpace()
    let document = try value()
    skipSpace()
    guard place == bytes.count else { throw malformed }
    return document
  }

  private var malformed: Failure { TextForm.malformed(bytes, as: "json") }
  private var peek: UInt8? { place < bytes.count ? bytes[place] : nil }

  private mutating func skipSpace() {
    while let byte = peek, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { place += 1 }
  }

  private mutating func take(_ byte: UInt8) -> Bool {
    guard peek == byte else { return false }
    place += 1
    return true
  }
}

// MARK: - Values

extension DocumentText {
  private mutating func value() throws(Failure) -> Document {
    switch peek {
    case UInt8(ascii: "{"): return try object()
    case UInt8(ascii: "["): return try array()
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    default: return try number()
    }
  }

  private mutating func word(_ word: StaticString, _ value: Document) throws(Failure) -> Document {
    let letters = UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount)
    guard bytes.count - place >= letters.count, bytes[place..<place + letters.count].elementsEqual(letters) else { throw malformed }
    place += letters.count
    return value
  }

  private mutating func enter() throws(Failure) {
    place += 1
    depth += 1
    guard depth <= Self.deepest else { throw .unsupported("JSON that is nested more than \(Self.deepest) deep") }
    skipSpace()
  }

  private mutating func array() throws(Failure) -> Document {
    try enter()
    defer { depth -= 1 }
    if take(UInt8(ascii: "]")) { return .array([]) }
    var elements: [Document] = []
    while true {
      skipSpace()
      let element = try value()
      if isRead { elements.append(element) }
      skipSpace()
      if take(UInt8(ascii: "]")) { return .array(elements) }
      guard take(UInt8(ascii: ",")) else { throw malformed }
    }
  }

  private mutating func object() throws(Failure) -> Document {
    try enter()
    defer { depth -= 1 }
    if take(UInt8(ascii: "}")) { return .object([]) }
    var members: [Document.Member] = []
    while true {
      skipSpace()
      guard peek == UInt8(ascii: "\"") else { throw malformed }
      let name = try string()
      skipSpace()
      guard take(UInt8(ascii: ":")) else { throw malformed }
      skipSpace()
      let value = try value()
      if isRead { members.append(.init(name, value)) }
      skipSpace()
      if take(UInt8(ascii: "}")) { return .object(of: members) }
      guard take(UInt8(ascii: ",")) else { throw malformed }
    }
  }

  private mutating func number() throws(Failure) -> Document {
    let start = place
    _ = take(UInt8(ascii: "-"))
    let first = place
    let digits = skipDigits()
    guard digits > 0, digits == 1 || bytes[first] != UInt8(ascii: "0") else { throw malformed }
    if take(UInt8(ascii: ".")) { guard skipDigits() > 0 else { throw malformed } }
    if let byte = peek, byte | 0x20 == UInt8(ascii: "e") {
      place += 1
      if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
      guard skipDigits() > 0 else { throw malformed }
    }
    guard isRead else { return .null }
    return .number(try TextForm.parseNumeric(UnsafeBufferPointer(rebasing: bytes[start..<place]), as: .numeric))
  }

  private mutating func skipDigits() -> Int {
    let start = place
    while let byte = peek, TextForm.isDigit(byte) { place += 1 }
    return place - start
  }
}

// MARK: - Strings

extension DocumentText {
  /// - Precondition: a quote comes next.
  private mutating func string() throws(Failure) -> [UInt8] {
    place += 1
    let start = place
    var isEscaped = false
    while let byte = peek, byte != UInt8(ascii: "\"") {
      guard byte >= 0x20 else { throw malformed }
      place += 1
      if byte == UInt8(ascii: "\\") {
        isEscaped = true
        try skipEscape()
      }
    }
    guard place < bytes.count else { throw malformed }
    place += 1
    if purpose == .grammar { return [] }
    let content = UnsafeBufferPointer(rebasing: bytes[start..<place - 1])
    return isEscaped ? try Self.unescaped(content) : Array(content)
  }

  private mutating func skipEscape() throws(Failure) {
    switch peek {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"), UInt8(ascii: "n"),
      UInt8(ascii: "r"), UInt8(ascii: "t"):
      place += 1
    case UInt8(ascii: "u"):
      guard place + 4 < bytes.count, (place + 1...place + 4).allSatisfy({ Self.hexadecimal(bytes[$0]) != nil }) else {
        throw malformed
      }
      place += 5
    default: throw malformed
    }
  }

  private static func hexadecimal(_ byte: UInt8) -> UInt32? {
    if TextForm.isDigit(byte) { return UInt32(byte &- 0x30) }
    let letter = (byte | 0x20) &- UInt8(ascii: "a")
    return letter < 6 ? UInt32(letter) + 10 : nil
  }

  /// What the content of a string of good grammar stands for. 22P05 for U+0000, 22P02 for half a surrogate pair.
  static func unescaped(_ content: UnsafeBufferPointer<UInt8>) throws(Failure) -> [UInt8] {
    var text: [UInt8] = []
    text.reserveCapacity(content.count)
    var i = 0
    while i < content.count {
      guard content[i] == UInt8(ascii: "\\") else {
        text.append(content[i])
        i += 1
        continue
      }
      switch content[i + 1] {
      case UInt8(ascii: "u"):
        let (scalar, length) = try scalar(content, i)
        text += UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter
        i += length
        continue
      case UInt8(ascii: "b"): text.append(0x08)
      case UInt8(ascii: "f"): text.append(0x0C)
      case UInt8(ascii: "n"): text.append(0x0A)
      case UInt8(ascii: "r"): text.append(0x0D)
      case UInt8(ascii: "t"): text.append(0x09)
      default: text.append(content[i + 1])
      }
      i += 2
    }
    return text
  }

  /// One character, written as one escape or as two halves.
  private static func scalar(_ content: UnsafeBufferPointer<UInt8>, _ i: Int) throws(Failure) -> (Unicode.Scalar, length: Int) {
    let high = unit(content, i)
    guard high != 0 else {
      throw .raised(SQLError(SQLState("22P05"), "unsupported Unicode escape sequence: \\u0000 cannot be converted to text"))
    }
    if let scalar = Unicode.Scalar(high) { return (scalar, 6) }
    let half = SQLError(.invalidTextRepresentation, "invalid input syntax for type json: half a surrogate pair")
    guard high < 0xDC00, i + 12 <= content.count, content[i + 6] == UInt8(ascii: "\\"), content[i + 7] == UInt8(ascii: "u") else {
      throw .raised(half)
    }
    let low = unit(content, i + 6)
    guard 0xDC00...0xDFFF ~= low, let scalar = Unicode.Scalar(0x10000 + (high - 0xD800) << 10 + (low - 0xDC00)) else {
      throw .raised(half)
    }
    return (scalar, 12)
  }

  private static func unit(_ content: UnsafeBufferPointer<UInt8>, _ i: Int) -> UInt32 {
    (i + 2..<i + 6).reduce(0) { $0 << 4 | (hexadecimal(content[$1]) ?? 0) }
  }

  /// Appends a string with quotes and escapes, as PostgreSQL writes one.
  static func appendQuoted(_ text: some Sequence<UInt8>, to json: inout [UInt8]) {
    if text.withContiguousStorageIfAvailable({ appendQuoted(bytes: $0, to: &json) }) == nil {
      Array(text).withUnsafeBufferPointer { appendQuoted(bytes: $0, to: &json) }
    }
  }

  /// What needs no escape is copied in runs.
  private static func appendQuoted(bytes: UnsafeBufferPointer<UInt8>, to json: inout [UInt8]) {
    json.append(UInt8(ascii: "\""))
    var start = 0
    for (place, byte) in bytes.enumerated() where byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") {
      json.append(contentsOf: bytes[start..<place])
      json += escape(byte)
      start = place + 1
    }
    json.append(contentsOf: bytes[start...])
    json.append(UInt8(ascii: "\""))
  }

  private static func escape(_ byte: UInt8) -> [UInt8] {
    let backslash = UInt8(ascii: "\\")
    return switch byte {
    case UInt8(ascii: "\""), backslash: [backslash, byte]
    case 0x08: [backslash, UInt8(ascii: "b")]
    case 0x0C: [backslash, UInt8(ascii: "f")]
    case 0x0A: [backslash, UInt8(ascii: "n")]
    case 0x0D: [backslash, UInt8(ascii: "r")]
    case 0x09: [backslash, UInt8(ascii: "t")]
    default: "\\u00".utf8 + [digit(byte >> 4), digit(byte & 15)]
    }
  }

  private static func digit(_ nibble: UInt8) -> UInt8 { nibble < 10 ? 0x30 + nibble : 0x57 + nibble }
}

extension TextForm {
  /// The stored form of a `jsonb`.
  public static func parseJSONB(_ bytes: UnsafeBufferPointer<UInt8>) throws(Failure) -> [UInt8] {
    try DocumentText.document(bytes).stored
  }

  /// A `json`, which is its text.
  public static func parseJSON(_ bytes: UnsafeBufferPointer<UInt8>) throws(Failure) -> [UInt8] {
    try DocumentText.check(bytes)
    return Array(bytes)
  }

  /// 22P05 or 22P02 for a `json` with a string that stands for no text.
  public static func checkJSONStrings(_ bytes: UnsafeBufferPointer<UInt8>) throws(Failure) {
    try DocumentText.checkStrings(bytes)
  }

  /// Appends a JSON string with the quotes.
  public static func appendJSONString(_ text: some Sequence<UInt8>, to json: inout [UInt8]) {
    DocumentText.appendQuoted(text, to: &json)
  }
}

extension Document {
  /// Reads a document from its text, stored or other.
  public init(parsing text: UnsafeBufferPointer<UInt8>) throws(Failure) { self = try DocumentText.document(text) }
}

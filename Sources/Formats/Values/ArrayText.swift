import Relations

/// PostgreSQL's text of an array, `{1,NULL,"a b"}`, from a JSON array: elements as their type prints them, all of one depth, the arrays of
/// one level all of one length.
struct ArrayText {
  let element: SQLType
  let style: TextStyle
  private var out: [UInt8] = []
  /// The length of the arrays of each level, where one was seen.
  private var lengths: [Int] = []
  /// At which level elements are; nil until there was one.
  private var depth: Int?

  init(element: SQLType, style: TextStyle) {
    self.element = element
    self.style = style
  }

  private static let longest = 1 << 24

  /// - Precondition: the token is an array, in the text that it was scanned in.
  mutating func text(of token: JSONToken, _ base: UnsafePointer<UInt8>) throws(Failure) -> [UInt8] {
    try append(token, base, level: 0)
    return out
  }

  private mutating func append(_ array: JSONToken, _ base: UnsafePointer<UInt8>, level: Int) throws(Failure) {
    guard level < 6 else {
      throw .raised(SQLError(.programLimitExceeded, "number of array dimensions exceeds the maximum allowed (6)"))
    }
    var scanner = JSONScanner(again: array, base)
    scanner.at += 1
    out.append(UInt8(ascii: "{"))
    var count = 0
    while let value = try next(&scanner, isFirst: count == 0) {
      if count > 0 { out.append(separator) }
      count += 1
      if value.kind == .array {
        guard depth.map({ $0 > level }) ?? true else { throw malformed }
        try append(value, base, level: level + 1)
      } else {
        guard depth ?? level == level else { throw malformed }
        depth = level
        try append(element: value, base)
      }
      guard out.count <= Self.longest else { throw .unsupported("an array of more than \(Self.longest) bytes") }
    }
    out.append(UInt8(ascii: "}"))
    try check(count, level: level)
  }

  private mutating func check(_ count: Int, level: Int) throws(Failure) {
    // What PostgreSQL makes of empty arrays in an array differs between releases.
    if count == 0, level > 0 { throw .unsupported("an empty array in an array") }
    while lengths.count <= level { lengths.append(-1) }
    guard lengths[level] < 0 || lengths[level] == count else { throw malformed }
    lengths[level] = count
  }

  private var malformed: Failure {
    .raised(
      SQLError(
        .invalidTextRepresentation, "malformed array: the arrays of one level must have one length and no elements beside them"))
  }

  /// `box` alone has another separator, because its values have commas.
  private var separator: UInt8 { UInt8(ascii: element.id == TypeID(603) ? ";" : ",") }

  /// The next element; the grammar was checked.
  private func next(_ scanner: inout JSONScanner, isFirst: Bool) throws(Failure) -> JSONToken? {
    do throws(Fault) {
      if isFirst ? scanner.take(UInt8(ascii: "]")) : try !scanner.more(UInt8(ascii: "]")) { return nil }
      return try scanner.value()
    } catch { throw .unsupported("an array: \(error.problem)") }
  }
}

// MARK: - Elements

extension ArrayText {
  private mutating func append(element token: JSONToken, _ base: UnsafePointer<UInt8>) throws(Failure) {
    if token.kind == .null { return out.append(contentsOf: "NULL".utf8) }
    let text = try text(ofElement: token, base)
    guard needsQuotes(text) else { return out.append(contentsOf: text) }
    out.append(UInt8(ascii: "\""))
    for byte in text {
      if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { out.append(UInt8(ascii: "\\")) }
      out.append(byte)
    }
    out.append(UInt8(ascii: "\""))
  }

  private func text(ofElement token: JSONToken, _ base: UnsafePointer<UInt8>) throws(Failure) -> [UInt8] {
    switch token.kind {
    case .true, .false:
      guard element.id == .bool || element.id == .json || element.id == .jsonb else { throw wrong(token) }
      return element.id == .bool ? [UInt8(ascii: token.kind == .true ? "t" : "f")] : Array(token.bytes(base))
    case .object:
      guard element.id == .json || element.id == .jsonb else { throw wrong(token) }
      return try printed(token.bytes(base))
    default:
      let text: [UInt8]
      do throws(ValueReader.Refusal) { text = try ValueReader.text(of: token, base) } catch { throw wrong(token) }
      return try text.withUnsafeBufferPointer { text throws(Failure) in try printed(text) }
    }
  }

  /// An element's text as its type prints it.
  private func printed(_ text: UnsafeBufferPointer<UInt8>) throws(Failure) -> [UInt8] {
    var printed: [UInt8] = []
    try Value(parsing: text, as: element, style: style).append(as: element, style: .stored, to: &printed)
    return printed
  }

  private func wrong(_ token: JSONToken) -> Failure {
    .raised(SQLError(.invalidTextRepresentation, "\(token.kind) is no element of type \(element)"))
  }

  private func needsQuotes(_ text: [UInt8]) -> Bool {
    if text.isEmpty || (text.count == 4 && text.map { $0 & 0xDF } == Array("NULL".utf8)) { return true }
    return text.contains { byte in
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "{"), UInt8(ascii: "}"), separator, 0x20, 0x09...0x0D: true
      default: false
      }
    }
  }
}

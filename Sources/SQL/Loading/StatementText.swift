import Relations

/// One statement's text, for cutting pieces out of it: the parse tree says where most things begin, and nothing says where they end.
struct StatementText {
  /// The statement, from its first token to its last.
  let text: String
  /// Where it is in the whole text.
  let offset: Int
  let position: TextPosition
  private let tokens: [Token]
  private let bytes: [UInt8]
  /// What the search path adds to names, by place.
  private var insertions: [(byte: Int, text: String)] = []

  init(_ text: String, offset: Int, position: TextPosition) {
    self.text = text
    self.offset = offset
    self.position = position
    bytes = Array(text.utf8)
    tokens = bytes.withUnsafeBufferPointer { bytes in
      var scanner = Scanner(bytes)
      var tokens: [Token] = []
      while let token = scanner.next() { tokens.append(token) }
      return tokens
    }
  }

  /// The statement with the namespaces of names that the search path finds.
  func completed(_ tree: borrowing ParsedSQL, _ builder: SchemaBuilder) -> StatementText {
    guard builder.path.namespaces.contains(where: { builder.schema.namespaces.contains($0) }) else { return self }
    var copy = self
    copy.insertions = NameCompletion(builder, bytes).insertions(in: tree.message)
    return copy
  }
}

// MARK: - Tokens

extension StatementText {
  /// A place between tokens.
  typealias Place = Int

  var end: Place { tokens.count }

  /// The first token at or after a byte.
  func place(at location: Int32) -> Place { tokens.firstIndex { $0.range.lowerBound >= Int(location) } ?? end }

  /// Whether the token is this unquoted word, or this mark.
  func isToken(_ place: Place, _ word: String) -> Bool {
    guard place >= 0, place < tokens.count else { return false }
    let range = tokens[place].range
    guard range.count == word.utf8.count, tokens[place].kind != .quotedName else { return false }
    return zip(bytes[range], word.utf8).allSatisfy { $0 == $1 || $0 | 0x20 == $1 && $0 &- 0x41 < 26 }
  }

  /// The first of such tokens from a place on, not within brackets that open after it.
  func find(_ word: String, from start: Place) -> Place? {
    var depth = 0
    for place in start..<max(start, end) {
      if depth == 0, isToken(place, word) { return place }
      if isToken(place, "(") || isToken(place, "[") { depth += 1 }
      if isToken(place, ")") || isToken(place, "]") { depth -= 1 }
      if depth < 0 { return nil }
    }
    return nil
  }

  /// The end of an expression or another part of a list: before the next comma, or the bracket that closes what it is in.
  func endOfPart(from start: Place) -> Place {
    var depth = 0
    for place in start..<max(start, end) {
      if depth == 0, isToken(place, ",") { return place }
      if isToken(place, "(") || isToken(place, "[") { depth += 1 }
      if isToken(place, ")") || isToken(place, "]") { depth -= 1 }
      if depth < 0 { return place }
    }
    return end
  }

  /// What is between brackets, of which the first is at a place.
  func inside(_ open: Place) -> Range<Place> { (open + 1)..<max(open + 1, endOfBracket(open)) }

  private func endOfBracket(_ open: Place) -> Place {
    var depth = 0
    for place in open..<end {
      if isToken(place, "(") || isToken(place, "[") { depth += 1 }
      if isToken(place, ")") || isToken(place, "]") { depth -= 1 }
      if depth == 0 { return place }
    }
    return end
  }

  /// The parts between commas.
  func parts(_ places: Range<Place>) -> [Range<Place>] {
    var parts: [Range<Place>] = []
    var start = places.lowerBound
    while start < places.upperBound {
      let end = min(endOfPart(from: start), places.upperBound)
      parts.append(start..<end)
      start = end + 1
    }
    return parts
  }

  /// Past a name: `a`, `a.b`, `a . "b"`.
  func pastName(_ start: Place) -> Place {
    var place = start + 1
    while isToken(place, ".") { place += 2 }
    return place
  }
}

// MARK: - Text

extension StatementText {
  /// The text of tokens, names completed.
  func sql(_ places: Range<Place>) -> String {
    guard let first = places.first, let last = places.last, last < tokens.count else { return "" }
    var result: [UInt8] = []
    var from = tokens[first].range.lowerBound
    let end = tokens[last].range.upperBound
    for insertion in insertions where insertion.byte >= from && insertion.byte < end {
      result += bytes[from..<insertion.byte] + Array(insertion.text.utf8)
      from = insertion.byte
    }
    return String(decoding: result + bytes[from..<end], as: UTF8.self)
  }

  /// What is between the brackets that come first after a word, which comes first after a byte: `CHECK (…)`.
  func bracketed(after word: String, from location: Int32) -> String {
    guard let place = find(word, from: place(at: location)), let open = find("(", from: place + 1) else { return "" }
    return sql(inside(open))
  }

  /// The bytes of a token.
  func range(of place: Place) -> Range<Int> { place < tokens.count ? tokens[place].range : bytes.count..<bytes.count }

  /// The text of tokens as it is.
  func plain(_ places: Range<Place>) -> String {
    guard let first = places.first, let last = places.last else { return "" }
    return String(decoding: bytes[range(of: first).lowerBound..<range(of: last).upperBound], as: UTF8.self)
  }

  /// The whole statement, names completed.
  var sql: String { sql(0..<end) }
}

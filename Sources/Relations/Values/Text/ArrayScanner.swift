/// Takes the text of an array apart: the texts of its elements, and its dimensions.
struct ArrayScanner {
  private let bytes: UnsafeBufferPointer<UInt8>
  private var place = 0
  /// Nil is NULL.
  private(set) var elements: [[UInt8]?] = []
  private(set) var bounds: [ArrayValue.Bounds] = []
  /// The length of the arrays of each level, where one was seen.
  private var lengths: [Int?] = []
  /// At which level elements are.
  private var depth: Int?

  init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

  mutating func scan() throws(Failure) {
    skipSpace()
    let declared = try declaredBounds()
    guard peek == UInt8(ascii: "{") else { throw malformed }
    try scanArray(level: 0)
    skipSpace()
    guard place == bytes.count else { throw malformed }
    if elements.isEmpty { lengths = [] }
    bounds = lengths.map { ArrayValue.Bounds(count: $0 ?? 0) }
    guard let declared else { return }
    guard declared.map(\.count) == bounds.map(\.count) else { throw malformed }
    bounds = declared
  }

  private var malformed: Failure { TextForm.refusal(.invalidTextRepresentation, "malformed array literal", bytes) }
  private var peek: UInt8? { place < bytes.count ? bytes[place] : nil }
  private mutating func skipSpace() { while let byte = peek, TextForm.isSpace(byte) { place += 1 } }

  private mutating func take(_ byte: UInt8) -> Bool {
    guard peek == byte else { return false }
    place += 1
    return true
  }
}

// MARK: - Bounds

extension ArrayScanner {
  /// `[0:1][1:2]=`
  private mutating func declaredBounds() throws(Failure) -> [ArrayValue.Bounds]? {
    var declared: [ArrayValue.Bounds] = []
    while take(UInt8(ascii: "[")) {
      guard declared.count < ArrayValue.mostDimensions else { throw Self.tooManyDimensions }
      let first = try bound()
      var (lower, upper) = (1, first)
      if take(UInt8(ascii: ":")) { (lower, upper) = (first, try bound()) }
      guard take(UInt8(ascii: "]")) else { throw malformed }
      guard upper >= lower else {
        throw .raised(SQLError(SQLState("2202E"), "upper bound cannot be less than lower bound"))
      }
      declared.append(.init(lower: lower, count: upper - lower + 1))
    }
    if declared.isEmpty { return nil }
    // Releases differ in where white space may be, and in what an empty array with bounds is.
    guard take(UInt8(ascii: "=")), peek == UInt8(ascii: "{") else { throw .unsupported("the bounds of an array") }
    return declared
  }

  private mutating func bound() throws(Failure) -> Int {
    let start = place
    if peek == UInt8(ascii: "-") || peek == UInt8(ascii: "+") { place += 1 }
    while let byte = peek, TextForm.isDigit(byte) { place += 1 }
    guard place - start <= 9, let bound = Int(String(decoding: bytes[start..<place], as: UTF8.self)) else {
      throw .unsupported("the bounds of an array")
    }
    return bound
  }

  static var tooManyDimensions: Failure {
    .raised(SQLError(.programLimitExceeded, "number of array dimensions exceeds the maximum allowed (6)"))
  }
}

// MARK: - Elements

extension ArrayScanner {
  /// - Precondition: a brace comes next.
  private mutating func scanArray(level: Int) throws(Failure) {
    guard level < ArrayValue.mostDimensions else { throw Self.tooManyDimensions }
    if lengths.count <= level { lengths.append(nil) }
    place += 1
    skipSpace()
    if take(UInt8(ascii: "}")) {
      // What is made of an empty array in an array differs between releases.
      guard level == 0 else { throw .unsupported("an empty array in an array") }
      return
    }
    var count = 0
    while true {
      skipSpace()
      if peek == UInt8(ascii: "{") {
        guard depth.map({ $0 > level }) ?? true else { throw malformed }
        try scanArray(level: level + 1)
      } else {
        guard depth ?? level == level, lengths.count == level + 1 else { throw malformed }
        depth = level
        elements.append(try element())
      }
      count += 1
      skipSpace()
      if take(UInt8(ascii: "}")) { break }
      guard take(UInt8(ascii: ",")) else { throw malformed }
    }
    guard lengths[level] ?? count == count else { throw malformed }
    lengths[level] = count
  }

  private mutating func element() throws(Failure) -> [UInt8]? {
    peek == UInt8(ascii: "\"") ? try quoted() : try plain()
  }

  private mutating func quoted() throws(Failure) -> [UInt8] {
    place += 1
    var text: [UInt8] = []
    while let byte = peek {
      place += 1
      if byte == UInt8(ascii: "\"") { return text }
      text.append(byte == UInt8(ascii: "\\") ? try escaped() : byte)
    }
    throw malformed
  }

  private mutating func escaped() throws(Failure) -> UInt8 {
    guard let byte = peek else { throw malformed }
    place += 1
    return byte
  }

  /// Without quotes the space around it does not count, and `NULL` is none.
  private mutating func plain() throws(Failure) -> [UInt8]? {
    var text: [UInt8] = []
    var length = 0
    var isEscaped = false
    while let byte = peek, byte != UInt8(ascii: ","), byte != UInt8(ascii: "}") {
      place += 1
      if byte == UInt8(ascii: "{") || byte == UInt8(ascii: "\"") { throw malformed }
      if byte == UInt8(ascii: "\\") {
        text.append(try escaped())
        (length, isEscaped) = (text.count, true)
      } else {
        text.append(byte)
        if !TextForm.isSpace(byte) { length = text.count }
      }
    }
    guard length > 0 else { throw malformed }
    text.removeLast(text.count - length)
    return !isEscaped && text.count == 4 && text.elementsEqual("NULL".utf8, by: { $0 & 0xDF == $1 }) ? nil : text
  }
}

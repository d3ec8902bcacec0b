import Relations

/// Reads `[…]`: characters, ranges, `[:classes:]` and the escapes that stand for one or the other.
struct RegexBracketReader {
  private let pattern: [UInt32]
  private(set) var place: Int
  private let ignoresCase: Bool

  init(_ pattern: [UInt32], from place: Int, ignoringCase: Bool) {
    self.pattern = pattern
    self.place = place
    ignoresCase = ignoringCase
  }

  /// Up to and with the closing bracket.
  mutating func set() throws(Failure) -> CodePointSet {
    if pattern[place...].starts(with: "[:<:]]".unicodeScalars.map(\.value))
      || pattern[place...].starts(with: "[:>:]]".unicodeScalars.map(\.value))
    {
      throw .unsupportedRegex("[[:<:]]")
    }
    let isNegated = take("^")
    var set = CodePointSet.none
    var isFirst = true
    while true {
      guard let next = peek() else { throw .badRegex("brackets [] not balanced") }
      if next == "]" && !isFirst { break }
      set = set.union(try part(isFirst: isFirst))
      isFirst = false
    }
    place += 1
    if ignoresCase { set = set.withBothCases }
    return isNegated ? set.inverted : set
  }

  private mutating func part(isFirst: Bool) throws(Failure) -> CodePointSet {
    if peek() == "[", let mark = peek(1), mark == ":" || mark == "." || mark == "=" {
      guard mark == ":" else { throw .unsupportedRegex("[\(mark)") }
      return try namedClass()
    }
    if peek() == "\\" {
      switch peek(1) {
      case "d": return shorthand(.digits)
      case "s": return shorthand(.space)
      case "w": return shorthand(.word)
      case "D", "S", "W": throw .unsupportedRegex("a class without a class")
      default: break
      }
    }
    if peek() == "-" && !isFirst && peek(1) != "]" { throw .badRegex("invalid character range") }
    let low = try character()
    guard peek() == "-", let after = peek(1), after != "]" else { return CodePointSet(low) }
    place += 1
    if after == "[", let mark = peek(1), mark == ":" || mark == "." || mark == "=" {
      throw .unsupportedRegex("a range to [\(mark)")
    }
    if after == "\\", let letter = peek(1), "dswDSW".unicodeScalars.contains(letter) {
      throw .unsupportedRegex("a range to a class")
    }
    let high = try character()
    guard low <= high else { throw .badRegex("invalid character range") }
    return CodePointSet([low...high])
  }

  private mutating func shorthand(_ set: CodePointSet) -> CodePointSet {
    place += 2
    return set
  }

  private mutating func character() throws(Failure) -> UInt32 {
    guard let next = peek() else { throw .badRegex("brackets [] not balanced") }
    place += 1
    guard next == "\\" else { return next.value }
    guard let escaped = peek() else { throw .badRegex("invalid escape \\ sequence") }
    place += 1
    return try Failure.escapedCharacter(escaped)
  }

  private mutating func namedClass() throws(Failure) -> CodePointSet {
    place += 2
    var name = ""
    while let letter = peek(), letter != ":" {
      name.unicodeScalars.append(letter)
      place += 1
    }
    guard take(":"), take("]") else { throw .unsupportedRegex("an unfinished class") }
    // Where case does not matter, neither does it here.
    if ignoresCase && (name == "lower" || name == "upper") { name = "alpha" }
    guard let set = CodePointSet.named(name) else { throw .badRegex("invalid character class") }
    return set
  }

  private func peek(_ ahead: Int = 0) -> Unicode.Scalar? {
    place + ahead < pattern.count ? Unicode.Scalar(pattern[place + ahead]) : nil
  }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard peek() == character else { return false }
    place += 1
    return true
  }
}

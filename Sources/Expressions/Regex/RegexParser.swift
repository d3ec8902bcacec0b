import Relations

/// Reads the regular expressions that PostgreSQL calls advanced: literals, classes, `. * + ? {m,n} | ^ $ ()`, their lazy forms, `(?:…)`,
/// the escapes of characters, classes and words, and `(?i)` in front. Back references, look-around and other options are `unsupported`.
struct RegexParser {
  private let pattern: [UInt32]
  private var place = 0
  private var ignoresCase: Bool
  private var tree = RegexTree()
  private var depth = 0

  static func parse(_ pattern: UnsafeBufferPointer<UInt8>, ignoringCase: Bool) throws(Failure) -> RegexTree {
    var parser = RegexParser(pattern, ignoringCase)
    return try parser.whole()
  }

  private init(_ pattern: UnsafeBufferPointer<UInt8>, _ ignoringCase: Bool) {
    self.pattern = String(decoding: pattern, as: UTF8.self).unicodeScalars.map(\.value)
    ignoresCase = ignoringCase
  }

  private mutating func whole() throws(Failure) -> RegexTree {
    if pattern.starts(with: "***".unicodeScalars.map(\.value)) { throw .unsupportedRegex("a director") }
    try readOptions()
    tree.root = try alternation()
    if place < pattern.count { throw .badRegex("parentheses () not balanced") }
    return tree
  }
}

// MARK: - Characters

extension RegexParser {
  private func peek(_ ahead: Int = 0) -> Unicode.Scalar? {
    place + ahead < pattern.count ? Unicode.Scalar(pattern[place + ahead]) : nil
  }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard peek() == character else { return false }
    place += 1
    return true
  }

  /// `(?i)` and the like, in front of everything.
  private mutating func readOptions() throws(Failure) {
    guard peek() == "(", peek(1) == "?", let letter = peek(2), letter.isLetter else { return }
    place += 2
    while let letter = peek(), letter.isLetter {
      switch letter {
      case "i": ignoresCase = true
      case "c": ignoresCase = false
      case "s", "t": break
      default: throw .unsupportedRegex("the option \(letter)")
      }
      place += 1
    }
    guard take(")") else { throw .badRegex("invalid embedded option") }
  }
}

// MARK: - Structure

extension RegexParser {
  /// Branches up to a closing parenthesis or the end.
  private mutating func alternation() throws(Failure) -> Int {
    depth += 1
    defer { depth -= 1 }
    if depth > 100 { throw .unsupportedRegex("more than 100 levels") }
    var branches = [try branch()]
    while take("|") { branches.append(try branch()) }
    if branches.count == 1 { return branches[0] }
    let traits = branches.reduce(RegexTree.Traits.longer) { $0.union($0.union(tree.nodes[$1].traits).passedUp) }
    let syntax = RegexSyntax.choice(branches.map { tree.nodes[$0].syntax })
    return tree.add(traits.isMessy ? .choice(branches) : .plain, syntax, traits)
  }

  /// What is side by side, up to the end of the branch.
  private mutating func branch() throws(Failure) -> Int {
    var run: [RegexSyntax] = []
    var traits = RegexTree.Traits()
    while let next = peek(), next != "|", next != ")" {
      if let assertion = try assertion() {
        run.append(.assertion(assertion))
        continue
      }
      let atom = try atom()
      let count = try quantifier()
      if count.most == 0 { continue }
      let inside = tree.nodes[atom].traits
      let all = traits.union(count.preference).union(inside)
      if !all.passedUp.isMessy {
        run.append(tree.nodes[atom].syntax.repeated(count.least, count.most))
        traits = all
        continue
      }
      let lead = tree.plain(run, traits)
      let counted = try counted(atom, count)
      let rest = try branch()
      var tail = count.preference.combined(with: inside)
      tail.formUnion(tail.combined(with: tree.nodes[rest].traits))
      let right = tree.pair(counted, rest, tail)
      return tree.pair(lead, right, traits.union(traits.combined(with: tail)))
    }
    return tree.plain(run, traits)
  }

  /// An atom that has to be taken apart, so many times. Of several times the last one is what is captured.
  private mutating func counted(_ atom: Int, _ count: Quantifier) throws(Failure) -> Int {
    let node = tree.nodes[atom]
    let preferred = node.traits.intersection([.longer, .shorter, .mixed])
    if count.isOnce && (count.preference.isEmpty || preferred.isEmpty || count.preference == preferred) { return atom }
    let traits = count.preference.combined(with: node.traits)
    if !node.traits.contains(.captures) {
      return tree.plain([node.syntax.repeated(count.least, count.most)], traits)
    }
    if count.least > 0 {
      let before = node.syntax.repeated(count.least - 1, count.most.map { $0 - 1 })
      return tree.pair(tree.plain([before], traits.subtracting(.captures)), atom, traits)
    }
    return tree.add(.iteration(atom, most: count.most), node.syntax.repeated(0, count.most), traits)
  }
}

extension RegexSyntax {
  fileprivate func repeated(_ least: Int, _ most: Int?) -> RegexSyntax {
    least == 1 && most == 1 ? self : .repetition(self, least: least, most: most)
  }
}

// MARK: - Quantifiers

extension RegexParser {
  private struct Quantifier {
    var least = 1
    var most: Int? = 1
    /// `{2}` prefers nothing; `{2,2}` does, though it makes no difference to what it counts.
    var preference = RegexTree.Traits()
    var isFixed = false

    var isOnce: Bool { least == 1 && most == 1 }
  }

  private mutating func quantifier() throws(Failure) -> Quantifier {
    var result = Quantifier()
    switch peek() {
    case "*": (result.least, result.most) = (0, nil)
    case "+": (result.least, result.most) = (1, nil)
    case "?": (result.least, result.most) = (0, 1)
    case "{" where peek(1)?.isDigit == true: try readBounds(&result)
    default: return result
    }
    place += 1
    let isLazy = take("?")
    if !result.isFixed { result.preference = isLazy ? .shorter : .longer }
    return result
  }

  /// `{m}`, `{m,}` and `{m,n}`, up to the closing brace.
  private mutating func readBounds(_ result: inout Quantifier) throws(Failure) {
    place += 1
    result.least = try bound()
    result.most = result.least
    result.isFixed = !take(",")
    if !result.isFixed { result.most = peek()?.isDigit == true ? try bound() : nil }
    guard peek() == "}" else { throw .badRegex("invalid repetition count(s)") }
    if let most = result.most, most < result.least { throw .badRegex("invalid repetition count(s)") }
  }

  private mutating func bound() throws(Failure) -> Int {
    var number = 0
    while let digit = peek(), digit.isDigit {
      number = number * 10 + Int(digit.value - 0x30)
      if number > 255 { throw .badRegex("invalid repetition count(s)") }
      place += 1
    }
    return number
  }
}

// MARK: - Atoms

extension RegexParser {
  private mutating func assertion() throws(Failure) -> RegexAssertion? {
    switch peek() {
    case "^":
      place += 1
      return .textStart
    case "$":
      place += 1
      return .textEnd
    case "\\":
      let assertion: RegexAssertion
      switch peek(1) {
      case "A": assertion = .textStart
      case "Z": assertion = .textEnd
      case "m": assertion = .wordStart
      case "M": assertion = .wordEnd
      case "y": assertion = .wordBoundary
      case "Y": assertion = .notWordBoundary
      default: return nil
      }
      place += 2
      return assertion
    default: return nil
    }
  }

  private mutating func atom() throws(Failure) -> Int {
    guard let character = peek() else { preconditionFailure("the end is no atom") }
    switch character {
    case "*", "+", "?": throw .badRegex("quantifier operand invalid")
    case "{" where peek(1)?.isDigit == true: throw .badRegex("quantifier operand invalid")
    case "(": return try parenthesized()
    case "[":
      var reader = RegexBracketReader(pattern, from: place + 1, ignoringCase: ignoresCase)
      let set = try reader.set()
      place = reader.place
      return tree.plain([.set(set)], [])
    case "\\": return tree.plain([.set(try escape())], [])
    case ".":
      place += 1
      return tree.plain([.set(.all)], [])
    default:
      place += 1
      return tree.plain([.set(cased(character.value))], [])
    }
  }

  private mutating func parenthesized() throws(Failure) -> Int {
    place += 1
    var group: Int?
    if take("?") {
      guard take(":") else { throw .unsupportedRegex("look-around") }
    } else {
      tree.groups += 1
      group = tree.groups
    }
    var inside = try alternation()
    guard take(")") else { throw .badRegex("parentheses () not balanced") }
    guard let group else { return inside }
    if tree.nodes[inside].group != nil {
      // Parentheses around parentheses: a pair with nothing on the left.
      let nothing = tree.plain([], [])
      inside = tree.pair(nothing, inside, tree.nodes[inside].traits)
    }
    tree.nodes[inside].group = group
    tree.nodes[inside].traits.insert(.captures)
    return inside
  }

  private func cased(_ character: UInt32) -> CodePointSet {
    ignoresCase ? CodePointSet(character).withBothCases : CodePointSet(character)
  }

  private mutating func escape() throws(Failure) -> CodePointSet {
    guard let next = peek(1) else { throw .badRegex("invalid escape \\ sequence") }
    place += 2
    switch next {
    case "d": return .digits
    case "D": return CodePointSet.digits.inverted
    case "s": return .space
    case "S": return CodePointSet.space.inverted
    case "w": return .word
    case "W": return CodePointSet.word.inverted
    default: return cased(try Failure.escapedCharacter(next))
    }
  }
}

// MARK: - What both readers need

extension Unicode.Scalar {
  var isDigit: Bool { "0"..."9" ~= self }
  var isLetter: Bool { "a"..."z" ~= self || "A"..."Z" ~= self }
}

extension Failure {
  static func badRegex(_ message: String) -> Failure {
    .raised(SQLError(SQLState("2201B"), "invalid regular expression: \(message)"))
  }

  static func unsupportedRegex(_ what: String) -> Failure { .unsupported("a regular expression with \(what)") }

  /// The character that a backslash and another one stand for.
  static func escapedCharacter(_ next: Unicode.Scalar) throws(Failure) -> UInt32 {
    switch next {
    case "a": return 0x07
    case "b": return 0x08
    case "B": return 0x5C
    case "e": return 0x1B
    case "f": return 0x0C
    case "n": return 0x0A
    case "r": return 0x0D
    case "t": return 0x09
    case "v": return 0x0B
    default:
      guard next.isASCII, !next.isLetter, !next.isDigit else { throw .unsupportedRegex("\\\(next)") }
      return next.value
    }
  }
}

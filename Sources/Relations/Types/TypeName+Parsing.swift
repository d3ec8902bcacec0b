/// Reading a type's name from SQL text, for schemas, casts in tests and whatever comes without a parser of its own.
extension TypeName {
  /// - Throws: 42601 if the text is no type's name, 22023 for `float` with an impossible precision.
  public init(parsing text: String) throws(SQLError) {
    var parser = TypeNameParser(tokens: try TypeNameToken.split(text))
    self = try parser.type()
  }
}

extension SQLType {
  /// The built-in type that SQL text names: `numeric(10, 2)`, `Timestamp (3) With Time Zone`, `int[]`, `"char"`.
  public init(parsing text: String) throws(SQLError) { self = try TypeName(parsing: text).resolved() }
}

private func syntaxError(_ message: String) -> SQLError { SQLError(SQLState("42601"), message) }

/// What type names are made of.
private enum TypeNameToken: Equatable {
  /// An unquoted word, folded to lower case: perhaps a key word.
  case word(String)
  /// A quoted name: never a key word.
  case quoted(String)
  case number(Int)
  case mark(UInt8)

  static func split(_ text: String) throws(SQLError) -> [TypeNameToken] {
    let bytes = Array(text.utf8)
    var tokens: [TypeNameToken] = []
    var i = 0
    while i < bytes.count {
      let byte = bytes[i]
      let start = i
      switch byte {
      case 0x20, 0x09...0x0D:
        i += 1
      case 0x22:
        tokens.append(.quoted(try quoted(bytes, &i)))
      case _ where isDigit(byte) || (byte == 0x2D && i + 1 < bytes.count && isDigit(bytes[i + 1])):
        i += 1
        while i < bytes.count, isDigit(bytes[i]) { i += 1 }
        guard let number = Int(String(decoding: bytes[start..<i], as: UTF8.self)) else { throw syntaxError("a number is too long") }
        tokens.append(.number(number))
      case _ where isLetter(byte):
        while i < bytes.count, isLetter(bytes[i]) || isDigit(bytes[i]) || bytes[i] == 0x24 { i += 1 }
        tokens.append(.word(String(decoding: bytes[start..<i].map(lower), as: UTF8.self)))
      default:
        tokens.append(.mark(byte))
        i += 1
      }
    }
    return tokens
  }

  /// A name in double quotes, the quotes within it doubled.
  private static func quoted(_ bytes: [UInt8], _ i: inout Int) throws(SQLError) -> String {
    var name: [UInt8] = []
    i += 1
    while i < bytes.count {
      if bytes[i] == 0x22 {
        i += 1
        guard i < bytes.count, bytes[i] == 0x22 else {
          if name.isEmpty { throw syntaxError("zero-length delimited identifier") }
          return String(decoding: name, as: UTF8.self)
        }
      }
      name.append(bytes[i])
      i += 1
    }
    throw syntaxError("unterminated quoted identifier")
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
  private static func isLetter(_ byte: UInt8) -> Bool {
    (0x61...0x7A).contains(byte) || (0x41...0x5A).contains(byte) || byte == 0x5F || byte >= 0x80
  }
  private static func lower(_ byte: UInt8) -> UInt8 { (0x41...0x5A).contains(byte) ? byte + 0x20 : byte }
}

/// SQL's names for types, which are more than the catalogue's: several words, and modifiers in their middle.
private struct TypeNameParser {
  let tokens: [TypeNameToken]
  private var next = 0

  init(tokens: [TypeNameToken]) { self.tokens = tokens }

  mutating func type() throws(SQLError) -> TypeName {
    var type = try single()
    type.dimensions = try brackets()
    guard next == tokens.count else { throw unexpected }
    return type
  }

  private mutating func single() throws(SQLError) -> TypeName {
    guard case .word(let word)? = peek, peek(1) != .mark(0x2E) else { return try generic() }
    next += 1
    switch word {
    case "int", "integer": return TypeName(name: "int4")
    case "smallint": return TypeName(name: "int2")
    case "bigint": return TypeName(name: "int8")
    case "real": return TypeName(name: "float4")
    case "boolean": return TypeName(name: "bool")
    case "double" where take("precision"): return TypeName(name: "float8")
    case "float": return try float()
    case "decimal", "dec", "numeric": return TypeName(name: "numeric", modifiers: try modifiers())
    case "bit":
      if take("varying") { return TypeName(name: "varbit", modifiers: try modifiers()) }
      let length = try modifiers()
      return TypeName(name: "bit", modifiers: length.isEmpty ? [1] : length)
    case "varchar": return try characters(varying: true)
    case "national":
      guard take("character") || take("char") else { throw unexpected }
      return try characters(varying: take("varying"))
    case "character", "char", "nchar": return try characters(varying: take("varying"))
    case "timestamp", "time": return try moment(word)
    case "interval": return try interval()
    default:
      // A word that SQL keeps for itself is no type's name, unless quoted.
      if Keywords.needQuotes(word) { throw syntaxError("syntax error at or near \"\(word)\"") }
      next -= 1
      return try generic()
    }
  }

  /// `name`, `schema.name`, `name(modifiers)`.
  private mutating func generic() throws(SQLError) -> TypeName {
    var names = [try name()]
    while take(mark: 0x2E) { names.append(try name()) }
    guard names.count <= 2 else { throw syntaxError("improper type name (too many dotted names)") }
    return TypeName(schema: names.count == 2 ? names[0] : nil, name: names[names.count - 1], modifiers: try modifiers())
  }

  private mutating func name() throws(SQLError) -> String {
    defer { next += 1 }
    switch peek {
    case .word(let word): return word
    case .quoted(let name): return name
    default: throw unexpected
    }
  }

  /// `char` alone means a length of one (as `bit` does), while the varying form alone means any length.
  private mutating func characters(varying: Bool) throws(SQLError) -> TypeName {
    let length = try count()
    if varying { return TypeName(name: "varchar", modifiers: length.map { [$0] } ?? []) }
    return TypeName(name: "bpchar", modifiers: [length ?? 1])
  }

  /// `float(p)`, p in bits.
  private mutating func float() throws(SQLError) -> TypeName {
    guard let bits = try count() else { return TypeName(name: "float8") }
    if bits < 1 { throw SQLError(.invalidParameterValue, "precision for type float must be at least 1 bit") }
    if bits > 53 { throw SQLError(.invalidParameterValue, "precision for type float must be less than 54 bits") }
    return TypeName(name: bits <= 24 ? "float4" : "float8")
  }

  private mutating func moment(_ word: String) throws(SQLError) -> TypeName {
    let precision = try count()
    let with = take("with")
    if with || take("without") {
      guard take("time"), take("zone") else { throw unexpected }
    }
    return TypeName(name: with ? word + "tz" : word, modifiers: precision.map { [$0] } ?? [])
  }

  /// `interval`, `interval(p)`, `interval day to second(p)`.
  private mutating func interval() throws(SQLError) -> TypeName {
    guard case .word(let first)? = peek, var mask = TypeModifier.field(first) else {
      return TypeName(name: "interval", modifiers: try count().map { [Int(TypeModifier.anyFields), $0] } ?? [])
    }
    next += 1
    var last = first
    if take("to") {
      guard case .word(let word)? = peek, let fields = TypeModifier.fields(from: first, to: word) else { throw unexpected }
      next += 1
      (last, mask) = (word, fields)
    }
    let precision = last == "second" ? try count() : nil
    return TypeName(name: "interval", modifiers: [Int(mask)] + (precision.map { [$0] } ?? []))
  }

  /// `(n)`: what SQL's own types of one modifier take, without a sign.
  private mutating func count() throws(SQLError) -> Int? {
    guard take(mark: 0x28) else { return nil }
    guard case .number(let value)? = peek, (0...Int(Int32.max)).contains(value) else { throw unexpected }
    next += 1
    guard take(mark: 0x29) else { throw unexpected }
    return value
  }

  /// `(n, m)`: what the other types may take, as far as resolution lets them.
  private mutating func modifiers() throws(SQLError) -> [Int] {
    guard take(mark: 0x28) else { return [] }
    var values: [Int] = []
    repeat {
      guard case .number(let value)? = peek else { throw unexpected }
      next += 1
      values.append(value)
    } while take(mark: 0x2C)
    guard take(mark: 0x29) else { throw unexpected }
    return values
  }

  /// `[]`, `[3]`, `[][]`, `ARRAY`, `ARRAY[3]`.
  private mutating func brackets() throws(SQLError) -> Int {
    let isWord = take("array")
    var dimensions = 0
    while !(isWord && dimensions > 0), take(mark: 0x5B) {
      if case .number(let bound)? = peek, bound >= 0 { next += 1 } else if isWord { throw unexpected }
      guard take(mark: 0x5D) else { throw unexpected }
      dimensions += 1
    }
    return isWord ? 1 : dimensions
  }
}

extension TypeNameParser {
  private var peek: TypeNameToken? { peek(0) }

  private func peek(_ ahead: Int) -> TypeNameToken? { next + ahead < tokens.count ? tokens[next + ahead] : nil }

  private mutating func take(_ word: String) -> Bool {
    guard peek == .word(word) else { return false }
    next += 1
    return true
  }

  private mutating func take(mark: UInt8) -> Bool {
    guard peek == .mark(mark) else { return false }
    next += 1
    return true
  }

  private var unexpected: SQLError {
    switch peek {
    case .word(let text)?, .quoted(let text)?: syntaxError("syntax error at or near \"\(text)\"")
    case .number(let number)?: syntaxError("syntax error at or near \"\(number)\"")
    case .mark(let mark)?: syntaxError("syntax error at or near \"\(Character(UnicodeScalar(mark)))\"")
    case nil: syntaxError("syntax error at end of input")
    }
  }
}

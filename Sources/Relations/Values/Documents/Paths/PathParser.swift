/// Reads a path. What it does not know it does not refuse: PostgreSQL may know it.
struct PathParser {
  private let bytes: UnsafeBufferPointer<UInt8>
  private var place = 0
  private var depth = 0
  /// In how many subscripts and filters we are: `last` and `@` mean something there alone.
  private var subscripts = 0
  private var filters = 0

  private static let deepest = 100

  static func path(_ bytes: UnsafeBufferPointer<UInt8>) throws(Failure) -> JSONPath {
    guard TextForm.isText(bytes) else { throw TextForm.notText }
    var parser = PathParser(bytes: bytes)
    return try parser.whole()
  }

  private init(bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

  private mutating func whole() throws(Failure) -> JSONPath {
    let isStrict = takeWord("strict")
    if !isStrict { _ = takeWord("lax") }
    let root = try disjunction()
    skipSpace()
    guard place == bytes.count else { throw unknown }
    return JSONPath(isStrict: isStrict, root: root)
  }

  private var unknown: Failure { .unsupported("the jsonpath \(TextForm.quoted(bytes))") }
}

// MARK: - Truths

extension PathParser {
  private mutating func disjunction() throws(Failure) -> PathNode {
    depth += 1
    defer { depth -= 1 }
    guard depth < Self.deepest else { throw unknown }
    var node = try conjunction()
    while take("||") { node = .or(try predicate(node), try predicate(try conjunction())) }
    return node
  }

  private mutating func conjunction() throws(Failure) -> PathNode {
    var node = try comparison()
    while take("&&") { node = .and(try predicate(node), try predicate(try comparison())) }
    return node
  }

  private func predicate(_ node: PathNode) throws(Failure) -> PathNode {
    guard node.isPredicate else { throw unknown }
    return node
  }

  private func items(_ node: PathNode) throws(Failure) -> PathNode {
    guard !node.isPredicate else { throw unknown }
    return node
  }

  private mutating func comparison() throws(Failure) -> PathNode {
    if take("!") {
      skipSpace()
      let isBracket = peek == UInt8(ascii: "(")
      let operand = try sum()
      // `! exists (…)`, `! (…)`
      switch operand {
      case .exists: return .not(operand)
      case .isUnknown: throw unknown
      default: return .not(isBracket ? try predicate(operand) : try predicate(.chain(.root, [])))
      }
    }
    let left = try sum()
    if left.isPredicate { return left }
    if takeWord("starts") {
      guard takeWord("with") else { throw unknown }
      let right = try head()
      switch right {
      case .literal(.string), .variable: return .startsWith(left, .chain(right, []))
      default: throw unknown
      }
    }
    let symbols: [(StaticString, PathComparison)] = [
      ("==", .equal), ("!=", .notEqual), ("<>", .notEqual), ("<=", .lessOrEqual), (">=", .greaterOrEqual), ("<", .less),
      (">", .greater),
    ]
    for (symbol, comparison) in symbols where take(symbol) { return .comparison(comparison, left, try items(try sum())) }
    return left
  }
}

// MARK: - Items

extension PathParser {
  private mutating func sum() throws(Failure) -> PathNode {
    var node = try product()
    while true {
      if take("+") {
        node = .arithmetic(.add, try items(node), try items(try product()))
      } else if take("-") {
        node = .arithmetic(.subtract, try items(node), try items(try product()))
      } else {
        return node
      }
    }
  }

  private mutating func product() throws(Failure) -> PathNode {
    var node = try signed()
    while true {
      if take("*") {
        node = .arithmetic(.multiply, try items(node), try items(try signed()))
      } else if take("/") {
        node = .arithmetic(.divide, try items(node), try items(try signed()))
      } else if take("%") {
        node = .arithmetic(.remainder, try items(node), try items(try signed()))
      } else {
        return node
      }
    }
  }

  private mutating func signed() throws(Failure) -> PathNode {
    depth += 1
    defer { depth -= 1 }
    guard depth < Self.deepest else { throw unknown }
    let isNegative = take("-")
    guard isNegative || take("+") else { return try primary() }
    let operand = try items(try signed())
    // A number has its sign.
    if case .chain(.literal(.number(let number)), let steps) = operand, steps.isEmpty {
      return isNegative ? .chain(.literal(.number(-number)), []) : operand
    }
    return .sign(isNegative: isNegative, operand)
  }

  private mutating func primary() throws(Failure) -> PathNode {
    if take("(") {
      let inner = try disjunction()
      guard take(")") else { throw unknown }
      if inner.isPredicate, takeWord("is") {
        guard takeWord("unknown") else { throw unknown }
        return .isUnknown(inner)
      }
      // Steps behind brackets print in ways of their own.
      skipSpace()
      guard peek != UInt8(ascii: "."), peek != UInt8(ascii: "["), peek != UInt8(ascii: "?") else { throw unknown }
      return inner
    }
    if takeWord("exists") {
      guard take("(") else { throw unknown }
      let operand = try items(try disjunction())
      guard take(")") else { throw unknown }
      return .exists(operand)
    }
    let head = try self.head()
    let steps = try self.steps()
    switch head {
    case .literal, .last: guard steps.isEmpty else { throw unknown }
    default: break
    }
    return .chain(head, steps)
  }

  private mutating func head() throws(Failure) -> PathHead {
    skipSpace()
    switch peek {
    case UInt8(ascii: "$"):
      place += 1
      if peek == UInt8(ascii: "\"") { return .variable(try string()) }
      let name = try word()
      return name.isEmpty ? .root : .variable(name)
    case UInt8(ascii: "@"):
      guard filters > 0 else { throw unknown }
      place += 1
      return .current
    case UInt8(ascii: "\""): return .literal(.string(try string()))
    case let byte? where TextForm.isDigit(byte): return .literal(.number(try number()))
    default: break
    }
    let word = try word()
    switch String(decoding: word, as: UTF8.self) {
    case "true": return .literal(.bool(true))
    case "false": return .literal(.bool(false))
    case "null": return .literal(.null)
    case "last" where subscripts > 0: return .last
    default: throw unknown
    }
  }
}

// MARK: - Steps

extension PathParser {
  private mutating func steps() throws(Failure) -> [PathStep] {
    var steps: [PathStep] = []
    while true {
      if take(".") {
        steps.append(try member())
      } else if take("[") {
        steps.append(try elements())
      } else if take("?") {
        guard take("(") else { throw unknown }
        filters += 1
        defer { filters -= 1 }
        steps.append(.filter(try predicate(try disjunction())))
        guard take(")") else { throw unknown }
      } else {
        return steps
      }
    }
  }

  private mutating func member() throws(Failure) -> PathStep {
    if take("**") { return try descendants() }
    if take("*") { return .anyKey }
    skipSpace()
    if peek == UInt8(ascii: "\"") { return .key(try string()) }
    let name = try word()
    guard let first = name.first, !TextForm.isDigit(first) else { throw unknown }
    guard take("(") else { return .key(name) }
    guard let method = PathMethod(rawValue: String(decoding: name, as: UTF8.self)), take(")") else { throw unknown }
    return .method(method)
  }

  private mutating func descendants() throws(Failure) -> PathStep {
    guard take("{") else { return .descendants(first: 0, last: nil) }
    let first = try level()
    guard takeWord("to") else {
      guard take("}") else { throw unknown }
      return .descendants(first: first, last: first)
    }
    let last = try level()
    guard take("}"), first != nil else { throw unknown }
    return .descendants(first: first, last: last)
  }

  private mutating func level() throws(Failure) -> Int? {
    if takeWord("last") { return nil }
    skipSpace()
    guard let level = try number().scaled(to: 0), level < 1000 else { throw unknown }
    return Int(level)
  }

  private mutating func elements() throws(Failure) -> PathStep {
    if take("*") {
      guard take("]") else { throw unknown }
      return .anyElement
    }
    subscripts += 1
    defer { subscripts -= 1 }
    var places: [(first: PathNode, last: PathNode?)] = []
    while true {
      let first = try items(try sum())
      places.append((first, takeWord("to") ? try items(try sum()) : nil))
      if take("]") { return .elements(places) }
      guard take(",") else { throw unknown }
    }
  }
}

// MARK: - Words

extension PathParser {
  private var peek: UInt8? { place < bytes.count ? bytes[place] : nil }

  private mutating func skipSpace() {
    while let byte = peek, byte == 0x20 || (0x09...0x0D).contains(byte) && byte != 0x0B { place += 1 }
  }

  private mutating func take(_ symbol: StaticString) -> Bool {
    skipSpace()
    let symbol = UnsafeBufferPointer(start: symbol.utf8Start, count: symbol.utf8CodeUnitCount)
    guard bytes.count - place >= symbol.count, bytes[place..<place + symbol.count].elementsEqual(symbol) else { return false }
    place += symbol.count
    return true
  }

  /// A key word, in either case.
  private mutating func takeWord(_ word: StaticString) -> Bool {
    skipSpace()
    let word = UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount)
    guard bytes.count - place >= word.count, zip(bytes[place...], word).allSatisfy({ $0 | 0x20 == $1 }) else { return false }
    if place + word.count < bytes.count, Self.isOfWord(bytes[place + word.count]) { return false }
    place += word.count
    return true
  }

  private static func isOfWord(_ byte: UInt8) -> Bool {
    byte > 0x20 && !"?%$.[]{}()|&!=<>@#,*:-+/\\\"".utf8.contains(byte)
  }

  /// As many bytes as make a name; maybe none.
  private mutating func word() throws(Failure) -> [UInt8] {
    let start = place
    while let byte = peek, Self.isOfWord(byte) { place += 1 }
    guard peek != UInt8(ascii: "\\") else { throw unknown }
    return Array(bytes[start..<place])
  }

  /// - Precondition: a quote comes next.
  private mutating func string() throws(Failure) -> [UInt8] {
    let start = place
    place += 1
    while let byte = peek, byte != UInt8(ascii: "\"") {
      // Escapes are those of JSON here, and not all that there are.
      if byte < 0x20 { throw unknown }
      place += byte == UInt8(ascii: "\\") ? 2 : 1
    }
    guard place < bytes.count else { throw unknown }
    place += 1
    guard let document = try? Document(parsing: UnsafeBufferPointer(rebasing: bytes[start..<place])),
      case .string(let text) = document
    else { throw unknown }
    return text
  }

  /// `1`, `1.5`, `1.5e3`: nothing shorter.
  private mutating func number() throws(Failure) -> Numeric {
    let start = place
    func digits(_ parser: inout PathParser) -> Int {
      let start = parser.place
      while let byte = parser.peek, TextForm.isDigit(byte) { parser.place += 1 }
      return parser.place - start
    }
    let whole = digits(&self)
    guard whole > 0, whole == 1 || bytes[start] != UInt8(ascii: "0") else { throw unknown }
    if peek == UInt8(ascii: ".") {
      place += 1
      guard digits(&self) > 0 else { throw unknown }
    }
    if let byte = peek, byte | 0x20 == UInt8(ascii: "e") {
      place += 1
      if peek == UInt8(ascii: "-") || peek == UInt8(ascii: "+") { place += 1 }
      guard (1...3).contains(digits(&self)) else { throw unknown }
    }
    if let byte = peek, Self.isOfWord(byte) || byte == UInt8(ascii: ".") { throw unknown }
    return try TextForm.parseNumeric(UnsafeBufferPointer(rebasing: bytes[start..<place]), as: .numeric)
  }
}

extension JSONPath {
  /// Reads a path as it is written, or as it is stored.
  public init(parsing text: UnsafeBufferPointer<UInt8>) throws(Failure) { self = try PathParser.path(text) }
}

extension TextForm {
  /// The stored form of a `jsonpath`: what PostgreSQL prints.
  public static func parseJSONPath(_ bytes: UnsafeBufferPointer<UInt8>) throws(Failure) -> [UInt8] {
    var text: [UInt8] = []
    try JSONPath(parsing: bytes).append(to: &text)
    return text
  }
}

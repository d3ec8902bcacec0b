/// A name with the namespace it is in, or without one: then the search path finds it.
public struct QualifiedName: Hashable, Sendable {
  /// nil when the search path is to find it.
  public let namespace: Identifier?
  /// The name within its namespace.
  public let name: Identifier

  /// A name in a namespace, or without one.
  public init(_ namespace: Identifier?, _ name: Identifier) {
    self.namespace = namespace
    self.name = name
  }

  /// A name that the search path is to find.
  public init(_ name: Identifier) { self.init(nil, name) }
}

extension QualifiedName: Comparable {
  public static func < (a: QualifiedName, b: QualifiedName) -> Bool {
    a.namespace == b.namespace ? a.name < b.name : a.namespace.map { left in b.namespace.map { left < $0 } ?? false } ?? true
  }
}

extension QualifiedName: CustomStringConvertible {
  /// As SQL writes it: `public.orders`, `"Sales"."2024"`.
  public var description: String { namespace.map { "\($0).\(name)" } ?? "\(name)" }
}

// MARK: - Reading

extension QualifiedName {
  /// Reads `orders`, `Public.Orders`, `"Sales" . "2024"`: one or two SQL identifiers, folded where they are not quoted.
  public init(parsing text: some StringProtocol) throws(SQLError) {
    let parts = try Identifier.parseList(text)
    switch parts.count {
    case 1: self.init(nil, parts[0])
    case 2: self.init(parts[0], parts[1])
    default: throw SQLError(improperName, "improper qualified name (too many dotted names): \(text)")
    }
  }
}

extension Identifier {
  /// Reads one SQL identifier.
  public init(parsing text: some StringProtocol) throws(SQLError) {
    let parts = try Identifier.parseList(text)
    guard parts.count == 1 else { throw SQLError(invalidName, "expected one identifier, not \(parts.count): \(text)") }
    self = parts[0]
  }

  /// Reads identifiers with dots between them, as PostgreSQL's `parse_ident` does.
  public static func parseList(_ text: some StringProtocol) throws(SQLError) -> [Identifier] {
    var reader = IdentifierReader(text: String(text))
    return try reader.list()
  }
}

private let invalidName = SQLState("42602")
private let improperName = SQLState("42601")

/// Walks over a dotted list of identifiers.
private struct IdentifierReader {
  let text: String
  private var rest: Substring.UTF8View

  init(text: String) {
    self.text = text
    rest = text[...].utf8
  }

  mutating func list() throws(SQLError) -> [Identifier] {
    var parts: [Identifier] = []
    repeat {
      skipSpace()
      parts.append(rest.first == UInt8(ascii: "\"") ? try quoted() : try unquoted())
      skipSpace()
    } while takeDot()
    guard rest.isEmpty else { throw invalid("unexpected text after the name") }
    return parts
  }

  private mutating func quoted() throws(SQLError) -> Identifier {
    var name: [UInt8] = []
    while true {
      rest.removeFirst()  // The opening quote, or the second of a doubled one.
      guard let quote = rest.firstIndex(of: UInt8(ascii: "\"")) else { throw invalid("unclosed double quotes") }
      name += rest[..<quote]
      rest = rest[rest.index(after: quote)...]
      guard rest.first == UInt8(ascii: "\"") else { break }
      name.append(UInt8(ascii: "\""))
    }
    if name.isEmpty { throw invalid("a quoted identifier must not be empty") }
    return Identifier(String(decoding: name, as: UTF8.self))
  }

  private mutating func unquoted() throws(SQLError) -> Identifier {
    guard let first = rest.first, isLetter(first) else { throw invalid("expected an identifier") }
    let name = rest.prefix { isLetter($0) || UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 || $0 == UInt8(ascii: "$") }
    rest = rest.dropFirst(name.count)
    return Identifier(folding: String(decoding: name, as: UTF8.self))
  }

  private func isLetter(_ byte: UInt8) -> Bool {
    UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte | 0x20 || byte == UInt8(ascii: "_") || byte >= 0x80
  }

  private mutating func takeDot() -> Bool {
    guard rest.first == UInt8(ascii: ".") else { return false }
    rest.removeFirst()
    return true
  }

  private mutating func skipSpace() {
    rest = rest.drop { $0 == UInt8(ascii: " ") || 0x09...0x0A ~= $0 || 0x0C...0x0D ~= $0 }
  }

  private func invalid(_ why: String) -> SQLError {
    SQLError(invalidName, "string is not a valid identifier: \"\(text)\" (\(why))")
  }
}

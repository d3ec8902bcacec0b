/// The name of something in a schema, as PostgreSQL stores it: case folded already, at most 63 bytes.
///
/// Compared by its bytes, as PostgreSQL does. `String` would take two encodings of `é` for one name, and a read would be bound
/// to the wrong table.
public struct Identifier: Sendable {
  /// The name, without quotes. Not to be compared as a `String`.
  public let text: String

  /// A name exactly as given: what stood between quotes. Past 63 bytes it is cut, not within a character, as PostgreSQL does.
  public init(_ text: some StringProtocol) {
    self.text = String(text.utf8.count > Identifier.longest ? Identifier.truncated(text) : String(text))
  }

  /// A name as it was written without quotes: `Orders` is `orders`. Only ASCII letters fold, as in a UTF-8 database.
  public init(folding text: some StringProtocol) {
    self.init(String(decoding: text.utf8.map { UInt8(ascii: "A")...UInt8(ascii: "Z") ~= $0 ? $0 | 0x20 : $0 }, as: UTF8.self))
  }

  /// The most bytes that a name has.
  public static let longest = 63

  private static func truncated(_ text: some StringProtocol) -> String {
    var end = 0
    for scalar in text.unicodeScalars {
      let next = end + UTF8.width(scalar)
      if next > longest { break }
      end = next
    }
    return String(decoding: text.utf8.prefix(end), as: UTF8.self)
  }
}

extension Identifier: Hashable, Comparable {
  public static func == (a: Identifier, b: Identifier) -> Bool { a.text.utf8.elementsEqual(b.text.utf8) }
  public static func < (a: Identifier, b: Identifier) -> Bool { a.text.utf8.lexicographicallyPrecedes(b.text.utf8) }

  public func hash(into hasher: inout Hasher) {
    var text = text
    text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    hasher.combine(0xFF as UInt8)  // No UTF-8 has this byte: names next to each other stay apart.
  }
}

extension Identifier: ExpressibleByStringLiteral {
  public init(stringLiteral text: String) { self.init(text) }
}

// MARK: - Quoting

extension Identifier: CustomStringConvertible {
  /// The name as SQL writes it, quoted where it must be: what PostgreSQL's `quote_ident` gives.
  public var description: String { Identifier.quoted(text) }

  /// Any text as a name: as it is if it reads back as itself, else in quotes.
  public static func quoted(_ text: String) -> String {
    if isBare(text.utf8) { return text }
    return "\"" + String(decoding: text.utf8.flatMap { $0 == UInt8(ascii: "\"") ? [$0, $0] : [$0] }, as: UTF8.self) + "\""
  }

  /// Whether a name needs no quotes: lower case letters, digits and underscores, no digit first, and no key word.
  public static func isBare(_ name: some Collection<UInt8>) -> Bool {
    guard let first = name.first, isPlainStart(first), name.allSatisfy(isPlain) else { return false }
    return !Keywords.needQuotes(String(decoding: name, as: UTF8.self))
  }

  private static func isPlainStart(_ byte: UInt8) -> Bool {
    UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte || byte == UInt8(ascii: "_")
  }
  private static func isPlain(_ byte: UInt8) -> Bool { isPlainStart(byte) || UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte }
}

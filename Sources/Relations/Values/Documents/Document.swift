/// A JSON document as `jsonb` has it, taken apart.
///
/// A column stores a `jsonb` as PostgreSQL prints it: names sorted by length and then by bytes, the last of those that were there
/// twice, numbers as `numeric` prints them, one blank after each comma and colon. So what is the same prints the same. Single members
/// are found in that text, see `DocumentCursor`; who changes a document, or compares it, makes a `Document` of it.
public indirect enum Document: Sendable {
  case null
  case bool(Bool)
  case number(Numeric)
  /// UTF-8, without escapes.
  case string([UInt8])
  case array([Document])
  /// In the order of the names, each once.
  case object([Member])

  public struct Member: Sendable {
    public let name: [UInt8]
    public var value: Document

    public init(_ name: [UInt8], _ value: Document) {
      self.name = name
      self.value = value
    }
  }
}

extension Document {
  /// Members in any order, of which those that come later replace earlier ones of the same name.
  public static func object(of members: [Member]) -> Document {
    let order = members.indices.sorted { a, b in
      let (first, second) = (members[a].name, members[b].name)
      return first == second ? a < b : precedes(first, second)
    }
    let last = order.indices.filter { $0 + 1 == order.count || members[order[$0]].name != members[order[$0 + 1]].name }
    return .object(last.map { members[order[$0]] })
  }

  /// The order in which a document stores its names: the shorter one first, and then by bytes.
  static func precedes(_ a: [UInt8], _ b: [UInt8]) -> Bool {
    a.count != b.count ? a.count < b.count : a.lexicographicallyPrecedes(b)
  }

  /// The member of a name; nil if there is none, and of what is no object.
  public subscript(name: [UInt8]) -> Document? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.name == name }?.value
  }

  /// Whether it is neither array nor object.
  public var isScalar: Bool {
    switch self {
    case .array, .object: false
    default: true
    }
  }
}

// MARK: - Printing

extension Document {
  /// Appends what `jsonb` prints.
  public func append(to text: inout [UInt8]) {
    switch self {
    case .null: text += "null".utf8
    case .bool(let bit): text += (bit ? "true" : "false").utf8
    case .number(let number): TextForm.appendNumeric(number, to: &text)
    case .string(let string): DocumentText.appendQuoted(string, to: &text)
    case .array(let elements):
      text.append(UInt8(ascii: "["))
      for (place, element) in elements.enumerated() {
        if place > 0 { text += ", ".utf8 }
        element.append(to: &text)
      }
      text.append(UInt8(ascii: "]"))
    case .object(let members):
      text.append(UInt8(ascii: "{"))
      for (place, member) in members.enumerated() {
        if place > 0 { text += ", ".utf8 }
        DocumentText.appendQuoted(member.name, to: &text)
        text += ": ".utf8
        member.value.append(to: &text)
      }
      text.append(UInt8(ascii: "}"))
    }
  }

  /// The stored form.
  public var stored: [UInt8] {
    var text: [UInt8] = []
    append(to: &text)
    return text
  }
}

// MARK: - Equality and containment

extension Document {
  /// As `jsonb` compares: numbers by value.
  public static func == (a: Document, b: Document) -> Bool {
    switch (a, b) {
    case (.null, .null): true
    case (.bool(let a), .bool(let b)): a == b
    case (.number(let a), .number(let b)): a == b
    case (.string(let a), .string(let b)): a == b
    case (.array(let a), .array(let b)): a.count == b.count && zip(a, b).allSatisfy { $0 == $1 }
    case (.object(let a), .object(let b)):
      a.count == b.count && zip(a, b).allSatisfy { $0.name == $1.name && $0.value == $1.value }
    default: false
    }
  }

  /// `@>`. At the top, and only there, an array contains a scalar that it has as an element.
  public func contains(_ other: Document) -> Bool {
    if case .array(let elements) = self, other.isScalar { return elements.contains { $0.isScalar && $0 == other } }
    return holds(other)
  }

  private func holds(_ other: Document) -> Bool {
    switch (self, other) {
    case (.object, .object(let members)):
      members.allSatisfy { member in self[member.name].map { $0.holds(member.value) } ?? false }
    case (.array(let elements), .array(let others)):
      others.allSatisfy { other in elements.contains { $0.isScalar == other.isScalar && $0.holds(other) } }
    default: isScalar && self == other
    }
  }
}

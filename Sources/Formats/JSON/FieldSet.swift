#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// The fields that an object of ours may have. Looked up by length and bytes: there are few, and most lengths differ.
struct FieldSet<Field: CaseIterable & RawRepresentable & Sendable>: Sendable where Field.RawValue == String {
  private var fields: [(length: Int, start: Int, field: Field)] = []
  private var names: [UInt8] = []
  /// What the object is, with its article, for messages.
  let object: String

  init(_ object: String) {
    self.object = object
    for field in Field.allCases {
      fields.append((field.rawValue.utf8.count, names.count, field))
      names += field.rawValue.utf8
    }
  }

  /// The field of a name; a fault that tells the nearest one if there is none.
  @inline(__always)
  func field(_ key: JSONToken, _ base: UnsafePointer<UInt8>) throws(Fault) -> Field {
    let length = Int(key.length)
    for candidate in fields where candidate.length == length {
      let isEqual = names.withUnsafeBufferPointer {
        memcmp($0.baseAddress! + candidate.start, base + key.offset, length) == 0
      }
      if isEqual { return candidate.field }
    }
    throw unknown(key, base)
  }

  @inline(never)
  private func unknown(_ key: JSONToken, _ base: UnsafePointer<UInt8>) -> Fault {
    let name = String(decoding: key.bytes(base).prefix(100), as: UTF8.self)
    let all = Field.allCases.map(\.rawValue)
    let advice = NearestName.of(name, among: all).map { "did you mean \"\($0)\"?" } ?? "it may have \(all.joined(separator: ", "))"
    return Fault(.unknownName, at: key.place, "\(object) has no field \"\(name)\"", advice: advice)
  }
}

/// The fields of one object, found once each.
struct FoundFields<Field: CaseIterable & RawRepresentable & Hashable & Sendable> where Field.RawValue == String {
  private var found: [(field: Field, value: JSONToken)] = []  // A few: looking through them is quickest.
  /// Where the object begins.
  let start: Int

  init(start: Int) {
    self.start = start
    found.reserveCapacity(4)  // Once, and not as they come: this is done for every line.
  }

  subscript(field: Field) -> JSONToken? { found.first { $0.field == field }?.value }

  mutating func set(_ field: Field, _ value: JSONToken, key: JSONToken) throws(Fault) {
    guard self[field] == nil else { throw twice(key, field.rawValue) }
    found.append((field, value))
  }

  /// A field that must be there.
  func required(_ field: Field, _ example: String) throws(Fault) -> JSONToken {
    if let value = self[field] { return value }
    throw Fault(.missing, at: start, "the field \"\(field.rawValue)\" is missing", advice: "add it, as in \(example)")
  }

  /// - Precondition: an object comes next.
  static func scan(_ scanner: inout JSONScanner, _ set: FieldSet<Field>) throws(Fault) -> FoundFields {
    _ = scanner.peek()
    var fields = FoundFields(start: scanner.at)
    try scanner.open(UInt8(ascii: "{"))
    if scanner.take(UInt8(ascii: "}")) { return fields }
    repeat {
      let key = try scanner.key()
      let field = try set.field(key, scanner.base)
      try fields.set(field, try scanner.value(), key: key)
    } while try scanner.more(UInt8(ascii: "}"))
    return fields
  }
}

@inline(never)
func twice(_ key: JSONToken, _ name: String) -> Fault {
  Fault(.duplicateField, at: key.place, "the field \"\(name)\" is there twice", advice: "keep one of them")
}

import Relations

#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// What the schema part of a message says about the columns: how each was written.
///
/// It is the larger part of most messages, and the same in each of a table: so it is read once, and passed over afterwards if its bytes
/// are the same.
struct DebeziumSchema {
  /// The whole of it, by which it is known again.
  let text: [UInt8]
  /// In the order in which values come.
  let columns: [(name: [UInt8], semantics: DebeziumValue.Semantics)]

  /// What a column's value was written as.
  func semantics(of name: UnsafeBufferPointer<UInt8>, expected: Int) -> DebeziumValue.Semantics? {
    if expected < columns.count, isName(name, of: expected) { return columns[expected].semantics }
    return columns.indices.first { isName(name, of: $0) }.map { columns[$0].semantics }
  }

  private func isName(_ name: UnsafeBufferPointer<UInt8>, of index: Int) -> Bool {
    let own = columns[index].name
    return own.count == name.count && own.withUnsafeBufferPointer { memcmp($0.baseAddress!, name.baseAddress!, name.count) == 0 }
  }
}

/// The schema parts that were met.
struct DebeziumSchemas {
  private var schemas: [DebeziumSchema] = []
  private var last = 0

  /// A stream has as many as it has tables, and some more when those change.
  private static let most = 1_000

  /// Passes a schema part, which comes next, and gives its index; nil for a `null`.
  mutating func take(_ scanner: inout JSONScanner) throws(Fault) -> Int? {
    _ = scanner.peek()
    if last < schemas.count, pass(schemas[last].text, &scanner) { return last }
    if let known = schemas.firstIndex(where: { pass($0.text, &scanner) }) {
      last = known
      return known
    }
    let token = try scanner.value()
    guard token.kind == .object else { return nil }
    if schemas.count == Self.most { schemas.removeAll() }
    schemas.append(DebeziumSchema(text: Array(token.bytes(scanner.base)), columns: try Self.columns(token, scanner.base)))
    last = schemas.count - 1
    return last
  }

  /// Passes a text if it comes next. One object's text is no other's beginning.
  private func pass(_ text: [UInt8], _ scanner: inout JSONScanner) -> Bool {
    guard scanner.count - scanner.at >= text.count, memcmp(scanner.base + scanner.at, text, text.count) == 0 else { return false }
    scanner.at += text.count
    return true
  }

  subscript(index: Int) -> DebeziumSchema { schemas[index] }
}

// MARK: - Reading

extension DebeziumSchemas {
  private typealias Column = (name: [UInt8], semantics: DebeziumValue.Semantics)

  /// The fields of `after`, or of `before`.
  private static func columns(_ schema: JSONToken, _ base: UnsafePointer<UInt8>) throws(Fault) -> [Column] {
    var columns: [Column] = []
    for envelope in try fields(of: schema, base) {
      guard let name = try text("field", of: envelope, base), name == Array("after".utf8) || name == Array("before".utf8) else {
        continue
      }
      if !columns.isEmpty { break }
      for field in try fields(of: envelope, base) { columns.append(try column(field, base)) }
    }
    return columns
  }

  private static func column(_ field: JSONToken, _ base: UnsafePointer<UInt8>) throws(Fault) -> Column {
    var semantics = DebeziumValue.Semantics()
    semantics.type = String(decoding: try text("type", of: field, base) ?? [], as: UTF8.self)
    semantics.name = try text("name", of: field, base).map { String(decoding: $0, as: UTF8.self) }
    if let parameters = try member("parameters", of: field, base), parameters.kind == .object {
      semantics.scale = try text("scale", of: parameters, base).flatMap { Int(String(decoding: $0, as: UTF8.self)) }
    }
    return (try text("field", of: field, base) ?? [], semantics)
  }

  private static func fields(of schema: JSONToken, _ base: UnsafePointer<UInt8>) throws(Fault) -> [JSONToken] {
    guard let fields = try member("fields", of: schema, base) else { return [] }
    return try fields.elements(base, "fields")
  }

  private static func text(_ name: StaticString, of object: JSONToken, _ base: UnsafePointer<UInt8>) throws(Fault) -> [UInt8]? {
    guard let token = try member(name, of: object, base), token.kind == .string else { return nil }
    return try token.text(base)
  }

  private static func member(_ name: StaticString, of object: JSONToken, _ base: UnsafePointer<UInt8>) throws(Fault) -> JSONToken? {
    guard object.kind == .object else { return nil }
    var scanner = JSONScanner(again: object, base)
    var found: JSONToken?
    try scanner.fields { key, scanner throws(Fault) in
      let value = try scanner.value()
      if key.isText(name, base) { found = value }
    }
    return found
  }
}

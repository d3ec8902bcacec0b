import Relations

/// The fields of a table in a map.
private enum MapField: String, CaseIterable { case from, to, columns, keys }

/// `{"event":"map","tables":[{"from":"public.orders","to":"public.sold","columns":{"total":"sum"},"keys":[[["7"],["1007"]]]}]}`
extension SchemaMap {
  private static let fields = FieldSet<MapField>("a table of a map")
  private static let example = "\"tables\":[{\"from\":\"orders\",\"to\":\"sold\",\"columns\":{\"total\":\"sum\"}}]"

  init(_ tables: JSONToken?, _ base: UnsafePointer<UInt8>, at start: Int) throws(Fault) {
    guard let tables else {
      throw Fault(.missing, at: start, "the field \"tables\" is missing", advice: "add it, as in \(Self.example)")
    }
    var entries: [TableEntry] = []
    for table in try tables.elements(base, "tables") { entries.append(try Self.entry(table, base)) }
    self.init(entries)
  }

  private static func entry(_ token: JSONToken, _ base: UnsafePointer<UInt8>) throws(Fault) -> TableEntry {
    guard token.kind == .object else { throw token.wrong("tables", "an array of objects: \(example)") }
    let fields = try token.fields(base, Self.fields, "tables")
    let old = try tableName(try fields.required(.from, example), base, "from")
    let new = try fields[.to].map { token throws(Fault) in try tableName(token, base, "to") }
    return TableEntry(
      old, new,
      columns: try fields[.columns].map { token throws(Fault) in try columns(token, base) } ?? [],
      keys: try fields[.keys].map { token throws(Fault) in try keys(token, base) } ?? [])
  }

  private static func tableName(
    _ token: JSONToken, _ base: UnsafePointer<UInt8>, _ field: String
  ) throws(Fault) -> QualifiedName {
    let text = try token.name(base, field)
    do throws(SQLError) { return try QualifiedName(parsing: text) } catch {
      throw Fault(
        .value, at: token.place, error.message, advice: "write the table as in SQL, with double quotes where SQL needs them")
    }
  }

  /// As columns of rows are written: as they are, without quotes of SQL's.
  private static func columns(_ token: JSONToken, _ base: UnsafePointer<UInt8>) throws(Fault) -> [ColumnEntry] {
    guard token.kind == .object else { throw token.wrong("columns", "an object: {\"total\":\"sum\",\"note\":null}") }
    var scanner = JSONScanner(again: token, base)
    try scanner.open(UInt8(ascii: "{"))
    var columns: [ColumnEntry] = []
    if scanner.take(UInt8(ascii: "}")) { return columns }
    repeat {
      let old = try scanner.key()
      let new = try scanner.value()
      let name = new.kind == .null ? nil : Identifier(try new.name(base, "columns"))
      columns.append(ColumnEntry(Identifier(String(decoding: try old.text(base), as: UTF8.self)), name))
    } while try scanner.more(UInt8(ascii: "}"))
    return columns
  }

  private static func keys(_ token: JSONToken, _ base: UnsafePointer<UInt8>) throws(Fault) -> [KeyEntry] {
    var keys: [KeyEntry] = []
    for pair in try token.elements(base, "keys") {
      let sides = pair.kind == .array ? try pair.elements(base, "keys") : []
      guard sides.count == 2 else { throw pair.wrong("keys", "pairs of keys, the values of each in an array: [[[7],[1007]]]") }
      keys.append(KeyEntry(try key(sides[0], base), try key(sides[1], base)))
    }
    return keys
  }

  private static func key(_ token: JSONToken, _ base: UnsafePointer<UInt8>) throws(Fault) -> [String] {
    var values: [String] = []
    for value in try token.elements(base, "keys") {
      switch try value.scalar(base) {
      case .bool(let bit): values.append(bit ? "t" : "f")
      case .number(let text), .text(let text): values.append(text)
      case .null, .document: throw value.wrong("keys", "a key's value: a number, or text as PostgreSQL prints it")
      }
    }
    return values
  }
}

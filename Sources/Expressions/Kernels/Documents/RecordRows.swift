import Relations

/// `jsonb_to_recordset`, `json_to_record` and their kin: rows of the members of objects, under names and types that the query lists.
///
/// PostgreSQL has them return records. Here the list comes as a second argument, which no question can write: `RecordColumns`.
enum RecordRows {
  static func rows(_ arguments: [Value], _ type: SQLType, areMany: Bool) throws(Failure) -> [[Value]] {
    guard case .bytes(let list) = arguments[1] else { return [] }
    let columns = RecordColumns(encoded: list).columns
    guard case .bytes(let document) = arguments[0] else { return areMany ? [] : [columns.map { _ in .null }] }
    return try document.withUnsafeBufferPointer { (document) throws(Failure) in
      let cursor = DocumentCursor(document, isCanonical: type.id == .jsonb)
      guard let root = cursor.root, cursor.kind(root) == (areMany ? .array : .object) else {
        throw invalid("cannot make rows of such a document")
      }
      if !areMany { return [try row(root, document, cursor, columns)] }
      var objects: [Range<Int>] = []
      cursor.forEachElement(of: root) { _, element in
        objects.append(element)
        return true
      }
      var rows: [[Value]] = []
      for object in objects {
        guard cursor.kind(object) == .object else { throw invalid("argument must be an array of objects") }
        rows.append(try row(object, document, cursor, columns))
      }
      return rows
    }
  }

  private static func row(
    _ object: Range<Int>, _ document: UnsafeBufferPointer<UInt8>, _ cursor: DocumentCursor, _ columns: [RecordColumns.Column]
  ) throws(Failure) -> [Value] {
    var values: [Value] = []
    for column in columns {
      let quoted = column.name.withUnsafeBufferPointer { $0.quotedAsJSON() }
      let member = quoted.withUnsafeBufferPointer { cursor.member($0, in: object) }
      guard let member, cursor.kind(member) != .null else {
        values.append(.null)
        continue
      }
      values.append(try value(UnsafeBufferPointer(rebasing: document[member]), cursor.kind(member), column.type))
    }
    return values
  }

  /// What stands for a text is read as one of the type, all else as it is written.
  private static func value(
    _ text: UnsafeBufferPointer<UInt8>, _ kind: DocumentCursor.Kind, _ type: SQLType
  ) throws(Failure) -> Value {
    if kind == .string, type.id != .json, type.id != .jsonb {
      let content = try DocumentCursor.unescaped(UnsafeBufferPointer(rebasing: text[1..<text.count - 1]))
      return try Value(parsing: content, as: type, style: TextStyle())
    }
    return try Value(parsing: text, as: type, style: TextStyle())
  }

  private static func invalid(_ message: String) -> Failure { .raised(SQLError(.invalidParameterValue, message)) }
}

/// The columns that a query lists for a record, as a text.
public struct RecordColumns {
  typealias Column = (name: [UInt8], type: SQLType)
  let columns: [Column]

  /// Nil where reading a value depends on settings, or is more than reading a text.
  public init?(_ columns: [(name: Identifier, type: SQLType)]) {
    for column in columns where !Self.types.contains(column.type.id) { return nil }
    self.columns = columns.map { (Array($0.name.text.utf8), $0.type) }
  }

  private static let types: Set<TypeID> = [
    .bool, .int2, .int4, .int8, .float4, .float8, .numeric, .text, .varchar, .bpchar, .uuid, .date, .time, .json, .jsonb,
  ]

  /// No name has this byte in it.
  private static let separator: UInt8 = 0

  public var encoded: [UInt8] {
    Array(columns.map { Array("\($0.type.id.oid) \($0.type.modifier) ".utf8) + $0.name }.joined(separator: [Self.separator]))
  }

  init(encoded: [UInt8]) {
    columns = encoded.split(separator: Self.separator, omittingEmptySubsequences: false).compactMap { part in
      let fields = part.split(separator: UInt8(ascii: " "), maxSplits: 2, omittingEmptySubsequences: false)
      guard fields.count == 3, let oid = UInt32(String(decoding: fields[0], as: UTF8.self)),
        let modifier = Int32(String(decoding: fields[1], as: UTF8.self))
      else { return nil }
      return (Array(fields[2]), SQLType(TypeID(oid), modifier: modifier))
    }
  }
}

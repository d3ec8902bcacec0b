import Relations

/// Writes change logs: the lines that `ChangeLogReader` reads.
///
/// Values are written as their text, which nothing rounds; only booleans, small integers and NULL are JSON's own.
public struct ChangeLogPrinter {
  /// What was written so far.
  public private(set) var text: [UInt8] = []
  private let schema: Schema
  private let form: PositionForm
  private let style: TextStyle
  private var scratch: [UInt8] = []

  /// - Parameter schema: knows every table of the transactions.
  public init(_ schema: Schema, form: PositionForm = .lsn, style: TextStyle = TextStyle()) {
    self.schema = schema
    self.form = form
    self.style = style
  }

  /// Takes what was written so far.
  public mutating func take() -> [UInt8] {
    defer { text = [] }
    return text
  }
}

extension ChangeLogPrinter {
  /// Appends a line.
  ///
  /// - Precondition: the schema has the tables.
  public mutating func append(_ transaction: Transaction, branch: String? = nil, _ context: WriteContext = WriteContext()) {
    begin(transaction.position, branch)
    if let moment = transaction.header.committedAt {
      text += ",\"committed_at\":\"".utf8
      TextForm.appendTimestampTZ(moment, zone: .utc, to: &text)
      text += "\"".utf8
    }
    append(",\"origin\":", transaction.header.origin)
    append(",\"unit\":", context.unit)
    append(",\"session\":", context.session)
    if let intent = context.intent { text += ",\"intent\":\(intent)".utf8 }
    if let trigger = context.trigger {
      append(",\"trigger\":{\"name\":", trigger.name)
      append(",\"hash\":", trigger.hash)
      text += "}".utf8
    }
    text += ",\"changes\":[".utf8
    for (index, change) in transaction.changes.enumerated() {
      if index > 0 { text += ",".utf8 }
      append(change)
    }
    text += "]}\n".utf8
  }

  /// Appends an event's line.
  public mutating func append(_ event: StreamEvent, branch: String? = nil) {
    if case .transaction(let transaction) = event { return append(transaction, branch: branch) }
    begin(event.position, branch)
    switch event {
    case .transaction: break
    case .start(let coverage):
      text += ",\"event\":\"start\"".utf8
      guard let tables = coverage.tables else { break }
      let names = tables.sorted().map { Scalar.text(table($0).name.description).description }
      text += ",\"tables\":[\(names.joined(separator: ","))]".utf8
    case .schemaChange(let change):
      if let map = change.map {
        append(map)
        break
      }
      text += ",\"event\":\"schema\"".utf8
      append(",\"sql\":", change.sql)
      text += ",\"rewritten\":\(change.rewritten)".utf8
    case .gap: text += ",\"event\":\"gap\"".utf8
    case .rewind: text += ",\"event\":\"rewind\"".utf8
    }
    text += "}\n".utf8
  }

  private mutating func append(_ map: SchemaMap) {
    text += ",\"event\":\"map\",\"tables\":[".utf8
    for (place, table) in map.tables.enumerated() {
      append(place > 0 ? ",{\"from\":" : "{\"from\":", table.old.description)
      append(",\"to\":", table.new.description)
      if !table.columns.isEmpty {
        let columns = table.columns.map { "\(Scalar.text($0.old.text)):\($0.new.map { Scalar.text($0.text) } ?? .null)" }
        text += ",\"columns\":{\(columns.joined(separator: ","))}".utf8
      }
      if !table.keys.isEmpty {
        let keys = table.keys.map { "[\(Self.key($0.old)),\(Self.key($0.new))]" }
        text += ",\"keys\":[\(keys.joined(separator: ","))]".utf8
      }
      text += "}".utf8
    }
    text += "]".utf8
  }

  private static func key(_ values: [String]) -> String {
    "[\(values.map { Scalar.text($0).description }.joined(separator: ","))]"
  }

  private mutating func begin(_ position: Position, _ branch: String?) {
    text += "{\"position\":\"\(position.text(form))\"".utf8
    append(",\"branch\":", branch)
  }

  private mutating func append(_ field: String, _ value: String?) {
    guard let value else { return }
    text += field.utf8
    TextForm.appendJSONString(value.utf8, to: &text)
  }
}

// MARK: - Changes

extension ChangeLogPrinter {
  private func table(_ id: TableID) -> Table {
    guard let table = schema[id] else { preconditionFailure("the schema has the table") }
    return table
  }

  private mutating func append(_ change: Change) {
    let table = table(change.table)
    append("{\"table\":", table.name.description)
    switch change.operation {
    case .insert(let after):
      text += ",\"op\":\"insert\"".utf8
      append(",\"after\":", after, table)
    case .update(let before, let after):
      text += ",\"op\":\"update\"".utf8
      append(",\"before\":", before, table)
      append(",\"after\":", after, table)
    case .delete(let before):
      text += ",\"op\":\"delete\"".utf8
      append(",\"before\":", before, table)
    case .truncate: text += ",\"op\":\"truncate\"".utf8
    }
    text += "}".utf8
  }

  private mutating func append(_ field: String, _ image: RowImage, _ table: Table) {
    text += "\(field){".utf8
    var isFirst = true
    for (column, value) in zip(table.columns, image.columns) {
      guard let value else { continue }
      if !isFirst { text += ",".utf8 }
      isFirst = false
      append(value, as: column)
    }
    text += "}".utf8
  }

  private mutating func append(_ value: Value, as column: TableColumn) {
    TextForm.appendJSONString(column.name.text.utf8, to: &text)
    text += ":".utf8
    switch (value, column.type.id) {
    case (.null, _): text += "null".utf8
    case (.bool(let bool), _): text += "\(bool)".utf8
    case (.integer(let integer), .int2), (.integer(let integer), .int4): TextForm.appendInteger(integer, to: &text)
    default:
      scratch.removeAll(keepingCapacity: true)
      value.append(as: column.type, style: style, to: &scratch)
      TextForm.appendJSONString(scratch, to: &text)
    }
  }
}

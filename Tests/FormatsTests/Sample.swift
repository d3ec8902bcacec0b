import Relations
import Testing

@testable import Formats

/// A schema with the tables of the page's examples, and one with a column of every type that lies in a way of its own.
enum Sample {
  static let schema = make()

  private static func make() -> Schema {
    var schema = Schema(collation: "C")
    schema.addNamespace("Sales")
    add("public", "orders", [("id", .int8), ("total", .numeric(10, 2)), ("region", .text)], to: &schema)
    add("public", "carts", [("id", .int4)], to: &schema)
    add("Sales", "2024", [("Id", .int4), ("é", .text)], to: &schema)
    add("public", "everything", everything, to: &schema)
    return schema
  }

  static let everything: [(String, SQLType)] = [
    ("b", .bool), ("i2", .int2), ("i4", .int4), ("i8", .int8), ("f8", .float8), ("n", .numeric), ("n2", .numeric(10, 2)),
    ("t", .text), ("v", .varchar(8)), ("c", .bpchar(6)), ("d", .date), ("ts", .timestamp), ("tz", .timestamptz), ("u", .uuid),
    ("jb", SQLType(.jsonb)), ("j", SQLType(.json)), ("ia", SQLType(TypeID(1007))), ("ta", SQLType(TypeID(1009))),
    ("iv", SQLType(.interval)), ("f4", .float4), ("tm", .time), ("tmz", .timetz), ("pt", SQLType(TypeID(600))),
  ]

  private static func add(_ namespace: Identifier, _ name: Identifier, _ columns: [(String, SQLType)], to schema: inout Schema) {
    let columns = columns.enumerated().map { TableColumn(ColumnID(Int16($0 + 1)), Identifier($1.0), $1.1) }
    schema.add(Table(schema.newTableID(), QualifiedName(namespace, name), columns: columns))
  }

  static func table(_ name: Identifier) throws -> Table { try #require(schema.table(QualifiedName(name))) }
}

// MARK: - What was read, in words

extension Sample {
  /// Everything of a log, and where it stopped if it was refused.
  static func read(_ source: any ByteSource, options: ChangeLogOptions = ChangeLogOptions()) -> [String] {
    read([source], options: options)
  }

  static func read(_ sources: [any ByteSource], options: ChangeLogOptions = ChangeLogOptions()) -> [String] {
    var log = ChangeLogReader(sources, schema: schema, options: options)
    var lines: [String] = []
    do throws(FormatError) {
      while let item = try log.next() { lines += describe(item) }
    } catch {
      lines.append("refused: \(error)")
    }
    return lines
  }

  static func describe(_ item: ChangeLogItem) -> [String] {
    switch item {
    case .transactions(let batch): describe(batch)
    case .event(.start(let coverage), _):
      ["start \(coverage.position) \(coverage.tables.map { $0.sorted().map(\.description).joined(separator: ", ") } ?? "all")"]
    case .event(let event, let branch): ["\(event)\(branch.map { " of \($0)" } ?? "")"]
    case .redelivered(let position, let branch, let place): ["\(position) again\(branch.map { " of \($0)" } ?? "") at \(place)"]
    }
  }

  static func describe(_ batch: ChangeBatch) -> [String] {
    let transactions = batch.transactions.boxed
    return transactions.indices.flatMap { index in
      let context = batch.contexts.isEmpty ? WriteContext() : batch.contexts[index]
      let notes = batch.notes.filter { $0.transaction == index }
      return describe(transactions[index], batch.form, batch.branch, context)
        + notes.map { "  note \($0.ordinal) \($0.intent.map { "\($0)" } ?? "-") \($0.trigger?.name ?? "-")" }
    } + batch.unread.map { "  unread \($0.column) ×\($0.count) at \($0.place): \($0.reason)" }
  }

  static func describe(
    _ transaction: Transaction, _ form: PositionForm = .lsn, _ branch: String? = nil, _ context: WriteContext = WriteContext()
  ) -> [String] {
    var head = transaction.position.text(form)
    if let moment = transaction.header.committedAt {
      head += " " + (Value.integer(moment).text(as: .timestamptz, style: TextStyle()) ?? "")
    }
    if let origin = transaction.header.origin { head += " from \(origin)" }
    if let branch { head += " of \(branch)" }
    if !context.isEmpty {
      let trigger = context.trigger.map { "\($0.name)/\($0.hash)" }
      head += " \([context.unit, context.session, context.intent?.description, trigger].map { $0 ?? "-" })"
    }
    return [head] + transaction.changes.map(\.completed).map { "  \(describe($0))" }
  }

  static func describe(_ change: Change) -> String {
    guard let table = schema[change.table] else { return "?" }
    let name = table.name.name.text
    return switch change.operation {
    case .insert(let after): "insert \(name)\(describe(after, table))"
    case .update(let before, let after): "update \(name)\(describe(before, table)) =>\(describe(after, table))"
    case .delete(let before): "delete \(name)\(describe(before, table))"
    case .truncate: "truncate \(name)"
    }
  }

  static func describe(_ image: RowImage, _ table: Table) -> String {
    zip(table.columns, image.columns).map { column, value in
      value.map { " \(column.name.text)=\($0.text(as: column.type, style: TextStyle()) ?? "NULL")" } ?? ""
    }.joined()
  }
}

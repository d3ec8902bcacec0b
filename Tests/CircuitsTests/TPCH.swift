import Expressions
import Glibc
import PostgreSQL
import Relations
import TestKit

@testable import Circuits
@testable import SQL

/// TPC-H's tables and questions, as `Scripts/tpch` makes them.
struct TPCH {
  let schema: Schema
  let snapshot: MemorySnapshot
  /// The questions, from the first to the 22nd.
  let texts: [String]
  private let directory: String
  private let definition: String

  /// Nil if PyPI, where they come from, is out of reach.
  init?(scale: String) throws {
    guard let files = try TestKit.TPCH.files(scale: scale) else { return nil }
    (directory, definition) = (files.directory, files.schema)
    var loader = SchemaLoader(Schema(collation: "C"))
    try loader.load(files.schema)
    schema = loader.schema
    var tables: [TableID: [Batch]] = [:]
    for table in schema.allTables { tables[table.id] = [try Self.batch(directory, table)] }
    snapshot = MemorySnapshot(tables)
    texts = files.questions.map { $0.text.filter { $0 != ";" } }
  }

  /// Makes the tables in PostgreSQL, in the schema that is current.
  func load(_ session: inout Connection) throws {
    try session.execute(definition)
    for table in schema.allTables {
      try session.copy("COPY \(table.name.name) FROM STDIN", rows: Self.rows(directory, table))
    }
    try session.execute("ANALYZE")
  }

  private static func rows(_ directory: String, _ table: Table) -> [[String?]] {
    var rows: [[String?]] = []
    var (row, field): ([String?], [UInt8]) = ([], [])
    var isQuoted = false
    for byte in SourceFile.bytes("\(directory)/\(table.name).csv") ?? [] {
      switch byte {
      case UInt8(ascii: "\""): isQuoted.toggle()
      case UInt8(ascii: ",") where !isQuoted, UInt8(ascii: "\n") where !isQuoted:
        row.append(String(decoding: field, as: UTF8.self))
        field.removeAll(keepingCapacity: true)
        if byte == UInt8(ascii: "\n") {
          rows.append(row)
          row = []
        }
      default: field.append(byte)
      }
    }
    return Array(rows.dropFirst())
  }

  private static func batch(_ directory: String, _ table: Table) throws -> Batch {
    var builders = table.types.map(ColumnBuilder.init)
    let style = TextStyle()
    let rows = rows(directory, table)
    for row in rows {
      for (place, text) in row.enumerated() {
        builders[place].append(try Value(parsing: text!, as: table.types[place], style: style))
      }
    }
    return Batch(builders.map { $0.finish() }, count: rows.count)
  }
}

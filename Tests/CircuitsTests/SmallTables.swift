import Expressions
import PostgreSQL
import Relations
import TestKit

@testable import Circuits
@testable import SQL

/// Three tables with the same columns and values out of small sets, so that rows meet, tie and repeat; nulls everywhere.
struct SmallTables {
  static let names = ["r", "s", "t"]
  static let columns: [(name: String, type: SQLType)] = [
    ("id", .int4), ("k", .int4), ("b", .int8), ("h", .int2), ("n", .numeric), ("p", .numeric(6, 2)), ("f", .float8), ("w", .text),
    ("v", .varchar(4)), ("c", .bpchar(3)), ("d", .date), ("ts", .timestamp), ("y", .bool),
  ]
  static var types: [SQLType] { columns.map(\.type) }

  /// Rows of texts, table by table.
  let texts: [[[String?]]]

  init(rows: Int, using random: inout SplitMix64) {
    texts = Self.names.map { _ in (0..<rows).map { Self.row($0, &random) } }
  }

  static func row(_ number: Int, _ random: inout SplitMix64) -> [String?] {
    columns.map { column in
      if column.name == "id" { return "\(number)" }
      if Int.random(in: 0..<6, using: &random) == 0 { return nil }
      return values(column.name).randomElement(using: &random)
    }
  }

  /// What the values of a column are out of.
  static func values(_ column: String) -> [String] {
    switch column {
    case "k", "b", "h": ["0", "1", "2", "3", "4", "5", "-1"]
    case "n": ["0", "0.0", "1", "1.0", "1.00", "2.5", "3", "-1", "4.25"]
    case "p": ["0.00", "1.00", "2.50", "3.00", "-1.00", "4.25", "10.10"]
    case "f": ["0", "-0", "1", "2.5", "3", "0.125", "-1"]
    case "w", "v": ["", "a", "b", "ab", "abc", "1", "2"]
    case "c": ["", "a", "b", "ab", "abc", "a "]
    case "d": ["2024-01-01", "2024-01-02", "2024-02-29", "2023-12-31"]
    case "ts": ["2024-01-01 00:00:00", "2024-01-01 12:30:00", "2024-02-29 00:00:00.5"]
    case "y": ["t", "f"]
    default: ["0", "1", "2", "3", "7"]
    }
  }

  /// The tables as our schema has them.
  static let schema: Schema = {
    var schema = Schema(collation: "C")
    for name in names {
      let columns = Self.columns.enumerated().map { place, column in
        TableColumn(ColumnID(Int16(place + 1)), Identifier(column.name), column.type)
      }
      schema.add(Table(schema.newTableID(), QualifiedName("public", Identifier(name)), columns: columns))
    }
    return schema
  }()

  /// `CREATE TABLE` and `INSERT` for all of them.
  var definition: String {
    zip(Self.names, texts).map { name, rows in
      let columns = Self.columns.map { "\($0.name) \($0.type.description)" }.joined(separator: ", ")
      let values = rows.map { row in "(" + row.map { $0.map(quoted) ?? "NULL" }.joined(separator: ", ") + ")" }
      let insert = rows.isEmpty ? "" : "INSERT INTO \(name) VALUES \(values.joined(separator: ", "));"
      return "CREATE TABLE \(name) (\(columns)); \(insert) ANALYZE \(name);"
    }.joined()
  }

  static func values(of row: [String?]) throws(Failure) -> [Value] {
    var values: [Value] = []
    for (text, type) in zip(row, types) {
      values.append(try text.map { text throws(Failure) in try Value(parsing: text, as: type, style: TextStyle()) } ?? .null)
    }
    return values
  }

  /// In batches of a few rows each.
  func snapshot() throws(Failure) -> MemorySnapshot {
    var tables: [TableID: [Batch]] = [:]
    for (name, rows) in zip(Self.names, texts) {
      let table = Self.schema.table(QualifiedName("public", Identifier(name)), .standard())!
      var boxed: [[Value]] = []
      for row in rows {
        boxed.append(try Self.values(of: row))
      }
      tables[table.id] = stride(from: 0, to: boxed.count, by: 7).map { start in
        Batch(Self.types, rows: boxed[start..<min(start + 7, boxed.count)])
      }
    }
    return MemorySnapshot(tables)
  }
}

private func quoted(_ text: String) -> String { "'" + text.replacing("'", with: "''") + "'" }

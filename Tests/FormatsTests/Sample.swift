import Relations
import Testing

@testable import Formats

/// A schema with the tables of the examples, and one with a column of every type that lies in a way of its own.
enum Sample {
  static let schema = make()

  private static func make() -> Schema {
    var schema = Schema()
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
    ("iv", SQLType(.interval)),
  ]

  private static func add(_ namespace: Identifier, _ name: Identifier, _ columns: [(String, SQLType)], to schema: inout Schema) {
    let columns = columns.enumerated().map { TableColumn(ColumnID(Int16($0 + 1)), Identifier($1.0), $1.1) }
    schema.add(Table(schema.newTableID(), QualifiedName(namespace, name), columns: columns))
  }

  static func table(_ name: Identifier) throws -> Table { try #require(schema.table(QualifiedName(name))) }
}

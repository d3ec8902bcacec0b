import Relations
import TestKit

@testable import SQL

/// The sample table as our schema has it.
enum SampleSchema {
  static let schema: Schema = {
    var schema = Schema(collation: "C")
    let columns = ([("ordinal", SQLType.int4)] + SampleTable.columns.map { ($0.name, $0.type) }).enumerated().map { place, column in
      TableColumn(ColumnID(Int16(place + 1)), Identifier(column.0), column.1)
    }
    schema.add(Table(schema.newTableID(), QualifiedName("public", "sample"), columns: columns))
    return schema
  }()
}

import Relations

/// Three tables like the sample table, told apart by nothing but their names and rows; `ordinal` is the primary key of each.
public struct SampleTables: Sendable {
  public static let names = ["sample", "other", "third"]
  public let tables: [SampleTable]

  public init(rows: Int, using random: inout SplitMix64) {
    tables = Self.names.map { _ in SampleTable(rows: rows, using: &random) }
  }

  /// `CREATE TABLE`s with their rows, in whatever namespace is current.
  public var definition: String {
    zip(Self.names, tables).map { $1.definition(named: $0) + "ALTER TABLE \($0) ADD PRIMARY KEY (ordinal);" }.joined()
  }

  /// The columns of each, in order.
  public static let columns: [(name: String, type: SQLType)] = [("ordinal", .int4)] + SampleTable.columns

  public static let schema: Schema = {
    var schema = Schema(collation: "C")
    for name in names {
      let columns = columns.enumerated().map { TableColumn(ColumnID(Int16($0 + 1)), Identifier($1.name), $1.type) }
      var table = Table(schema.newTableID(), QualifiedName("public", Identifier(name)), columns: columns)
      table.primaryKey = UniqueKey(Identifier(name + "_pkey"), [.column(columns[0].id)])
      schema.add(table)
    }
    return schema
  }()
}

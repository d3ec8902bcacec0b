import Testing

@testable import Relations

@Suite struct TableTests {
  private static func orders() -> Table {
    Table(
      TableID(1), QualifiedName("public", "orders"),
      columns: [
        TableColumn(ColumnID(1), "region", .text), TableColumn(ColumnID(2), "id", .int8, isNotNull: true),
        TableColumn(ColumnID(4), "total", .numeric(10, 2)),
        TableColumn(ColumnID(5), "tax", .numeric, source: .generated("total * 0.2")),
      ])
  }

  @Test func `columns are found by name and by number`() {
    var table = Self.orders()
    #expect(table.index(of: "total") == 2)
    #expect(table.index(of: "Total") == nil)
    #expect(table.index(of: ColumnID(2)) == 1)
    #expect(table.index(of: ColumnID(4)) == 2)
    #expect(table.index(of: ColumnID(3)) == nil)
    #expect(table.types == [.text, .int8, .numeric(10, 2), .numeric])
    table.replaceColumns(table.columns.dropFirst().map { $0 })
    #expect(table.index(of: ColumnID(2)) == 0)
    #expect(table.index(of: "region") == nil)
  }

  @Test func `the key is the primary key, else the replica identity index`() {
    var table = Self.orders()
    #expect(table.key == nil)
    table.uniqueKeys = [UniqueKey("by_region", [.column(ColumnID(1)), .column(ColumnID(2))])]
    #expect(table.key == nil, "being unique is not enough")
    table.replicaIdentity = .index("by_region")
    #expect(table.key == [0, 1])
    table.primaryKey = UniqueKey("pk", [.column(ColumnID(2))])
    #expect(table.key == [1])
    #expect(table.isInKey(1) && !table.isInKey(0))
    #expect(table.streamedIdentity == [0, 1])
  }

  @Test func `an index over expressions or some rows identifies none by its columns`() {
    #expect(UniqueKey("k", [.expression("lower(region)")]).plainColumns == nil)
    #expect(UniqueKey("k", [.column(ColumnID(1))], predicate: "total > 0").plainColumns == nil)
    #expect(UniqueKey("k", [.column(ColumnID(1))]).plainColumns == [ColumnID(1)])
  }

  @Test func `the stream lacks generated columns`() {
    var table = Self.orders()
    #expect(table.streamedColumns == [0, 1, 2])
    table.replicaIdentity = .full
    #expect(table.streamedIdentity == [0, 1, 2])
    table.replicaIdentity = .nothing
    #expect(table.streamedIdentity == nil)
  }

  @Test func `only logged tables are in the stream`() {
    var table = Self.orders()
    #expect(table.unstreamed == nil)
    table.persistence = .unlogged
    #expect(table.unstreamed == .unlogged)
    table.persistence = .permanent
    table.kind = .materializedView
    #expect(table.unstreamed == .materialized)
    table.kind = .view
    #expect(table.unstreamed == nil)
  }
}

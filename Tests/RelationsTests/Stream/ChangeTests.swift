import Testing

@testable import Relations

@Suite struct ChangeTests {
  private static let id = Value.integer(7)

  @Test func `what is absent after an update is as before, if that is known`() throws {
    let before = RowImage([Self.id, .text("apac"), nil])
    let after = RowImage([Self.id, nil, nil])
    let completed = try #require(Change(TableID(1), .update(before: before, after: after)).completed.after)
    #expect(completed.has(1) && !completed.has(2))
    #expect(completed.columns[1]?.isIdentical(to: .text("apac")) == true)
  }

  @Test func `null is known`() {
    let image = RowImage([Self.id, .null])
    #expect(image.isComplete && !image.isUnknown)
    #expect(image.filled(from: RowImage([Self.id, .text("other")])).columns[1]?.isNull == true)
  }

  @Test func `key columns alone are no before-image`() {
    #expect(!RowImage([Self.id, nil]).isBeforeImage(key: [0]))
    #expect(!RowImage.unknown(columns: 2).isBeforeImage(key: [0]))
    #expect(RowImage([Self.id, .null]).isBeforeImage(key: [0]))
    #expect(RowImage([Self.id, .null, nil]).isBeforeImage(key: [0]), "some column beside the key is known")
    #expect(RowImage([Self.id]).isBeforeImage(key: [0]), "nothing is beside the key")
  }

  @Test func `a log covers its tables from its start`() {
    let coverage = Coverage(from: Position(10), tables: [TableID(1)])
    #expect(coverage.covers(TableID(1), since: Position(10)))
    #expect(!coverage.covers(TableID(1), since: Position(9)))
    #expect(!coverage.covers(TableID(2), since: Position(10)))
    #expect(Coverage(from: .start, tables: nil).covers(TableID(2), since: .start))
  }

  @Test func `a schema change rewrites unless the log says otherwise`() {
    #expect(SchemaChange(Position(1), sql: "ALTER TABLE t ALTER c TYPE text").rewritten)
    #expect(StreamEvent.schemaChange(SchemaChange(Position(1), sql: "")).position == Position(1))
  }
}

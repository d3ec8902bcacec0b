import Premise
import Testing

/// What a program sees that embeds Premise: one import, and a verdict from a few calls.
@Suite struct EmbeddingTests {
  @Test func `one import is enough for a verdict`() throws {
    var loader = SchemaLoader(Schema(collation: "C"))
    try loader.load("CREATE TABLE orders (id bigint PRIMARY KEY, total numeric); ALTER TABLE orders REPLICA IDENTITY FULL;")
    var engine = VerdictEngine(schema: loader.schema)
    engine.declare("alice", fork: Position(0x10))
    let log = #"{"position":"0/20","changes":[{"table":"orders","op":"insert","after":{"id":1,"total":"150.00"}}]}"#
    var changes = ChangeLogReader([MemorySource("log", Array(log.utf8))], schema: loader.schema)
    while let item = try changes.next() {
      if case .transactions(let batch) = item { try engine.append(batch.transactions) }
    }
    for (name, text) in [
      ("large", "SELECT count(*) FROM orders WHERE total > 100"), ("one", "SELECT total FROM orders WHERE id = 2"),
    ] {
      try engine.record(RecordedRead(text, place: FormatError.Place("here", line: 1, column: 1)), name: name, branch: "alice")
    }
    let verdicts = engine.verdicts().verdicts
    #expect(verdicts.map(\.decision) == [.stale, .holds])
    #expect(verdicts.map(\.read) == ["large", "one"])
  }
}

/// Premise for programs that embed it: timelines, reads and verdicts, with what they are told in and answer with.
///
///     import Premise
///
///     var loader = SchemaLoader()
///     try loader.load("CREATE TABLE orders (id bigint PRIMARY KEY, total numeric)")
///     var engine = VerdictEngine(schema: loader.schema)
///     engine.declare("alice", fork: Position(0x10))
///     try engine.record(RecordedRead("SELECT count(*) FROM orders", …), name: "q1", branch: "alice")
///     engine.verdicts().verdicts[0].decision
///
/// The same calls serve the program `premise`.
@_exported import Engine
@_exported import Formats
@_exported import Queries
@_exported import Relations
@_exported import SQL

/// Premise for programs that embed it: timelines, reads and verdicts, with what they are told in and answer with.
///
///     import Premise
///
///     var loader = SchemaLoader()
///     try loader.load("CREATE TABLE orders (id bigint PRIMARY KEY, total numeric)")
///     var engine = VerdictEngine(schema: loader.schema)
///     try engine.fork("alice", at: .at(Position(0x10)))
///     try engine.ask(RecordedRead("SELECT count(*) FROM orders WHERE total > $1", ["100"], answer: [["47"]]))
///     try engine.append(changes)                            // main's transactions, as they come
///     engine.verdicts().verdicts[0].decision                // .holds, .stale, or .doubtful(why)
///
/// What is there, a call each:
///
/// - main: `load` (its rows at a position), `append` (transactions and events);
/// - branches: `fork`, `branch`, `branchNames`, `write`, `history`, `diff`, `reset`, `delete`, `expire`, `pins`;
/// - reads: `ask`, which takes the same read twice for one;
/// - verdicts: `verdicts`, `verdictChanges` (those that changed since a cursor), `rechecked` (doubts asked of a live database).
///
/// The engine is a value: a copy of it is a moment to ask of while the original goes on. It does no I/O and looks at no clock.
/// `Tests/LibraryTests` shows each call. The same calls serve the program `premise`.
@_exported import Engine
@_exported import Formats
@_exported import Queries
@_exported import Relations
@_exported import SQL

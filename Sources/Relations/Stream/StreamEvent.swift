/// What comes down a timeline's stream, in its order.
///
/// Not only rows: each of the other events takes away what could be claimed without it, so that nothing `holds` by silence.
public enum StreamEvent: Sendable {
  /// Opens a log and says what it covers. Without it nobody has promised that the log is complete.
  case start(Coverage)
  case transaction(Transaction)
  case schemaChange(SchemaChange)
  /// Changes may be missing between the event before and this position (a lost slot): what depends on the tables that the
  /// stream follows is `doubtful`, `gap`.
  case gap(before: Position)
  /// The timeline was restored to an earlier position. What was there past `to` never happened; reads placed past it are
  /// `doubtful`, `rewound`. Positions after this event may be ones that were used before.
  case rewind(to: Position)
}

/// What a log promises: from `position` on, every change of these tables is in it.
///
/// A read forked before the position, or of another table, is `not-covered`.
public struct Coverage: Hashable, Sendable {
  public let position: Position
  /// nil when every table is followed, those created later included.
  public let tables: Set<TableID>?

  public init(from position: Position, tables: Set<TableID>?) {
    self.position = position
    self.tables = tables
  }

  /// Whether a read of `table` whose fork is at `fork` can be decided from the log.
  public func covers(_ table: TableID, since fork: Position) -> Bool {
    fork >= position && tables?.contains(table) ?? true
  }
}

/// A statement that changed what names mean: DDL, an attached partition, a replaced view or function.
///
/// Each can change an answer with no row in the stream: what a read was bound to and it touched is `doubtful`, `schema`,
/// unless a map carries the read over: one that is said, or what a plain `ALTER TABLE … RENAME` says itself.
public struct SchemaChange: Hashable, Sendable {
  public let position: Position
  /// The statement, as it was run.
  public let sql: String
  /// Whether stored rows were rewritten without appearing in the stream. Where a log does not say, they were.
  public let rewritten: Bool
  /// What became of things, in place of a statement: then `sql` is empty.
  public let map: SchemaMap?

  public init(_ position: Position, sql: String, rewritten: Bool = true) {
    self.position = position
    self.sql = sql
    self.rewritten = rewritten
    map = nil
  }

  /// A change that is known by what it left of everything: names and keys moved, and nothing else happened.
  public init(_ position: Position, _ map: SchemaMap) {
    self.position = position
    sql = ""
    rewritten = false
    self.map = map
  }
}

extension StreamEvent {
  /// The position of the timeline after the event.
  public var position: Position {
    switch self {
    case .start(let coverage): coverage.position
    case .transaction(let transaction): transaction.position
    case .schemaChange(let change): change.position
    case .gap(let position), .rewind(let position): position
    }
  }
}

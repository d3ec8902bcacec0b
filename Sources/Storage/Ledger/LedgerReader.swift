import Relations

/// A ledger as it was at one moment, for as long as it is asked: what is appended, collected or rewound meanwhile does not show.
public final class LedgerReader: Sendable {
  let state: LedgerState
  let snapshot: any KeyValueSnapshot
  let timeline: UInt32

  init(_ state: LedgerState, _ snapshot: any KeyValueSnapshot, _ timeline: UInt32) {
    self.state = state
    self.snapshot = snapshot
    self.timeline = timeline
  }
}

extension DurableLedger {
  /// What is there now.
  public func read() throws(StoreError) -> LedgerReader {
    try state.withLock { state throws(StoreError) in LedgerReader(state, try store.snapshot(), timeline) }
  }
}

extension LedgerReader {
  /// The last position.
  public var end: Position { state.end.position }
  /// From here on every position can be asked from.
  public var horizon: Position { Position(state.horizon) }
  public var pins: [String: Pin] { state.pins }
  /// The tables that ever changed, as far as anybody can see, in order of their numbers.
  public var changedTables: [TableID] { state.tables.keys.sorted() }

  /// Everything but transactions that came down the stream after a position, in order.
  public func events(since: Position = .start) -> [StreamEvent] {
    state.events.lazy.filter { $0.place.position > since || since == .start }.map(\.event)
  }

  /// Whether a fork or an `as_of` at the position can be answered exactly; throws why not.
  public func require(_ position: Position) throws(StoreError) { try state.require(position) }

  /// The walks over those of a table's versions in an era that are in a window.
  func cursors(_ table: TableState, _ era: Era, _ window: RunCursor.Window) -> [RunCursor] {
    table.runs.lazy.filter { $0.era == era.number && $0.through > window.after && $0.after < window.through }
      .map { $0.cursor(self.snapshot, era.shape, self.timeline, window) }
  }
}

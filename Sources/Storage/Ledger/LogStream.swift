import Relations

/// What came down a timeline's stream, in its order: transactions in the batches that were made durable at once, and what came between.
public enum LogItem: Sendable {
  case transactions(TransactionBatch)
  case event(StreamEvent)
}

/// A walk over all of a log, for who wants to be told again what the ledger was told.
public final class LogStream {
  private let cursor: any KeyValueCursor
  private let since: Position
  /// Told before anything else.
  private var beginning: StreamEvent?
  /// What is left of an entry that several writers shared.
  private var parts: ArraySlice<StoredTransactions> = []

  fileprivate init(_ cursor: any KeyValueCursor, since: Position, _ beginning: StreamEvent?) {
    self.cursor = cursor
    self.since = since
    self.beginning = beginning
  }

  public func next() throws(StoreError) -> LogItem? {
    if let event = beginning.take() { return .event(event) }
    while true {
      while let part = parts.popFirst() {
        let old = part.batch.transactions.partitionPoint { $0.position > since }
        if old < part.batch.transactions.count { return .transactions(part.batch.slice(old..<part.batch.transactions.count)) }
      }
      guard let (key, value) = try cursor.next() else { return nil }
      let place = LogPlace(key: key)
      // Transactions have the first place of their position.
      if place.ordinal == 0, place.position <= since { continue }
      switch try LogEntry.read(value, key: key) {
      case .event(let event): return .event(event)
      case .transactions(let parts): self.parts = parts[...]
      }
    }
  }
}

extension LedgerReader {
  /// All events, and the transactions after a position. Of a log that has been collected, those from its beginning now on; if it said from
  /// where on it covers what, it now says that this is the beginning.
  public func log(since: Position = .start) throws(StoreError) -> LogStream {
    let cursor = snapshot.cursor(KeyRange(prefix: StoreKey.log(timeline)))
    if state.logStart == state.start { return LogStream(cursor, since: since, nil) }
    let beginning = Position(state.logStart)
    if since < beginning { throw .notRetained(since, horizon: beginning) }
    var covered: StreamEvent?
    for case .start(let coverage) in state.events.lazy.filter({ $0.place.position <= beginning }).map(\.event) {
      covered = .start(Coverage(from: max(beginning, coverage.position), tables: coverage.tables))
    }
    return LogStream(cursor, since: since, covered)
  }
}

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
  /// What is left of an entry that several writers shared.
  private var parts: ArraySlice<StoredTransactions> = []

  fileprivate init(_ cursor: any KeyValueCursor, since: Position) {
    self.cursor = cursor
    self.since = since
  }

  public func next() throws(StoreError) -> LogItem? {
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
  /// All events, and the transactions after a position. Once something of the log has been collected, it is not the whole story.
  public func log(since: Position = .start) throws(StoreError) -> LogStream {
    if state.logStart > state.start { throw .notRetained(since, horizon: Position(state.logStart)) }
    return LogStream(snapshot.cursor(KeyRange(prefix: StoreKey.log(timeline))), since: since)
  }
}

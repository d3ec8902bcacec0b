import Relations

/// A walk over the log.
final class LogCursor {
  private let cursor: any KeyValueCursor
  /// What is left of an entry that several writers shared.
  private var parts: ArraySlice<StoredTransactions> = []

  /// - Parameter since: the first transaction that is wanted; others that share its entry may come first.
  init(_ snapshot: any KeyValueSnapshot, _ timeline: UInt32, since: Position) {
    cursor = snapshot.cursor(
      KeyRange(
        from: StoreKey.log(timeline, LogPlace(since)), to: KeyRange(prefix: StoreKey.log(timeline)).upper))
  }

  /// The next transactions; events are passed over.
  func nextBatch() throws(StoreError) -> StoredTransactions? {
    while true {
      if let part = parts.popFirst() {
        if part.batch.isEmpty { continue }
        return part
      }
      guard let (key, value) = try cursor.next() else { return nil }
      if case .transactions(let parts) = try LogEntry.read(value, key: key) { self.parts = parts[...] }
    }
  }
}

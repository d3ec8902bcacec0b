import Relations

/// What only the log tells: transactions one by one, and when they were committed.
extension LedgerReader {
  /// The transactions after a position, up to and with another, batch by batch, whole; retained within the horizon.
  public func transactions(since: Position, until: Position? = nil) throws(StoreError) -> TransactionStream {
    if since.number < state.logStart { throw .notRetained(since, horizon: Position(state.logStart)) }
    return TransactionStream(
      LogCursor(snapshot, timeline, since: Position(since.number &+ 1)), since: since, until: min(until ?? end, end))
  }

  /// When the last transaction up to a position was committed; nil where the log has no times.
  public func commitTime(at position: Position) throws(StoreError) -> Int64? {
    if let pin = state.pins.values.first(where: { $0.position == position && $0.rewoundTo == nil }) { return pin.committedAt }
    if position.number <= state.logStart {
      if position.number < state.horizon { throw .notRetained(position, horizon: horizon) }
      return state.horizonTime
    }
    if state.latestTime == nil { return nil }
    let log = StoreKey.log(timeline)
    // The position may be within the first entry that ends at it or later.
    let later = KeyRange(from: StoreKey.log(timeline, LogPlace(position)), to: KeyRange(prefix: log).upper)
    let forward = snapshot.cursor(later)
    while let (key, value) = try forward.next() {
      let headers = try LogEntry.headers(value, key: key)
      if headers.isEmpty { continue }
      if let time = headers.last(where: { $0.position <= position && $0.committedAt != nil })?.committedAt { return time }
      break
    }
    let backward = snapshot.cursor(KeyRange(from: log, to: later.lower), reversed: true)
    while let (key, value) = try backward.next() {
      if let time = try LogEntry.headers(value, key: key).last(where: { $0.committedAt != nil })?.committedAt { return time }
    }
    return state.horizonTime
  }

  /// The greatest commit time up to a position of those that share their entry with one behind it.
  func crossing(_ position: Position) throws(StoreError) -> Int64? {
    let log = KeyRange(prefix: StoreKey.log(timeline))
    let entries = snapshot.cursor(KeyRange(from: StoreKey.log(timeline, LogPlace(position)), to: log.upper))
    while let (key, value) = try entries.next() {
      let headers = try LogEntry.headers(value, key: key)
      if headers.isEmpty { continue }
      return headers.lazy.filter { $0.position <= position }.compactMap(\.committedAt).max()
    }
    return nil
  }

  /// The state at a moment: the last position before the first transaction that was committed later.
  public func position(at time: Int64) throws(StoreError) -> Position {
    if let first = state.horizonLatest, time < first { throw .notRetained(horizon, horizon: horizon) }
    let times = KeyRange(prefix: StoreKey.times(timeline))
    let lower = time == .max ? times.upper : StoreKey.time(timeline, time + 1, .start)
    guard let (index, _) = try snapshot.cursor(KeyRange(from: lower, to: times.upper)).next() else { return end }
    let place = LogPlace(Position(StoreKey.number(index[13..<21])))
    let key = StoreKey.log(timeline, place)
    guard let value = try snapshot.value(of: key) else {
      throw .corrupt(StoredValue.named("an entry of the log", key), why: "it is missing, and the times name it")
    }
    let headers = try LogEntry.headers(value, key: key)
    guard let later = headers.firstIndex(where: { $0.committedAt.map { $0 > time } ?? false }) else {
      throw .corrupt(StoredValue.named("an entry of the log", key), why: "it has other times than the index says")
    }
    // The horizon may be within the entry.
    if later > 0 { return max(headers[later - 1].position, horizon) }
    let before = try snapshot.last(in: KeyRange(from: StoreKey.log(timeline), to: key))
    return max(before.map { LogPlace(key: $0.key).position } ?? horizon, horizon)
  }
}

extension LedgerReader {
  /// How many bytes the log has in the store, before compression; only those after a position if one is given. Reads all of them.
  public func logBytes(since position: Position? = nil) throws(StoreError) -> Int {
    let all = KeyRange(prefix: StoreKey.log(timeline))
    let lower = position.map { StoreKey.log(timeline, LogPlace($0, .max)) + [0] } ?? all.lower
    let cursor = snapshot.cursor(KeyRange(from: lower, to: all.upper))
    var bytes = 0
    while let (key, value) = try cursor.next() { bytes += key.count + value.count }
    return bytes
  }
}

/// Transactions in their order.
public final class TransactionStream {
  private let cursor: LogCursor
  private let since: Position
  private let until: Position

  init(_ cursor: LogCursor, since: Position, until: Position) {
    self.cursor = cursor
    self.since = since
    self.until = until
  }

  public func next() throws(StoreError) -> TransactionBatch? {
    while let part = try cursor.nextBatch() {
      let batch = part.batch
      let lower = batch.transactions.partitionPoint { $0.position > since }
      let upper = batch.transactions.partitionPoint { $0.position > until }
      if lower == upper {
        if lower == 0 { return nil }
        continue
      }
      return batch.slice(lower..<upper)
    }
    return nil
  }
}

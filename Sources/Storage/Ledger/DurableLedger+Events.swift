import Relations

extension DurableLedger {
  /// Adds what is no transaction, in its place among them, and returns once it is durable. The same again is ignored.
  ///
  /// - Returns: the position that the ledger has reached.
  @discardableResult
  public func append(_ event: StreamEvent) throws(StoreError) -> Position {
    if case .transaction = event { preconditionFailure("transactions are appended in batches") }
    return try alone { () throws(StoreError) in
      let known = state.withLock { $0 }
      if try known.knows(event) { return known.end.position }
      if case .rewind(let to) = event { return try rewind(to: to) }
      let place = known.placeAfter(max(known.end.position, event.position))
      var batch = WriteBatch()
      put(event, at: place, to: &batch)
      try commit(batch, durably: true)
      state.withLock { $0.add(event, at: place) }
      return place.position
    }
  }

  /// Whether an event is there already; throws if it can neither be there nor come next.
  public func knows(_ event: StreamEvent) throws(StoreError) -> Bool { try state.withLock { $0 }.knows(event) }

  private func put(_ event: StreamEvent, at place: LogPlace, to batch: inout WriteBatch) {
    let key = StoreKey.log(timeline, place)
    batch.put(key, StoredValue.wrap(LogEntry.bytes(event: event), form: LogEntry.form, key: key))
  }
}

extension LedgerState {
  fileprivate func knows(_ event: StreamEvent) throws(StoreError) -> Bool {
    if case .rewind(let to) = event {
      if end.position == to, case .rewind(to)? = events.last?.event, events.last?.place == end { return true }
      try require(to)
      return false
    }
    if has(event) { return true }
    // A start may say again, and more, what was covered long ago.
    if case .start = event { return false }
    guard event.position >= end.position else { throw .outOfOrder(event.position, expectedAfter: end.position) }
    return false
  }

  /// Whether the event is there already: at its place, or the last thing that was said.
  private func has(_ event: StreamEvent) -> Bool {
    let bytes = event.storedBytes
    return events.contains { $0.event.storedBytes == bytes && ($0.place.position == event.position || $0.place == end) }
  }

  fileprivate func placeAfter(_ position: Position) -> LogPlace {
    let last = events.lazy.filter { $0.place.position == position }.map(\.place.ordinal).max() ?? 0
    return LogPlace(position, last + 1)
  }
}

// MARK: - Rewinding

extension DurableLedger {
  /// Takes back what is past a position, all of it in one write. The position must be retained: what cannot be separated from what
  /// never happened is refused, and then only a new base helps.
  private func rewind(to: Position) throws(StoreError) -> Position {
    let known = state.withLock { $0 }
    return try maintenance.withLock { _ throws(StoreError) in
      try deriveAlone()
      return try indexes.withLock { indexes throws(StoreError) in
        dropAll(&indexes)
        return try rewindAlone(to: to, known)
      }
    }
  }

  private func rewindAlone(to: Position, _ known: LedgerState) throws(StoreError) -> Position {
    var batch = WriteBatch()
    var time = known.horizonTime
    if to.number < known.horizon { time = try read().commitTime(at: to) }
    var next = state.withLock { $0 }
    next.horizonTime = time
    let dropped = next.rewind(to: to)
    for run in dropped { batch.deleteAll(in: KeyRange(prefix: StoreKey.run(timeline, run.id))) }
    try cutLog(at: to, &next, &batch)
    let place = next.placeAfter(to)
    put(.rewind(to: to), at: place, to: &batch)
    next.add(.rewind(to: to), at: place)
    next.end = place
    next.derived = place
    for (name, pin) in next.pins where pin.rewoundTo == to {
      let key = StoreKey.pin(name)
      batch.put(key, pin.stored(key))
    }
    try state.withLock { state throws(StoreError) in
      next.nextRun = state.nextRun
      try write(next, batch, durably: true)
      state = next
    }
    return to
  }

  /// Removes from the log what is past a position; an entry that goes across is written anew.
  private func cutLog(at to: Position, _ state: inout LedgerState, _ batch: inout WriteBatch) throws(StoreError) {
    let snapshot = try store.snapshot()
    let gone = KeyRange(
      from: StoreKey.log(timeline, LogPlace(to, .max)) + [0], to: KeyRange(prefix: StoreKey.log(timeline)).upper)
    batch.deleteAll(in: gone)
    // The time index rises with the log.
    let times = snapshot.cursor(KeyRange(prefix: StoreKey.times(timeline)), reversed: true)
    state.latestTime = state.horizonLatest
    while let (key, _) = try times.next() {
      if StoreKey.number(key[13..<21], as: UInt64.self) > to.number {
        batch.delete(key)
      } else {
        state.latestTime = StoreKey.time(of: key)
        break
      }
    }
    guard let (key, value) = try snapshot.cursor(gone).next(),
      case .transactions(let parts) = try LogEntry.read(value, key: key)
    else { return }
    var kept: [[UInt8]] = []
    var last: Position?
    var commits: [Int64] = []
    for part in parts {
      let count = part.batch.transactions.partitionPoint { $0.position > to }
      if count == 0 { continue }
      let batch = part.batch.slice(0..<count)
      let keys = Dictionary(zip(part.batch.tables.map(\.table), part.keys)) { $1 }
      var writer = ByteWriter()
      writer.write(batch) { keys[$0] ?? nil }
      kept.append(writer.bytes)
      last = batch.last
      commits += batch.transactions.compactMap(\.committedAt)
    }
    guard let last else { return }
    let rest = StoreKey.log(timeline, LogPlace(last))
    batch.put(rest, StoredValue.wrap(LogEntry.bytes(transactions: kept), form: LogEntry.form, key: rest))
    if let latest = commits.max(), latest > state.latestTime ?? .min {
      let key = StoreKey.time(timeline, latest, last)
      batch.put(key, StoredValue.wrap([], form: 1, key: key))
      state.latestTime = latest
    }
  }
}

extension LedgerState {
  /// Forgets what is past a position. Returns runs of which nothing is left.
  fileprivate mutating func rewind(to: Position) -> [Run] {
    var dropped: [Run] = []
    for id in tables.keys.sorted() {
      var table = tables[id]!
      let gone = Set(table.eras.filter { $0.position > to.number }.map(\.number))
      dropped += table.runs.filter { gone.contains($0.era) || $0.after >= to.number }
      table.runs.removeAll { gone.contains($0.era) || $0.after >= to.number }
      table.eras.removeAll { gone.contains($0.number) }
      for index in table.runs.indices where table.runs[index].through > to.number {
        table.runs[index].limit = min(table.runs[index].limit, to.number)
      }
      if let base = table.base, base.position > to.number || gone.contains(base.era) {
        dropped += base.runs
        table.base = nil
      }
      tables[id] = table.eras.isEmpty ? nil : table
    }
    events.removeAll { $0.place.position > to }
    for name in pins.keys where pins[name]!.position > to && pins[name]!.rewoundTo == nil { pins[name]!.rewoundTo = to }
    horizon = min(horizon, to.number)
    logStart = min(logStart, to.number)
    end = LogPlace(to)
    return dropped
  }
}

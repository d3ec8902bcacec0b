import Relations

extension DurableLedger {
  /// Adds transactions and returns once they are durable. Those that are there already are ignored.
  ///
  /// A transaction that differs from the one at its position is refused, and so is one that is not there and not after the last; then
  /// nothing of the batch is added.
  @discardableResult
  public func append(_ batch: TransactionBatch) throws(StoreError) -> AppendOutcome { try submit(batch).wait() }

  /// Queues transactions: calls take effect in their order, waiting for them need not.
  public func submit(_ batch: TransactionBatch) throws(StoreError) -> AppendTicket {
    var keys: [TableID: [Int]] = [:]
    for table in batch.tables { keys[table.table] = key(of: table.table) }
    let request = try AppendRequest(batch, keys: keys)
    commits.submit(request)
    return AppendTicket(ledger: self, request: request)
  }

  func wait(for request: AppendRequest) throws(StoreError) -> AppendOutcome {
    commits.wait(for: request, pause: options.groupWait) { lead($0) }
    return try request.outcome!.get()
  }

  /// Does the requests, as many in one write as possible.
  private func lead(_ requests: [AppendRequest]) {
    var rest = requests[...]
    while !rest.isEmpty {
      do throws(StoreError) {
        try recoverIfNeeded()
        rest = try writeGroup(rest)
      } catch {
        // What of the group is durable nobody knows until the log is read again; so nobody is told that it is.
        for request in rest where request.outcome == nil { request.outcome = .failure(error) }
        isBroken.withLock { $0 = true }
        return
      }
    }
  }

  /// Writes those that follow each other and are new, along with what is said of the others. Returns those that come later.
  private func writeGroup(_ requests: ArraySlice<AppendRequest>) throws(StoreError) -> ArraySlice<AppendRequest> {
    let stored = state.withLock { $0.end.position }
    var end = stored
    var accepted: [Accepted] = []
    var rest = requests
    while let request = rest.first {
      // What may be the same as something in this very group is looked at when that is written.
      if let first = request.batch.first, first <= end, end > stored { break }
      rest.removeFirst()
      do throws(StoreError) {
        let new = try Accepted(request, after: end, self)
        end = max(end, request.batch.last ?? end)
        accepted.append(new)
      } catch {
        guard error.isRefusal else { throw error }
        request.outcome = .failure(error)
      }
    }
    try write(accepted.filter { !$0.batch.isEmpty }, through: end)
    for each in accepted {
      each.request.outcome = .success(
        AppendOutcome(
          end: end, appended: each.batch.transactions.count, ignored: each.ignored, unverified: each.unverified,
          groupWait: options.groupWait))
    }
    return rest
  }

  private func write(_ accepted: [Accepted], through end: Position) throws(StoreError) {
    if accepted.isEmpty { return }
    var batch = WriteBatch()
    let place = LogPlace(end)
    let key = StoreKey.log(timeline, place)
    batch.put(key, StoredValue.wrap(LogEntry.bytes(transactions: accepted.map(\.bytes)), form: LogEntry.form, key: key))
    let known = state.withLock { $0.latestTime }
    let times = accepted.flatMap { $0.batch.transactions.lazy.compactMap(\.committedAt) }
    if let latest = (times + [known].compactMap { $0 }).max(), latest != known {
      let key = StoreKey.time(timeline, latest, end)
      batch.put(key, StoredValue.wrap([], form: 1, key: key))
    }
    try commit(batch, durably: !Planted.bug("transactions are acknowledged before they are synced"))
    for each in accepted { try publish(each.batch, each.pieces, at: LogPlace(each.batch.last!)) }
    if state.withLock({ $0.tailBytes }) > options.tailLimit { try derive() }
  }
}

extension StoreError {
  /// Whether it is the request that is wrong, and not the store.
  fileprivate var isRefusal: Bool {
    switch self {
    case .outOfOrder, .differs: true
    default: false
    }
  }
}

/// What of a request is new.
private struct Accepted {
  let request: AppendRequest
  let batch: TransactionBatch
  let bytes: [UInt8]
  let pieces: BatchPieces
  let ignored: Int
  let unverified: Int

  init(_ request: AppendRequest, after end: Position, _ ledger: DurableLedger) throws(StoreError) {
    self.request = request
    let old = request.batch.transactions.partitionPoint { $0.position > end }
    if old == 0 {
      (batch, bytes, pieces, ignored, unverified) = (request.batch, request.bytes, request.pieces, 0, 0)
      return
    }
    unverified = try ledger.compare(request.batch.slice(0..<old))
    ignored = old
    batch = request.batch.slice(old..<request.batch.transactions.count)
    var writer = ByteWriter()
    writer.write(batch) { request.keys[$0] }
    bytes = writer.bytes
    pieces = try BatchPieces(batch) { request.keys[$0] }
  }
}

// MARK: - Again

extension DurableLedger {
  /// The transactions of a batch that are not there yet, without adding them; refuses what `append` would refuse.
  public func new(in batch: TransactionBatch) throws(StoreError) -> TransactionBatch {
    let end = state.withLock { $0.end.position }
    let old = batch.transactions.partitionPoint { $0.position > end }
    if old > 0 { _ = try compare(batch.slice(0..<old)) }
    return batch.slice(old..<batch.transactions.count)
  }

  /// Looks whether transactions that should be there are there, the same. Returns how many are too old to tell.
  fileprivate func compare(_ batch: TransactionBatch) throws(StoreError) -> Int {
    let (logStart, end) = state.withLock { ($0.logStart, $0.end.position) }
    let unverified = batch.transactions.partitionPoint { $0.position.number > logStart }
    guard unverified < batch.transactions.count else { return unverified }
    let cursor = LogCursor(try store.snapshot(), timeline, since: batch.transactions[unverified].position)
    var stored: TransactionBatch?
    for index in unverified..<batch.transactions.count {
      let position = batch.transactions[index].position
      while stored.map({ $0.last! < position }) ?? true {
        guard let next = try cursor.nextBatch() else { throw .outOfOrder(position, expectedAfter: end) }
        stored = next.batch
      }
      guard let place = stored!.transactions.firstIndex(where: { $0.position == position }) else {
        throw .outOfOrder(position, expectedAfter: end)
      }
      let (expected, came) = (stored!.slice(place..<place + 1), batch.slice(index..<index + 1))
      if !expected.isSame(as: came) {
        throw .differs(position, expected: expected.summary, came: came.summary)
      }
    }
    return unverified
  }
}

extension TransactionBatch {
  /// What it does, in a few words for a message.
  fileprivate var summary: String {
    let changes = tables.map { table in
      let count = table.kinds.lazy.filter { $0 != .before }.count
      return "\(count) change\(count == 1 ? "" : "s") of \(table.table)" + (table.truncations.isEmpty ? "" : ", emptied")
    }
    let first = boxed.first?.changes.first.map { ", the first of them \($0.summary(self[$0.table]!.images.types))" } ?? ""
    let moment = transactions.first?.committedAt.flatMap { Value.integer($0).text(as: .timestamptz, style: TextStyle()) }
    return (changes.isEmpty ? "no changes" : changes.joined(separator: ", ")) + first
      + (moment.map { ", committed at \($0)" } ?? "")
  }
}

extension Change {
  fileprivate func summary(_ types: [SQLType]) -> String {
    func text(_ image: RowImage) -> String {
      let values = zip(image.columns, types).map { value, type in
        value.map { $0.text(as: type, style: TextStyle()) ?? "NULL" } ?? "?"
      }
      return "(" + values.joined(separator: ", ") + ")"
    }
    return switch operation {
    case .insert(let after): "+\(text(after))"
    case .delete(let before): "-\(text(before))"
    case .update(let before, let after): "\(text(before)) → \(text(after))"
    case .truncate: "truncate"
    }
  }
}

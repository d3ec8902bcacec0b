import Relations

/// From runs in memory to runs in the store, and from many of them to few.
///
/// Blocks are written first, and made durable; then the state that names them, along with the removal of what they replace. Whoever
/// reads in between has the old state and a snapshot in which it still holds.
extension DurableLedger {
  /// Writes what is in memory to the store. To be called now and then, by whatever thread.
  ///
  /// - Parameter bytes: if no more is in memory, nothing is done: the later the fewer times everything is written again.
  public func derive(beyond bytes: Int = 0) throws(StoreError) {
    if bytes > 0, state.withLock({ $0.tailBytes }) <= bytes { return }
    try maintenance.withLock { _ throws(StoreError) in try deriveAlone() }
  }

  /// Under the lock of maintenance.
  func deriveAlone() throws(StoreError) {
    if isBroken.withLock({ $0 }) { return }
    let (tables, end) = state.withLock { state in (state.sealTail(), state.end) }
    do throws(StoreError) {
      var derived: [(TableID, [Run])] = []
      for (table, tail) in tables {
        var runs: [Run] = []
        for (shape, parts) in tail { runs.append(try rewrite(parts, shape, .whole)) }
        derived.append((table, runs.filter { $0.versions > 0 }))
      }
      try install(derived, through: end)
    } catch {
      state.withLock { $0.unsealTail() }
      throw error
    }
    try mergeStored()
  }

  private func install(_ derived: [(TableID, [Run])], through end: LogPlace) throws(StoreError) {
    try state.withLock { state throws(StoreError) in
      var next = state
      for (table, runs) in derived { next.tables[table]!.replaceSealed(with: runs) }
      next.derived = end
      if next.derived == state.derived, derived.isEmpty { return }
      try write(next, WriteBatch(), durably: true)
      state = next
    }
  }

  /// Merges runs that have become as many as should be one.
  private func mergeStored() throws(StoreError) {
    let state = state.withLock { $0 }
    for (id, table) in state.tables.sorted(by: { $0.key < $1.key }) {
      for era in table.eras {
        let runs = table.runs.filter { $0.era == era.number && $0.blocks == nil }
        guard let range = Run.mergeable(runs, runs.indices) else { continue }
        let merged = try rewrite(Array(runs[range]), era.shape, state.policy(for: table, era))
        try replace(Array(runs[range]), with: merged.versions > 0 ? [merged] : [], of: id)
      }
    }
  }

  /// Puts other runs in the place of some, for good.
  func replace(_ old: [Run], with new: [Run], of table: TableID) throws(StoreError) {
    try state.withLock { state throws(StoreError) in
      var next = state
      let ids = Set(old.map(\.id))
      let place = next.tables[table]!.runs.firstIndex { ids.contains($0.id) } ?? 0
      next.tables[table]!.runs.removeAll { ids.contains($0.id) }
      next.tables[table]!.runs.insert(contentsOf: new, at: place)
      var batch = WriteBatch()
      for run in old { batch.deleteAll(in: KeyRange(prefix: StoreKey.run(timeline, run.id))) }
      try write(next, batch, durably: true)
      state = next
    }
  }

  /// Writes runs as one into the store, durably, without anybody knowing of it yet.
  func rewrite(_ runs: [Run], _ shape: TableShape, _ policy: MergePolicy) throws(StoreError) -> Run {
    let snapshot = try store.snapshot()
    let window = RunCursor.Window(after: policy.unseen)
    let merge = RunMerge(runs.map { $0.cursor(snapshot, shape, timeline, window) }, shape.types, policy)
    var writer = StoredRunWriter(self, id: newRun())
    while try merge.advance() {
      try merge.withVersion { version throws(StoreError) in try writer.blocks.append(version) }
    }
    return try writer.finish(era: runs[0].era, after: runs[0].after, through: runs[runs.count - 1].through)
  }

  func newRun() -> UInt64 {
    state.withLock { state in
      defer { state.nextRun += 1 }
      return state.nextRun
    }
  }
}

/// Writes a run into the store, some blocks at a time.
struct StoredRunWriter {
  private let id: UInt64
  private let pending: Pending
  private let ledger: DurableLedger
  private let durably: Bool
  var blocks: BlockWriter

  private final class Pending {
    var batch = WriteBatch()
    var bytes = 0
  }

  private static let batchBytes = 4 << 20

  /// - Parameter durably: false for what is made anew after a crash.
  init(_ ledger: DurableLedger, id: UInt64, durably: Bool = true) {
    let pending = Pending()
    self.durably = durably
    self.id = id
    self.pending = pending
    self.ledger = ledger
    blocks = BlockWriter { key, first, block throws(StoreError) in
      let key = StoreKey.block(ledger.timeline, id, key, Position(first))
      pending.batch.put(key, StoredValue.wrap(block, form: Run.form, key: key))
      pending.bytes += block.count
      if pending.bytes < StoredRunWriter.batchBytes { return }
      try ledger.commit(pending.batch, durably: false)
      (pending.batch, pending.bytes) = (WriteBatch(), 0)
    }
  }

  mutating func finish(era: UInt32, after: UInt64, through: UInt64) throws(StoreError) -> Run {
    try blocks.flush()
    // Durable before anything says that it is there.
    if blocks.versions > 0 { try ledger.commit(pending.batch, durably: durably) }
    return Run(id: id, era: era, after: after, through: through, versions: blocks.versions, bytes: blocks.byteCount)
  }
}

extension LedgerState {
  /// The runs in memory by table and era, which nobody touches until they are replaced or unsealed.
  fileprivate mutating func sealTail() -> [(TableID, [(TableShape, [Run])])] {
    tables.keys.sorted().compactMap { table in
      let tail = tables[table]!.sealTail()
      return tail.isEmpty ? nil : (table, tail)
    }
  }

  fileprivate mutating func unsealTail() {
    for table in tables.keys { tables[table]!.unseal() }
  }
}

extension TableState {
  fileprivate mutating func sealTail() -> [(TableShape, [Run])] {
    for index in runs.indices where runs[index].blocks != nil { runs[index].isSealed = true }
    return eras.compactMap { era in
      let tail = runs.filter { $0.era == era.number && $0.isSealed }
      return tail.isEmpty ? nil : (era.shape, tail)
    }
  }

  fileprivate mutating func unseal() {
    for index in runs.indices { runs[index].isSealed = false }
  }

  fileprivate mutating func replaceSealed(with stored: [Run]) {
    let place = runs.firstIndex { $0.isSealed } ?? runs.count
    runs.removeAll { $0.isSealed }
    runs.insert(contentsOf: stored, at: place)
  }
}

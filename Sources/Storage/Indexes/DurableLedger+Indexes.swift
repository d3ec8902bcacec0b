import Relations

/// Indexes of images, on demand: made when somebody first asks, brought up to the ledger's end whenever somebody asks, dropped when for
/// long nobody did, and with the process. The ledger knows how to make one anew, so nothing about them needs to survive.
extension DurableLedger {
  /// An index over columns of a table's rows, up to the ledger's end.
  ///
  /// Making one reads all rows; asking for it again reads what happened since.
  ///
  /// - Parameters:
  ///   - columns: places in the row, the most significant first.
  ///   - position: one that it is to be asked at: an index does not go beyond where the table was emptied or its columns changed.
  /// - Throws: `unknown` if the table's rows were not loaded.
  public func index(
    of table: TableID, on columns: [Int], at position: Position? = nil
  ) throws(StoreError) -> TableIndex {
    try indexes.withLock { indexes throws(StoreError) in
      if isBroken.withLock({ $0 }) { throw .failed(doing: "making an index", "an earlier write failed") }
      let reader = try read()
      if let position { try reader.require(position) }
      let id = try reader.index(of: table, on: columns, at: position ?? reader.end)
      do throws(StoreError) {
        let known = indexes[id]
        var index = if let known { try caughtUp(known, id, reader) } else { try build(id, reader) }
        index.rested = 0
        indexes[id] = index
        return try TableIndex(try read(), id, index)
      } catch {
        drop(id, &indexes)
        throw error
      }
    }
  }

  /// What indexes there are.
  public var indexStatistics: [IndexStatistics] {
    indexes.withLock { indexes in
      indexes.map { id, index in
        IndexStatistics(
          table: id.table, columns: id.columns, entries: index.runs.reduce(0) { $0 + $1.versions }, bytes: index.bytes)
      }.sorted { ($0.table, $0.columns.description) < ($1.table, $1.columns.description) }
    }
  }
}

extension LedgerReader {
  fileprivate func index(of id: TableID, on columns: [Int], at position: Position) throws(StoreError) -> IndexID {
    guard let table = state.tables[id] else { throw .unknown("image of \(id): its rows were not loaded (a base settles that)") }
    let era = table.era(at: position.number)
    for column in columns where !era.shape.types.indices.contains(column) || !era.shape.types[column].id.isEvaluated {
      throw .unknown("index of \(id) on column \(column): its values cannot be compared")
    }
    return IndexID(table: id, columns: columns, era: era.number)
  }
}

// MARK: - Making and bringing up

extension DurableLedger {
  /// Of all rows at the first position that somebody can ask at, and of what happened since.
  private func build(_ id: IndexID, _ reader: LedgerReader) throws(StoreError) -> IndexState {
    let (table, era) = try reader.era(of: id)
    let from = reader.state.firstRetained(from: era.position)
    guard table.era(at: from).number == era.number else {
      throw .notRetained(Position(era.position), horizon: reader.horizon)
    }
    let through = reader.end.number
    var builder = IndexBuilder(self, era, id.columns, after: 0, through: through)
    let rows = try reader.scan(id.table, at: Position(from))
    while let block = try rows.next() { try builder.add(block) }
    var changes = WholeChanges(reader, id.table, table, era, since: from, through: through)
    while let block = try changes.next() { try builder.add(block) }
    var runs = try builder.finish()
    if runs.count >= TableState.fanIn { runs = try mergedIndex(runs, era.shape, reader.state) }
    let bytes = runs.reduce(0) { $0 + $1.bytes }
    return IndexState(shape: era.shape, from: from, through: through, runs: runs, settledBytes: bytes)
  }

  /// With what happened since.
  private func caughtUp(_ old: IndexState, _ id: IndexID, _ reader: LedgerReader) throws(StoreError) -> IndexState {
    let through = reader.end.number
    if old.through == through { return old }
    let (table, era) = try reader.era(of: id)
    var index = old
    var builder = IndexBuilder(self, era, id.columns, after: old.through, through: through)
    var changes = WholeChanges(reader, id.table, table, era, since: old.through, through: through)
    while let block = try changes.next() { try builder.add(block) }
    index.runs += try builder.finish()
    index.through = through
    if let range = Run.mergeable(index.runs, index.runs.indices) {
      index.runs.replaceSubrange(range, with: try mergedIndex(Array(index.runs[range]), era.shape, reader.state))
    }
    return index
  }

  /// Runs of an index as one, or none.
  private func mergedIndex(_ runs: [Run], _ shape: TableShape, _ known: LedgerState) throws(StoreError) -> [Run] {
    let snapshot = try store.snapshot()
    let policy = MergePolicy(pins: known.pinned, horizon: known.horizon)
    let merge = RunMerge(runs.map { $0.cursor(snapshot, shape, timeline) }, shape.types, policy)
    var writer = StoredRunWriter(self, id: newRun(), durably: false)
    while try merge.advance() {
      try merge.withVersion { version throws(StoreError) in try writer.blocks.append(version) }
    }
    let merged = try writer.finish(era: runs[0].era, after: runs[0].after, through: runs[runs.count - 1].through)
    try remove(runs)
    return merged.versions > 0 ? [merged] : []
  }

  private func remove(_ runs: [Run]) throws(StoreError) {
    var batch = WriteBatch()
    for run in runs { batch.deleteAll(in: KeyRange(prefix: StoreKey.run(timeline, run.id))) }
    if !batch.isEmpty { try commit(batch, durably: false) }
  }
}

// MARK: - Letting go

extension DurableLedger {
  /// Brings indexes that are used up to the end, and drops the others. Under the lock of maintenance, and before the horizon moves: so no
  /// index is ever behind it, and nothing is combined across the place from which an index goes on.
  func tendIndexes() {
    indexes.withLock { indexes in
      for (id, index) in indexes {
        guard index.rested < options.coldAfter, !isBroken.withLock({ $0 }) else {
          drop(id, &indexes)
          continue
        }
        do throws(StoreError) {
          let reader = try read()
          var next = try caughtUp(index, id, reader)
          next.rested += 1
          if next.bytes > 2 * index.settledBytes + BlockWriter.fullCount {
            next.runs = try mergedIndex(next.runs, next.shape, reader.state)
            next.settledBytes = next.bytes
          }
          indexes[id] = next
        } catch {
          drop(id, &indexes)
        }
      }
    }
  }

  /// Forgets all indexes; they are made anew when somebody asks.
  public func dropIndexes() { indexes.withLock { dropAll(&$0) } }

  /// Forgets them all. Under their lock.
  func dropAll(_ indexes: inout [IndexID: IndexState]) { for id in Array(indexes.keys) { drop(id, &indexes) } }

  /// Who reads one has a snapshot in which it still is.
  private func drop(_ id: IndexID, _ indexes: inout [IndexID: IndexState]) {
    let index = indexes.removeValue(forKey: id)
    // If this fails, they go when the store is opened again.
    if let index { try? remove(index.runs) }
  }
}

extension LedgerState {
  /// The first position from one on that somebody may still ask from.
  fileprivate func firstRetained(from position: UInt64) -> UInt64 {
    let pins = pins.values.lazy.filter { $0.rewoundTo == nil && $0.position.number >= position }.map(\.position.number)
    return min(max(horizon, position), pins.min() ?? .max)
  }
}

extension LedgerReader {
  fileprivate func era(of id: IndexID) throws(StoreError) -> (table: TableState, era: Era) {
    guard let table = state.tables[id.table], let era = table.eras.first(where: { $0.number == id.era }) else {
      throw .unknown("index of \(id.table): its rows have gone")
    }
    return (table, era)
  }
}

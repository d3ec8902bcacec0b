import Relations

/// What a collection has done.
public struct Collected: Hashable, Sendable {
  /// Bytes of versions, before and after.
  public let before: Int
  public let after: Int
}

extension DurableLedger {
  /// Reclaims what nobody can ask for any more. To be called now and then, by whatever thread: readers, writers and new pins go on
  /// meanwhile.
  ///
  /// A merge works by the pins and the horizon at its beginning. That stays right whatever happens then: a later pin is at one of
  /// these pins or past the horizon, and a removed one has been kept for longer than was necessary.
  ///
  /// - Parameter horizon: positions before it are retained where they are pinned only. It never goes back.
  @discardableResult
  public func collect(horizon: Position) throws(StoreError) -> Collected {
    try maintenance.withLock { _ throws(StoreError) in
      try deriveAlone()
      if isBroken.withLock({ $0 }) { throw .failed(doing: "collecting", "an earlier write failed") }
      tendIndexes()
      return try collectStored(before: horizon)
    }
  }

  /// Of what is in runs in the store. Under the lock of maintenance.
  private func collectStored(before horizon: Position) throws(StoreError) -> Collected {
    try advance(to: horizon)
    let before = state.withLock { $0.storedBytes }
    let tables = state.withLock { $0.tables.keys.sorted() }
    for table in tables {
      try dropEras(of: table)
      try fold(table)
      for era in state.withLock({ $0.tables[table]?.eras ?? [] }) { try merge(table, era) }
    }
    return Collected(before: before, after: state.withLock { $0.storedBytes })
  }

  /// What a collection would come to now: the same collection, on a store that forgets what is written.
  ///
  /// What is in memory is derived before; otherwise nothing changes.
  ///
  /// - Parameter names: pins that are taken for removed.
  public func wouldCollect(horizon: Position, removing names: [String] = []) throws(StoreError) -> Collected {
    let (snapshot, settled) = try maintenance.withLock { _ throws(StoreError) in
      try deriveAlone()
      if isBroken.withLock({ $0 }) { throw .failed(doing: "collecting", "an earlier write failed") }
      return (try store.snapshot(), self.settled.withLock { $0 })
    }
    let trial = try DurableLedger(in: ForgetfulStore(snapshot), options: options)
    trial.settled.withLock { $0 = settled }
    try trial.state.withLock { state throws(StoreError) in
      for name in names where state.pins.removeValue(forKey: name) == nil { throw .unknown("pin '\(name)'") }
    }
    return try trial.maintenance.withLock { _ throws(StoreError) in try trial.collectStored(before: horizon) }
  }

  /// How many bytes of versions would be free if some pins went, at the horizon as it is, beyond what a collection would free anyway.
  public func wouldFree(removing names: [String]) throws(StoreError) -> Int {
    let horizon = try read().horizon
    return try wouldCollect(horizon: horizon).after - wouldCollect(horizon: horizon, removing: names).after
  }

  /// Moves the horizon, and drops from the log what is before it.
  private func advance(to horizon: Position) throws(StoreError) {
    let reader = try read()
    let wanted = min(max(horizon.number, reader.state.horizon), reader.state.derived.position.number)
    let time = wanted > reader.state.horizon ? try reader.commitTime(at: Position(wanted)) : reader.state.horizonTime
    var batch = WriteBatch()
    let log = StoreKey.log(timeline)
    batch.deleteAll(in: KeyRange(from: log, to: StoreKey.log(timeline, LogPlace(Position(wanted), .max)) + [0]))
    let times = reader.snapshot.cursor(KeyRange(prefix: StoreKey.times(timeline)))
    var cut: [UInt8]?
    var latest = reader.state.horizonLatest
    while let (key, _) = try times.next(), StoreKey.number(key[13..<21], as: UInt64.self) <= wanted {
      cut = key + [0]
      latest = StoreKey.time(of: key)
    }
    // An entry that goes across the horizon is not in the index by what of it is before.
    if let crossing = try reader.crossing(Position(wanted)) { latest = [latest, crossing].compactMap { $0 }.max() }
    if let cut { batch.deleteAll(in: KeyRange(from: StoreKey.times(timeline), to: cut)) }
    try state.withLock { state throws(StoreError) in
      var next = state
      next.horizon = max(wanted, next.horizon)
      next.horizonTime = time
      next.horizonLatest = latest
      next.logStart = max(next.logStart, wanted)
      next.dropEvents()
      try write(next, batch, durably: true)
      state = next
    }
  }

  /// Drops eras that ended before anybody can ask.
  private func dropEras(of table: TableID) throws(StoreError) {
    try state.withLock { state throws(StoreError) in
      let seen = state.firstRetained
      var next = state
      guard var changed = next.tables[table] else { return }
      // The era that the first retained position is in, and those after it.
      guard let kept = changed.eras.lastIndex(where: { $0.position <= seen }), kept > 0 else { return }
      let gone = Set(changed.eras[..<kept].map(\.number))
      var old = changed.runs.filter { gone.contains($0.era) }
      changed.runs.removeAll { gone.contains($0.era) }
      changed.eras.removeFirst(kept)
      if let base = changed.base, gone.contains(base.era) {
        old += base.runs
        changed.base = nil
      }
      next.tables[table] = changed
      var batch = WriteBatch()
      for run in old { batch.deleteAll(in: KeyRange(prefix: StoreKey.run(timeline, run.id))) }
      try write(next, batch, durably: true)
      state = next
    }
  }

  /// Adds to the rows of the base what happened until the first position that somebody may ask from.
  private func fold(_ id: TableID) throws(StoreError) {
    let known = state.withLock { $0 }
    let seen = known.firstRetained
    guard let table = known.tables[id], table.base?.isComplete ?? true else { return }
    let era = table.era(at: seen)
    guard let floor = table.floor(of: era), floor < seen else { return }
    let base = table.base.flatMap { $0.era == era.number ? $0 : nil }
    let snapshot = try store.snapshot()
    let stored = table.runs.filter { $0.era == era.number && $0.blocks == nil && $0.through > floor && $0.after < seen }
    if stored.isEmpty, base != nil { return try moveBase(id, era, base!.runs, from: base, to: seen) }
    let window = RunCursor.Window(after: floor, through: seen)
    let cursors =
      (base?.runs ?? []).map { $0.cursor(snapshot, era.shape, timeline) }
      + stored.map { $0.cursor(snapshot, era.shape, timeline, window) }
    let merge = RunMerge(cursors, era.shape.types, .net)
    var writer = StoredRunWriter(self, id: newRun())
    while try merge.advance() {
      try merge.withVersion { version throws(StoreError) in
        if let row = version.asBase { try writer.blocks.append(row) }
      }
    }
    let run = try writer.finish(era: era.number, after: 0, through: 0)
    try moveBase(id, era, run.versions > 0 ? [run] : [], from: base, to: seen)
  }

  private func moveBase(
    _ id: TableID, _ era: Era, _ runs: [Run], from old: BaseState?, to position: UInt64
  ) throws(StoreError) {
    try state.withLock { state throws(StoreError) in
      var next = state
      let rows = runs.reduce(0) { $0 + $1.versions }
      next.tables[id]!.base = BaseState(era: era.number, position: position, runs: runs, isComplete: true, rows: rows)
      var batch = WriteBatch()
      let kept = Set(runs.map(\.id))
      for run in old?.runs ?? [] where !kept.contains(run.id) {
        batch.deleteAll(in: KeyRange(prefix: StoreKey.run(timeline, run.id)))
      }
      try write(next, batch, durably: true)
      state = next
    }
  }

  /// Merges an era's runs by what nobody can tell apart any more.
  private func merge(_ id: TableID, _ era: Era) throws(StoreError) {
    let known = state.withLock { $0 }
    guard let table = known.tables[id] else { return }
    var policy = known.policy(for: table, era)
    // What has become part of the base is not needed beside it. (The first retained position may have moved since.)
    policy.unseen = min(known.firstRetained, table.floor(of: era) ?? .max)
    let runs = table.runs.filter { $0.era == era.number && $0.blocks == nil }
    // Of the oldest ones, those that the policy leaves as they are.
    let settled = settled.withLock { $0 }
    var kept = runs.prefix { settled[$0.id] == Settlement(policy, $0) }
    let changed = runs.dropFirst(kept.count)
    if changed.isEmpty { return }
    let bytes = changed.reduce(0) { $0 + $1.bytes }
    while let last = kept.last, last.bytes < 4 * bytes { kept.removeLast() }
    let old = Array(runs.dropFirst(kept.count))
    if let run = old.first, old.count == 1, run.after >= policy.horizon, run.limit == .max { return }
    let merged = try rewrite(old, era.shape, policy)
    try replace(old, with: merged.versions > 0 ? [merged] : [], of: id)
    self.settled.withLock { settled in
      for run in old { settled[run.id] = nil }
      settled[merged.id] = Settlement(policy, merged)
    }
  }
}

/// By what a run was merged, as far as it matters to the run: if that is still so, merging it again would change nothing.
struct Settlement: Hashable, Sendable {
  let pins: [UInt64]
  let horizon: UInt64
  let unseen: UInt64

  init(_ policy: MergePolicy, _ run: Run) {
    pins = policy.pins.filter { $0 > run.after && $0 < run.through }
    horizon = min(policy.horizon, run.through)
    unseen = min(policy.unseen, run.through)
  }
}

extension LedgerState {
  /// Bytes of versions and rows, as they are in blocks.
  var storedBytes: Int {
    tables.values.reduce(0) { $0 + ($1.runs + ($1.base?.runs ?? [])).reduce(0) { $0 + $1.bytes } }
  }

  /// Events before anybody can ask go; what the log covers stays.
  fileprivate mutating func dropEvents() {
    let seen = firstRetained
    let start = events.lastIndex { if case .start = $0.event { true } else { false } }
    events = events.indices.filter { events[$0].place.position.number > seen || $0 == start }.map { events[$0] }
  }
}

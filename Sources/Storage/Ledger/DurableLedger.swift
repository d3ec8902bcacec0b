import Glibc
import Queries
import Relations
import Synchronization

/// A timeline's changes in a store: acknowledged once they are durable, asked for from every pinned position and every one within
/// the horizon.
///
///     append ──▶ log (durable) ──▶ runs in memory ──derive──▶ runs in the store ──collect──▶ fewer of them
///                                          └───────── readers see all of them ─────────┘
///
/// The log is the truth; everything else is computed from it and says how far it has come, so that nothing is lost with what was
/// not durable yet. One process owns the store, and any of its threads may call anything here.
///
/// Shaped for batches of a thousand changes, and for many writers with a transaction each, who share a sync.
public final class DurableLedger: Sendable {
  public let options: Options
  let store: any KeyValueStore
  let timeline: UInt32 = 0
  let state: Mutex<LedgerState>
  let commits: GroupCommit
  /// Held by whoever rewrites runs: one at a time.
  let maintenance = Mutex(0)
  /// Set when a write threw: then the store is the truth, not what is in memory, and is read again before anything else is written.
  let isBroken = Mutex(false)
  /// By what the runs in the store were merged, as far as this process did it.
  let settled = Mutex<[UInt64: Settlement]>([:])
  /// Held by whoever makes one or asks for one; taken before the lock of the state, and after that of maintenance.
  let indexes = Mutex<[IndexID: IndexState]>([:])
  private let keys: Mutex<[TableID: [Int]]>

  public struct Options: Sendable {
    /// How long a writer waits for others to share its sync with, in microseconds.
    public var groupWait: UInt32 = 0
    /// How many bytes of changes may be in memory until an append derives runs itself rather than leave it to `derive`.
    public var tailLimit = 256 << 20
    /// How many bytes of an index are sorted in memory at a time.
    public var sortLimit = 32 << 20
    /// An index that nobody asked for during so many collections goes.
    public var coldAfter = 600

    public init() {}
  }

  /// Opens the ledger that is in a store, or begins one.
  ///
  /// - Parameter start: of a new one: what came before is not asked for.
  public init(
    in store: any KeyValueStore, from start: Position = .start, options: Options = Options(),
    keys: [TableID: [Int]] = [:]
  ) throws(StoreError) {
    self.store = store
    self.options = options
    self.keys = Mutex(keys)
    commits = GroupCommit()
    state = Mutex(LedgerState(from: start))
    try StoreFormat.check(store)
    try maintenance.withLock { _ throws(StoreError) in try reload(from: start) }
  }

  /// Says which columns tell rows of a table apart, from the next transaction on.
  public func setKey(of table: TableID, _ columns: [Int]?) { keys.withLock { $0[table] = columns } }

  func key(of table: TableID) -> [Int]? { keys.withLock { $0[table] } }
}

// MARK: - Opening

extension DurableLedger {
  /// Reads what the store has, and what the log has beyond. Under the lock of maintenance.
  func reload(from start: Position) throws(StoreError) {
    let snapshot = try store.snapshot()
    let key = StoreKey.ledger(timeline)
    var state = LedgerState(from: start)
    if let value = try snapshot.value(of: key) { state = try LedgerState(value, key: key) }
    state.pins = try Pin.all(in: snapshot)
    try indexes.withLock { indexes throws(StoreError) in
      indexes = [:]
      try removeOrphans(snapshot, state)
      self.state.withLock { $0 = state }
    }
    if try snapshot.value(of: key) == nil { try writeState(durably: true) }
    try replay(snapshot)
  }

  /// Blocks of runs that were being written when the process ended, or when a write threw, belong to nobody.
  private func removeOrphans(_ snapshot: any KeyValueSnapshot, _ state: LedgerState) throws(StoreError) {
    let known = Set(state.tables.values.flatMap { $0.runs + ($0.base?.runs ?? []) }.map(\.id))
    let all = KeyRange(prefix: StoreKey.runs(timeline))
    var batch = WriteBatch()
    var lower = all.lower
    while let (key, _) = try snapshot.cursor(KeyRange(from: lower, to: all.upper)).next() {
      let run = StoreKey.number(key[5..<13], as: UInt64.self)
      let blocks = KeyRange(prefix: StoreKey.run(timeline, run))
      if !known.contains(run) { batch.deleteAll(in: blocks) }
      lower = blocks.upper
    }
    if !batch.isEmpty { try commit(batch, durably: false) }
  }

  /// Brings what is in memory up to the end of the log.
  private func replay(_ snapshot: any KeyValueSnapshot) throws(StoreError) {
    let derived = state.withLock { $0.derived }
    let cursor = snapshot.cursor(
      KeyRange(
        from: StoreKey.log(timeline, derived) + [0], to: KeyRange(prefix: StoreKey.log(timeline)).upper))
    while let (key, value) = try cursor.next() {
      let place = LogPlace(key: key)
      switch try LogEntry.read(value, key: key) {
      case .event(let event): state.withLock { $0.add(event, at: place) }
      case .transactions(let parts):
        // Writers who share an entry are published one after the other.
        for part in parts where part.batch.last.map({ $0 > derived.position }) ?? false {
          let keys = Dictionary(zip(part.batch.tables.map(\.table), part.keys)) { $1 }
          let pieces = try BatchPieces(part.batch) { keys[$0] ?? nil }
          try publish(part.batch, pieces, at: LogPlace(part.batch.last ?? place.position))
        }
      }
      if state.withLock({ $0.tailBytes }) > options.tailLimit { try deriveAlone() }
    }
  }
}

extension LedgerState {
  mutating func add(_ event: StreamEvent, at place: LogPlace) {
    events.append(PlacedEvent(place: place, event: event))
    end = max(end, place)
  }
}

// MARK: - Publishing

extension DurableLedger {
  /// Lets readers see what has become durable.
  func publish(_ batch: TransactionBatch, _ pieces: BatchPieces, at place: LogPlace) throws(StoreError) {
    let merges = state.withLock { state in
      let after = state.end.position.number
      var merges: [TableID] = []
      for changed in pieces.tables {
        var table = state.tables.removeValue(forKey: changed.table) ?? TableState(changed.shape)
        table.add(changed, after: after, through: place.position.number, nextRun: &state.nextRun)
        if table.mergeableInMemory() != nil { merges.append(changed.table) }
        state.tables[changed.table] = table
      }
      for header in batch.transactions { state.latestTime = [state.latestTime, header.committedAt].compactMap { $0 }.max() }
      state.end = place
      return merges
    }
    for table in merges { try mergeInMemory(table) }
  }

  /// Only whoever appends calls this, so nobody else adds runs meanwhile. Deriving may seal some, and collecting may make fewer of those
  /// before them, at any time: so places are looked up under the lock that they are used under.
  private func mergeInMemory(_ table: TableID) throws(StoreError) {
    let found = state.withLock { state -> (runs: [Run], shape: TableShape)? in
      guard let table = state.tables[table], let range = table.mergeableInMemory() else { return nil }
      return (Array(table.runs[range]), table.era.shape)
    }
    guard let (runs, shape) = found else { return }
    let collector = MemoryBlocks.Collector()
    var writer = BlockWriter { collector.add($0, $2) }
    let merge = RunMerge(runs.map { $0.cursor(nil, shape, timeline) }, shape.types, .whole)
    while try merge.advance() { try merge.withVersion { version throws(StoreError) in try writer.append(version) } }
    try writer.flush()
    let (blocks, versions, bytes) = (collector.collected, writer.versions, writer.byteCount)
    state.withLock { state in
      let ids = Set(runs.map(\.id))
      guard var changed = state.tables.removeValue(forKey: table) else { return }
      defer { state.tables[table] = changed }
      guard let first = changed.runs.firstIndex(where: { $0.id == runs[0].id }),
        first + runs.count <= changed.runs.count,
        changed.runs[first..<first + runs.count].allSatisfy({ ids.contains($0.id) && !$0.isSealed })
      else { return }
      let merged = Run(
        id: state.nextRun, era: runs[0].era, after: runs[0].after, through: runs[runs.count - 1].through, versions: versions,
        bytes: bytes, blocks: blocks)
      state.nextRun += 1
      changed.runs.replaceSubrange(first..<first + runs.count, with: [merged])
    }
  }

  /// Writes the state, and whatever goes with it, at once.
  func writeState(_ batch: WriteBatch = WriteBatch(), durably: Bool) throws(StoreError) {
    try state.withLock { state throws(StoreError) in try write(state, batch, durably: durably) }
  }

  func write(_ state: LedgerState, _ batch: WriteBatch, durably: Bool) throws(StoreError) {
    let key = StoreKey.ledger(timeline)
    var batch = batch
    batch.put(key, StoredValue.wrap(state.stored, form: LedgerState.form, key: key))
    try commit(batch, durably: durably)
  }

  /// Writes, and remembers if that threw.
  func commit(_ batch: WriteBatch, durably: Bool) throws(StoreError) {
    do throws(StoreError) { try store.write(batch, durably: durably) } catch {
      isBroken.withLock { $0 = true }
      throw error
    }
  }

  /// Does something that changes the state while nobody else does.
  func alone<Value>(_ body: () throws(StoreError) -> Value) throws(StoreError) -> Value {
    try commits.alone { () throws(StoreError) in
      try recoverIfNeeded()
      return try body()
    }
  }

  func recoverIfNeeded() throws(StoreError) {
    guard isBroken.withLock({ $0 }) else { return }
    try maintenance.withLock { _ throws(StoreError) in
      try store.recover()
      isBroken.withLock { $0 = false }
      do throws(StoreError) { try reload(from: .start) } catch {
        isBroken.withLock { $0 = true }
        throw error
      }
    }
  }
}

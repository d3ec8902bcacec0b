import Circuits
import Expressions
import Queries
import Relations
import Sentry
import Storage

/// What was computed of one state for one read and serves the next: spans, differences and states, made when first asked for.
///
/// Whoever needs what another thread is computing waits for it, rather than computing it too.
final class RunMemory: @unchecked Sendable {
  let engine: VerdictEngine
  let asOf: Position

  private let lock = ReentrantLock()
  private var spans: [SpanKey: TableSpan?] = [:]
  private var overlays: [Standpoint: [TableID: TableOverlay]] = [:]
  private var deltas: [DeltaKey: TableDelta] = [:]
  private var keys: [DeltaKey: ChangedKeys] = [:]
  /// nil where nothing has happened.
  private var traffics: [TableID: TableTraffic?] = [:]
  /// From which somebody asks; nil if nobody does.
  private let earliestFork: Position?
  private var states: [StateKey: Result<ZSet, SnapshotFailure>] = [:]
  /// The rows of old ends, and what they changed by, as something that rows are looked up in.
  private var images: [StateKey: Result<IndexedRows, SnapshotFailure>] = [:]
  /// How many rows the spans, differences and states have that are kept.
  private var keptRows = 0
  /// Earlier states that were asked of.
  private var earlier: [Position: RunMemory] = [:]

  init(_ engine: VerdictEngine, asOf: Position, earliestFork: Position?) {
    self.engine = engine
    self.asOf = asOf
    self.earliestFork = earliestFork
  }

  private struct SpanKey: Hashable {
    let table: TableID
    let since: Position
  }

  private struct DeltaKey: Hashable {
    let table: TableID
    let standpoint: Standpoint
  }

  private struct StateKey: Hashable {
    let table: TableID
    let standpoint: Standpoint
    let side: Side
  }
}

/// The two states that a verdict compares, the latter once for each way to resolve what both sides changed.
enum Side: Hashable {
  case then
  case now(Way)

  enum Way: Hashable { case branch, main }
}

extension RunMemory {
  /// What main did to a table since a position.
  func span(_ table: TableID, since: Position) -> TableSpan? {
    remembered(SpanKey(table: table, since: since), in: \.spans, rows: { $0?.count ?? 0 }) {
      engine.ledger.span(of: table, since: since, until: asOf)
    }
  }

  func overlay(_ table: TableID, _ standpoint: Standpoint) -> TableOverlay? {
    guard let branch = standpoint.branch else { return nil }
    return remembered(standpoint, in: \.overlays) { engine.branches[branch]!.overlay(standpoint.writes, engine.schema) }[table]
  }

  /// Whether the branch wrote to a table itself.
  func isWritten(_ table: Table, _ standpoint: Standpoint) -> Bool { overlay(table.id, standpoint) != nil }

  /// How a table differs between the two states.
  func delta(_ table: Table, _ standpoint: Standpoint) -> TableDelta {
    remembered(DeltaKey(table: table.id, standpoint: standpoint), in: \.deltas, rows: { $0.branch.count }) {
      TableDelta(table, span(table.id, since: standpoint.fork), under: overlay(table.id, standpoint))
    }
  }

  /// Of which rows the changes of that difference are, the branch's way.
  func changedKeys(_ table: Table, _ standpoint: Standpoint) -> ChangedKeys {
    remembered(DeltaKey(table: table.id, standpoint: standpoint), in: \.keys) {
      ChangedKeys(table, delta(table, standpoint).branch, span(table.id, since: standpoint.fork))
    }
  }

  /// What main did to a table since the earliest fork; nil if nothing.
  func traffic(_ table: Table) -> TableTraffic? {
    remembered(table.id, in: \.traffics) {
      let span = earliestFork.flatMap { engine.ledger.span(of: table.id, since: $0, until: asOf) }
      return span.map { TableTraffic(table, $0, key: engine.key) }
    }
  }

  /// What lies between the two states for those who look at some columns of a table.
  func sight(_ table: Table, _ columns: [Int], _ standpoint: Standpoint) -> TableSight {
    guard let traffic = traffic(table) else { return .traffic(from: 0, nil) }
    return traffic.sight(of: columns, since: standpoint.fork, under: overlay(table.id, standpoint))
  }

  /// A table's rows in one of the states.
  func state(_ table: Table, _ standpoint: Standpoint, _ side: Side) throws(SnapshotFailure) -> ZSet {
    let key = StateKey(table: table.id, standpoint: standpoint, side: side)
    return try remembered(key, in: \.states, rows: { (try? $0.get().count) ?? 0 }) {
      Result { () throws(SnapshotFailure) in try evaluated(table, standpoint, side) }
    }.get()
  }

  /// The rows of the old end, or what they change by, to be looked up.
  func image(_ table: Table, _ standpoint: Standpoint, _ side: Side) throws(SnapshotFailure) -> IndexedRows {
    let key = StateKey(table: table.id, standpoint: standpoint, side: side)
    return try remembered(key, in: \.images, rows: { (try? $0.get().count) ?? 0 }) {
      Result { () throws(SnapshotFailure) in
        guard case .now(let way) = side else { return IndexedRows(try state(table, standpoint, .then)) }
        return IndexedRows(try changes(table, standpoint, way))
      }
    }.get()
  }

  /// An earlier state; nil of one that is new where it may not be.
  func at(_ position: Position, ifNew mayBeNew: @autoclosure () -> Bool) -> RunMemory? {
    lock.withLock {
      if let known = earlier[position] { return known }
      guard mayBeNew() else { return nil }
      if earlier.count == Self.keptStates { earlier.removeAll() }
      let memory = RunMemory(engine, asOf: position, earliestFork: earliestFork)
      earlier[position] = memory
      return memory
    }
  }

  /// Neighbouring reads ask of the same states.
  private static let keptStates = 64

  /// What is there under a name, or is made now.
  private func remembered<Key: Hashable, Kept>(
    _ key: Key, in place: ReferenceWritableKeyPath<RunMemory, [Key: Kept]>, rows: (Kept) -> Int = { _ in 0 }, _ make: () -> Kept
  ) -> Kept {
    lock.withLock {
      if let known = self[keyPath: place][key] { return known }
      let made = make()
      makeRoom(for: rows(made))
      self[keyPath: place][key] = made
      return made
    }
  }

  /// Of a thousand branches not all that they saw is kept.
  private func makeRoom(for rows: Int) {
    keptRows += rows
    guard keptRows > Self.mostRows else { return }
    (spans, deltas, keys, states, overlays, images) = ([:], [:], [:], [:], [:], [:])
    keptRows = rows
  }

  private static let mostRows = 8_000_000
}

// MARK: - States

extension RunMemory {
  private func evaluated(_ table: Table, _ standpoint: Standpoint, _ side: Side) throws(SnapshotFailure) -> ZSet {
    // Without rows to begin with, what has happened to them need not be known.
    if engine.base == nil { throw SnapshotFailure(table.id, .noBase) }
    let delta = delta(table, standpoint)
    if let doubt = delta.doubt ?? delta.unknown.values.first { throw SnapshotFailure(table.id, doubt) }
    switch side {
    case .then: return try engine.rows(of: table, at: standpoint.fork, under: overlay(table.id, standpoint))
    case .now(let way):
      let before = try state(table, standpoint, .then)
      let after = (before + (way == .main ? delta.main ?? delta.branch : delta.branch)).consolidated()
      guard after.weights.allSatisfy({ $0 > 0 }) else { throw SnapshotFailure(table.id, .gap) }
      return after
    }
  }
}

extension RunMemory {
  /// What main changed the old end by, under the branch's writes.
  ///
  /// - Throws: where a row would be there less than never, as the whole new end does.
  private func changes(_ table: Table, _ standpoint: Standpoint, _ way: Side.Way) throws(SnapshotFailure) -> ZSet {
    let before = try image(table, standpoint, .then)
    let delta = delta(table, standpoint)
    let changes = way == .main ? delta.main ?? delta.branch : delta.branch
    guard let key = table.comparableKey else {
      _ = try state(table, standpoint, .now(way))
      return changes
    }
    let touched = before.found(key, among: changes.rows.projecting(key))
    guard (touched + changes).consolidated().weights.allSatisfy({ $0 > 0 }) else { throw SnapshotFailure(table.id, .gap) }
    return changes
  }
}

extension StreamEvent {
  /// Why rows of a base say nothing of a later state, if this came between.
  fileprivate func doubt(_ base: Position, _ state: Position) -> DoubtReason? {
    guard base < position, position <= state else { return nil }
    return switch self {
    case .gap: .gap
    case .rewind: .rewound
    case .start, .transaction, .schemaChange: nil
    }
  }
}

extension VerdictEngine {
  /// Main's rows at a fork, with a branch's writes laid over them.
  func rows(of table: Table, at fork: Position, under overlay: TableOverlay?) throws(SnapshotFailure) -> ZSet {
    // Nothing is left of main's rows.
    if let overlay, overlay.isEmptied { return try overlay.laid(over: ZSet(table.types)) }
    if fork > ledger.end { throw SnapshotFailure(table.id, .notReached) }
    if !ledger.retains(fork) { throw SnapshotFailure(table.id, .notRetained) }
    guard let base, let batches = base.rows[table.id], base.position <= fork else { throw SnapshotFailure(table.id, .noBase) }
    guard base.isFollowed(by: coverage, table.id) else { throw SnapshotFailure(table.id, .notCovered) }
    // Past a hole in the log the base says nothing of the fork.
    if let doubt = ledger.events.lazy.compactMap({ $0.doubt(base.position, fork) }).first { throw SnapshotFailure(table.id, doubt) }
    if schemaHistory.touches(table.id, after: base.position, until: fork) { throw SnapshotFailure(table.id, .schema) }
    let since = ledger.span(of: table.id, since: base.position, until: fork)
    if let since, !since.truncations.isEmpty { throw SnapshotFailure(table.id, .noBase) }
    if let reason = since?.unknown(anyOf: table) { throw SnapshotFailure(table.id, reason) }
    let parts = batches.map { ZSet($0) } + (since.map { [$0.changes] } ?? [])
    var rows = parts.isEmpty ? ZSet(table.types) : ZSet.sum(parts).consolidated()
    // A row that is there less than never: the log and the base do not belong together, or something is missing.
    guard rows.weights.allSatisfy({ $0 > 0 }) else { throw SnapshotFailure(table.id, .gap) }
    if let overlay { rows = try overlay.laid(over: rows) }
    return rows
  }
}

extension TableOverlay {
  /// The table as the branch sees it.
  fileprivate func laid(over rows: ZSet) throws(SnapshotFailure) -> ZSet {
    if let doubt { throw SnapshotFailure(table.id, doubt) }
    guard let key = table.comparableKey else {
      let laid = (rows + ZSet(table.types, bag)).consolidated()
      guard laid.weights.allSatisfy({ $0 > 0 }) else { throw SnapshotFailure(table.id, .noKey) }
      return laid
    }
    var untouched: [Int32] = []
    var made: [(row: [Value], weight: Int64)] = []
    var found: Set<[UInt8]> = []
    let encoded = rows.rows.keys(columns: key)
    for row in 0..<rows.count {
      let bytes = Array(encoded[row])
      guard let write = writes[bytes] else {
        untouched.append(Int32(row))
        continue
      }
      found.insert(bytes)
      // An insert of a row that is there: the branch's log and the base contradict each other.
      if case .insert = write { throw SnapshotFailure(table.id, .contested) }
      if let after = write.applied(to: rows.rows[row]) { made.append((after, 1)) }
    }
    for bytes in keys where !found.contains(bytes) {
      switch writes[bytes] {
      case .insert(let row), .refilled(let row): made.append((row, 1))
      case .update, .delete: throw SnapshotFailure(table.id, .contested)
      case .emptied, nil: break
      }
    }
    return (rows.picking(untouched) + ZSet(table.types, made)).consolidated()
  }
}

import Synchronization

/// Keys and values in memory, on a disk that loses power, fills up and fails when it is told to: the same way for the same seed.
///
///     let store = MemoryStore(faults: .init(powerLossAt: 17))
///     …                                        // the 18th write throws, and everything after it
///     let found = store.afterPowerLoss(&random)   // what somebody finds who starts again
///
/// It takes every freedom that `KeyValueStore` leaves a disk, more than RocksDB takes: of what was not made durable, what remains is
/// the beginning up to a torn write, or any part of it in any order.
public final class MemoryStore: KeyValueStore {
  private let state: Mutex<State>

  fileprivate struct State: Sendable {
    var visible = SortedEntries()
    var durable = SortedEntries()
    /// Since the last durable one.
    var unsynced: [WriteBatch] = []
    /// What was being written durably when the power went.
    var inFlight: (batch: WriteBatch, durably: Bool)?
    var writes = 0
    var failure: StoreError?
    var faults: Faults
  }

  /// What goes wrong, and when. Writes are counted from zero.
  public struct Faults: Sendable {
    /// The power goes during that write.
    public var powerLossAt: Int?
    /// These writes throw; by its number's last bit, such a write is there afterwards or not.
    public var failing: Set<Int> = []
    /// No more bytes than this.
    public var capacity: Int?
    public var isReadOnly = false

    public init(powerLossAt: Int? = nil, failing: Set<Int> = [], capacity: Int? = nil, isReadOnly: Bool = false) {
      self.powerLossAt = powerLossAt
      self.failing = failing
      self.capacity = capacity
      self.isReadOnly = isReadOnly
    }
  }

  public init(faults: Faults = Faults()) { state = Mutex(State(faults: faults)) }

  private init(_ entries: SortedEntries, _ faults: Faults) {
    state = Mutex(State(visible: entries, durable: entries, faults: faults))
  }
}

// MARK: - As a store

extension MemoryStore {
  public func write(_ batch: WriteBatch, durably: Bool) throws(StoreError) {
    let failure = state.withLock { $0.write(batch, durably: durably) }
    if let failure { throw failure }
  }

  public func snapshot() throws(StoreError) -> any KeyValueSnapshot {
    let (entries, failure) = state.withLock { ($0.visible, $0.inFlight != nil ? $0.failure : nil) }
    if let failure { throw failure }
    return MemorySnapshot(entries)
  }

  public func recover() throws(StoreError) {
    let failure = state.withLock { state in
      if state.inFlight == nil { state.failure = nil }
      return state.failure
    }
    if let failure { throw failure }
  }

  public var diskBytes: Int { state.withLock { $0.visible.byteCount } }
}

extension MemoryStore.State {
  fileprivate mutating func write(_ batch: WriteBatch, durably: Bool) -> StoreError? {
    if let failure { return failure }
    defer { writes += 1 }
    if writes == faults.powerLossAt {
      inFlight = (batch, durably)
      failure = .failed(doing: "writing", "the power is out")
    } else if faults.failing.contains(writes) {
      if writes & 1 == 1 { apply(batch, durably: false) }
      failure = .failed(doing: "writing", "input/output error")
    } else if faults.isReadOnly {
      failure = .readOnly(doing: "writing", "read-only file system")
    } else if let capacity = faults.capacity, visible.byteCount + batch.byteCount > capacity, batch.adds {
      failure = .full(doing: "writing", "no space left on device")
    } else {
      apply(batch, durably: durably)
    }
    return failure
  }

  private mutating func apply(_ batch: WriteBatch, durably: Bool) {
    visible.apply(batch)
    if durably {
      durable = visible
      unsynced = []
    } else {
      unsynced.append(batch)
    }
  }
}

extension WriteBatch {
  fileprivate var adds: Bool { operations.contains { if case .put = $0 { true } else { false } } }
}

private final class MemorySnapshot: KeyValueSnapshot {
  let entries: SortedEntries

  init(_ entries: SortedEntries) { self.entries = entries }

  func value(of key: [UInt8]) -> [UInt8]? { entries[key] }

  func cursor(_ range: KeyRange, reversed: Bool) -> any KeyValueCursor {
    let places = entries.places(in: range)
    return MemoryCursor(entries, reversed ? places.reversed() : Array(places))
  }
}

private final class MemoryCursor: KeyValueCursor {
  private let entries: SortedEntries
  private var rest: ArraySlice<Int>

  init(_ entries: SortedEntries, _ places: [Int]) {
    self.entries = entries
    rest = places[...]
  }

  func next() -> (key: [UInt8], value: [UInt8])? {
    rest.popFirst().map { (entries.keys[$0], entries.values[$0]) }
  }
}

// MARK: - As a disk that fails

extension MemoryStore {
  /// How many writes there have been.
  public var writes: Int { state.withLock { $0.writes } }

  /// Changes what goes wrong from now on.
  public func set(_ faults: Faults) { state.withLock { $0.faults = faults } }

  /// What is found by whoever starts again after the power went.
  public func afterPowerLoss(
    _ random: inout some RandomNumberGenerator, faults: Faults = Faults()
  ) -> MemoryStore {
    state.withLock { state in
      var unsynced = state.unsynced
      if let (batch, durably) = state.inFlight {
        unsynced.append(batch)
        // It may have come through: then all before it has too.
        if durably, Bool.random(using: &random) {
          var entries = state.durable
          for batch in unsynced { entries.apply(batch) }
          return MemoryStore(entries, faults)
        }
      }
      var entries = state.durable
      if Bool.random(using: &random) {
        // The disk's journal up to some byte; a batch that is torn there is not there.
        var rest = Int.random(in: 0...unsynced.reduce(0) { $0 + $1.byteCount }, using: &random)
        for batch in unsynced {
          rest -= batch.byteCount
          if rest < 0 { break }
          entries.apply(batch)
        }
      } else {
        for batch in unsynced where Bool.random(using: &random) { entries.apply(batch) }
      }
      return MemoryStore(entries, faults)
    }
  }

  /// All keys, in order.
  public var keys: [[UInt8]] { state.withLock { $0.visible.keys } }

  /// Flips a bit of a value, as disks do.
  public func flip(_ bit: Int, of key: [UInt8]) {
    state.withLock { state in
      state.visible.flip(bit, of: key)
      state.durable = state.visible
      state.unsynced = []
    }
  }

  public func byteCount(of key: [UInt8]) -> Int { state.withLock { $0.visible[key]?.count ?? 0 } }
}

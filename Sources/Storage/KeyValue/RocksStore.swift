import CRocksDB
import Glibc
import Synchronization

/// Keys and values in RocksDB, in a directory that one process owns.
///
/// It refuses to open and to write while little space is left, rather than let RocksDB meet a full disk (see `RocksStore+Space.swift`).
public final class RocksStore: KeyValueStore {
  public let path: String
  let options: Options
  let state: Mutex<State>

  public struct Options: Sendable {
    /// So many bytes of the disk are left for what RocksDB does in the background.
    public var reserve = 256 << 20
    /// How many bytes are in memory before RocksDB makes a file of them.
    public var writeBuffer = 64 << 20

    public init() {}
  }

  struct State: Sendable {
    /// nil after a write that threw, until it has been opened again.
    var handle: RocksHandle?
    /// What was thrown.
    var failure: StoreError?
    /// Whether RocksDB compacts by itself.
    var isCompacting: Bool
  }

  /// Opens a store.
  ///
  /// - Parameter creating: whether to make one if there is none.
  public init(at path: String, creating: Bool = true, options: Options = Options()) throws(StoreError) {
    self.path = path
    self.options = options
    if creating {
      mkdir(path, 0o700)
    } else if access(StoreOwner.data(path), F_OK) != 0 {
      throw .missing(path: path)
    }
    let isCompacting = RocksStore.hasSpaceToCompact(path, options)
    let handle = try RocksStore.open(path, options, creating: creating, isCompacting)
    state = Mutex(State(handle: handle, isCompacting: isCompacting))
  }

  private static func open(
    _ path: String, _ options: Options, creating: Bool, _ isCompacting: Bool
  ) throws(StoreError) -> RocksHandle {
    try requireSpaceToOpen(path)
    do throws(StoreError) {
      let handle = try RocksHandle(opening: StoreOwner.data(path), writeBuffer: options.writeBuffer, creating: creating)
      if !isCompacting { handle.setCompacting(false) }
      StoreOwner.write(at: path)
      return handle
    } catch {
      if case .locked = error { throw .locked(path: path, by: StoreOwner.description(at: path)) }
      throw error
    }
  }

  deinit {
    state.withLock { state in
      // What is in tables has checksums a block; what is only in the log at its end could be torn and nobody would know.
      if let handle = state.handle, hasSpaceToFlush { try? RocksStore.flush(handle) }
      state.handle = nil
    }
    StoreOwner.remove(at: path)
  }

  private static func flush(_ handle: RocksHandle) throws(StoreError) {
    let options = rocksdb_flushoptions_create()
    defer { rocksdb_flushoptions_destroy(options) }
    rocksdb_flushoptions_set_wait(options, 1)
    try RocksError.checked("flushing") { rocksdb_flush(handle.database, options, &$0) }
  }

  func handle() throws(StoreError) -> RocksHandle {
    let (handle, failure) = state.withLock { ($0.handle, $0.failure) }
    if let handle { return handle }
    throw failure ?? .failed(doing: "using the store", "it is closed")
  }
}

// MARK: - Writing

extension RocksStore {
  public func write(_ batch: WriteBatch, durably: Bool) throws(StoreError) {
    let handle = try handle()
    if let failure = state.withLock({ $0.failure }) { throw failure }
    try requireSpace(for: batch)
    let native = rocksdb_writebatch_create()
    defer { rocksdb_writebatch_destroy(native) }
    for operation in batch.operations {
      switch operation {
      case .put(let key, let value):
        withChars(key) { key in
          withChars(value) { rocksdb_writebatch_put(native, key.baseAddress, key.count, $0.baseAddress, $0.count) }
        }
      case .delete(let key): withChars(key) { rocksdb_writebatch_delete(native, $0.baseAddress, $0.count) }
      case .deleteAll(let range):
        withChars(range.lower) { lower in
          withChars(range.upper) {
            rocksdb_writebatch_delete_range(native, lower.baseAddress, lower.count, $0.baseAddress, $0.count)
          }
        }
      }
    }
    do throws(StoreError) {
      try RocksError.checked("writing") {
        rocksdb_write(handle.database, durably ? handle.synced : handle.unsynced, native, &$0)
      }
    } catch {
      state.withLock { $0.failure = error }
      throw error
    }
  }

  /// Opens the database anew: what a failed write has left in memory goes, what reached the disk comes back.
  public func recover() throws(StoreError) {
    let failure = state.withLock { state -> StoreError? in
      guard state.failure != nil || state.handle == nil else { return nil }
      // A reader may still have the old one. Then its lock is held, opening fails, and this is tried again later.
      state.handle = nil
      do throws(StoreError) {
        state.isCompacting = RocksStore.hasSpaceToCompact(path, options)
        state.handle = try RocksStore.open(path, options, creating: false, state.isCompacting)
        state.failure = nil
        return nil
      } catch {
        state.failure = error
        return error
      }
    }
    if let failure { throw failure }
  }
}

func withChars<Result>(_ bytes: [UInt8], _ body: (UnsafeBufferPointer<CChar>) -> Result) -> Result {
  bytes.withUnsafeBytes { body($0.bindMemory(to: CChar.self)) }
}

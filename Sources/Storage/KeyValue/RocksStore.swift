import CRocksDB
import Glibc
import Synchronization

/// Keys and values in RocksDB, in a directory that one process owns.
///
/// It refuses to write while little space is left, rather than let RocksDB meet a full disk: Debian's build of it has its assertions
/// on, and one of them ends the process when its log could not be written and it tries to recover by itself.
public final class RocksStore: KeyValueStore {
  public let path: String
  private let options: Options
  private let state: Mutex<State>

  public struct Options: Sendable {
    /// So many bytes of the disk are left for what RocksDB does in the background.
    public var reserve = 256 << 20
    /// How many bytes are in memory before RocksDB makes a file of them.
    public var writeBuffer = 64 << 20

    public init() {}
  }

  private struct State: Sendable {
    /// nil after a write that threw, until it has been opened again.
    var handle: RocksHandle?
    /// What was thrown.
    var failure: StoreError?
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
    let handle = try RocksStore.open(path, options, creating: creating)
    state = Mutex(State(handle: handle))
  }

  private static func open(_ path: String, _ options: Options, creating: Bool) throws(StoreError) -> RocksHandle {
    do throws(StoreError) {
      let handle = try RocksHandle(opening: StoreOwner.data(path), writeBuffer: options.writeBuffer, creating: creating)
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
      if let handle = state.handle, hasSpace(options.reserve / 2) { try? RocksStore.flush(handle) }
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

  /// What frees space may use half of what is kept free.
  private func requireSpace(for batch: WriteBatch) throws(StoreError) {
    let wanted = (batch.frees ? options.reserve / 2 : options.reserve) + 2 * batch.byteCount
    guard let free = freeBytes, free < wanted else { return }
    throw .full(doing: "writing", "\(free >> 20) MB are left of \(path)'s disk, and \(wanted >> 20) MB are wanted")
  }

  private func hasSpace(_ wanted: Int) -> Bool { freeBytes.map { $0 >= wanted } ?? true }

  /// nil where the disk does not tell.
  private var freeBytes: Int? {
    var disk = statvfs()
    return statvfs(StoreOwner.data(path), &disk) == 0 ? Int(disk.f_bavail) * Int(disk.f_frsize) : nil
  }

  /// Opens the database anew: what a failed write has left in memory goes, what reached the disk comes back.
  public func recover() throws(StoreError) {
    let failure = state.withLock { state -> StoreError? in
      guard state.failure != nil || state.handle == nil else { return nil }
      // A reader may still have the old one. Then its lock is held, opening fails, and this is tried again later.
      state.handle = nil
      do throws(StoreError) {
        state.handle = try RocksStore.open(path, options, creating: false)
        state.failure = nil
        return nil
      } catch {
        state.failure = error
        return error
      }
    }
    if let failure { throw failure }
  }

  /// Returns once RocksDB has nothing to do in the background. For whom nobody writes meanwhile.
  public func rest() throws(StoreError) {
    let handle = try handle()
    let work = ["num-running-flushes", "num-running-compactions", "mem-table-flush-pending", "compaction-pending"]
    var quiet = 0
    // One may follow from the other, and is told a little later.
    while quiet < 5 {
      let isBusy = work.contains { name in
        var count: UInt64 = 0
        return rocksdb_property_int(handle.database, "rocksdb." + name, &count) == 0 && count > 0
      }
      quiet = isBusy ? 0 : quiet + 1
      usleep(5000)
    }
  }

  /// Gives the disk back what was deleted; otherwise that happens now and then.
  public func compact() throws(StoreError) {
    let handle = try handle()
    try requireSpace(for: WriteBatch())
    rocksdb_compact_range(handle.database, nil, 0, nil, 0)
  }

  public var diskBytes: Int {
    guard let directory = opendir(StoreOwner.data(path)) else { return 0 }
    defer { closedir(directory) }
    var bytes = 0
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      var status = stat()
      if stat(StoreOwner.data(path) + "/" + name, &status) == 0, status.st_mode & S_IFMT == S_IFREG {
        bytes += Int(status.st_size)
      }
    }
    return bytes
  }
}

func withChars<Result>(_ bytes: [UInt8], _ body: (UnsafeBufferPointer<CChar>) -> Result) -> Result {
  bytes.withUnsafeBytes { body($0.bindMemory(to: CChar.self)) }
}

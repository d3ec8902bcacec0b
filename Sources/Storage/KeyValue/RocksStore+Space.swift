import CRocksDB
import Glibc

/// A store's disk: what is left of it, and what the store takes.
///
/// RocksDB must not meet a full disk. Debian's build of it (7.8.3) has its assertions on, and where a file could not be written the next
/// step on that file ends the process: `AssertFalseAndGetStatusForPrevError: Assertion 'sync_without_flush_called_' failed`. Nothing that
/// was acknowledged is lost by that, but who is refused can go on. So space is looked at before anything is opened, written or read, the
/// last because RocksDB compacts when it lets go of a snapshot. Only a neighbour who takes the last byte while RocksDB works in the background can
/// still bring it about.
extension RocksStore {
  /// What frees space may use half of what is kept free.
  func requireSpace(for batch: WriteBatch) throws(StoreError) {
    tendCompactions()
    let wanted = (batch.frees ? options.reserve / 2 : options.reserve) + 2 * batch.byteCount
    try RocksStore.require(wanted, on: path, doing: "writing")
  }

  /// Lets RocksDB compact while there is space for it. It needs some in order to free some, so that this ends later than writing does.
  func tendCompactions() {
    guard let free = RocksStore.freeBytes(path) else { return }
    state.withLock { state in
      let isWanted = free >= options.reserve / (state.isCompacting ? 4 : 2)
      guard let handle = state.handle, isWanted != state.isCompacting else { return }
      state.isCompacting = isWanted
      handle.setCompacting(isWanted)
    }
  }

  /// Whether RocksDB may compact from the beginning.
  static func hasSpaceToCompact(_ path: String, _ options: Options) -> Bool {
    freeBytes(path).map { $0 >= options.reserve / 2 } ?? true
  }

  /// Opening writes tables of what is in the log, and begins files.
  static func requireSpaceToOpen(_ path: String) throws(StoreError) {
    let logs = files(of: path).lazy.filter { $0.name.hasSuffix(".log") }.reduce(0) { $0 + $1.bytes }
    try require(logs + 2 << 20, on: path, doing: "opening the store")
  }

  private static func require(_ wanted: Int, on path: String, doing: String) throws(StoreError) {
    guard let free = freeBytes(path), free < wanted else { return }
    throw .full(doing: doing, "\(free >> 20) MB are left of \(path)'s disk, and \(wanted >> 20) MB are wanted")
  }

  /// Whether what is in memory can become a table.
  var hasSpaceToFlush: Bool { RocksStore.freeBytes(path).map { $0 >= options.reserve / 2 } ?? true }

  /// nil where the disk does not tell.
  private static func freeBytes(_ path: String) -> Int? {
    var disk = statvfs()
    return statvfs(path, &disk) == 0 ? Int(disk.f_bavail) * Int(disk.f_frsize) : nil
  }
}

// MARK: - What it takes

extension RocksStore {
  public var diskBytes: Int { RocksStore.files(of: path).reduce(0) { $0 + $1.bytes } }

  private static func files(of path: String) -> [(name: String, bytes: Int)] {
    guard let directory = opendir(StoreOwner.data(path)) else { return [] }
    defer { closedir(directory) }
    var files: [(name: String, bytes: Int)] = []
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      var status = stat()
      if stat(StoreOwner.data(path) + "/" + name, &status) == 0, status.st_mode & S_IFMT == S_IFREG {
        files.append((name, Int(status.st_size)))
      }
    }
    return files
  }

  /// Gives the disk back what was deleted; otherwise that happens now and then.
  public func compact() throws(StoreError) {
    let handle = try handle()
    try requireSpace(for: WriteBatch())
    rocksdb_compact_range(handle.database, nil, 0, nil, 0)
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
}

import CRocksDB

/// An open RocksDB database. Closed when nobody has it any more: a snapshot and a cursor keep it.
///
/// `@unchecked Sendable`, because RocksDB itself is safe to use from many threads and nothing here changes after `init`.
final class RocksHandle: @unchecked Sendable {
  let database: OpaquePointer
  let unsynced: OpaquePointer
  let synced: OpaquePointer
  private let options: RocksOptions

  init(opening path: String, writeBuffer: Int, creating: Bool) throws(StoreError) {
    let options = RocksOptions(writeBuffer, creating: creating)
    let opened = try RocksError.checked("opening the store", path: path) { rocksdb_open(options.pointer, path, &$0) }
    guard let opened else { throw .failed(doing: "opening the store", "RocksDB gave no reason") }
    database = opened
    self.options = options
    unsynced = rocksdb_writeoptions_create()
    synced = rocksdb_writeoptions_create()
    rocksdb_writeoptions_set_sync(synced, 1)
  }

  /// Says whether RocksDB may compact by itself.
  func setCompacting(_ isWanted: Bool) {
    "disable_auto_compactions".withCString { name in
      (isWanted ? "false" : "true").withCString { value in
        var (names, values) = ([UnsafePointer(name)] as [UnsafePointer<CChar>?], [UnsafePointer(value)] as [UnsafePointer<CChar>?])
        // It takes effect even where it cannot be written down.
        try? RocksError.checked("setting an option") { rocksdb_set_options(database, 1, &names, &values, &$0) }
      }
    }
  }

  deinit {
    rocksdb_cancel_all_background_work(database, 1)
    rocksdb_close(database)
    rocksdb_writeoptions_destroy(unsynced)
    rocksdb_writeoptions_destroy(synced)
  }
}

/// How we want RocksDB to behave.
private final class RocksOptions {
  let pointer: OpaquePointer = rocksdb_options_create()
  private let tables: OpaquePointer = rocksdb_block_based_options_create()
  private let cache: OpaquePointer = rocksdb_cache_create_lru(64 << 20)

  init(_ writeBuffer: Int, creating: Bool) {
    rocksdb_options_set_create_if_missing(pointer, creating ? 1 : 0)
    rocksdb_block_based_options_set_block_cache(tables, cache)
    // Our values are blocks of tens of kilobytes already.
    rocksdb_block_based_options_set_block_size(tables, 32 << 10)
    rocksdb_options_set_block_based_table_factory(pointer, tables)
    rocksdb_options_set_compression(pointer, Int32(rocksdb_snappy_compression))
    rocksdb_options_set_write_buffer_size(pointer, writeBuffer)
    rocksdb_options_set_max_write_buffer_number(pointer, 4)
    rocksdb_options_set_max_compaction_bytes(pointer, 256 << 20)
    rocksdb_options_set_max_background_jobs(pointer, 2)
    rocksdb_options_set_bytes_per_sync(pointer, 1 << 20)
    rocksdb_options_set_paranoid_checks(pointer, 1)
    rocksdb_options_set_keep_log_file_num(pointer, 2)
    rocksdb_options_set_info_log_level(pointer, 2)
    // An incomplete record at the end of the log was never acknowledged. Damage before the end was, and is an error: recovery to
    // the point before it, which is the default, would drop acknowledged transactions without a word.
    rocksdb_options_set_wal_recovery_mode(pointer, Int32(rocksdb_tolerate_corrupted_tail_records_recovery))
  }

  deinit {
    rocksdb_options_destroy(pointer)
    rocksdb_block_based_options_destroy(tables)
    rocksdb_cache_destroy(cache)
  }
}

/// RocksDB's errors are texts.
enum RocksError {
  /// Calls RocksDB, and makes an error of what it complains about.
  static func checked<Result>(
    _ doing: String, path: String = "", _ call: (inout UnsafeMutablePointer<CChar>?) -> Result
  ) throws(StoreError) -> Result {
    var message: UnsafeMutablePointer<CChar>?
    let result = call(&message)
    guard let message else { return result }
    defer { rocksdb_free(message) }
    throw meaning(of: String(cString: message), doing, path)
  }

  static func meaning(of message: String, _ doing: String, _ path: String = "") -> StoreError {
    func says(_ words: String) -> Bool { message.utf8.contains(words.utf8) }
    if says("No space left on device") { return .full(doing: doing, message) }
    if says("lock hold by current process") || says("While lock file") && !says("Permission denied") && !says("Read-only") {
      return .locked(path: path, by: StoreOwner.description(at: path))
    }
    if says("Read-only file system") || says("Permission denied") { return .readOnly(doing: doing, message) }
    if says("Corruption") { return .corrupt("a file of the store", why: message) }
    if says("does not exist") && says("create_if_missing") { return .missing(path: path) }
    return .failed(doing: doing, message)
  }
}

extension Collection where Element: Equatable {
  func contains(_ other: some Collection<Element>) -> Bool {
    var rest = self[...]
    while rest.count >= other.count {
      if rest.starts(with: other) { return true }
      rest = rest.dropFirst()
    }
    return false
  }
}

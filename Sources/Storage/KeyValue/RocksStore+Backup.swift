import CRocksDB
import Glibc

/// Copies of a store in a directory of their own: each backup adds what is new since the last one.
extension RocksStore {
  /// Adds a backup of what is there now, while the store goes on being used, and verifies it.
  public func backUp(to path: String) throws(StoreError) {
    let handle = try handle()
    mkdir(path, 0o700)
    try RocksStore.withBackups(at: path) { (engine) throws(StoreError) in
      try RocksError.checked("backing up") { rocksdb_backup_engine_create_new_backup_flush(engine, handle.database, 1, &$0) }
      let info = rocksdb_backup_engine_get_backup_info(engine)
      defer { rocksdb_backup_engine_info_destroy(info) }
      let last = rocksdb_backup_engine_info_backup_id(info, rocksdb_backup_engine_info_count(info) - 1)
      try RocksError.checked("verifying the backup") { rocksdb_backup_engine_verify_backup(engine, last, &$0) }
    }
  }

  /// Makes a store of the latest backup, where there is none yet; it is there when all of it is.
  public static func restore(from path: String, to store: String) throws(StoreError) {
    if access(path, F_OK) != 0 { throw .missing(path: path) }
    if access(StoreOwner.data(store), F_OK) == 0 {
      throw .failed(doing: "restoring", "there is a store at '\(store)' already; move it away first")
    }
    mkdir(store, 0o700)
    // What somebody left behind who came no further is overwritten.
    let unfinished = store + "/restoring"
    try withBackups(at: path) { (engine) throws(StoreError) in
      let options = rocksdb_restore_options_create()
      defer { rocksdb_restore_options_destroy(options) }
      try RocksError.checked("restoring") {
        rocksdb_backup_engine_restore_db_from_latest_backup(engine, unfinished, unfinished, options, &$0)
      }
    }
    guard rename(unfinished, StoreOwner.data(store)) == 0 else {
      throw .failed(doing: "restoring", "'\(unfinished)' cannot be renamed: error \(errno)")
    }
  }

  private static func withBackups(at path: String, _ body: (OpaquePointer) throws(StoreError) -> Void) throws(StoreError) {
    let options = rocksdb_options_create()
    defer { rocksdb_options_destroy(options) }
    let engine = try RocksError.checked("opening the backups", path: path) { rocksdb_backup_engine_open(options, path, &$0) }
    guard let engine else { throw .failed(doing: "opening the backups", "RocksDB gave no reason") }
    defer { rocksdb_backup_engine_close(engine) }
    try body(engine)
  }
}

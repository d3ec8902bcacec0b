import CRocksDB

extension RocksStore {
  public func snapshot() throws(StoreError) -> any KeyValueSnapshot {
    tendCompactions()
    return RocksSnapshot(try handle())
  }
}

/// A state of a RocksDB database. `@unchecked Sendable`: nothing here changes, and RocksDB reads from any thread.
private final class RocksSnapshot: KeyValueSnapshot, @unchecked Sendable {
  let handle: RocksHandle
  let snapshot: OpaquePointer
  private let options: OpaquePointer

  init(_ handle: RocksHandle) {
    self.handle = handle
    snapshot = rocksdb_create_snapshot(handle.database)
    options = rocksdb_readoptions_create()
    rocksdb_readoptions_set_snapshot(options, snapshot)
  }

  deinit {
    rocksdb_readoptions_destroy(options)
    rocksdb_release_snapshot(handle.database, snapshot)
  }

  func value(of key: [UInt8]) throws(StoreError) -> [UInt8]? {
    var count = 0
    let value = try RocksError.checked("reading") { error in
      withChars(key) { rocksdb_get(handle.database, options, $0.baseAddress, $0.count, &count, &error) }
    }
    guard let value else { return nil }
    defer { rocksdb_free(value) }
    return Array(UnsafeRawBufferPointer(start: value, count: count))
  }

  func cursor(_ range: KeyRange, reversed: Bool) -> any KeyValueCursor { RocksCursor(self, range, reversed: reversed) }
}

private final class RocksCursor: KeyValueCursor {
  private let snapshot: RocksSnapshot
  private let options: OpaquePointer
  private let iterator: OpaquePointer
  /// RocksDB keeps pointers to the bounds.
  private let lower: UnsafeMutableBufferPointer<CChar>
  private let upper: UnsafeMutableBufferPointer<CChar>
  private let isReversed: Bool
  private var hasBegun = false
  private var hasEnded = false

  init(_ snapshot: RocksSnapshot, _ range: KeyRange, reversed: Bool) {
    self.snapshot = snapshot
    isReversed = reversed
    lower = .allocate(capacity: range.lower.count)
    upper = .allocate(capacity: range.upper.count)
    _ = lower.initialize(from: range.lower.lazy.map(CChar.init(bitPattern:)))
    _ = upper.initialize(from: range.upper.lazy.map(CChar.init(bitPattern:)))
    options = rocksdb_readoptions_create()
    rocksdb_readoptions_set_snapshot(options, snapshot.snapshot)
    rocksdb_readoptions_set_iterate_lower_bound(options, lower.baseAddress, lower.count)
    rocksdb_readoptions_set_iterate_upper_bound(options, upper.baseAddress, upper.count)
    iterator = rocksdb_create_iterator(snapshot.handle.database, options)
  }

  deinit {
    rocksdb_iter_destroy(iterator)
    rocksdb_readoptions_destroy(options)
    lower.deallocate()
    upper.deallocate()
  }

  func next() throws(StoreError) -> (key: [UInt8], value: [UInt8])? {
    if hasEnded { return nil }
    switch (hasBegun, isReversed) {
    case (false, false): rocksdb_iter_seek_to_first(iterator)
    case (false, true): rocksdb_iter_seek_to_last(iterator)
    case (true, false): rocksdb_iter_next(iterator)
    case (true, true): rocksdb_iter_prev(iterator)
    }
    hasBegun = true
    guard rocksdb_iter_valid(iterator) != 0 else {
      // Not valid may mean damaged: only without an error is it the end.
      try RocksError.checked("reading") { rocksdb_iter_get_error(iterator, &$0) }
      hasEnded = true
      return nil
    }
    var count = 0
    let key = Array(UnsafeRawBufferPointer(start: rocksdb_iter_key(iterator, &count), count: count))
    let value = Array(UnsafeRawBufferPointer(start: rocksdb_iter_value(iterator, &count), count: count))
    return (key, value)
  }
}

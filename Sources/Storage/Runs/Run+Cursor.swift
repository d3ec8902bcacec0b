import Relations

extension Run {
  static let form: UInt8 = 1

  /// A walk over its versions.
  ///
  /// - Parameter snapshot: nil if the run is known to be in memory.
  func cursor(
    _ snapshot: (any KeyValueSnapshot)?, _ shape: TableShape, _ timeline: UInt32, _ window: RunCursor.Window = .init()
  ) -> RunCursor {
    let source = blocks?.source(from: window.key) ?? storedSource(snapshot, timeline, from: window.key)
    var window = window
    window.limit = limit
    return RunCursor(columns: shape.types.count, window, source)
  }

  private func storedSource(
    _ snapshot: (any KeyValueSnapshot)?, _ timeline: UInt32, from key: [UInt8]?
  ) -> RunCursor.Source {
    let prefix = StoreKey.run(timeline, id)
    var cursor: (any KeyValueCursor)?
    return { [versions] () throws(StoreError) in
      guard let snapshot else { preconditionFailure("a run in the store is read from a snapshot of it") }
      if cursor == nil {
        var start = prefix
        // A key that begins a block may have begun in the one before.
        if let key, let before = try snapshot.last(in: KeyRange(from: prefix, to: prefix + key)) { start = before.key }
        cursor = snapshot.cursor(KeyRange(from: start, to: KeyRange(prefix: prefix).upper))
        guard let (key, value) = try cursor!.next() else {
          if key == nil, versions > 0 { throw .corrupt(StoredValue.named("a run", prefix), why: "its blocks are missing") }
          return nil
        }
        return try Run.block(key, value)
      }
      guard let (key, value) = try cursor!.next() else { return nil }
      return try Run.block(key, value)
    }
  }

  private static func block(_ key: [UInt8], _ value: [UInt8]) throws(StoreError) -> (bytes: [UInt8], start: Int, name: String) {
    _ = try StoredValue.unwrap(value, form: form, key: key, "a block of the ledger")
    return (value, StoredValue.headerCount, StoredValue.named("a block of the ledger", key))
  }
}

/// The version of everything in a store, under one key.
enum StoreFormat {
  /// What this program writes.
  static let current: UInt64 = 1
  /// The earliest that it reads.
  static let earliest: UInt64 = 1
  static let form: UInt8 = 1

  /// Refuses a store of another format; writes the format into a new one.
  static func check(_ store: any KeyValueStore) throws(StoreError) {
    guard let found = try read(try store.snapshot()) else {
      var batch = WriteBatch()
      batch.put(StoreKey.format, value(current))
      return try store.write(batch, durably: true)
    }
    if found > current { throw .newerFormat(found: found, known: current) }
    if found < earliest { throw .olderFormat(found: found, known: current) }
  }

  static func read(_ snapshot: any KeyValueSnapshot) throws(StoreError) -> UInt64? {
    guard let value = try snapshot.value(of: StoreKey.format) else { return nil }
    return try StoredValue.read(value, form: form, key: StoreKey.format, "the format") { reader throws(ByteReader.Failure) in
      try reader.number()
    }
  }

  static func value(_ format: UInt64) -> [UInt8] {
    var writer = ByteWriter()
    writer.write(format)
    return StoredValue.wrap(writer.bytes, form: form, key: StoreKey.format)
  }
}

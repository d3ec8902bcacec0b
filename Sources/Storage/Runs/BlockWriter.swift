import Relations

/// Puts versions, in the order of their keys, into blocks.
///
///     block     versions, one after the other
///     version   length of the key · key · first · last - first · flags (1)
///               with a weight: the weight (signed)
///               else, if there was a row before: its holes, if it has any · its length · the row; then the same of the row after
///
/// A block of some 32 KB is what a look-up of one key reads and decodes.
struct BlockWriter {
  /// Takes a block: the key and the position of its first version, and its bytes.
  typealias Sink = (_ key: [UInt8], _ first: UInt64, _ block: [UInt8]) throws(StoreError) -> Void

  static let fullCount = 32 << 10

  private var writer = ByteWriter()
  private var firstKey: [UInt8] = []
  private var firstPosition: UInt64 = 0
  private(set) var versions = 0
  private(set) var byteCount = 0
  private var isEmpty = true
  private let sink: Sink

  init(_ sink: @escaping Sink) { self.sink = sink }

  mutating func append(_ version: Version) throws(StoreError) {
    if isEmpty {
      isEmpty = false
      firstKey = Array(version.key)
      firstPosition = version.first
      writer = ByteWriter(minimumCapacity: Self.fullCount + 512)
    }
    versions += 1
    writer.write(version.key.count)
    writer.write(raw: version.key)
    writer.write(version.first)
    writer.write(version.last - version.first)
    writer.write(byte: version.flags.rawValue)
    if version.flags.contains(.weighted) {
      writer.write(signed: version.weight)
    } else {
      if version.flags.contains(.before) { write(version.before) }
      if version.flags.contains(.after) { write(version.after) }
    }
    if writer.bytes.count >= Self.fullCount { try flush() }
  }

  private mutating func write(_ row: StoredRow) {
    writer.write(raw: row.holes)
    writer.write(row.row.count)
    writer.write(raw: row.row)
  }

  /// Hands over what is there.
  mutating func flush() throws(StoreError) {
    if isEmpty { return }
    isEmpty = true
    byteCount += writer.bytes.count
    try sink(firstKey, firstPosition, writer.bytes)
  }
}

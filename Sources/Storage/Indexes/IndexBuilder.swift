import Relations

/// Turns rows that came and went into the entries of an index, sorted.
///
/// Rows come by their keys and entries go by other columns: they are sorted in memory as many at a time as fit, and each lot becomes a run.
/// So a table may be larger than memory.
struct IndexBuilder {
  private let ledger: DurableLedger
  private let era: UInt32
  private let isKeyed: Bool
  private let columns: [Int]
  private let after: UInt64
  private let through: UInt64
  private var bytes: [UInt8] = []
  private var entries: [Entry] = []
  private(set) var runs: [Run] = []

  private struct Entry {
    let prefix: UInt64
    let start: Int
    let count: Int
    let first: UInt64
    let last: UInt64
    let weight: Int64
  }

  /// - Parameters:
  ///   - after: its versions are of transactions after this one…
  ///   - through: …and up to this one.
  init(_ ledger: DurableLedger, _ era: Era, _ columns: [Int], after: UInt64, through: UInt64) {
    self.ledger = ledger
    self.era = era.number
    isKeyed = era.shape.key != nil
    self.columns = columns
    self.after = after
    self.through = through
  }

  /// Adds rows that came (their weight is positive) and went.
  mutating func add(_ block: NetBlock) throws(StoreError) {
    for column in columns where block.absent[column] != nil {
      throw .unknown("index of \(block.table) on column \(column): the log does not tell all of its values, and no base does")
    }
    let values = block.changes.rows.keys(columns: columns)
    let rows = isKeyed ? block.keys : block.changes.rows.encoded()
    values.withUnsafeBytes { valueBytes in
      rows.withUnsafeBytes { rowBytes in
        var image = 0
        while image < block.changes.count {
          let value = UnsafeRawBufferPointer(rebasing: valueBytes[values.range(of: image)])
          if block.kinds[image] == .before {
            let next = UnsafeRawBufferPointer(rebasing: valueBytes[values.range(of: image + 1)])
            // The entry stays where it is.
            if value.compare(next) == 0 {
              image += 2
              continue
            }
          }
          let row = UnsafeRawBufferPointer(rebasing: rowBytes[rows.range(of: image)])
          append(value, row, block.first[image].number, block.last[image].number, block.changes.weights[image])
          image += 1
        }
      }
    }
    if bytes.count + entries.count * MemoryLayout<Entry>.stride > ledger.options.sortLimit { try spill() }
  }

  private mutating func append(
    _ value: UnsafeRawBufferPointer, _ row: UnsafeRawBufferPointer, _ first: UInt64, _ last: UInt64, _ weight: Int64
  ) {
    let start = bytes.count
    bytes.append(contentsOf: value)
    // Without a key a row is its own, with a byte in front that says that all of it is known.
    if !isKeyed { bytes.append(0) }
    bytes.append(contentsOf: row)
    let count = UInt32(row.count + (isKeyed ? 0 : 1))
    for shift in [24, 16, 8, 0] as [UInt32] { bytes.append(UInt8(truncatingIfNeeded: count >> shift)) }
    let prefix = bytes[start...].withUnsafeBytes { $0.prefixWord }
    entries.append(Entry(prefix: prefix, start: start, count: bytes.count - start, first: first, last: last, weight: weight))
  }

  /// Writes what is in memory as a run.
  private mutating func spill() throws(StoreError) {
    if entries.isEmpty { return }
    var writer = StoredRunWriter(ledger, id: ledger.newRun(), durably: false)
    let order = sorted()
    try bytes.lend { bytes throws(StoreError) in
      for index in order {
        let entry = entries[Int(index)]
        let key = UnsafeRawBufferPointer(rebasing: bytes[entry.start..<entry.start + entry.count])
        let version = Version(key: key, first: entry.first, last: entry.last, flags: .weighted, weight: entry.weight)
        try writer.blocks.append(version)
      }
    }
    runs.append(try writer.finish(era: era, after: after, through: through))
    bytes.removeAll(keepingCapacity: true)
    entries.removeAll(keepingCapacity: true)
  }

  /// In the order of their keys, those of one key as they came.
  private func sorted() -> [Int32] {
    bytes.withUnsafeBytes { bytes in
      func key(_ index: Int32) -> UnsafeRawBufferPointer {
        let entry = entries[Int(index)]
        return UnsafeRawBufferPointer(rebasing: bytes[entry.start..<entry.start + entry.count])
      }
      var order = entries.indices.map { Int32($0) }
      order.sort { a, b in
        let (one, other) = (entries[Int(a)], entries[Int(b)])
        if one.prefix != other.prefix { return one.prefix < other.prefix }
        let byKey = key(a).compare(key(b))
        if byKey != 0 { return byKey < 0 }
        return one.first != other.first ? one.first < other.first : a < b
      }
      return order
    }
  }

  consuming func finish() throws(StoreError) -> [Run] {
    try spill()
    return runs
  }
}

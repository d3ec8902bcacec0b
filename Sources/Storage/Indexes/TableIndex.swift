import Relations

/// An index of a table as it was when it was asked for: rows by some of their columns, at any retained position up to the ledger's end
/// then.
///
///     let index = try ledger.index(of: orders, on: [customer])
///     let rows = try index.rows(equalTo: [.integer(7)], at: fork)
///     while let block = try rows.next() { … }
public final class TableIndex: Sendable {
  let reader: LedgerReader
  let runs: [Run]
  let table: TableState
  let era: Era
  private let id: IndexID
  private let from: UInt64

  /// The last position that it knows of: the ledger's end, or the last one before the table was emptied or its columns changed.
  public let end: Position
  public var columns: [Int] { id.columns }

  /// - Parameter reader: a moment at which all of its runs are there.
  init(_ reader: LedgerReader, _ id: IndexID, _ index: IndexState) throws(StoreError) {
    guard let table = reader.state.tables[id.table],
      let place = table.eras.firstIndex(where: { $0.number == id.era })
    else {
      throw .unknown("index of \(id.table): its rows have gone")
    }
    self.reader = reader
    self.id = id
    self.table = table
    era = table.eras[place]
    runs = index.runs
    from = index.from
    let last = place + 1 < table.eras.count ? table.eras[place + 1].position - 1 : .max
    end = Position(min(index.through, last))
  }
}

extension TableIndex {
  /// The rows whose first indexed columns equal these values; NULL equals NULL.
  ///
  /// - Precondition: there are no more values than columns, and each lies as its column's type does.
  public func rows(equalTo values: [Value], at position: Position? = nil) throws(StoreError)
    -> IndexScan
  {
    let key = KeyEncoding(id.columns.prefix(values.count).map { era.shape.types[$0] }).encode(
      values)
    return try rows(from: key, to: key.endOfPrefix, at: position)
  }

  /// The rows from one key up to another one, which is not among them, in the order of their keys.
  ///
  /// - Parameters:
  ///   - lower: first indexed columns, in the key encoding.
  ///   - upper: the same; nil if nothing is too great.
  public func rows(
    from lower: [UInt8] = [], to upper: [UInt8]? = nil, at position: Position? = nil
  ) throws(StoreError) -> IndexScan {
    let position = position ?? end
    if position != end {
      try reader.require(position)
      guard position <= end else { throw .notReached(position, end: end) }
      guard table.era(at: position.number).number == era.number, position.number >= from else {
        throw .notRetained(position, horizon: max(Position(from), Position(era.position)))
      }
    }
    let window = RunCursor.Window(through: position.number, key: lower)
    let cursors = runs.lazy.filter { $0.after < position.number || $0.after == 0 }.map {
      $0.cursor(self.reader.snapshot, self.era.shape, self.reader.timeline, window)
    }
    return IndexScan(self, id.table, Array(cursors), to: upper, at: position.number)
  }
}

/// Rows that an index finds, in its order, as a stream.
///
/// The rows of many entries are looked up at a time, in the order of their keys: whoever looks up one reads a block, and its neighbours
/// are there.
public final class IndexScan {
  private let index: TableIndex
  private let table: TableID
  private let entries: RunMerge
  private let upper: [UInt8]?
  private let position: UInt64
  private var isAtEnd = false
  /// The rows that were looked up and not handed out.
  private var found: ArraySlice<VersionBuffer> = []

  init(
    _ index: TableIndex, _ table: TableID, _ cursors: [RunCursor], to upper: [UInt8]?,
    at position: UInt64
  ) {
    self.index = index
    self.table = table
    entries = RunMerge(cursors, index.era.shape.types, .net)
    self.upper = upper
    self.position = position
  }

  private static let lotCount = 4096

  /// The next rows; nil at the end.
  public func next() throws(StoreError) -> NetBlock? {
    var builder = NetBlockBuilder(table, index.era.shape)
    while !builder.isFull {
      if found.isEmpty { found = try lookUp(try nextKeys())[...] }
      guard let row = found.popFirst() else { break }
      try row.withVersion { row throws(StoreError) in builder.add(row.asBase ?? row) }
    }
    return builder.count == 0 ? nil : try builder.finish()
  }

  /// The keys of the next rows, in the order of the index, and how often each is there.
  private func nextKeys() throws(StoreError) -> [(key: [UInt8], weight: Int64)] {
    var keys: [(key: [UInt8], weight: Int64)] = []
    while !isAtEnd, keys.count < Self.lotCount {
      guard try entries.advance() else {
        isAtEnd = true
        break
      }
      try entries.withVersion { entry throws(StoreError) in
        if let upper, upper.withUnsafeBytes({ entry.key.compare($0) >= 0 }) {
          isAtEnd = true
          return
        }
        guard entry.weight > 0, index.era.shape.key == nil || entry.weight == 1,
          let row = IndexScan.row(of: entry.key)
        else {
          throw .corrupt(
            "an index of \(table)", why: "an entry in it is there \(entry.weight) times")
        }
        keys.append((Array(row), entry.weight))
      }
    }
    return keys
  }

  private func lookUp(_ keys: [(key: [UInt8], weight: Int64)]) throws(StoreError) -> [VersionBuffer] {
    guard index.era.shape.key != nil else {
      return try keys.map { key, weight throws(StoreError) in
        try key.lend { key throws(StoreError) in
          VersionBuffer(Version(key: key, first: 0, last: 0, flags: .weighted, weight: weight))
        }
      }
    }
    var rows = [VersionBuffer?](repeating: nil, count: keys.count)
    var finder = RowFinder(index.reader, table, at: Position(position))
    for place in keys.indices.sorted(by: { keys[$0].key.precedes(keys[$1].key) }) {
      rows[place] = try finder.row(keys[place].key)
    }
    return try rows.map { row throws(StoreError) in
      guard let row else {
        throw .corrupt("an index of \(table)", why: "it names a row that is not there")
      }
      return row
    }
  }

  /// The key of an entry's row, or the row.
  private static func row(of entry: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
    let end = entry.count - 4
    guard end >= 0 else { return nil }
    let count = Int(UInt32(bigEndian: entry.loadUnaligned(fromByteOffset: end, as: UInt32.self)))
    return count <= end ? UnsafeRawBufferPointer(rebasing: entry[(end - count)..<end]) : nil
  }
}

/// Finds rows by their keys, which are asked for in ascending order: a walk that leaps where there is much between one and the next.
private struct RowFinder {
  private let reader: LedgerReader
  private let table: TableID
  private let position: Position
  private var scan: TableScan?
  private var row: VersionBuffer?

  init(_ reader: LedgerReader, _ table: TableID, at position: Position) {
    self.reader = reader
    self.table = table
    self.position = position
  }

  /// So many rows are about what a leap reads.
  private static let leap = 300

  /// The version that leaves the row; nil if there is none.
  mutating func row(_ key: [UInt8]) throws(StoreError) -> VersionBuffer? {
    var steps = 0
    while true {
      if let row, !row.ownKey.precedes(key) {
        guard row.ownKey == key, row.rowAfter != nil else { return nil }
        return row
      }
      if scan == nil || steps == Self.leap {
        scan = try reader.scan(table, at: position, from: key)
        steps = 0
      }
      row = try scan!.nextRow()
      if row == nil { return nil }
      steps += 1
    }
  }
}

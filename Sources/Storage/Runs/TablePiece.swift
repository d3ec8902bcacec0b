import Relations

/// What a batch did to one table, sorted by key: a run in memory, and what came before it that nothing is followed across.
struct TablePiece: Sendable {
  /// How a new era begins with it, and at which transaction; nil if it goes on.
  let opening: (Era.Opening, position: UInt64)?
  /// nil if nothing changed between one opening and the next.
  let blocks: MemoryBlocks?
  let versions: Int
  let bytes: Int
}

/// What a batch did to the tables that it changed.
struct BatchPieces: Sendable {
  struct Changed: Sendable {
    let table: TableID
    let shape: TableShape
    let pieces: [TablePiece]
    /// Of the transactions that changed it.
    let first: UInt64
  }
  let tables: [Changed]

  /// - Parameter rows: each table's, encoded, if somebody has them.
  init(_ batch: TransactionBatch, rows: [EncodedRows]? = nil, keys: (TableID) -> [Int]?) throws(StoreError) {
    var tables: [Changed] = []
    for (index, changes) in batch.tables.enumerated() {
      let shape = TableShape(changes.images.types, key: keys(changes.table))
      let first = [changes.transactions.first, changes.truncations.first?.transaction].compactMap { $0 }.min() ?? 0
      var builder = PieceBuilder(changes, shape, batch.transactions, rows?[index] ?? changes.images.encoded())
      tables.append(
        Changed(
          table: changes.table, shape: shape, pieces: try builder.pieces(),
          first: batch.transactions[Int(first)].position.number))
    }
    self.tables = tables
  }
}

/// Sorts a table's changes by key.
private struct PieceBuilder {
  private let changes: TableChanges
  private let shape: TableShape
  private let positions: [UInt64]
  private let rows: EncodedRows
  /// In the key encoding, or, without a key, each row with its holes in front.
  private let keys: EncodedRows
  /// Of each image, if any has some.
  private let holes: [UInt8]
  private let holeCount: Int

  /// One version to be: the images that it was, or is.
  private struct Item {
    let key: Int32
    let before: Int32
    let after: Int32
  }

  init(_ changes: TableChanges, _ shape: TableShape, _ transactions: [Transaction.Header], _ rows: EncodedRows) {
    self.changes = changes
    self.shape = shape
    positions = transactions.map(\.position.number)
    self.rows = rows
    keys = shape.key.map { changes.images.keys(columns: $0) } ?? PieceBuilder.wholeKeys(changes, rows)
    holeCount = (changes.absent.count + 7) / 8
    let isWhole = shape.key == nil || changes.absent.allSatisfy { $0 == nil }
    holes = isWhole ? [] : (0..<changes.count).flatMap { changes.holeBitmap($0) }
  }

  private static func wholeKeys(_ changes: TableChanges, _ rows: EncodedRows) -> EncodedRows {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(rows.byteCount + rows.count)
    var ends: [Int] = []
    ends.reserveCapacity(rows.count)
    for row in 0..<rows.count {
      let holes = changes.holes(row)
      bytes.append(holes.isEmpty ? 0 : 1)
      bytes += holes
      bytes += rows[row]
      ends.append(bytes.count)
    }
    return EncodedRows(bytes, ends: ends)
  }

  mutating func pieces() throws(StoreError) -> [TablePiece] {
    var pieces: [TablePiece] = []
    var opening: (Era.Opening, position: UInt64)?
    var items: [Item] = []
    var truncations = changes.truncations[...]
    func close(_ next: (Era.Opening, position: UInt64)?) throws(StoreError) {
      if !items.isEmpty || opening != nil { pieces.append(try piece(opening, items)) }
      items = []
      opening = next
    }
    var image = 0
    while image < changes.count {
      let place = (changes.transactions[image], changes.ordinals[image])
      while let truncation = truncations.first, (truncation.transaction, truncation.ordinal) < place {
        truncations.removeFirst()
        try close((.truncation, positions[Int(truncation.transaction)]))
      }
      if !add(image, to: &items) { try close((.unknownRow, positions[Int(place.0)])) }
      image += changes.kinds[image] == .before ? 2 : 1
    }
    for truncation in truncations { try close((.truncation, positions[Int(truncation.transaction)])) }
    try close(nil)
    return pieces
  }

  /// Adds what a change did; false if the log does not tell to which row.
  private func add(_ image: Int, to items: inout [Item]) -> Bool {
    let index = Int32(image)
    let isUpdate = changes.kinds[image] == .before
    guard shape.key != nil else {
      // A row that went and of which nothing is known could be any.
      if changes.kinds[image] != .insert, changes.isUnknown(image) { return false }
      let isInsert = changes.kinds[image] == .insert
      items.append(Item(key: index, before: isInsert ? -1 : index, after: isInsert ? index : -1))
      if isUpdate { items.append(Item(key: index + 1, before: -1, after: index + 1)) }
      return true
    }
    switch changes.kinds[image] {
    case .insert, .after:
      guard hasKey(image) else { return false }
      items.append(Item(key: index, before: -1, after: index))
    case .delete:
      guard hasKey(image) else { return false }
      items.append(Item(key: index, before: index, after: -1))
    case .before:
      guard hasKey(image + 1) else { return false }
      // Without an old key it is the new one: so logs say that the key has not changed.
      if !hasKey(image) || keys[image] == keys[image + 1] {
        guard hasKey(image) || !hasPartOfKey(image) else { return false }
        items.append(Item(key: index + 1, before: index, after: index + 1))
      } else {
        items.append(Item(key: index, before: index, after: -1))
        items.append(Item(key: index + 1, before: -1, after: index + 1))
      }
    }
    return true
  }

  private func hasKey(_ image: Int) -> Bool { shape.key!.allSatisfy { !changes.isAbsent(image, $0) } }
  private func hasPartOfKey(_ image: Int) -> Bool { shape.key!.contains { !changes.isAbsent(image, $0) } }

  private func piece(_ opening: (Era.Opening, position: UInt64)?, _ items: [Item]) throws(StoreError) -> TablePiece {
    let collector = MemoryBlocks.Collector()
    var writer = BlockWriter { collector.add($0, $2) }
    try write(items, to: &writer)
    try writer.flush()
    return TablePiece(
      opening: opening, blocks: items.isEmpty ? nil : collector.collected, versions: writer.versions, bytes: writer.byteCount)
  }

  private func write(_ items: [Item], to writer: inout BlockWriter) throws(StoreError) {
    let order = sorted(items)
    var result: Result<Void, StoreError> = .success(())
    keys.withUnsafeBytes { keyBytes in
      rows.withUnsafeBytes { rowBytes in
        holes.withUnsafeBytes { holeBytes in
          do throws(StoreError) {
            for index in order { try writer.append(version(items[Int(index)], keyBytes, rowBytes, holeBytes)) }
          } catch {
            result = .failure(error)
          }
        }
      }
    }
    try result.get()
  }

  private func version(
    _ item: Item, _ keyBytes: UnsafeRawBufferPointer, _ rowBytes: UnsafeRawBufferPointer, _ holeBytes: UnsafeRawBufferPointer
  ) -> Version {
    let position = positions[Int(changes.transactions[Int(item.key)])]
    let key = UnsafeRawBufferPointer(rebasing: keyBytes[keys.range(of: Int(item.key))])
    if shape.key == nil {
      return Version(key: key, first: position, last: position, flags: .weighted, weight: item.after >= 0 ? 1 : -1)
    }
    var version = Version(key: key, first: position, last: position, flags: [])
    func row(_ image: Int32, _ row: VersionFlags, _ hole: VersionFlags) -> StoredRow {
      var stored = StoredRow.none
      stored.row = UnsafeRawBufferPointer(rebasing: rowBytes[rows.range(of: Int(image))])
      version.flags.insert(row)
      if !holeBytes.isEmpty, changes.hasHoles(Int(image)) {
        version.flags.insert(hole)
        stored.holes = UnsafeRawBufferPointer(rebasing: holeBytes[Int(image) * holeCount..<(Int(image) + 1) * holeCount])
      }
      return stored
    }
    if item.before >= 0 { version.before = row(item.before, .before, .beforeHoles) }
    if item.after >= 0 { version.after = row(item.after, .after, .afterHoles) }
    return version
  }

  /// The items in the order of their keys, those of one key as they came.
  private func sorted(_ items: [Item]) -> [Int32] {
    struct Entry {
      let prefix: UInt64
      let index: Int32
    }
    return keys.withUnsafeBytes { bytes in
      func key(_ index: Int32) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: bytes[keys.range(of: Int(items[Int(index)].key))])
      }
      var entries = items.indices.map { Entry(prefix: key(Int32($0)).prefixWord, index: Int32($0)) }
      entries.sort { a, b in
        if a.prefix != b.prefix { return a.prefix < b.prefix }
        let order = key(a.index).compare(key(b.index))
        return order != 0 ? order < 0 : a.index < b.index
      }
      return entries.map(\.index)
    }
  }
}

extension TableChanges {
  func hasHoles(_ image: Int) -> Bool { absent.contains { $0?[image] ?? false } }

  /// Whether no column is known.
  func isUnknown(_ image: Int) -> Bool { !absent.isEmpty && absent.allSatisfy { $0?[image] ?? false } }

  /// A bit for each column that is not known; nothing if all are known.
  func holes(_ image: Int) -> [UInt8] { hasHoles(image) ? holeBitmap(image) : [] }

  func holeBitmap(_ image: Int) -> [UInt8] {
    var holes = [UInt8](repeating: 0, count: (absent.count + 7) / 8)
    for column in absent.indices where isAbsent(image, column) { holes[column / 8] |= 1 << UInt8(column % 8) }
    return holes
  }
}

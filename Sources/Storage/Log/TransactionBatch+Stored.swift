import Relations

/// Transactions in columns as bytes: headers first, so that who looks for positions and times need not read rows.
///
///     transactions   count, then of each: position - the one before · commit time (signed, - the one before) · origin
///     tables         count, then of each:
///       table · types (oid, modifier) · key columns · images
///       kinds          one byte each
///       transactions   of each image, minus that of the one before
///       ordinals       of each image
///       absent         of each column: nothing, or its bits in words of 8 bytes, little-endian
///       truncations    transaction, ordinal
///       rows           the length of each, then the rows in the row encoding
extension ByteWriter {
  /// - Parameter keys: the columns of a table's key; nil where a row is its own key.
  /// - Parameter rows: each table's, encoded, if somebody has them.
  mutating func write(_ batch: TransactionBatch, rows: [EncodedRows]? = nil, keys: (TableID) -> [Int]?) {
    write(headers: batch.transactions)
    write(batch.tables.count)
    for (index, table) in batch.tables.enumerated() {
      write(table, rows?[index] ?? table.images.encoded(), key: keys(table.table))
    }
  }

  private mutating func write(headers: [Transaction.Header]) {
    var (position, time): (UInt64, Int64) = (0, 0)
    write(headers) { writer, header in
      writer.write(header.position.number - position)
      writer.write(header.committedAt) { $0.write(signed: $1 &- time) }
      writer.write(header.origin) { $0.write($1) }
      position = header.position.number
      time = header.committedAt ?? time
    }
  }

  private mutating func write(_ changes: TableChanges, _ rows: EncodedRows, key: [Int]?) {
    write(UInt64(changes.table.number))
    write(changes.images.types)
    write(key) { $0.write($1) { $0.write($1) } }
    write(changes.count)
    write(raw: changes.kinds.lazy.map(\.rawValue))
    var transaction: Int32 = 0
    for next in changes.transactions {
      write(UInt64(next - transaction))
      transaction = next
    }
    for ordinal in changes.ordinals { write(UInt64(ordinal)) }
    for absent in changes.absent { write(absent) { $0.write(raw: $1.littleEndianBytes) } }
    write(changes.truncations) {
      $0.write(UInt64($1.transaction))
      $0.write(UInt64($1.ordinal))
    }
    var start = 0
    for end in rows.ends {
      write(end - start)
      start = end
    }
    rows.withUnsafeBytes { write(raw: $0) }
  }

  mutating func write(_ types: [SQLType]) {
    write(types) {
      $0.write(UInt64($1.id.oid))
      $0.write(signed: Int64($1.modifier))
    }
  }
}

/// A batch as it was stored, and which columns say which row.
struct StoredTransactions: Sendable {
  let batch: TransactionBatch
  /// For each of the batch's tables.
  let keys: [[Int]?]
}

extension ByteReader {
  mutating func headers() throws(Failure) -> [Transaction.Header] {
    var (position, time): (UInt64, Int64) = (0, 0)
    var isFirst = true
    return try list { reader throws(Failure) in
      let step = try reader.number()
      let (next, overflow) = position.addingReportingOverflow(step)
      guard !overflow, step > 0 || isFirst else { throw Failure("positions do not increase") }
      isFirst = false
      position = next
      let committedAt = try reader.optional { reader throws(Failure) in try reader.signed() &+ time }
      time = committedAt ?? time
      let origin = try reader.optional { reader throws(Failure) in try reader.string() }
      return Transaction.Header(Position(position), committedAt: committedAt, origin: origin)
    }
  }

  mutating func transactions() throws(Failure) -> StoredTransactions {
    let headers = try headers()
    let tables = try list { reader throws(Failure) in try reader.changes(transactions: headers.count) }
    return StoredTransactions(
      batch: TransactionBatch(transactions: headers, tables: tables.map(\.changes)), keys: tables.map(\.key))
  }

  mutating func types() throws(Failure) -> [SQLType] {
    try list { reader throws(Failure) in
      guard let oid = UInt32(exactly: try reader.number()), let modifier = Int32(exactly: try reader.signed()) else {
        throw Failure("a type's number is too large")
      }
      return SQLType(TypeID(oid), modifier: modifier)
    }
  }

  mutating func columns(of width: Int) throws(Failure) -> [Int] {
    try list { reader throws(Failure) in
      let column = try reader.int()
      guard column < width else { throw Failure("a key has a column \(column) of \(width)") }
      return column
    }
  }

  mutating func tableID() throws(Failure) -> TableID {
    guard let number = UInt32(exactly: try number()) else { throw Failure("a table's number is too large") }
    return TableID(number)
  }

  private mutating func int32() throws(Failure) -> Int32 {
    guard let number = Int32(exactly: try number()) else { throw Failure("a number is too large") }
    return number
  }

  private mutating func changes(transactions: Int) throws(Failure) -> (changes: TableChanges, key: [Int]?) {
    let table = try tableID()
    let types = try types()
    let key = try optional { reader throws(Failure) in try reader.columns(of: types.count) }
    let count = try count()
    let kinds = try kinds(count)
    let owners = try owners(count, of: transactions)
    var ordinals: [Int32] = []
    ordinals.reserveCapacity(count)
    for _ in 0..<count { ordinals.append(try int32()) }
    var absent: [Bitmap?] = []
    for _ in types { absent.append(try optional { reader throws(Failure) in try reader.bitmap(count) }) }
    let truncations = try list { reader throws(Failure) in
      TableChanges.Truncation(transaction: try reader.int32(), ordinal: try reader.int32())
    }
    guard truncations.allSatisfy({ $0.transaction < transactions }) else { throw Failure("a truncation without transaction") }
    let rows = try rows(count)
    do throws(EncodingError) {
      let changes = TableChanges(
        table: table, images: try RowEncoding(types).decode(rows), kinds: kinds, transactions: owners, ordinals: ordinals,
        absent: absent, truncations: truncations)
      return (changes, key)
    } catch {
      throw Failure("\(error)")
    }
  }

  private mutating func kinds(_ count: Int) throws(Failure) -> [TableChanges.Kind] {
    var kinds: [TableChanges.Kind] = []
    kinds.reserveCapacity(count)
    for byte in try raw(count) {
      guard let kind = TableChanges.Kind(rawValue: byte), (kinds.last == .before) == (kind == .after) else {
        throw Failure("an image of no kind")
      }
      kinds.append(kind)
    }
    guard kinds.last != .before else { throw Failure("half an update") }
    return kinds
  }

  private mutating func owners(_ count: Int, of transactions: Int) throws(Failure) -> [Int32] {
    var owners: [Int32] = []
    owners.reserveCapacity(count)
    var last: Int32 = 0
    for _ in 0..<count {
      let (next, overflow) = last.addingReportingOverflow(try int32())
      guard !overflow, next < transactions else { throw Failure("a change without transaction") }
      owners.append(next)
      last = next
    }
    return owners
  }

  private mutating func bitmap(_ count: Int) throws(Failure) -> Bitmap {
    let bytes = try raw(8 * Bitmap.words(for: count))
    let words = (0..<bytes.count / 8).map { word in
      (0..<8).reduce(UInt64(0)) { $0 | UInt64(bytes[bytes.startIndex + 8 * word + $1]) << UInt64(8 * $1) }
    }
    return Bitmap(words: words, count: count)
  }

  private mutating func rows(_ count: Int) throws(Failure) -> EncodedRows {
    var ends: [Int] = []
    ends.reserveCapacity(count)
    var end = 0
    for _ in 0..<count {
      let (next, overflow) = end.addingReportingOverflow(try int())
      guard !overflow else { throw Failure("a row is too long") }
      end = next
      ends.append(end)
    }
    return EncodedRows(Array(try raw(end)), ends: ends)
  }
}

extension Bitmap {
  fileprivate var littleEndianBytes: [UInt8] {
    words.flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> UInt64(8 * $0)) } }
  }
}

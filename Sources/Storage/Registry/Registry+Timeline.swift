import Relations

/// What must be known of a log to go on reading it: kept beside it, once.
public struct TimelineRecord: Hashable, Sendable {
  /// The definitions by which rows were read, as SQL.
  public let definitions: String
  /// How the log writes positions; nil as long as there was none.
  public var form: PositionForm?
  /// What whoever relies on the log should know, as it was noted when it was read.
  public var notes: [String] = []
  /// The tables that the log names and the definitions lack, and where each came first.
  public var unknownTables: [UnknownName] = []

  public struct UnknownName: Hashable, Sendable {
    public let name: String
    public let place: String

    public init(name: String, place: String) {
      self.name = name
      self.place = place
    }
  }

  public init(definitions: String) { self.definitions = definitions }
}

/// What is said of rows that are kept: which state they are.
public struct BaseRecord: Hashable, Sendable {
  public let position: Position
  /// How the base writes it; nil if it does not.
  public let form: PositionForm?
  /// The tables that are known, each with the columns of which not all values are.
  public let tables: [TableID: [Int]]
  public let notes: [String]
  /// Of all rows, in their order: tells another base of the same position apart. Against accidents and not against people.
  public fileprivate(set) var digest: [UInt8] = []

  public init(at position: Position, form: PositionForm?, tables: [TableID: [Int]], notes: [String]) {
    self.position = position
    self.form = form
    self.tables = tables
    self.notes = notes
  }
}

// MARK: - The timeline

extension Registry {
  private static let timeline = "timeline"
  private static let base = "base"

  /// nil as long as there is none.
  public func timeline() throws(StoreError) -> TimelineRecord? {
    try read(Registry.timeline, "what is known of the log") { reader throws(ByteReader.Failure) in
      var record = TimelineRecord(definitions: try reader.string())
      record.form = try reader.optional { reader throws(ByteReader.Failure) in try reader.form() }
      record.notes = try reader.list { reader throws(ByteReader.Failure) in try reader.string() }
      record.unknownTables = try reader.list { reader throws(ByteReader.Failure) in
        TimelineRecord.UnknownName(name: try reader.string(), place: try reader.string())
      }
      return record
    }
  }

  public func set(_ record: TimelineRecord) throws(StoreError) {
    var writer = ByteWriter()
    writer.write(record.definitions)
    writer.write(record.form) { $0.write(form: $1) }
    writer.write(record.notes) { $0.write($1) }
    writer.write(record.unknownTables) {
      $0.write($1.name)
      $0.write($1.place)
    }
    try set(Registry.timeline, to: writer.bytes)
  }
}

// MARK: - Rows at a position

extension Registry {
  /// Rows of one table, one behind the other.
  public typealias Rows = (table: TableID, rows: Batch)

  /// What the record of such rows is; nothing is kept.
  public func described(_ record: BaseRecord, _ rows: some Sequence<Rows>) -> BaseRecord {
    var record = record
    var digests: [UInt8] = []
    for (table, rows) in rows { digests += Registry.digest(Registry.bytes(table, rows)) }
    record.digest = Registry.digest(digests)
    return record
  }

  /// nil as long as there is none.
  public func base() throws(StoreError) -> BaseRecord? {
    try read(Registry.base, "what is known of the base") { reader throws(ByteReader.Failure) in
      let position = try reader.position()
      let form = try reader.optional { reader throws(ByteReader.Failure) in try reader.form() }
      let tables = try reader.list { reader throws(ByteReader.Failure) in
        let table = try reader.tableID()
        return (table, try reader.list { reader throws(ByteReader.Failure) in try reader.int() })
      }
      let notes = try reader.list { reader throws(ByteReader.Failure) in try reader.string() }
      var record = BaseRecord(at: position, form: form, tables: Dictionary(tables) { $1 }, notes: notes)
      record.digest = try reader.array()
      return record
    }
  }

  /// Keeps rows as they are and in their order; there were none before. They are there once the record is, which is written when all of
  /// them are durable.
  public func keep(_ record: BaseRecord, _ rows: some Sequence<Rows>) throws(StoreError) {
    try ledger.alone { () throws(StoreError) in
      // Somebody may have been killed while he was at it.
      var old = WriteBatch()
      old.deleteAll(in: KeyRange(prefix: StoreKey.records(Kind.rows)))
      try ledger.commit(old, durably: true)
      var digests: [UInt8] = []
      for (number, (table, rows)) in rows.enumerated() {
        let bytes = Registry.bytes(table, rows)
        digests += Registry.digest(bytes)
        let key = StoreKey.record(Kind.rows, StoreKey.bytes(UInt64(number)))
        var batch = WriteBatch()
        batch.put(key, StoredValue.wrap(bytes, form: 1, key: key))
        try ledger.commit(batch, durably: true)
      }
      var batch = WriteBatch()
      put(Registry.base, Registry.bytes(record, Registry.digest(digests)), to: &batch)
      try ledger.commit(batch, durably: true)
    }
  }

  /// Hands over the rows that are kept, in their order.
  public func forEachRows(of record: BaseRecord, _ body: (Rows) throws(StoreError) -> Void) throws(StoreError) {
    let cursor = try ledger.store.snapshot().cursor(KeyRange(prefix: StoreKey.records(Kind.rows)))
    var digests: [UInt8] = []
    while let (key, value) = try cursor.next() {
      let batch = try StoredValue.read(value, form: 1, key: key, "rows of the base") { reader throws(ByteReader.Failure) in
        try reader.transactions().batch
      }
      digests += Registry.digest(Array(value[StoredValue.headerCount...]))
      for changes in batch.tables { try body((changes.table, changes.images)) }
    }
    // A value that is missing has no checksum.
    guard Registry.digest(digests) == record.digest else {
      throw .corrupt("the base", why: "not all of its rows are there")
    }
  }

  private static func bytes(_ record: BaseRecord, _ digest: [UInt8]) -> [UInt8] {
    var writer = ByteWriter()
    writer.write(record.position)
    writer.write(record.form) { $0.write(form: $1) }
    writer.write(record.tables.keys.sorted()) {
      $0.write(UInt64($1.number))
      $0.write(record.tables[$1]!) { $0.write($1) }
    }
    writer.write(record.notes) { $0.write($1) }
    writer.write(digest)
    return writer.bytes
  }

  /// Rows, as a transaction that inserts them.
  private static func bytes(_ table: TableID, _ rows: Batch) -> [UInt8] {
    let changes = TableChanges(
      table: table, images: rows, kinds: Array(repeating: .insert, count: rows.count),
      transactions: Array(repeating: 0, count: rows.count), ordinals: Array(repeating: 0, count: rows.count),
      absent: rows.columns.map { _ in nil }, truncations: [])
    var writer = ByteWriter()
    writer.write(TransactionBatch(transactions: [Transaction.Header(.start)], tables: [changes])) { _ in nil }
    return writer.bytes
  }

  private static func digest(_ bytes: [UInt8]) -> [UInt8] {
    let print = FingerprintKey(repeatElement(0x52, count: 16)).fingerprint(of: bytes)
    return StoreKey.bytes(print.high) + StoreKey.bytes(print.low)
  }
}

extension ByteWriter {
  fileprivate mutating func write(form: PositionForm) { write(byte: form == .lsn ? 0 : 1) }
}

extension ByteReader {
  fileprivate mutating func form() throws(Failure) -> PositionForm {
    switch try byte() {
    case 0: .lsn
    case 1: .decimal
    default: throw Failure("positions of no form")
    }
  }
}

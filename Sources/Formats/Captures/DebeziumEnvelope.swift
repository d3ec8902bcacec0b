import Relations

/// The fields of one message of Debezium's that say something to us, as slices.
struct DebeziumEnvelope {
  /// Where the message begins.
  let offset: Int
  /// Which of the known schema parts it has.
  var schema: Int?
  var before: JSONToken?
  var after: JSONToken?
  var source: JSONToken?
  var op: JSONToken?
  /// Of a message about transactions.
  var status: JSONToken?
  var id: JSONToken?
  var eventCount: JSONToken?
  /// Whether it is a message about MySQL's definitions.
  var isSchemaChange = false

  init(offset: Int) { self.offset = offset }

  /// Whether it says nothing of rows.
  var hasNothing: Bool { before == nil && after == nil && source == nil }

  /// Scans a message, or the payload in it.
  mutating func scan(_ scanner: inout JSONScanner, _ schemas: inout DebeziumSchemas, isPayload: Bool = false) throws(Fault) {
    try scanner.open(UInt8(ascii: "{"))
    if scanner.take(UInt8(ascii: "}")) { return }
    repeat {
      let key = try scanner.key()
      if !isPayload, key.isText("schema", scanner.base) {
        schema = try schemas.take(&scanner)
      } else if !isPayload, key.isText("payload", scanner.base) {
        if scanner.peek() == UInt8(ascii: "{") {
          try scan(&scanner, &schemas, isPayload: true)
        } else {
          _ = try scanner.value()
        }
      } else {
        set(key, try scanner.value(), scanner.base)
      }
    } while try scanner.more(UInt8(ascii: "}"))
  }

  private mutating func set(_ key: JSONToken, _ value: JSONToken, _ base: UnsafePointer<UInt8>) {
    if key.isText("before", base) {
      before = value
    } else if key.isText("after", base) {
      after = value
    } else if key.isText("source", base) {
      source = value.kind == .null ? nil : value
    } else if key.isText("op", base) {
      op = value
    } else if key.isText("status", base) {
      status = value
    } else if key.isText("id", base) {
      id = value.kind == .string ? value : nil
    } else if key.isText("event_count", base) {
      eventCount = value.kind == .null ? nil : value
    } else if key.isText("ddl", base) {
      isSchemaChange = true
    }
  }
}

/// Where an event comes from: the message's `source`.
struct DebeziumSource {
  let offset: Int
  private(set) var isMySQL = false
  private(set) var schema: JSONToken?
  private(set) var table: JSONToken?
  /// What all events of a transaction have in common.
  private(set) var key: [UInt8] = []
  /// Of the change, not of the commit.
  private(set) var position: UInt64 = 0
  /// The end of the last commit before the change.
  private(set) var lastCommit: UInt64?
  private(set) var isSnapshot = false
  private(set) var committedAt: Int64?

  init(_ envelope: DebeziumEnvelope, _ base: UnsafePointer<UInt8>) throws(Fault) {
    guard let source = envelope.source, source.kind == .object else {
      throw Fault(
        .missing, at: envelope.offset, "the event has no \"source\"", advice: "a line is an envelope of Debezium's, not flattened")
    }
    offset = source.offset
    var fields = Fields()
    var scanner = JSONScanner(again: source, base)
    try scanner.fields { key, scanner throws(Fault) in try fields.set(key, try scanner.value(), base) }
    isMySQL = fields.connector == "mysql" || fields.connector == "mariadb"
    guard isMySQL || fields.connector == "postgresql" else {
      throw Fault(
        .shape, at: offset, "the connector \"\(fields.connector)\" is not read", advice: "postgresql and mysql are")
    }
    (table, isSnapshot, committedAt) = (fields.table, fields.isSnapshot, fields.committedAt)
    schema = isMySQL ? fields.database : fields.schema
    if isSnapshot || envelope.op?.isText("r", base) == true || envelope.op?.isText("m", base) == true { return }
    try place(fields, base)
  }

  private mutating func place(_ fields: Fields, _ base: UnsafePointer<UInt8>) throws(Fault) {
    if isMySQL {
      guard let file = fields.file, file < 1 << 31, let offset = fields.offset, offset < 1 << 32 else {
        throw missing("file\" and \"pos")
      }
      guard let gtid = fields.gtid else { throw missing("gtid") }
      (key, position) = (gtid, file << 32 | offset)
    } else {
      guard let transaction = fields.transaction, let lsn = fields.lsn else { throw missing("txId\" and \"lsn") }
      (key, position, lastCommit) = (transaction, lsn, fields.lastCommit)
    }
  }

  private func missing(_ names: String) -> Fault {
    Fault(
      .missing, at: offset, "\"source\" has no \"\(names)\"",
      advice: "they say which transaction the event is of, and where: do not take them out; MySQL needs gtid_mode=ON")
  }

  /// The fields of both connectors.
  private struct Fields {
    var connector = ""
    var database: JSONToken?
    var schema: JSONToken?
    var table: JSONToken?
    var transaction: [UInt8]?
    var gtid: [UInt8]?
    var lsn: UInt64?
    var lastCommit: UInt64?
    var file: UInt64?
    var offset: UInt64?
    var isSnapshot = false
    var committedAt: Int64?
    private var hasMicroseconds = false

    mutating func set(_ key: JSONToken, _ value: JSONToken, _ base: UnsafePointer<UInt8>) throws(Fault) {
      guard value.kind != .null else { return }
      if key.isText("connector", base) {
        connector = value.kind == .string ? String(decoding: value.bytes(base), as: UTF8.self) : ""
      } else if key.isText("db", base) {
        database = value
      } else if key.isText("schema", base) {
        schema = value
      } else if key.isText("table", base) {
        table = value
      } else if key.isText("txId", base) {
        transaction = Array(value.bytes(base))
      } else if key.isText("gtid", base) {
        gtid = Array(value.bytes(base))
      } else if key.isText("lsn", base) {
        lsn = Self.number(value.bytes(base))
      } else if key.isText("sequence", base), value.kind == .string {
        lastCommit = try Self.lastCommit(try value.text(base))
      } else if key.isText("file", base) {
        file = Self.number(UnsafeBufferPointer(rebasing: value.bytes(base).suffix(while: { $0 &- 0x30 <= 9 })))
      } else if key.isText("pos", base) {
        offset = Self.number(value.bytes(base))
      } else if key.isText("snapshot", base) {
        isSnapshot = value.kind == .true || (value.kind == .string && !value.isText("false", base))
      } else {
        setTime(key, value, base)
      }
    }

    private mutating func setTime(_ key: JSONToken, _ value: JSONToken, _ base: UnsafePointer<UInt8>) {
      let isMicroseconds = key.isText("ts_us", base)
      guard isMicroseconds || (key.isText("ts_ms", base) && !hasMicroseconds) else { return }
      guard let time = Self.number(value.bytes(base)), time < 1 << 56 else { return }
      hasMicroseconds = isMicroseconds
      let epoch = TimestampRange.unixEpoch * TimestampRange.microsecondsPerSecond
      let moment =
        (isMicroseconds ? Int64(time) : Int64(clamping: time.multipliedReportingOverflow(by: 1_000).partialValue)) - epoch
      committedAt = TimestampRange.contains(moment) ? moment : nil
    }

    /// The first of two numbers: `["24023119","24023128"]`; nil for `[null,"24023128"]`.
    private static func lastCommit(_ text: [UInt8]) throws(Fault) -> UInt64? {
      let digits = text.drop { $0 == UInt8(ascii: "[") || $0 == UInt8(ascii: "\"") || $0 == 0x20 }.prefix { $0 &- 0x30 <= 9 }
      return Array(digits).withUnsafeBufferPointer { number($0) }
    }

    /// Digits.
    private static func number(_ text: UnsafeBufferPointer<UInt8>) -> UInt64? {
      guard !text.isEmpty, text.count <= 18 else { return nil }
      var number: UInt64 = 0
      for byte in text {
        guard byte &- 0x30 <= 9 else { return nil }
        number = number * 10 + UInt64(byte &- 0x30)
      }
      return number
    }
  }
}

extension UnsafeBufferPointer {
  /// The last elements that satisfy a condition.
  fileprivate func suffix(while condition: (Element) -> Bool) -> SubSequence {
    self[(lastIndex { !condition($0) }.map { $0 + 1 } ?? startIndex)...]
  }
}

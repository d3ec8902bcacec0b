import Relations

@testable import Formats

/// Writes transactions as Debezium's connector for PostgreSQL does, with its usual settings.
struct DebeziumPrinter {
  let tables: CapturedTables
  let hasSchema: Bool
  let hasMetadata: Bool
  private(set) var lines: [String] = []
  private var lastCommit: UInt64?

  init(_ tables: CapturedTables, hasSchema: Bool, hasMetadata: Bool) {
    self.tables = tables
    self.hasSchema = hasSchema
    self.hasMetadata = hasMetadata
    lastCommit = 15
  }

  mutating func append(_ transaction: Transaction, number: Int) {
    let end = transaction.position.number
    guard !transaction.changes.isEmpty else {
      lastCommit = end
      return
    }
    if hasMetadata {
      lines.append(#"{"status":"BEGIN","id":"\#(number):\#(end)","event_count":null,"data_collections":null,"ts_ms":1}"#)
    }
    for (index, change) in transaction.changes.enumerated() {
      let lsn = end - UInt64(transaction.changes.count - index)
      append(change, lsn: lsn, number: number, transaction.header.committedAt)
      if case .delete = change.operation { lines.append("null") }  // A tombstone.
    }
    if hasMetadata {
      lines.append(
        #"{"status":"END","id":"\#(number):\#(end)","event_count":\#(transaction.changes.count),"data_collections":[{"data_collection":"x","event_count":1}],"ts_ms":1}"#
      )
    }
    lastCommit = end
  }

  private mutating func append(_ change: Change, lsn: UInt64, number: Int, _ committedAt: Int64?) {
    let table = tables.schema[change.table]!
    let time = (committedAt ?? 0) + 946_684_800_000_000
    let previous = lastCommit.map { "\\\"\($0)\\\"" } ?? "null"
    let source =
      #"{"version":"2.7.0","connector":"postgresql","name":"s","ts_ms":\#(time / 1000),"snapshot":"false","db":"postgres","sequence":"[\#(previous),\"\#(lsn)\"]","ts_us":\#(time),"schema":"\#(table.name.namespace!.text)","table":"\#(table.name.name.text)","txId":\#(number),"lsn":\#(lsn),"xmin":null}"#
    let operation =
      switch change.operation {
      case .insert: "c"
      case .update: "u"
      case .delete: "d"
      case .truncate: "t"
      }
    // Without the whole old row the others are null, and without a changed key there is none.
    // An old row that says nothing new would be left out; ours always has another key.
    let hasBefore = operation != "c" && operation != "t"
    let before = hasBefore ? change.before.map { image($0, table, unavailable: "null") } : nil
    let after = change.after.map { image($0, table, unavailable: #""__debezium_unavailable_value""#) }
    let payload =
      #"{"before":\#(before ?? "null"),"after":\#(after ?? "null"),"source":\#(source),"transaction":null,"op":"\#(operation)","ts_ms":\#(time / 1000)}"#
    lines.append(hasSchema ? #"{"schema":\#(schema(table)),"payload":\#(payload)}"# : payload)
  }

  private func schema(_ table: Table) -> String {
    let fields = table.columns.map { column in
      let (type, name, more) = Self.semantics(column.type)
      return
        #"{"type":"\#(type)","optional":true\#(name.map { ",\"name\":\"\($0)\",\"version\":1" } ?? "")\#(more),"field":\#(json(column.name.text))}"#
    }.joined(separator: ",")
    let row = { (name: String) in
      #"{"type":"struct","fields":[\#(fields)],"optional":true,"name":"s.\#(table.name).Value","field":"\#(name)"}"#
    }
    return
      #"{"type":"struct","fields":[\#(row("before")),\#(row("after")),{"type":"string","optional":false,"field":"op"}],"optional":false,"name":"s.Envelope"}"#
  }

  static func semantics(_ type: SQLType) -> (type: String, name: String?, more: String) {
    switch type.id {
    case .numeric where type.modifier >= 0:
      ("bytes", "org.apache.kafka.connect.data.Decimal", #","parameters":{"scale":"2","connect.decimal.precision":"10"}"#)
    case .numeric: ("struct", "io.debezium.data.VariableScaleDecimal", "")
    case .date: ("int32", "io.debezium.time.Date", "")
    case .timestamp: ("int64", "io.debezium.time.MicroTimestamp", "")
    case .time: ("int64", "io.debezium.time.MicroTime", "")
    case .timestamptz: ("string", "io.debezium.time.ZonedTimestamp", "")
    case .bytea: ("bytes", nil, "")
    case .bool: ("boolean", nil, "")
    case .int4: ("int32", nil, "")
    default: ("string", nil, "")
    }
  }

  private func json(_ text: String) -> String { Scalar.text(text).description }

  private func image(_ image: RowImage, _ table: Table, unavailable: String) -> String {
    let fields = zip(table.columns, image.columns).map { column, value in
      "\(json(column.name.text)):\(value.map { self.value($0, column.type) } ?? unavailable)"
    }
    return "{\(fields.joined(separator: ","))}"
  }

  private func value(_ value: Value, _ type: SQLType) -> String {
    let text = value.text(as: type, style: TextStyle())
    switch (value, type.id) {
    case (.null, _): return "null"
    case (.bool(let bool), _): return "\(bool)"
    case (.integer(let days), .date): return "\(days + 10_957)"
    case (.integer(let moment), .timestamp): return "\(moment &+ 946_684_800_000_000)"
    case (.integer(let time), .time): return "\(time)"
    case (.integer(let moment), .timestamptz) where TimestampRange.isFinite(moment):
      return json(text!.split(separator: " ").joined(separator: "T").replacing("+00", with: "Z"))
    case (.integer(let number), .int2), (.integer(let number), .int4), (.integer(let number), .int8): return "\(number)"
    case (.numeric(let numeric), .numeric): return decimal(numeric, type)
    case (_, .bytea): return json(Self.base64([0x00, 0xFF, 0x5C]))
    default: return json(text!)
    }
  }

  private func decimal(_ numeric: Numeric, _ type: SQLType) -> String {
    let scale = numeric.scale ?? 0
    let coefficient = numeric.scaled128(to: scale)
    let value = Self.base64(Self.bytes(coefficient))
    return type.modifier >= 0 ? "\"\(value)\"" : #"{"scale":\#(scale),"value":"\#(value)"}"#
  }

  static func bytes(_ number: Int128) -> [UInt8] {
    var bytes = (0..<16).map { UInt8(truncatingIfNeeded: number >> (120 - 8 * $0)) }
    while bytes.count > 1, (bytes[0] == 0 && bytes[1] < 0x80) || (bytes[0] == 0xFF && bytes[1] >= 0x80) { bytes.removeFirst() }
    return bytes
  }

  static func base64(_ bytes: [UInt8]) -> String {
    let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
    var text = ""
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let part = Array(bytes[start..<min(start + 3, bytes.count)])
      let word = (0..<3).reduce(UInt32(0)) { $0 << 8 | UInt32($1 < part.count ? part[$1] : 0) }
      for index in 0..<4 { text.append(index <= part.count ? letters[Int(word >> (18 - 6 * UInt32(index)) & 63)] : "=") }
    }
    return text
  }
}

extension Numeric {
  /// The digits as one number.
  fileprivate func scaled128(to scale: Int) -> Int128 {
    var text: [UInt8] = []
    append(to: &text)
    return Int128(String(decoding: text.filter { $0 != UInt8(ascii: ".") }, as: UTF8.self)) ?? 0
  }
}

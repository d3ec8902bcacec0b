import Relations

/// The formats of change logs, each known by how its files begin.
public enum ChangeFormat: String, Hashable, Sendable, CaseIterable {
  /// Our own, a transaction a line.
  case own = "NDJSON"
  case wal2json1 = "wal2json, format version 1"
  case wal2json2 = "wal2json, format version 2"
  case debezium = "Debezium"
  case testDecoding = "test_decoding"
  /// As bytes, one message after the other.
  case pgoutput
  /// As rows of hexadecimal digits.
  case pgoutputRows = "pgoutput, in rows"
  case dolt = "Dolt"
}

extension ChangeFormat {
  /// How many bytes are looked at.
  static let headCount = 1 << 16

  /// The format of a file that begins with these bytes. What begins as none of the others is ours, or nearly: then the error says so.
  static func of(_ head: [UInt8]) -> ChangeFormat {
    if head.prefix(64).contains(0) { return .pgoutput }
    var start = head.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    while start < head.count, [0x20, 0x09, 0x0A, 0x0D].contains(head[start]) { start += 1 }
    let text = head[start...] + repeatElement(0, count: 16)  // What a scanner wants to find behind its text.
    return text.withUnsafeBufferPointer { text in
      var text = UnsafeBufferPointer(rebasing: text[..<(text.count - 16)])
      let row = SlotRow.head(text)
      if let row { text = UnsafeBufferPointer(rebasing: text[row.start...]) }
      if text.starts(with: "\\x".utf8) || text.starts(with: "\\\\x".utf8) { return .pgoutputRows }
      if text.starts(with: "{".utf8) { return ofObject(JSONScanner(text)) }
      if text.starts(with: "null".utf8) { return .debezium }
      if row != nil || text.starts(with: "BEGIN".utf8) || text.starts(with: "table ".utf8) { return .testDecoding }
      return .own
    }
  }

  /// By the first field that only one format has. The text may end in the middle.
  private static func ofObject(_ scanner: JSONScanner) -> ChangeFormat {
    var scanner = scanner
    var mayBeWal2JSON = false
    do throws(Fault) {
      try scanner.open(UInt8(ascii: "{"))
      if scanner.take(UInt8(ascii: "}")) { return .own }
      repeat {
        let key = try scanner.key()
        switch String(decoding: key.bytes(scanner.base), as: UTF8.self) {
        case "position", "changes", "event", "committed_at", "branch": return .own
        case "change": return .wal2json1
        case "xid", "nextlsn": mayBeWal2JSON = true
        case "action": return .wal2json2
        case "schema", "payload", "before", "after", "source", "op", "status", "ts_ms": return .debezium
        case "tables", "rows": return .dolt
        default: break
        }
        _ = try scanner.value()
      } while try scanner.more(UInt8(ascii: "}"))
    } catch {}
    return mayBeWal2JSON ? .wal2json1 : .own
  }

  /// What reads it; nil for our own.
  func decoder(_ options: ChangeLogOptions) -> (any CaptureDecoder)? {
    switch self {
    case .own: nil
    case .wal2json1: Wal2JSON1Decoder(options)
    case .wal2json2: Wal2JSON2Decoder(options)
    case .debezium: DebeziumDecoder(options)
    case .testDecoding: TestDecodingDecoder(options)
    case .pgoutput: PgOutputDecoder(options, isHexadecimal: false)
    case .pgoutputRows: PgOutputDecoder(options, isHexadecimal: true)
    case .dolt: DoltDecoder(options)
    }
  }
}

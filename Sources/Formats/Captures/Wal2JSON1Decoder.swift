import Relations

/// wal2json, format version 1: a transaction a line, or several lines with `pretty-print`.
///
///     {"xid":693,"nextlsn":"0/16B3748","timestamp":"2026-05-01 10:00:00+00","change":[{"kind":"insert","schema":"public","table":"t",…}]}
struct Wal2JSON1Decoder: CaptureDecoder {
  private let transaction: CapturedTransaction
  private var change: Wal2JSONChange
  /// Where a transaction began that goes over several lines.
  private var begin: SlotRow?
  private var message = false
  private(set) var notes = [
    "wal2json's format version 1 leaves out TRUNCATE, and changes of tables without a replica identity: use version 2, or know that there are none"
  ]

  init(_ options: ChangeLogOptions) {
    transaction = CapturedTransaction(longest: options.longestLine)
    change = Wal2JSONChange(options)
  }

  mutating func decode(_ line: Line, _ file: String, _ sink: inout ChangeSink) throws(FormatError) -> DecodedLine? {
    do throws(Fault) {
      guard let row = try whole(line) else { return nil }
      let (position, form, header) = try scan(row, file, &sink)
      begin = nil
      return try sink.commit(transaction, header, form, at: position, file)
    } catch { throw transaction.error(error, file) }
  }

  mutating func finish(_ file: String, _ sink: inout ChangeSink) throws(FormatError) -> [DecodedLine] {
    if let begin { notes.append(unfinished(transaction.place(begin.data.lowerBound, file))) }
    if change.hasAmbiguousNull { notes.append(ambiguousNull) }
    return []
  }

  /// The row that ends with the line, if one does.
  private mutating func whole(_ line: Line) throws(Fault) -> SlotRow? {
    if var row = begin {
      let end = try transaction.add(continuation: line)
      row.data = row.data.lowerBound..<end
      begin = row
      return line.bytes.elementsEqual("}".utf8) ? row : nil
    }
    let row = SlotRow(try transaction.add(line), in: transaction)
    if transaction.bytes(row.data).elementsEqual("{".utf8) {
      begin = row
      return nil
    }
    return row
  }
}

let ambiguousNull =
  "wal2json writes NULL, NaN and infinity as null: such numbers are taken as not known, and what depends on them is doubtful"

extension Wal2JSON1Decoder {
  private mutating func scan(
    _ row: SlotRow, _ file: String, _ sink: inout ChangeSink
  ) throws(Fault) -> (offset: Int, PositionForm, Transaction.Header) {
    var scanner = transaction.scanner(row.data)
    var position = row.position
    var offset = row.data.lowerBound
    var committedAt: Int64?
    var origin: String?
    var hasChanges = false
    try scanner.open(UInt8(ascii: "{"))
    if !scanner.take(UInt8(ascii: "}")) {
      repeat {
        let key = try scanner.key()
        if key.isText("change", scanner.base) {
          hasChanges = true
          try scanChanges(&scanner, file, &sink)
          continue
        }
        let value = try scanner.value()
        if key.isText("nextlsn", transaction.base) {
          position = try PositionText.read(value, transaction.base, "nextlsn").position
          offset = value.place
        } else if key.isText("timestamp", transaction.base) {
          committedAt = try value.moment(transaction.base, "timestamp")
        } else if key.isText("origin", transaction.base), value.kind == .string {
          origin = try value.string(transaction.base, "origin")
        }
      } while try scanner.more(UInt8(ascii: "}"))
    }
    try scanner.end()
    guard hasChanges else {
      throw Fault(.missing, at: row.data.lowerBound, "the line has no \"change\"", advice: "a line is a transaction of wal2json's")
    }
    guard let position else { throw noPosition(at: row.data.lowerBound) }
    return (offset, .lsn, Transaction.Header(position, committedAt: committedAt, origin: origin))
  }

  private mutating func scanChanges(_ scanner: inout JSONScanner, _ file: String, _ sink: inout ChangeSink) throws(Fault) {
    let end = scanner.count
    try scanner.open(UInt8(ascii: "["))
    if scanner.take(UInt8(ascii: "]")) { return }
    repeat {
      _ = scanner.peek()
      let offset = scanner.at
      try scanChange(&scanner)
      try change.add(to: transaction, &sink, at: offset, file)
      scanner = transaction.scanner(scanner.at..<end)
    } while try scanner.more(UInt8(ascii: "]"))
  }

  private mutating func scanChange(_ scanner: inout JSONScanner) throws(Fault) {
    change.removeAll()
    try scanner.open(UInt8(ascii: "{"))
    if scanner.take(UInt8(ascii: "}")) { return }
    repeat {
      let key = try scanner.key()
      if key.isText("columnnames", scanner.base) {
        try scanner.tokens(to: &change.names)
      } else if key.isText("columnvalues", scanner.base) {
        try scanner.tokens(to: &change.values)
      } else if key.isText("oldkeys", scanner.base) {
        try scanKey(&scanner)
      } else {
        let value = try scanner.value()
        if key.isText("kind", scanner.base) {
          change.kind = try Self.kind(value, scanner.base)
        } else if key.isText("schema", scanner.base) {
          change.schema = value
        } else if key.isText("table", scanner.base) {
          change.table = value
        }
      }
    } while try scanner.more(UInt8(ascii: "}"))
  }

  private mutating func scanKey(_ scanner: inout JSONScanner) throws(Fault) {
    change.hasKey = true
    try scanner.open(UInt8(ascii: "{"))
    if scanner.take(UInt8(ascii: "}")) { return }
    repeat {
      let key = try scanner.key()
      if key.isText("keynames", scanner.base) {
        try scanner.tokens(to: &change.keyNames)
      } else if key.isText("keyvalues", scanner.base) {
        try scanner.tokens(to: &change.keyValues)
      } else {
        _ = try scanner.value()
      }
    } while try scanner.more(UInt8(ascii: "}"))
  }

  /// nil for what is no change of rows.
  private static func kind(_ token: JSONToken, _ base: UnsafePointer<UInt8>) throws(Fault) -> ChangeToken.Operation? {
    if token.kind == .string {
      if token.isText("insert", base) { return .insert }
      if token.isText("update", base) { return .update }
      if token.isText("delete", base) { return .delete }
      if token.isText("truncate", base) { return .truncate }
      if token.isText("message", base) { return nil }
    }
    throw token.wrongWord(base, "kind", ["insert", "update", "delete", "truncate", "message"])
  }
}

/// What is not placed is not read.
func noPosition(at offset: Int) -> Fault {
  Fault(
    .missing, at: offset, "nothing says where the transaction ends in the log",
    advice: "capture it with the option include-lsn (for \"nextlsn\"), or with the column lsn of pg_logical_slot_get_changes")
}

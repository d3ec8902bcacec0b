import Relations

/// wal2json, format version 2: a change a line, between lines that begin and commit a transaction.
///
///     {"action":"B","lsn":"0/16B3718","nextlsn":"0/16B3748"}
///     {"action":"I","schema":"public","table":"t","columns":[{"name":"id","type":"integer","value":1}]}
///     {"action":"C","lsn":"0/16B3718","nextlsn":"0/16B3748"}
struct Wal2JSON2Decoder: CaptureDecoder {
  private let transaction: CapturedTransaction
  private var change: Wal2JSONChange
  /// What the line that began the open transaction says.
  private var begin: Head?
  private(set) var notes = [
    "wal2json leaves out updates and deletes of tables without a replica identity: know that there are none"
  ]

  /// The fields of a line that are not a change's.
  private struct Head {
    var action: UInt8 = 0
    var position: Position?
    var committedAt: Int64?
    var origin: String?
    var offset = 0
  }

  init(_ options: ChangeLogOptions) {
    transaction = CapturedTransaction(longest: options.longestLine)
    change = Wal2JSONChange(options)
  }

  mutating func decode(_ line: Line, _ file: String, _ sink: inout ChangeSink) throws(FormatError) -> DecodedLine? {
    do throws(Fault) {
      let row = SlotRow(try transaction.add(line), in: transaction)
      let head = try scan(row)
      switch head.action {
      case UInt8(ascii: "B"):
        try open(head, row)
        return nil
      case UInt8(ascii: "C"): return try commit(head, row, file, &sink)
      case UInt8(ascii: "M"):
        transaction.removeLast()
        return nil
      default:
        guard begin != nil else {
          throw Fault(
            .missing, at: head.offset, "the change is in no transaction: no line with \"action\":\"B\" comes before it",
            advice: "capture with include-transaction, from the beginning of a transaction")
        }
        try change.add(to: transaction, &sink, at: row.data.lowerBound, file)
        return nil
      }
    } catch { throw transaction.error(error, file) }
  }

  mutating func finish(_ file: String, _ sink: inout ChangeSink) throws(FormatError) -> [DecodedLine] {
    if let begin { notes.append(unfinished(transaction.place(begin.offset, file))) }
    if change.hasAmbiguousNull { notes.append(ambiguousNull) }
    return []
  }
}

// MARK: - Transactions

extension Wal2JSON2Decoder {
  private mutating func open(_ head: Head, _ row: SlotRow) throws(Fault) {
    if let last = begin {
      // A server that lost its client sends a transaction again, from its begin.
      guard last.position != nil, last.position == head.position else {
        throw Fault(
          .order, at: head.offset, "a transaction begins, and the one before has not ended",
          advice: "the end of the one before is missing: capture it again")
      }
    }
    begin = head
    begin?.offset = 0
    transaction.keepLast()
  }

  private mutating func commit(
    _ head: Head, _ row: SlotRow, _ file: String, _ sink: inout ChangeSink
  ) throws(Fault) -> DecodedLine {
    guard let first = begin else {
      throw Fault(
        .missing, at: head.offset, "a transaction ends that has not begun", advice: "capture from the beginning of a transaction")
    }
    guard let position = head.position ?? first.position ?? row.position else { throw noPosition(at: head.offset) }
    guard first.position ?? position == position else {
      throw Fault(
        .order, at: head.offset, "the transaction began with another \"nextlsn\"", advice: "lines are missing: capture it again")
    }
    begin = nil
    let header = Transaction.Header(
      position, committedAt: head.committedAt ?? first.committedAt, origin: head.origin ?? first.origin)
    return try sink.commit(transaction, header, .lsn, at: head.offset, file)
  }
}

// MARK: - Lines

extension Wal2JSON2Decoder {
  private mutating func scan(_ row: SlotRow) throws(Fault) -> Head {
    change.removeAll()
    var scanner = transaction.scanner(row.data)
    var head = Head(offset: row.data.lowerBound)
    try scanner.open(UInt8(ascii: "{"))
    if !scanner.take(UInt8(ascii: "}")) {
      repeat {
        let key = try scanner.key()
        if key.isText("columns", scanner.base) {
          try scanColumns(&scanner, &change.names, &change.values)
        } else if key.isText("identity", scanner.base) {
          change.hasKey = true
          try scanColumns(&scanner, &change.keyNames, &change.keyValues)
        } else {
          try scanField(key, try scanner.value(), scanner.base, &head)
        }
      } while try scanner.more(UInt8(ascii: "}"))
    }
    try scanner.end()
    guard head.action != 0 else {
      throw Fault(.missing, at: head.offset, "the line has no \"action\"", advice: "wal2json writes one with each line")
    }
    return head
  }

  private mutating func scanField(
    _ key: JSONToken, _ value: JSONToken, _ base: UnsafePointer<UInt8>, _ head: inout Head
  ) throws(Fault) {
    if key.isText("action", base) {
      head.action = try action(value, base)
    } else if key.isText("schema", base) {
      change.schema = value
    } else if key.isText("table", base) {
      change.table = value
    } else if key.isText("nextlsn", base) {
      head.position = try PositionText.read(value, base, "nextlsn").position
      head.offset = value.place
    } else if key.isText("timestamp", base) {
      // The time of the commit, on every line: one of them is enough.
      if head.action == UInt8(ascii: "B") || head.action == UInt8(ascii: "C") {
        head.committedAt = try value.moment(base, "timestamp")
      }
    } else if key.isText("origin", base), value.kind == .string {
      head.origin = try value.string(base, "origin")
    }
  }

  private mutating func action(_ token: JSONToken, _ base: UnsafePointer<UInt8>) throws(Fault) -> UInt8 {
    guard token.kind == .string, token.length == 1 else {
      throw token.wrongWord(base, "action", ["B", "C", "I", "U", "D", "T", "M"])
    }
    let letter = token.bytes(base)[0]
    switch letter {
    case UInt8(ascii: "I"): change.kind = .insert
    case UInt8(ascii: "U"): change.kind = .update
    case UInt8(ascii: "D"): change.kind = .delete
    case UInt8(ascii: "T"): change.kind = .truncate
    case UInt8(ascii: "B"), UInt8(ascii: "C"), UInt8(ascii: "M"): break
    default: throw token.wrongWord(base, "action", ["B", "C", "I", "U", "D", "T", "M"])
    }
    return letter
  }

  private func scanColumns(
    _ scanner: inout JSONScanner, _ names: inout [JSONToken], _ values: inout [JSONToken]
  ) throws(Fault) {
    try scanner.open(UInt8(ascii: "["))
    if scanner.take(UInt8(ascii: "]")) { return }
    repeat {
      _ = scanner.peek()
      let start = scanner.at
      var name: JSONToken?
      var value: JSONToken?
      try scanner.open(UInt8(ascii: "{"))
      if !scanner.take(UInt8(ascii: "}")) {
        repeat {
          let key = try scanner.key()
          let token = try scanner.value()
          if key.isText("name", scanner.base) { name = token } else if key.isText("value", scanner.base) { value = token }
        } while try scanner.more(UInt8(ascii: "}"))
      }
      guard let name, let value else {
        throw Fault(.missing, at: start, "the column has no name or no value", advice: "it was damaged: capture it again")
      }
      names.append(name)
      values.append(value)
    } while try scanner.more(UInt8(ascii: "]"))
  }
}

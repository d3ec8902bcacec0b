import Relations

/// Debezium's envelopes, one a line, from its connectors for PostgreSQL and MySQL: with or without the schema part, with or without the
/// transaction's metadata.
///
///     {"before":null,"after":{"id":1,"total":"O5g="},"source":{"connector":"postgresql","schema":"public","table":"orders","txId":571,
///      "lsn":24023128,"sequence":"[\"24023119\",\"24023128\"]","ts_ms":1777629600000},"op":"c"}
///
/// **Positions.** An event says where its own change is in the log, and which commit came before it (`sequence`), but not where its own
/// transaction ends. That the next transaction says. Commits of tables that the connector does not follow may lie in between: then the
/// transaction ended somewhere before them, which is enough unless a fork lies there, see `ChangeLogOptions.pins`.
///
/// In MySQL's binary log transactions are not interleaved, and positions that people have are ends of transactions: right behind the last
/// change is as good as the end.
struct DebeziumDecoder: CaptureDecoder {
  private let transaction: CapturedTransaction
  private let findPins: @Sendable () -> [Position]
  private lazy var pins = findPins().sorted()
  private var schemas = DebeziumSchemas()
  private var open: Open?
  /// The snapshot's rows, which are no changes.
  private var snapshotRows = 0
  private var assumesFormat = false
  private(set) var notes: [String] = []

  /// The transaction whose events come.
  private struct Open {
    /// The database's number of it.
    let key: [UInt8]
    /// It ended after this: its last change, or the commit before.
    var lower: UInt64
    var lastChange: UInt64
    var events = 0
    /// Whether its end was told.
    var isComplete = false
    let isMySQL: Bool
    var committedAt: Int64?
  }

  init(_ options: ChangeLogOptions) {
    transaction = CapturedTransaction(longest: options.longestLine)
    findPins = options.pins
  }

  mutating func decode(_ line: Line, _ file: String, _ sink: inout ChangeSink) throws(FormatError) -> DecodedLine? {
    do throws(Fault) {
      let range = try transaction.add(line, of: file)
      var scanner = transaction.scanner(range)
      if scanner.peek() == UInt8(ascii: "n") {  // A tombstone: for who compacts topics.
        _ = try scanner.value()
        try scanner.end()
        transaction.removeLast()
        return nil
      }
      var envelope = DebeziumEnvelope(offset: range.lowerBound)
      try envelope.scan(&scanner, &schemas)
      try scanner.end()
      return try take(&envelope, file, &sink)
    } catch { throw transaction.error(error, file) }
  }

  mutating func finish(_ file: String, _ sink: inout ChangeSink) throws(FormatError) -> [DecodedLine] {
    if snapshotRows > 0 {
      notes.append("\(file): \(snapshotRows) rows of a snapshot were passed over: they are no changes, but what a base has")
    }
    if assumesFormat {
      notes.append("\(file): the messages have no schema part: values that can be read in two ways are taken as not known")
    }
    guard let last = open else { return [] }
    guard last.isComplete else {
      notes.append(unfinished(transaction.place(0, file)) + ": nothing says that it ends here (provide.transaction.metadata would)")
      return []
    }
    do throws(Fault) { return [try close(until: nil, file, &sink)] } catch { throw transaction.error(error, file) }
  }
}

// MARK: - Events

extension DebeziumDecoder {
  private mutating func take(
    _ envelope: inout DebeziumEnvelope, _ file: String, _ sink: inout ChangeSink
  ) throws(Fault) -> DecodedLine? {
    let base = transaction.base
    if let status = envelope.status {
      try end(status, envelope)
      transaction.removeLast()
      return nil
    }
    if envelope.isSchemaChange {
      throw Fault(
        .shape, at: envelope.offset, "a change of MySQL's schema is not read",
        advice: "cut the log here, and go on with the new schema and a new base")
    }
    guard let op = envelope.op else {
      guard !envelope.hasNothing else {  // A heartbeat, or a tombstone with a schema part.
        transaction.removeLast()
        return nil
      }
      throw Fault(
        .missing, at: envelope.offset, "the line has no \"op\"", advice: "a line is an envelope of Debezium's, not flattened")
    }
    let source = try DebeziumSource(envelope, base)
    switch op.kind == .string && op.length == 1 ? op.bytes(base)[0] : 0 {
    case UInt8(ascii: "r"), UInt8(ascii: "m"):
      if op.isText("r", base) { snapshotRows += 1 }
      transaction.removeLast()
      return nil
    case UInt8(ascii: "c"), UInt8(ascii: "u"), UInt8(ascii: "d"), UInt8(ascii: "t"): break
    default: throw op.wrongWord(base, "op", ["c", "u", "d", "t", "r", "m"])
    }
    if source.isSnapshot {
      snapshotRows += 1
      transaction.removeLast()
      return nil
    }
    return try row(&envelope, source, op, file, &sink)
  }

  private mutating func row(
    _ envelope: inout DebeziumEnvelope, _ source: DebeziumSource, _ op: JSONToken, _ file: String, _ sink: inout ChangeSink
  ) throws(Fault) -> DecodedLine? {
    var decoded: DecodedLine?
    if let last = open, last.key != source.key {
      decoded = try close(until: source, file, &sink)
      // All that is left is this line, at the beginning.
      let scanned = transaction.keepLast()
      var scanner = transaction.scanner(scanned)
      envelope = DebeziumEnvelope(offset: 0)
      try envelope.scan(&scanner, &schemas)
      return try begin(envelope, try DebeziumSource(envelope, transaction.base), file, &sink, after: decoded)
    }
    return try begin(envelope, source, file, &sink, after: nil)
  }

  private mutating func begin(
    _ envelope: DebeziumEnvelope, _ source: DebeziumSource, _ file: String, _ sink: inout ChangeSink, after decoded: DecodedLine?
  ) throws(Fault) -> DecodedLine? {
    if open == nil {
      open = Open(
        key: source.key, lower: source.lastCommit ?? source.position, lastChange: source.position, isMySQL: source.isMySQL)
    }
    guard source.position >= open!.lastChange, !open!.isComplete else {
      throw Fault(
        .order, at: envelope.offset, "the event comes after a later one of its transaction",
        advice: "write the topics in the order of the log, and events that were delivered again once")
    }
    open!.lastChange = source.position
    open!.lower = max(open!.lower, source.position)
    open!.events += 1
    open!.committedAt = source.committedAt
    try change(envelope, source, file, &sink)
    return decoded
  }

  /// `BEGIN` and `END` of the transaction's topic.
  private mutating func end(_ status: JSONToken, _ envelope: DebeziumEnvelope) throws(Fault) {
    guard status.kind == .string, !status.isText("BEGIN", transaction.base), let last = open else { return }
    // Up to the colon: behind it is a position.
    let id = try envelope.id?.text(transaction.base) ?? []
    guard id.prefix(while: { $0 != UInt8(ascii: ":") }).elementsEqual(last.key) || id == last.key else { return }
    if let count = try envelope.eventCount?.count(transaction.base, "event_count"), count != last.events {
      throw Fault(
        .missing, at: envelope.offset, "the transaction has \(count) events, and \(last.events) are in the file",
        advice: "write all topics into one file, in the order of the log")
    }
    open!.isComplete = true
  }

  /// Ends the open transaction, which ended before the next one's commit, and after what it has changed.
  private mutating func close(
    until next: DebeziumSource?, _ file: String, _ sink: inout ChangeSink
  ) throws(Fault) -> DecodedLine {
    let last = open!
    open = nil
    var position = Position(last.lower + 1)
    if last.isMySQL {
      if let next, next.position <= last.lower { throw outOfOrder(next) }
    } else {
      if let next {
        guard let commit = next.lastCommit else { throw noSequence(next) }
        guard commit > last.lower else { throw outOfOrder(next) }
        position = Position(commit)
      }
      let upper = next == nil ? Position.end : position
      if let pin = pins.first(where: { $0.number > last.lower && $0 < upper }) {
        throw Fault(
          .order, at: 0, "nobody can say whether the transaction ended before \(pin) or after it",
          advice: "give a position that is the end of a transaction in the log, or let the connector follow all tables")
      }
    }
    let header = Transaction.Header(position, committedAt: last.committedAt)
    return try sink.commit(transaction, header, last.isMySQL ? .decimal : .lsn, at: 0, file, keepsText: next != nil)
  }

  private func outOfOrder(_ source: DebeziumSource) -> Fault {
    Fault(
      .order, at: source.offset, "the transaction comes after a later one",
      advice: "write the topics in the order of the log, and events that were delivered again once")
  }

  private func noSequence(_ source: DebeziumSource) -> Fault {
    Fault(
      .missing, at: source.offset, "\"source\" has no \"sequence\", and nothing says where the transaction before ended",
      advice: "Debezium writes it from version 1.7 on")
  }
}

// MARK: - Rows

extension DebeziumDecoder {
  private mutating func change(
    _ envelope: DebeziumEnvelope, _ source: DebeziumSource, _ file: String, _ sink: inout ChangeSink
  ) throws(Fault) {
    let base = transaction.base
    guard let table = source.table, let op = envelope.op else {
      throw Fault(.missing, at: envelope.offset, "\"source\" has no \"table\"", advice: "a line is an envelope of Debezium's")
    }
    var change = ChangeToken(operation: .truncate, offset: envelope.offset)
    let named = try sink.find(source.schema, table, in: transaction, file)
    // MySQL's databases are namespaces where the schema has them as such.
    if case .unknown = named, source.isMySQL {
      change.table = try sink.find(nil, table, in: transaction, file)
    } else {
      change.table = named
    }
    let letter = op.bytes(base)[0]
    guard case .known(let index) = change.table else {
      change.operation = .truncate
      return transaction.append(change)
    }
    let layout = sink.directory.layouts[index]
    if envelope.schema == nil { assumesFormat = true }
    switch letter {
    case UInt8(ascii: "c"):
      change.operation = .insert
      change.after = try image(envelope.after, "after", envelope, layout, index, &change)
    case UInt8(ascii: "u"):
      change.operation = .update
      change.after = try image(envelope.after, "after", envelope, layout, index, &change)
      if let before = envelope.before, before.kind != .null {
        change.before = try oldImage(before, envelope, source, layout, index, &change)
      } else {
        change.before = transaction.identityImage(of: change.after, layout)
      }
      for value in transaction.unread.reversed() {
        guard value.offset >= change.offset else { break }
        change.before = transaction.remove(value.column, from: change.before)
      }
    case UInt8(ascii: "d"):
      change.operation = .delete
      change.before = try oldImage(envelope.before, envelope, source, layout, index, &change)
    default: break
    }
    transaction.append(change)
  }

  /// The row that was there before. Of PostgreSQL's connector it has all columns, and those that the server did not tell are null: what it
  /// tells, the table's replica identity says, in the schema; where nothing but the key is not null, it is the key.
  private func oldImage(
    _ token: JSONToken?, _ envelope: DebeziumEnvelope, _ source: DebeziumSource, _ layout: TableLayout, _ table: Int,
    _ change: inout ChangeToken
  ) throws(Fault) -> Range<Int> {
    let image = try image(token, "before", envelope, layout, table, &change)
    if source.isMySQL { return image }
    let hasMore = image.contains { place in
      let value = transaction.values[place]
      return value.token.kind != .null && !layout.isInKey[Int(value.column)]
    }
    if layout.isIdentityFull, hasMore { return image }
    let identity = layout.isIdentityFull ? layout.columns.indices.filter { layout.isInKey[$0] } : layout.identity ?? []
    let start = transaction.values.count
    for place in image where identity.contains(Int(transaction.values[place].column)) {
      transaction.append(transaction.values[place].token, Int(transaction.values[place].column))
    }
    return start..<transaction.values.count
  }

  private func image(
    _ token: JSONToken?, _ name: String, _ envelope: DebeziumEnvelope, _ layout: TableLayout, _ table: Int,
    _ change: inout ChangeToken
  ) throws(Fault) -> Range<Int> {
    guard let token, token.kind == .object else {
      throw Fault(.missing, at: envelope.offset, "the event has no \"\(name)\"", advice: "a line is an envelope of Debezium's")
    }
    let start = transaction.beginImage(layout)
    let schema = envelope.schema.map { schemas[$0] }
    var scanner = JSONScanner(again: token, transaction.base)
    var expected = 0
    var field = 0
    try scanner.open(UInt8(ascii: "{"))
    if scanner.take(UInt8(ascii: "}")) { return start..<start }
    repeat {
      let key = try scanner.key()
      let value = try scanner.value()
      defer { field += 1 }
      guard let column = try transaction.column(key, layout, &expected) else { continue }
      let reader = layout.columns[column]
      if DebeziumValue.isPlain(value, transaction.base, reader) {
        transaction.append(value, column)
      } else {
        let semantics = schema?.semantics(of: key.bytes(transaction.base), expected: field)
        try append(DebeziumValue(token: value, base: transaction.base, column: reader, semantics: semantics), column, table)
        scanner = transaction.scanner(scanner.at..<scanner.count)  // Texts may have been added, and all of it moved.
      }
    } while try scanner.more(UInt8(ascii: "}"))
    return start..<transaction.values.count
  }

  private func append(_ value: DebeziumValue, _ column: Int, _ table: Int) throws(Fault) {
    switch try value.meaning() {
    case .asWritten: transaction.append(value.token, column)
    case .text(let text): transaction.append(try transaction.add(text: text, for: value.token.place), column)
    case .unchanged: break
    case .unknown(let reason): transaction.appendUnread(column, of: table, reason, at: value.token.place)
    }
  }
}

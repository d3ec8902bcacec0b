import Relations

/// What PostgreSQL's `test_decoding` says, as rows of `pg_logical_slot_get_changes`: only there are the positions.
///
///     0/16B3700|693|BEGIN 693
///     0/16B3700|693|table public.t: UPDATE: old-key: id[integer]:1 new-tuple: id[integer]:2 note[text]:'it''s'
///     0/16B3748|693|COMMIT 693 (at 2026-05-01 10:00:00+00)
///
/// A text with line ends goes over several lines, unless the rows were copied (`COPY … TO`), which escapes them.
struct TestDecodingDecoder: CaptureDecoder {
  private var transaction: CapturedTransaction
  /// Where the open transaction began.
  private var begin: Int?
  /// A row whose quotes are not closed yet.
  private var open: SlotRow?
  private var prepared = PreparedTransactions()
  private let longest: Int
  private(set) var notes: [String] = []

  init(_ options: ChangeLogOptions) {
    longest = options.longestLine
    transaction = CapturedTransaction(longest: longest)
  }

  var isInRow: Bool { open != nil }

  mutating func decode(_ line: Line, _ file: String, _ sink: inout ChangeSink) throws(FormatError) -> DecodedLine? {
    do throws(Fault) {
      guard let row = try whole(line) else { return nil }
      var words = WordScanner(transaction, row.data)
      if words.take("BEGIN") { return try begin(row) }
      if words.take("COMMIT PREPARED ") { return try commitPrepared(row, &words, file, &sink) }
      if words.take("ROLLBACK PREPARED ") {
        _ = prepared.take(words.upTo(" (at "))
        transaction.removeAll()
        return nil
      }
      if words.take("COMMIT") { return try commit(row, &words, file, &sink) }
      if words.take("message:") || words.take("sequence ") {
        if begin == nil { transaction.removeAll() }
        return nil
      }
      guard begin != nil else {
        throw Fault(
          .missing, at: row.data.lowerBound, "this is in no transaction: no BEGIN comes before it",
          advice: "capture from the beginning of a transaction, without stream-changes")
      }
      if words.take("PREPARE TRANSACTION ") { return prepare(words.upTo(" (at ")) }
      guard words.take("table ") else {
        throw Fault(
          .syntax, at: row.data.lowerBound, "test_decoding says nothing like it",
          advice: "capture with include-xids at most, and without stream-changes")
      }
      try change(&words, file, &sink)
      return nil
    } catch { throw transaction.error(error, file) }
  }

  mutating func finish(_ file: String, _ sink: inout ChangeSink) throws(FormatError) -> [DecodedLine] {
    if let begin { notes.append(unfinished(transaction.place(begin, file))) }
    if prepared.count > 0 { notes.append("\(file): \(prepared.count) prepared transactions were not committed: they do not count") }
    return []
  }
}

/// Transactions that wait for `COMMIT PREPARED`, by what their names are followed by.
struct PreparedTransactions {
  private var waiting: [ExactText: CapturedTransaction] = [:]

  var count: Int { waiting.count }

  mutating func put(_ transaction: CapturedTransaction, _ name: String) { waiting[ExactText(name)] = transaction }

  mutating func take(_ name: String) -> CapturedTransaction? { waiting.removeValue(forKey: ExactText(name)) }
}

// MARK: - Transactions

extension TestDecodingDecoder {
  /// The row that ends with the line, if one does: between quotes a line end is text.
  private mutating func whole(_ line: Line) throws(Fault) -> SlotRow? {
    var row: SlotRow
    if let begun = open {
      row = begun
      row.data = row.data.lowerBound..<(try transaction.add(continuation: line))
    } else {
      row = SlotRow(try transaction.add(line), in: transaction)
    }
    let isOpen =
      !row.isCopied && transaction.bytes(row.data).starts(with: "table ".utf8) && Self.hasOpenQuote(line.bytes) != (open != nil)
    open = isOpen ? row : nil
    return isOpen ? nil : row
  }

  private static func hasOpenQuote(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    bytes.reduce(false) { $0 != ($1 == UInt8(ascii: "'")) }
  }

  private mutating func begin(_ row: SlotRow) throws(Fault) -> DecodedLine? {
    guard begin == nil else {
      throw Fault(
        .order, at: row.data.lowerBound, "a transaction begins, and the one before has not ended",
        advice: "the end of the one before is missing: capture it again")
    }
    begin = 0
    transaction.keepLast()
    return nil
  }

  private mutating func commit(
    _ row: SlotRow, _ words: inout WordScanner, _ file: String, _ sink: inout ChangeSink
  ) throws(Fault) -> DecodedLine {
    guard begin != nil else {
      throw Fault(
        .missing, at: row.data.lowerBound, "a transaction ends that has not begun",
        advice: "capture from the beginning of a transaction")
    }
    let header = try header(row, words)
    begin = nil
    return try sink.commit(transaction, header, .lsn, at: row.data.lowerBound, file)
  }

  private func header(_ row: SlotRow, _ words: WordScanner) throws(Fault) -> Transaction.Header {
    guard let position = row.position else {
      throw Fault(
        .missing, at: row.data.lowerBound, "nothing says where the transaction ends in the log",
        advice: "write what pg_logical_slot_get_changes gives, with its columns lsn and xid")
    }
    return Transaction.Header(position, committedAt: try words.moment())
  }

  private mutating func prepare(_ name: String) -> DecodedLine? {
    prepared.put(transaction, name)
    transaction = CapturedTransaction(longest: longest)
    begin = nil
    return nil
  }

  private mutating func commitPrepared(
    _ row: SlotRow, _ words: inout WordScanner, _ file: String, _ sink: inout ChangeSink
  ) throws(Fault) -> DecodedLine {
    let name = words.upTo(" (at ")
    guard let waiting = prepared.take(name) else {
      throw Fault(
        .missing, at: row.data.lowerBound, "a prepared transaction is committed that is not in the file",
        advice: "capture from its beginning, with the slot's option two-phase")
    }
    let header = try header(row, words)
    if begin == nil { transaction.removeAll() }
    return try sink.commit(waiting, header, .lsn, at: 0, file)
  }
}

// MARK: - Changes

extension TestDecodingDecoder {
  private func change(_ words: inout WordScanner, _ file: String, _ sink: inout ChangeSink) throws(Fault) {
    let offset = words.at
    let tables = try words.tables()
    if words.take(" TRUNCATE:") {
      for name in tables {
        var change = ChangeToken(operation: .truncate, offset: offset)
        change.table = try sink.directory.find(name, transaction.base, transaction.context(file))
        transaction.append(change)
      }
      return
    }
    guard tables.count == 1 else { throw words.unexpected("TRUNCATE") }
    var change = ChangeToken(operation: .insert, offset: offset)
    change.table = try sink.directory.find(tables[0], transaction.base, transaction.context(file))
    let layout: TableLayout? = if case .known(let index) = change.table { sink.directory.layouts[index] } else { nil }
    if words.take(" INSERT:") {
      change.after = try words.image(layout, transaction)
    } else if words.take(" UPDATE:") {
      change.operation = .update
      let hasKey = words.take(" old-key:")
      if hasKey { change.before = try words.oldImage(layout, transaction) }
      if hasKey, !words.take(" new-tuple:") { throw words.unexpected("new-tuple:") }
      change.after = try words.image(layout, transaction)
      if !hasKey, let layout { change.before = transaction.identityImage(of: change.after, layout) }
    } else if words.take(" DELETE:") {
      change.operation = .delete
      change.before = try words.oldImage(layout, transaction)
    } else {
      throw words.unexpected("INSERT:, UPDATE:, DELETE: or TRUNCATE:")
    }
    transaction.append(change)
  }
}

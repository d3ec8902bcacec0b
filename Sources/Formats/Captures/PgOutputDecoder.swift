import Relations

/// PostgreSQL's own replication protocol (`pgoutput`, protocols 1 to 4), a message at a time: as bytes one after the other, which
/// `pg_recvlogical` writes with a line end behind each, or as rows of `pg_logical_slot_get_binary_changes` in hexadecimal digits.
///
/// Transactions in progress come in blocks between others, and parts of them may be rolled back; prepared ones wait for their commit. Each
/// has its own text.
struct PgOutputDecoder: CaptureDecoder {
  /// Whether messages are rows in hexadecimal digits.
  private let isHexadecimal: Bool
  private let longest: Int

  /// The transaction that messages belong to now.
  private var current: CapturedTransaction
  private var head: Head?
  /// The transaction in progress whose block is open.
  private var streamed: UInt32?
  /// Transactions in progress that have no open block.
  private var inProgress: [UInt32: CapturedTransaction] = [:]
  private var prepared = PreparedTransactions()
  private var relations: [UInt32: Relation] = [:]
  private var origin: String?
  private(set) var notes: [String] = []

  /// What a transaction's begin says.
  private struct Head {
    let committedAt: Int64
  }

  /// A table as the server describes it before its first change.
  private struct Relation {
    let namespace: [UInt8]
    let name: [UInt8]
    let columns: [Column]

    struct Column {
      let name: [UInt8]
      /// Whether it says which row it is, under the table's replica identity.
      let isIdentity: Bool
    }
  }

  init(_ options: ChangeLogOptions, isHexadecimal: Bool) {
    self.isHexadecimal = isHexadecimal
    longest = options.longestLine
    current = CapturedTransaction(longest: longest)
  }

  /// Whether messages say which transaction they are of.
  var isStreaming: Bool { streamed != nil }

  mutating func decode(_ line: Line, _ file: String, _ sink: inout ChangeSink) throws(FormatError) -> DecodedLine? {
    do throws(Fault) {
      var range = try current.add(line, isBinary: !isHexadecimal)
      if isHexadecimal { range = try bytes(range) }
      var message = PgOutputMessage(current.bytes(range))
      let type = message.bytes.first
      do throws(Either) {
        let decoded = try self.decode(&message, range.lowerBound, file, &sink)
        if type == UInt8(ascii: "M"), head == nil, !isStreaming { current.removeAll() }
        guard message.isAtEnd || decoded != nil else {
          throw Either.fault(Self.broken(range.lowerBound + message.at, "the message has more bytes than it should have"))
        }
        return decoded
      } catch {
        switch error {
        case .fault(let fault): throw fault
        case .tooShort: throw Self.broken(range.upperBound, "the message ends in the middle")
        }
      }
    } catch { throw current.error(error, file) }
  }

  mutating func finish(_ file: String, _ sink: inout ChangeSink) throws(FormatError) -> [DecodedLine] {
    if head != nil { notes.append(unfinished(current.place(0, file))) }
    let count = inProgress.count + (streamed == nil ? 0 : 1)
    if count > 0 { notes.append("\(file): \(count) transactions in progress have no end in the file: they do not count") }
    if prepared.count > 0 { notes.append("\(file): \(prepared.count) prepared transactions were not committed: they do not count") }
    return []
  }

  private enum Either: Error {
    case fault(Fault)
    case tooShort
  }

  private static func broken(_ offset: Int, _ problem: String) -> Fault {
    Fault(.syntax, at: offset, problem, advice: "the capture was cut off or damaged: capture it again")
  }
}

// MARK: - Hexadecimal rows

extension PgOutputDecoder {
  /// The bytes of a row `0/16B3748|693|\x42…`.
  private func bytes(_ line: Range<Int>) throws(Fault) -> Range<Int> {
    let row = SlotRow(line, in: current)
    var at = row.data.lowerBound
    while at < row.data.upperBound, current.base[at] == UInt8(ascii: "\\") { at += 1 }
    guard at > row.data.lowerBound || row.position != nil, at < row.data.upperBound, current.base[at] == UInt8(ascii: "x") else {
      throw Fault(.syntax, at: row.data.lowerBound, "this is no bytea", advice: "rows have bytes as PostgreSQL prints them, \\x42…")
    }
    at += 1
    var bytes: [UInt8] = []
    bytes.reserveCapacity((row.data.upperBound - at) / 2)
    while at < row.data.upperBound, current.base[at] != 0x0D {
      guard at + 1 < row.data.upperBound, let high = JSONText.hexadecimal(current.base[at]),
        let low = JSONText.hexadecimal(current.base[at + 1])
      else { throw Fault(.syntax, at: at, "a byte is two hexadecimal digits", advice: "the capture was damaged: capture it again") }
      bytes.append(UInt8(high << 4 | low))
      at += 2
    }
    let text = try current.add(text: bytes, for: row.data.lowerBound)
    return text.offset..<text.offset + Int(text.length)
  }
}

// MARK: - Messages

extension PgOutputDecoder {
  private func tried<R>(
    _ message: inout PgOutputMessage, _ read: (inout PgOutputMessage) throws(PgOutputMessage.TooShort) -> R
  ) throws(Either) -> R {
    do throws(PgOutputMessage.TooShort) { return try read(&message) } catch { throw .tooShort }
  }

  /// - Parameter start: where the message is in the current text.
  private mutating func decode(
    _ message: inout PgOutputMessage, _ start: Int, _ file: String, _ sink: inout ChangeSink
  ) throws(Either) -> DecodedLine? {
    let type = try tried(&message) { m throws(PgOutputMessage.TooShort) in try m.byte() }
    var part: UInt32 = 0
    if isStreaming, "RYIUDTM".utf8.contains(type) {
      part = try tried(&message) { m throws(PgOutputMessage.TooShort) in try m.int32() }
    }
    switch type {
    case UInt8(ascii: "B"), UInt8(ascii: "b"): try begin(type, &message, start)
    case UInt8(ascii: "C"): return try commit(&message, start, file, &sink)
    case UInt8(ascii: "O"):
      _ = try tried(&message) { m throws(PgOutputMessage.TooShort) in try m.int64() }
      origin = try text(&message)
    case UInt8(ascii: "R"): try relation(&message)
    case UInt8(ascii: "Y"), UInt8(ascii: "M"):
      _ = try tried(&message) { m throws(PgOutputMessage.TooShort) in try m.slice(m.bytes.count - m.at) }
    case UInt8(ascii: "I"), UInt8(ascii: "U"), UInt8(ascii: "D"): try change(type, &message, start, part, file, &sink)
    case UInt8(ascii: "T"): try truncate(&message, start, part, file, &sink)
    case UInt8(ascii: "S"): try startBlock(&message, start)
    case UInt8(ascii: "E"): try stopBlock(start)
    case UInt8(ascii: "c"): return try commitStreamed(&message, start, file, &sink)
    case UInt8(ascii: "A"): try abort(&message)
    case UInt8(ascii: "P"), UInt8(ascii: "p"): try prepare(type, &message, start)
    case UInt8(ascii: "K"): return try commitPrepared(&message, start, file, &sink)
    case UInt8(ascii: "r"): try rollbackPrepared(&message)
    default: throw .fault(Self.broken(start, "no message begins with the byte \(type)"))
    }
    return nil
  }

  /// A name as text.
  private func text(_ message: inout PgOutputMessage) throws(Either) -> String {
    String(decoding: try name(&message), as: UTF8.self)
  }

  private func name(_ message: inout PgOutputMessage) throws(Either) -> [UInt8] {
    let range = try tried(&message) { m throws(PgOutputMessage.TooShort) in try m.name() }
    return Array(message.bytes[range])
  }

  private func requireTransaction(_ start: Int) throws(Either) {
    guard head != nil || isStreaming else {
      throw .fault(
        Fault(
          .missing, at: start, "the message is in no transaction: no begin comes before it",
          advice: "capture from the beginning of a transaction"))
    }
  }

  private mutating func relation(_ message: inout PgOutputMessage) throws(Either) {
    let number = try tried(&message) { m throws(PgOutputMessage.TooShort) in try m.int32() }
    let (namespace, name) = (try name(&message), try name(&message))
    _ = try tried(&message) { m throws(PgOutputMessage.TooShort) in try m.byte() }
    let count = try tried(&message) { m throws(PgOutputMessage.TooShort) in try m.int16() }
    var columns: [Relation.Column] = []
    for _ in 0..<count {
      let flags = try tried(&message) { m throws(PgOutputMessage.TooShort) in try m.byte() }
      columns.append(Relation.Column(name: try self.name(&message), isIdentity: flags & 1 == 1))
      _ = try tried(&message) { m throws(PgOutputMessage.TooShort) in try m.int64() }
    }
    // The catalog's own names are without their schema.
    relations[number] = Relation(namespace: namespace.isEmpty ? Array("pg_catalog".utf8) : namespace, name: name, columns: columns)
  }
}

// MARK: - Transactions

extension PgOutputDecoder {
  /// `B`: where the commit record begins, when. `b`, of one that will be prepared: the same, and where that record ends.
  private mutating func begin(_ type: UInt8, _ message: inout PgOutputMessage, _ start: Int) throws(Either) {
    guard head == nil, !isStreaming else {
      throw .fault(Self.broken(start, "a transaction begins, and the one before has not ended"))
    }
    let committedAt = try tried(&message) { m throws(PgOutputMessage.TooShort) in
      _ = try m.int64()
      if type == UInt8(ascii: "b") { _ = try m.int64() }
      let moment = try m.int64()
      _ = try m.int32()
      if type == UInt8(ascii: "b") { _ = try m.name() }
      return moment
    }
    head = Head(committedAt: Int64(bitPattern: committedAt))
    origin = nil
  }

  /// What `C`, `c` and `K` have in common: the end of the commit record, and when it was.
  private func end(_ message: inout PgOutputMessage) throws(Either) -> (position: Position, committedAt: Int64) {
    try tried(&message) { m throws(PgOutputMessage.TooShort) in
      _ = try m.slice(9)
      let position = Position(try m.int64())
      return (position, Int64(bitPattern: try m.int64()))
    }
  }

  private func header(_ end: (position: Position, committedAt: Int64), at start: Int) throws(Either) -> Transaction.Header {
    guard TimestampRange.isFinite(end.committedAt) else { throw .fault(Self.broken(start, "the time of the commit is none")) }
    return Transaction.Header(end.position, committedAt: end.committedAt, origin: origin)
  }

  private func committed<R>(_ commit: () throws(Fault) -> R) throws(Either) -> R {
    do throws(Fault) { return try commit() } catch { throw .fault(error) }
  }

  private mutating func commit(
    _ message: inout PgOutputMessage, _ start: Int, _ file: String, _ sink: inout ChangeSink
  ) throws(Either) -> DecodedLine {
    guard head != nil else { throw .fault(Self.broken(start, "a transaction ends that has not begun")) }
    let header = try header(try end(&message), at: start)
    head = nil
    origin = nil
    return try committed { () throws(Fault) in try sink.commit(current, header, .lsn, at: start, file) }
  }

  private mutating func startBlock(_ message: inout PgOutputMessage, _ start: Int) throws(Either) {
    guard head == nil, !isStreaming else {
      throw .fault(Self.broken(start, "a block begins, and what was before has not ended"))
    }
    let transaction = try tried(&message) { m throws(PgOutputMessage.TooShort) in
      let transaction = try m.int32()
      _ = try m.byte()
      return transaction
    }
    streamed = transaction
    guard let waiting = inProgress.removeValue(forKey: transaction) else { return }
    current = waiting
  }

  private mutating func stopBlock(_ start: Int) throws(Either) {
    guard let transaction = streamed else { throw .fault(Self.broken(start, "a block ends that has not begun")) }
    inProgress[transaction] = current
    streamed = nil
    current = CapturedTransaction(longest: longest)
  }

  private mutating func commitStreamed(
    _ message: inout PgOutputMessage, _ start: Int, _ file: String, _ sink: inout ChangeSink
  ) throws(Either) -> DecodedLine {
    let number = try tried(&message) { m throws(PgOutputMessage.TooShort) in try m.int32() }
    guard head == nil, let transaction = inProgress.removeValue(forKey: number) else {
      throw .fault(Self.broken(start, "a transaction in progress ends that has not begun"))
    }
    let header = try header(try end(&message), at: start)
    origin = nil
    current = transaction
    return try committed { () throws(Fault) in try sink.commit(current, header, .lsn, at: 0, file) }
  }

  /// All of a transaction in progress was rolled back, or a part of it.
  private mutating func abort(_ message: inout PgOutputMessage) throws(Either) {
    let (number, part) = try tried(&message) { m throws(PgOutputMessage.TooShort) in
      let numbers = (try m.int32(), try m.int32())
      if !m.isAtEnd { _ = try m.slice(16) }
      return numbers
    }
    if number == part {
      inProgress[number] = nil
    } else if let transaction = inProgress[number] {
      transaction.removeChanges { transaction.changes[$0].part == part }
    }
    if head == nil, !isStreaming { current.removeAll() }
  }

  private mutating func prepare(_ type: UInt8, _ message: inout PgOutputMessage, _ start: Int) throws(Either) {
    let (number, name) = try tried(&message) { m throws(PgOutputMessage.TooShort) in
      _ = try m.slice(25)
      let number = try m.int32()
      return (number, String(decoding: m.bytes[try m.name()], as: UTF8.self))
    }
    if type == UInt8(ascii: "p") {
      guard let transaction = inProgress.removeValue(forKey: number) else {
        throw .fault(Self.broken(start, "a transaction in progress is prepared that has not begun"))
      }
      prepared.put(transaction, name)
      if head == nil, !isStreaming { current.removeAll() }
    } else {
      try requireTransaction(start)
      prepared.put(current, name)
      current = CapturedTransaction(longest: longest)
      head = nil
    }
  }

  private mutating func commitPrepared(
    _ message: inout PgOutputMessage, _ start: Int, _ file: String, _ sink: inout ChangeSink
  ) throws(Either) -> DecodedLine {
    let header = try header(try end(&message), at: start)
    let name = try tried(&message) { m throws(PgOutputMessage.TooShort) in
      _ = try m.int32()
      return String(decoding: m.bytes[try m.name()], as: UTF8.self)
    }
    guard head == nil, !isStreaming, let transaction = prepared.take(name) else {
      throw .fault(
        Fault(
          .missing, at: start, "the prepared transaction \"\(name)\" is committed, and not in the file",
          advice: "capture from its beginning, with the option two_phase"))
    }
    current = transaction
    return try committed { () throws(Fault) in try sink.commit(current, header, .lsn, at: 0, file) }
  }

  private mutating func rollbackPrepared(_ message: inout PgOutputMessage) throws(Either) {
    let name = try tried(&message) { m throws(PgOutputMessage.TooShort) in
      _ = try m.slice(37)
      return String(decoding: m.bytes[try m.name()], as: UTF8.self)
    }
    _ = prepared.take(name)
    if head == nil, !isStreaming { current.removeAll() }
  }
}

// MARK: - Changes

extension PgOutputDecoder {
  private mutating func change(
    _ type: UInt8, _ message: inout PgOutputMessage, _ start: Int, _ part: UInt32, _ file: String, _ sink: inout ChangeSink
  ) throws(Either) {
    try requireTransaction(start)
    let (relation, table) = try table(&message, start, file, &sink)
    let layout: TableLayout? = if case .known(let index) = table { sink.directory.layouts[index] } else { nil }
    var change = ChangeToken(operation: .insert, table: table, offset: start)
    change.part = part
    var kind = try tried(&message) { m throws(PgOutputMessage.TooShort) in try m.byte() }
    if kind != UInt8(ascii: "N"), type != UInt8(ascii: "I") {
      change.before = try image(&message, start, relation, layout, onlyIdentity: kind == UInt8(ascii: "K"))
      if type == UInt8(ascii: "U") { kind = try tried(&message) { m throws(PgOutputMessage.TooShort) in try m.byte() } }
    }
    if type == UInt8(ascii: "D") {
      change.operation = .delete
    } else {
      guard kind == UInt8(ascii: "N") else { throw .fault(Self.broken(start + message.at, "the new row is missing")) }
      change.after = try image(&message, start, relation, layout, onlyIdentity: false)
      if type == UInt8(ascii: "U") {
        change.operation = .update
        if change.before == nil, let layout { change.before = current.identityImage(of: change.after, layout) }
      }
    }
    if type == UInt8(ascii: "D"), change.before == nil { throw .fault(Self.broken(start, "the old row is missing")) }
    current.append(change)
  }

  private mutating func table(
    _ message: inout PgOutputMessage, _ start: Int, _ file: String, _ sink: inout ChangeSink
  ) throws(Either) -> (Relation, TableDirectory.Found) {
    let number = try tried(&message) { m throws(PgOutputMessage.TooShort) in try m.int32() }
    guard let relation = relations[number] else {
      throw .fault(
        Fault(
          .missing, at: start, "the table \(number) was not described before its change",
          advice: "capture from the beginning of a session: the server describes each table once"))
    }
    let context = current.context(file)
    let found = relation.namespace.withUnsafeBufferPointer { namespace in
      relation.name.withUnsafeBufferPointer { sink.directory.find(namespace: namespace, name: $0, at: start, context) }
    }
    return (relation, found)
  }

  /// A row. Of an old one that says only which row it was, the other columns are null and mean nothing.
  private func image(
    _ message: inout PgOutputMessage, _ start: Int, _ relation: Relation, _ layout: TableLayout?, onlyIdentity: Bool
  ) throws(Either) -> Range<Int> {
    let first = layout.map { current.beginImage($0) } ?? current.values.count
    let count = try tried(&message) { m throws(PgOutputMessage.TooShort) in try m.int16() }
    guard count == relation.columns.count else {
      throw .fault(Self.broken(start + message.at, "the row has \(count) columns, and its table \(relation.columns.count)"))
    }
    var expected = 0
    for column in relation.columns {
      let token = try value(&message, start)
      guard let layout, let token, !onlyIdentity || column.isIdentity else { continue }
      guard let place = try place(of: column.name, layout, &expected, start) else { continue }
      current.append(token, place)
    }
    return first..<current.values.count
  }

  private func place(of name: [UInt8], _ layout: TableLayout, _ expected: inout Int, _ start: Int) throws(Either) -> Int? {
    guard let place = name.withUnsafeBufferPointer({ layout.column($0, expected: expected) }) else {
      current.miss(name, layout, at: start)
      return nil
    }
    expected = place + 1
    return place
  }

  /// A value; nil for one that has not changed and is not told.
  private func value(_ message: inout PgOutputMessage, _ start: Int) throws(Either) -> JSONToken? {
    let kind = try tried(&message) { m throws(PgOutputMessage.TooShort) in try m.byte() }
    switch kind {
    case UInt8(ascii: "n"): return JSONToken(.null, from: start + message.at, to: start + message.at)
    case UInt8(ascii: "u"): return nil
    case UInt8(ascii: "t"):
      let range = try tried(&message) { m throws(PgOutputMessage.TooShort) in try m.slice(Int(try m.int32())) }
      guard TextForm.isText(UnsafeBufferPointer(rebasing: message.bytes[range])) else {
        throw .fault(
          Fault(
            .encoding, at: start + range.lowerBound, "the value is no UTF-8 text", advice: "capture with client_encoding=UTF8"))
      }
      return JSONToken(.number, from: start + range.lowerBound, to: start + range.upperBound)  // It has no quotes.
    case UInt8(ascii: "b"):
      throw .fault(
        Fault(
          .shape, at: start + message.at - 1, "the value is in its type's binary form, which is not read",
          advice: "capture without the option binary"))
    default:
      throw .fault(Self.broken(start + message.at - 1, "a value is null, unchanged or text: the byte \(kind) is none of these"))
    }
  }

  private mutating func truncate(
    _ message: inout PgOutputMessage, _ start: Int, _ part: UInt32, _ file: String, _ sink: inout ChangeSink
  ) throws(Either) {
    try requireTransaction(start)
    let count = try tried(&message) { m throws(PgOutputMessage.TooShort) in
      let count = try m.int32()
      _ = try m.byte()
      return count
    }
    for _ in 0..<count {
      var change = ChangeToken(operation: .truncate, offset: start)
      change.part = part
      change.table = try table(&message, start, file, &sink).1
      current.append(change)
    }
  }
}

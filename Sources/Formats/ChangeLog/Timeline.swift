import Relations

/// One timeline of a change log: main's, or a branch's. Positions of different timelines are never compared.
struct Timeline {
  /// nil for main.
  let branch: ExactText?
  /// The last transaction, and its line.
  private(set) var last: (position: Position, line: Int, file: String)?
  /// The text of the last transaction's line, by which it is known again.
  private var lastText: [UInt8] = []
  /// The last event's position.
  private(set) var floor: Position?
  /// What is open, if anything.
  private var pending = PendingBatch()

  init(branch: ExactText?) { self.branch = branch }
}

extension Timeline {
  /// What is to be done with a transaction.
  enum Admission { case new, redelivered }

  /// Positions strictly increase. One that comes again is either the same transaction delivered twice or a broken log; the bytes decide.
  mutating func admit(_ position: Position, _ form: PositionForm, at offset: Int, _ context: LineContext) throws(Fault) -> Admission
  {
    let bytes = context.line.bytes
    if let last, position <= last.position {
      guard position == last.position else {
        throw Fault(
          .order, at: offset,
          "position \(position.text(form)) comes after \(last.position.text(form)) (\(last.file):\(last.line))",
          advice: "write transactions in the order of their commits; a log that was restored says so with \"event\":\"rewind\"")
      }
      guard lastText.count == bytes.count, lastText.elementsEqual(bytes) else {
        throw Fault(
          .order, at: offset, "position \(position.text(form)) is there twice, with different lines (\(last.file):\(last.line))",
          advice: "a transaction is one line; keep the one that is right")
      }
      return .redelivered
    }
    if let floor, position < floor {
      throw Fault(
        .order, at: offset, "position \(position.text(form)) comes after the event at \(floor.text(form))",
        advice: "write lines in the order of their positions")
    }
    last = (position, context.line.number, context.file)
    lastText.removeAll(keepingCapacity: true)
    lastText.append(contentsOf: bytes)
    return .new
  }

  /// An event's position may be that of the transaction that it is part of.
  mutating func admit(event position: Position, _ form: PositionForm, at offset: Int) throws(Fault) {
    let least = max(last?.position ?? .start, floor ?? .start)
    guard position >= least else {
      throw Fault(
        .order, at: offset, "the event's position \(position.text(form)) is before \(least.text(form))",
        advice: "write lines in the order of their positions; a log that was restored says so with \"event\":\"rewind\"")
    }
    floor = position
  }

  /// What was past the position never happened; it may be used again.
  mutating func rewind(to position: Position, _ context: LineContext) {
    last = (position, context.line.number, context.file)
    lastText.removeAll()
    floor = nil
  }
}

extension Timeline {
  /// Whether transactions wait to be given out.
  var hasPending: Bool { pending.transactions > 0 }

  /// Opens a transaction that was admitted.
  mutating func begin(_ header: Transaction.Header, _ writeContext: WriteContext, _ context: LineContext) {
    pending.builder.begin(header)
    pending.transactions += 1
    pending.changes = 0
    if !writeContext.isEmpty || !pending.contexts.isEmpty {
      pending.contexts += repeatElement(WriteContext(), count: pending.transactions - 1 - pending.contexts.count) + [writeContext]
    }
  }

  /// Adds a change to the open transaction.
  @inline(__always)
  mutating func append(
    _ change: ChangeToken, _ values: [ImageValue], _ layout: TableLayout, _ index: Int, _ appender: inout RowAppender,
    _ base: UnsafePointer<UInt8>, _ context: LineContext
  ) throws(Fault) {
    let place = pending.place(of: layout, index)
    let before = values[change.before ?? 0..<0]
    let after = values[change.after ?? 0..<0]
    switch change.operation {
    case .insert: try appender.append(.insert, after, base, layout, to: place, of: &pending, context)
    case .delete: try appender.append(.delete, before, base, layout, to: place, of: &pending, context)
    case .update: try appender.appendUpdate(before, after, base, layout, to: place, of: &pending, context)
    case .truncate: pending.builder.truncate(place)
    }
    if change.intent != nil || change.trigger != nil {
      pending.notes.append(
        ChangeNote(
          transaction: pending.transactions - 1, ordinal: pending.changes,
          intent: try change.intent.map { token throws(Fault) in try token.scalar(base) },
          trigger: try change.trigger.map { token throws(Fault) in try TriggerMark(token, base) }))
    }
    pending.changes += 1
  }

  /// Counts a value that was not read.
  mutating func note(_ table: TableID, _ column: Int, _ reason: String, _ place: FormatError.Place) {
    pending.note(table, column, reason, place)
  }

  /// What is open; nothing is, from then on.
  mutating func takePending() -> PendingBatch? {
    guard hasPending else { return nil }
    defer { pending = PendingBatch() }
    return pending
  }
}

/// Transactions that were read and not given out yet.
struct PendingBatch {
  var builder = TransactionBatchBuilder()
  /// Per layout, the table's place in the builder.
  var places: [Int?] = []
  var transactions = 0
  /// How many changes the open one has so far.
  var changes = 0
  var contexts: [WriteContext] = []
  var notes: [ChangeNote] = []
  var unread: [UnreadValue] = []

  /// The place of a table in the builder.
  @inline(__always)
  mutating func place(of layout: TableLayout, _ index: Int) -> Int {
    while places.count <= index { places.append(nil) }
    if let place = places[index] { return place }
    let place = builder.index(of: layout.id, layout.types)
    places[index] = place
    return place
  }

  /// Counts an unread value with the others of its column.
  mutating func note(_ table: TableID, _ column: Int, _ reason: String, _ place: FormatError.Place) {
    if let index = unread.firstIndex(where: { $0.table == table && $0.column == column }) {
      unread[index].count += 1
    } else {
      unread.append(UnreadValue(table: table, column: column, reason: reason, place: place, count: 1))
    }
  }
}

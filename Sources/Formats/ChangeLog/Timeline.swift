import Relations

/// One timeline of a change log: main's, or a branch's. Positions of different timelines are never compared.
struct Timeline {
  /// nil for main.
  let branch: ExactText?
  /// The last transaction, and its line.
  private(set) var last: (position: Position, line: Int, file: String)?
  /// The text of the last transaction's line, by which it is known again. Very long ones are not kept.
  private var lastText: [UInt8] = []
  /// The last event's position.
  private(set) var floor: Position?
  /// What is open.
  var pending: PendingBatch?

  init(branch: ExactText?) { self.branch = branch }

  private static let longestText = 1 << 20
}

extension Timeline {
  /// What is to be done with a transaction.
  enum Admission { case new, redelivered }

  /// Positions strictly increase. One that comes again is either the same transaction delivered twice or a broken log; the bytes decide.
  mutating func admit(_ position: Position, _ form: PositionForm, at offset: Int, _ context: LineContext) throws(Fault) -> Admission {
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
    if bytes.count <= Self.longestText { lastText.append(contentsOf: bytes) }
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

/// Transactions that were read and not given out yet.
struct PendingBatch {
  var builder = TransactionBatchBuilder()
  /// Per layout, the table's place in the builder.
  var places: [Int?] = []
  var transactions = 0
  /// How many bytes their lines have.
  var bytes = 0
  var contexts: [WriteContext] = []
  var notes: [ChangeNote] = []
  var unread: [UnreadValue] = []

  /// The place of a table in the builder.
  @inline(__always)
  mutating func place(of layout: Int, in directory: borrowing TableDirectory) -> Int {
    while places.count <= layout { places.append(nil) }
    if let place = places[layout] { return place }
    let table = directory.layouts[layout]
    let place = builder.index(of: table.id, table.types)
    places[layout] = place
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

import Relations

/// What decoders of change logs hand whole transactions to: it checks their order and collects them in batches, a timeline each.
///
/// Everything that does not depend on how a file is written is here: names of tables, the form of positions, what is passed over.
struct ChangeSink {
  let options: ChangeLogOptions
  var directory: TableDirectory
  /// How positions are written, once one was seen.
  private(set) var form: PositionForm?
  /// Whether lines have no positions, and count as their own.
  private(set) var countsLines = false
  /// How many transactions were passed over, because they are not after `options.after`.
  private(set) var passedOver = 0

  /// Whether columns that a table lacks are passed over: after its schema has changed they may be new ones.
  var passesUnknownColumns = false

  private var appender: RowAppender
  /// Main's first.
  private var timelines = [Timeline(branch: nil)]
  private var timelineOfBranch: [ExactText: Int] = [:]
  /// The timelines that have something pending, in the order of first appearance.
  private var open: [Int] = []
  private var openBytes = 0

  init(_ schema: Schema, _ options: ChangeLogOptions) {
    self.options = options
    directory = TableDirectory(schema, path: options.path)
    appender = RowAppender(style: options.style, greatestExpansion: options.greatestExpansion)
  }
}

// MARK: - Positions

extension ChangeSink {
  /// What stands for the position of a line without one. A file keeps one way of writing positions.
  mutating func position(ofLine ordinal: Int, at offset: Int) throws(Fault) -> Position {
    guard form == nil || countsLines else {
      throw Fault(
        .missing, at: offset, "the line has no \"position\", and others have", advice: "add it, or leave all of them out")
    }
    form = .decimal
    countsLines = true
    return Position(UInt64(ordinal))
  }

  /// Keeps to the one way of writing positions that the log began with.
  mutating func keep(_ own: PositionForm, at offset: Int) throws(Fault) {
    guard form ?? own == own, !countsLines else {
      let first = countsLines ? "without positions" : form == .lsn ? "with positions X/Y" : "with decimal positions"
      throw Fault(.order, at: offset, "the file began \(first)", advice: "write all positions of a log in one way")
    }
    form = own
  }

  /// The timeline of a branch; main's for nil.
  mutating func timeline(_ branch: String?) -> Int {
    guard let branch else { return 0 }
    let name = ExactText(branch)
    if let index = timelineOfBranch[name] { return index }
    timelineOfBranch[name] = timelines.count
    timelines.append(Timeline(branch: name))
    return timelines.count - 1
  }

  /// An event at a position of a timeline.
  mutating func admit(event position: Position, _ branch: String?, at offset: Int) throws(Fault) {
    let index = timeline(branch)
    try timelines[index].admit(event: position, form ?? .decimal, at: offset)
  }

  /// What was past the position never happened.
  mutating func rewind(to position: Position, _ branch: String?, _ context: LineContext) {
    let index = timeline(branch)
    timelines[index].rewind(to: position, context)
  }
}

// MARK: - Transactions

extension ChangeSink {
  /// Takes a transaction: whether it is new, and if so its changes.
  ///
  /// - Parameter offset: where its position stands.
  mutating func add(
    _ header: Transaction.Header, _ writeContext: WriteContext, branch: String?, _ changes: [ChangeToken], _ values: [ImageValue],
    unknownColumn: Fault?, _ base: UnsafePointer<UInt8>, at offset: Int, _ context: LineContext
  ) throws(Fault) -> DecodedLine {
    let index = timeline(branch)
    if try timelines[index].admit(header.position, form ?? .decimal, at: offset, context) == .redelivered {
      return .redelivered(header.position, branch: branch, context.place(offset))
    }
    if branch == nil, let after = options.after, header.position <= after {
      passedOver += 1
      return .transaction(branch: branch)
    }
    if let unknownColumn, !passesUnknownColumns { throw unknownColumn }
    if !timelines[index].hasPending { open.append(index) }
    timelines[index].begin(header, writeContext, context)
    var cells = 0
    for change in changes {
      guard case .known(let table) = change.table else { continue }
      let layout = directory.layouts[table]
      try timelines[index].append(change, values, layout, table, &appender, base, context)
      cells += change.operation == .update ? layout.columns.count * 2 : layout.columns.count
    }
    // Holes take memory too, and a wide table's `{}` is nothing but holes.
    openBytes += max(context.line.bytes.count, cells * 2)
    return .transaction(branch: branch)
  }

  /// Counts a value of main's that a format does not tell, in the transaction that was added last.
  mutating func note(_ table: Int, _ column: Int, _ reason: String, _ place: FormatError.Place) {
    guard timelines[0].hasPending else { return }  // It was passed over.
    timelines[0].note(directory.layouts[table].id, column, reason, place)
  }

  /// Reads what follows against another schema.
  ///
  /// - Precondition: nothing is pending.
  mutating func use(_ schema: Schema) {
    precondition(open.isEmpty, "a table has the same columns throughout a batch")
    directory = TableDirectory(schema, path: options.path, unknown: directory.unknown)
  }
}

// MARK: - Batches

extension ChangeSink {
  /// Whether it is time to give out what is pending.
  var isFull: Bool { openBytes + appender.reader.expansion >= options.batchBytes }

  /// Gives out what is pending, one batch for each timeline.
  mutating func flush() -> [ChangeBatch] {
    var batches: [ChangeBatch] = []
    for index in open {
      guard let pending = timelines[index].takePending() else { continue }
      batches.append(
        ChangeBatch(
          branch: timelines[index].branch?.text, transactions: pending.builder.finish(), form: form ?? .decimal,
          contexts: pending.contexts, notes: pending.notes, unread: pending.unread))
    }
    open.removeAll(keepingCapacity: true)
    openBytes = 0
    appender.reader.expansion = 0
    return batches
  }
}

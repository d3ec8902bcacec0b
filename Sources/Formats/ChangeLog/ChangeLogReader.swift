import Relations

/// Reads a change log, from one file or from several that are one log: transactions in batches, events between them.
///
///     var log = ChangeLogReader([try FileSource("changes.ndjson")], schema: schema)
///     while let item = try log.next() {
///       switch item {
///       case .transactions(let batch): …
///       case .event(.schemaChange(let change), branch: nil): … log.use(newSchema)
///       …
///     }
///
/// Each file's format is known by how it begins, and whether it is compressed (`ChangeFormat`, `Compression`). `Specs/formats.md` describes
/// the lines. Memory is bound by a batch and the longest line or transaction, whatever the log's length. After an error the reader is at its
/// end: what it gave out before was right, and nothing of the line that was refused is in it.
public struct ChangeLogReader: ~Copyable {
  private var sources: ArraySlice<any ByteSource>
  private var lines = LineReader(MemorySource("", []), longest: 0, piece: 1)
  /// Whether `lines` is a file of ours.
  private var isOpen = false
  private var decoder: ChangeLineDecoder
  /// What reads the file at hand, if it is not our own format.
  private var capture: (any CaptureDecoder)?
  private var ready: [ChangeLogItem] = []
  private var isAtEnd = false
  /// Whether the file at hand had a line.
  private var isBegun = false
  /// The lines of the files before, and the last one's name.
  private var linesBefore = 0
  private var lastName = ""

  /// The format of the file at hand; nil before the first one.
  public private(set) var format: ChangeFormat?
  /// The formats of all files so far.
  public private(set) var formats: Set<ChangeFormat> = []

  /// What whoever reads the changes should know, of files that were read to their end: what was assumed, and what is not in them.
  public private(set) var notes: [String] = []

  /// - Precondition: there is a source.
  public init(_ sources: [any ByteSource], schema: Schema, options: ChangeLogOptions = ChangeLogOptions()) {
    precondition(!sources.isEmpty, "a log is a file at least")
    self.sources = sources[...]
    decoder = ChangeLineDecoder(schema, options)
  }
}

extension ChangeLogReader {
  /// The next batch or event; nil at the end.
  public mutating func next() throws(FormatError) -> ChangeLogItem? {
    while ready.isEmpty {
      if isAtEnd { return nil }
      do throws(FormatError) { try read() } catch {
        isAtEnd = true
        ready.removeAll()
        throw error
      }
    }
    return ready.removeFirst()
  }

  /// Reads what follows against another schema; for use right after a schema change was given out.
  public mutating func use(_ schema: Schema) {
    precondition(ready.isEmpty, "events are given out one at a time")
    decoder.sink.use(schema)
  }

  /// From here on passes over columns that a table lacks; for use after a schema change by who goes on with the schema that there was.
  public mutating func passOverUnknownColumns() { decoder.sink.passesUnknownColumns = true }

  /// The tables that the log names and the schema lacks, so far.
  public var unknownTables: [UnknownTable] { decoder.sink.directory.unknown }

  /// How the log writes positions; nil before the first one.
  public var positionForm: PositionForm? { decoder.sink.form }

  /// Whether the log has no positions, so that the number of a line stands for its position.
  public var countsLines: Bool { decoder.sink.countsLines }

  /// How many transactions were passed over because they are not after `ChangeLogOptions.after`.
  public var passedOver: Int { decoder.sink.passedOver }
}

// MARK: - Files

extension ChangeLogReader {
  private mutating func read() throws(FormatError) {
    if !isOpen { try nextSource() }
    guard !isAtEnd else { return }
    if capture == nil { try readLine() } else { try readCapture() }
  }

  /// Opens the next file: with another decoder, if it is of another format.
  private mutating func nextSource() throws(FormatError) {
    guard let source = sources.popFirst() else {
      isAtEnd = true
      try endCapture()
      return flush()
    }
    let opened = try HeadedSource(try Compression.opened(source), ChangeFormat.headCount)
    let own = ChangeFormat.of(opened.head)
    if format != own {
      try endCapture()
      capture = own.decoder(decoder.sink.options)
      format = own
      formats.insert(own)
    }
    lines = LineReader(opened, longest: decoder.sink.options.longestLine)
    (isOpen, isBegun) = (true, false)
  }

  private mutating func endSource() {
    linesBefore += lines.number
    lastName = lines.name
    isOpen = false
  }

  /// A transaction may go over files of one format: it ends with the last of them at the latest.
  private mutating func endCapture() throws(FormatError) {
    guard var ended = capture.take() else { return }
    for decoded in try ended.finish(lastName, &decoder.sink) { take(decoded) }
    notes += ended.notes
  }

  private mutating func flush() { ready += decoder.sink.flush().map { .transactions($0) } }

  private mutating func take(_ decoded: DecodedLine) {
    switch decoded {
    case .transaction:
      if decoder.sink.isFull { flush() }
    case .event(let event, let branch):
      flush()
      ready.append(.event(event, branch: branch))
    case .redelivered(let position, let branch, let place):
      flush()
      ready.append(.redelivered(position, branch: branch, place))
    }
  }
}

// MARK: - Lines

extension ChangeLogReader {
  private mutating func readLine() throws(FormatError) {
    guard let line = try lines.next() else { return endSource() }
    if line.isBlank { return }
    let context = LineContext(line: line, file: lines.name)
    let decoded: DecodedLine
    do throws(Fault) {
      try line.checkText()
      decoded = try decoder.decode(context, ordinal: linesBefore + line.number)
      if case .event(.start, _) = decoded, isBegun { throw startInside }
    } catch { throw lines.error(error, line) }
    isBegun = true
    take(decoded)
  }

  private mutating func readCapture() throws(FormatError) {
    let isBinary = format == .pgoutput
    let isStreaming = capture?.isStreaming ?? false
    guard let line = try isBinary ? lines.nextMessage(isStreaming: isStreaming) : lines.next() else { return endSource() }
    if !isBinary {
      if line.isBlank, capture?.isInRow != true { return }
      do throws(Fault) { try line.checkText() } catch { throw lines.error(error, line) }
    }
    if let decoded = try capture?.decode(line, lines.name, &decoder.sink) { take(decoded) }
  }

  private var startInside: Fault {
    Fault(
      .order, at: 0, "the event \"start\" is not the file's first line",
      advice: "keep what two runs wrote in two files, or say \"event\":\"gap\" where they meet")
  }
}

extension Line {
  /// Whether there is nothing but white space.
  var isBlank: Bool { bytes.allSatisfy { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D } }

  /// Everything else takes text for granted.
  func checkText() throws(Fault) {
    guard !TextForm.isText(bytes) else { return }
    var start = 0
    while start < bytes.count {
      let length = (1...4).first { length in
        start + length <= bytes.count && TextForm.isText(UnsafeBufferPointer(rebasing: bytes[start..<start + length]))
      }
      guard let length else { break }
      start += length
    }
    throw Fault(.encoding, at: start, "the bytes here are no UTF-8 text", advice: "write the file as UTF-8, without U+0000")
  }
}

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
/// `Specs/formats.md` describes the lines. Memory is bound by a batch and the longest line, whatever the log's length. After an error the
/// reader is at its end: what it gave out before was right, and nothing of the line that was refused is in it.
public struct ChangeLogReader: ~Copyable {
  private var sources: ArraySlice<any ByteSource>
  private var lines: LineReader
  private var decoder: ChangeLineDecoder
  private var ready: [ChangeLogItem] = []
  private var isAtEnd = false
  /// Whether the file at hand had a line.
  private var isBegun = false
  /// The lines of the files before.
  private var linesBefore = 0

  /// - Precondition: there is a source.
  public init(_ sources: [any ByteSource], schema: Schema, options: ChangeLogOptions = ChangeLogOptions()) {
    precondition(!sources.isEmpty, "a log is a file at least")
    self.sources = sources.dropFirst()
    lines = LineReader(sources[0], longest: options.longestLine)
    decoder = ChangeLineDecoder(schema, options)
  }
}

extension ChangeLogReader {
  /// The next batch or event; nil at the end.
  public mutating func next() throws(FormatError) -> ChangeLogItem? {
    while ready.isEmpty {
      if isAtEnd { return nil }
      do throws(FormatError) { try readLine() } catch {
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
    decoder.use(schema)
  }

  /// The tables that the log names and the schema lacks, so far.
  public var unknownTables: [UnknownTable] { decoder.directory.unknown }

  /// How the log writes positions; nil before the first one.
  public var positionForm: PositionForm? { decoder.form }

  /// Whether the log has no positions, so that the number of a line stands for its position.
  public var countsLines: Bool { decoder.countsLines }

  /// How many transactions were passed over because they are not after `ChangeLogOptions.after`.
  public var passedOver: Int { decoder.passedOver }

  private mutating func readLine() throws(FormatError) {
    guard let line = try lines.next() else { return try nextSource() }
    if line.isBlank { return }
    let context = LineContext(line: line, file: lines.name)
    let decoded: DecodedLine
    do throws(Fault) {
      try line.checkText()
      decoded = try decoder.decode(context, ordinal: linesBefore + line.number)
      if case .event(.start, _) = decoded, isBegun { throw startInside }
    } catch { throw lines.error(error, line) }
    isBegun = true
    switch decoded {
    case .transaction:
      if decoder.isFull { flush() }
    case .event(let event, let branch):
      flush()
      ready.append(.event(event, branch: branch))
    case .redelivered(let position, let branch, let place):
      flush()
      ready.append(.redelivered(position, branch: branch, place))
    }
  }

  private var startInside: Fault {
    Fault(
      .order, at: 0, "the event \"start\" is not the file's first line",
      advice: "keep what two runs wrote in two files, or say \"event\":\"gap\" where they meet")
  }

  private mutating func nextSource() throws(FormatError) {
    guard let source = sources.popFirst() else {
      isAtEnd = true
      return flush()
    }
    linesBefore += lines.number
    lines = LineReader(source, longest: decoder.options.longestLine)
    isBegun = false
  }

  private mutating func flush() { ready += decoder.flush().map { .transactions($0) } }
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

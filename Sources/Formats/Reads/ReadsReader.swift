import Relations

/// Reads a file of reads: branches, what they asked, and what they wrote in between.
///
///     {"branch":"alice","parent":"main","fork":"0/16B0000"}
///     {"read":"r17","branch":"alice","sql":"SELECT count(*) FROM orders WHERE total > $1","params":[100],"answer":[[47]]}
///
/// Formats of others (`ReadsFormat`) have questions only. Which it is, the file's first bytes say, and whether it is compressed.
public struct ReadsReader: ~Copyable {
  private var lines: LineReader
  /// What is not opened yet: the first bytes were not looked at.
  private var source: (any ByteSource)?
  private let longestLine: Int
  /// What reads the file, if it is not our own format.
  private var questions: (any QuestionDecoder)?
  private var known: ReadsFormat?
  private var writes: ChangeLineDecoder
  private let decoder = ReadDecoder()
  private var ready: [ReadsItem] = []
  private var isAtEnd = false

  /// Where each id was seen. An id names one read.
  private var ids: [ExactText: Int] = [:]
  private var branches: [ExactText: Int] = [:]
  /// Branches that were spoken of before any declaration: it would come too late.
  private var used: [ExactText: Int] = [:]
  private var lastUsed: ExactText?
  private var forkForm: PositionForm?
  private var atForm: PositionForm?

  /// - Parameter options: how branches' writes are read.
  public init(_ source: any ByteSource, schema: Schema, options: ChangeLogOptions = ChangeLogOptions()) {
    self.source = source
    longestLine = options.longestLine
    lines = LineReader(MemorySource(source.name, []), longest: 0, piece: 1)
    writes = ChangeLineDecoder(schema, options)
  }
}

extension ReadsReader {
  /// The next item; nil at the end.
  public mutating func next() throws(FormatError) -> ReadsItem? {
    while ready.isEmpty {
      if isAtEnd { return nil }
      do throws(FormatError) { try readLine() } catch {
        isAtEnd = true
        ready.removeAll()
        throw error
      }
    }
    return ready.count == 1 ? ready.removeLast() : ready.removeFirst()
  }

  /// How forks are written; nil before the first one.
  public var forkPositionForm: PositionForm? { forkForm }

  /// How positions on branches are written; nil before the first one.
  public var branchPositionForm: PositionForm? { atForm ?? writes.sink.form }

  /// The tables that writes name and the schema lacks, so far.
  public var unknownTables: [UnknownTable] { writes.sink.directory.unknown }

  /// What whoever reads the reads should know, of files that were read to their end.
  public var notes: [String] { questions?.notes(lines.name) ?? [] }

  /// The format of the file; nil before anything was read.
  public var format: ReadsFormat? { known }

  private mutating func open(_ source: any ByteSource) throws(FormatError) {
    let opened = try HeadedSource(try Compression.opened(source), ChangeFormat.headCount)
    let own = ReadsFormat.of(opened.head)
    known = own
    lines = LineReader(opened, longest: longestLine)
    switch own {
    case .own: break
    case .sql: questions = SQLQuestions(longest: longestLine)
    case .csvLog: questions = CSVLogQuestions(longest: longestLine)
    case .jsonLog: questions = JSONLogQuestions()
    case .statements: questions = TabledQuestions(longest: longestLine)
    }
  }

  private mutating func readQuestion(_ line: Line?) throws(FormatError) {
    guard let line else {
      isAtEnd = true
      return try take(try questions?.finish(lines.name) ?? [])
    }
    do throws(Fault) { try line.checkText() } catch { throw lines.error(error, line) }
    try take(try questions?.decode(line, lines.name) ?? [])
  }

  private mutating func take(_ reads: [RecordedRead]) throws(FormatError) {
    for read in reads {
      if let id = read.id, let line = ids.updateValue(read.place.line, forKey: ExactText(id)) {
        throw FormatError(
          .duplicate, read.place, "the read \"\(id)\" is there twice (line \(line))", advice: "give each read an id of its own")
      }
      ready.append(.read(read))
    }
  }

  private mutating func readLine() throws(FormatError) {
    if let unopened = source.take() { try open(unopened) }
    guard questions == nil else { return try readQuestion(try lines.next()) }
    guard let line = try lines.next() else {
      isAtEnd = true
      return flush()
    }
    if line.isBlank { return }
    let context = LineContext(line: line, file: lines.name)
    do throws(Fault) {
      try line.checkText()
      try decode(context)
    } catch { throw lines.error(error, line) }
  }

  private mutating func decode(_ context: LineContext) throws(Fault) {
    var scanner = JSONScanner(context.line.bytes)
    switch try Self.kind(scanner) {
    case .write: try decodeWrite(context)
    case .branch: ready.append(.branch(try branch(&scanner, context)))
    case .read:
      let read = try read(&scanner, context)
      flush()
      ready.append(.read(read))
    }
  }

  private mutating func flush() { ready += writes.sink.flush().map { .writes($0) } }
}

// MARK: - Kinds of lines

extension ReadsReader {
  private enum Kind { case branch, read, write }

  /// What a line is, by the names of its fields.
  private static func kind(_ scanner: JSONScanner) throws(Fault) -> Kind {
    var scanner = scanner
    var hasFork = false
    var hasQuestion = false
    var isWrite = false
    try scanner.open(UInt8(ascii: "{"))
    if !scanner.take(UInt8(ascii: "}")) {
      repeat {
        let key = try scanner.key()
        hasFork = hasFork || key.isText("fork", scanner.base)
        hasQuestion = hasQuestion || key.isText("sql", scanner.base)
        isWrite = isWrite || key.isText("changes", scanner.base) || key.isText("event", scanner.base)
        _ = try scanner.value()
      } while try scanner.more(UInt8(ascii: "}"))
    }
    return isWrite ? .write : hasFork && !hasQuestion ? .branch : .read
  }
}

// MARK: - What lines say about each other

extension ReadsReader {
  private mutating func branch(_ scanner: inout JSONScanner, _ context: LineContext) throws(Fault) -> BranchDeclaration {
    let (branch, form) = try decoder.branch(&scanner, context)
    let name = ExactText(branch.name)
    let offset = 0
    if let line = branches[name] {
      throw Fault(
        .duplicate, at: offset, "the branch \"\(branch.name)\" is declared twice (line \(line))",
        advice: "keep one of the declarations")
    }
    if let line = used[name] {
      throw Fault(
        .order, at: offset, "the branch \"\(branch.name)\" is declared after it was used (line \(line))",
        advice: "declare branches before their reads and writes")
    }
    if branch.parent != "main", branches[ExactText(branch.parent)] == nil {
      let nearest = NearestName.of(branch.parent, among: ["main"] + branches.keys.map(\.text).sorted())
      throw Fault(
        .unknownName, at: offset, "the parent \"\(branch.parent)\" is not declared",
        advice: nearest.map { "did you mean \"\($0)\"?" } ?? "declare a parent before its branches")
    }
    try Self.keep(form, as: &forkForm, "fork", at: offset)
    branches[name] = context.line.number
    return branch
  }

  private mutating func read(_ scanner: inout JSONScanner, _ context: LineContext) throws(Fault) -> RecordedRead {
    let (read, form, offset) = try decoder.read(&scanner, context)
    if let id = read.id, let line = ids.updateValue(context.line.number, forKey: ExactText(id)) {
      throw Fault(
        .duplicate, at: offset, "the read \"\(id)\" is there twice (line \(line))", advice: "give each read an id of its own")
    }
    if let form { try Self.keep(form, as: &atForm, "at", at: 0) }
    use(read.branch, context)
    return read
  }

  private mutating func use(_ branch: String?, _ context: LineContext) {
    // Neighbours are most often of one branch.
    guard let branch = branch.map(ExactText.init), branch != lastUsed else { return }
    lastUsed = branch
    if branches[branch] == nil, used[branch] == nil { used[branch] = context.line.number }
  }

  private static func keep(_ form: PositionForm, as kept: inout PositionForm?, _ name: String, at offset: Int) throws(Fault) {
    guard kept ?? form == form else {
      throw Fault(
        .order, at: offset, "\"\(name)\" is written in two ways in this file", advice: "write positions as X/Y or as decimal digits"
      )
    }
    kept = form
  }

  private mutating func decodeWrite(_ context: LineContext) throws(Fault) {
    let branch: String?
    switch try writes.decode(context, ordinal: context.line.number) {
    case .transaction(let own):
      branch = own
      if writes.sink.isFull { flush() }
    case .event(let event, let own):
      branch = own
      flush()
      ready.append(.event(event, branch: own))
    case .redelivered(let position, let own, let place):
      branch = own
      flush()
      ready.append(.redelivered(position, branch: own, place))
    }
    guard branch != nil else {
      throw Fault(
        .missing, at: 0, "a write in a file of reads has no \"branch\"",
        advice: "say whose it is; main's changes are in a file of their own")
    }
    use(branch, context)
  }
}

import Engine
import Formats
import Relations
import SQL
import Storage

/// Reads the files of an audit into an engine.
struct AuditInput {
  var engine: VerdictEngine
  var form: PositionForm = .lsn
  /// Things that whoever reads the report should know.
  var notes: [String] = []
  let options: AuditOptions
  let progress: Progress
  /// What is kept of earlier audits, and will be of this one.
  let kept: KeptTimeline?
  private let limits: Limits
  /// Whether the engine knows from which positions something is asked.
  private var isRetaining = false

  init(_ options: AuditOptions, _ progress: Progress = Progress(), limits: Limits = Limits()) throws {
    self.options = options
    self.limits = limits
    self.progress = progress
    let file = try SchemaFile(options.schema, collation: options.collation)
    engine = VerdictEngine(schema: file.schema)
    kept = try Self.opened(options, definitions: file.text, file.schema)
    notes = file.notes
    if let base = options.base { try load(base) } else if let kept { try loadBase(from: kept) }
    let reading = Errand(apart: options.threads > 1) { [schema = engine.schema] in
      try ReadsFile(options.reads, schema, apart: options.threads > 1)
    }
    do { try takeLog(reading) } catch {
      // Of two files that are bad, the reads are told of.
      _ = try reading.outcome()
      throw error
    }
    var reads = try reading.outcome()
    if let path = options.certificates { notes += reads.certify(by: try CertificatesFile.read(path, engine.schema), path) }
    try declareBranches(of: reads)
    if let writes = options.branchWrites { try appendWrites(writes) }
    try record(reads)
    try check()
    // Not before everything is known to be good.
    try kept?.commit()
  }
}

extension AuditInput {
  /// How much of a log is held at once.
  struct Limits {
    /// How many images of a table are kept whole.
    var wholeImages = 2_000_000
    /// How many bytes are a batch.
    var batchBytes = 4 << 20
    /// How many of these are read ahead.
    var batchesAhead = 64
  }
}

/// A text that PostgreSQL would refuse, in a file.
struct RefusedText: InputError, CustomStringConvertible {
  let file: String
  let error: SQLTextError

  var description: String {
    let place = error.position.map { ":\($0.line):\($0.column)" } ?? ""
    return "\(file)\(place): \(error)"
  }
}

/// Files that do not fit each other.
struct InconsistentInput: InputError, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}

extension FormatError: InputError {}

// MARK: - Base and changes

extension AuditInput {
  /// Main's log, while the reads are read. Which states are asked of is known when they are.
  private mutating func takeLog(_ reading: Errand<ReadsFile>) throws {
    let others = [options.fork, options.asOf, engine.base?.position].compactMap { $0 }
    let pins: @Sendable () throws -> [Position] = { try reading.outcome().forks + others }
    if let kept {
      try retain(pins)
      try replay(kept)
    }
    if !options.changes.isEmpty { try appendChanges(pins) }
    try retain(pins)
    if let kept { notes += kept.logNotes }
  }

  private mutating func load(_ path: String) throws {
    let (base, form, notes) = try read(path)
    if let kept { try take(base, form, notes, kept) }
    self.notes += notes
    self.form = form ?? self.form
    engine.load(base)
  }

  private func read(_ path: String) throws -> (base: BaseTables, form: PositionForm?, notes: [String]) {
    if TextFile.isDirectory(path) {
      let directory = try BaseDirectory(path, schema: engine.schema)
      guard let position = directory.position?.position ?? options.fork else {
        throw InconsistentInput("\(path): nothing says which position the base is of: write it into a file named 'position'")
      }
      var base = BaseTables(at: position)
      for (file, table) in directory.files {
        base.add(table.id)
        var reader = try CSVReader(try FileSource(file), table: table, schema: engine.schema)
        while let rows = try reader.next() { base.add(rows) }
      }
      return (base, directory.position?.form, directory.unknownTables.map { Self.note($0.name, at: "\($0.place)") })
    } else {
      var reader = try BaseReader(try FileSource(path), schema: engine.schema)
      var base = BaseTables(at: reader.position)
      // A table of which the base has no row is empty.
      for table in engine.schema.allTables { base.add(table.id) }
      while let rows = try reader.next() { base.add(rows) }
      return (base, reader.form, reader.unknownTables.map { Self.note($0.name, at: "\($0.place)") })
    }
  }

  private mutating func retain(_ pins: () throws -> [Position]) throws {
    if isRetaining { return }
    engine.retain(try pins(), images: limits.wholeImages)
    isRetaining = true
  }

  static func note(_ unknownTable: String, at place: String) -> String { "\(place): the schema has no table \(unknownTable)" }

  private mutating func appendChanges(_ pins: @escaping @Sendable () throws -> [Position]) throws {
    var readerOptions = ChangeLogOptions()
    readerOptions.pins = { (try? pins()) ?? [] }
    readerOptions.numbersAreFinite = options.numbersAreFinite
    readerOptions.after = engine.base?.position
    readerOptions.batchBytes = limits.batchBytes
    // After a change of the schema, in whatever part of the log.
    let isChanged = engine.ledger.events.contains { if case .schemaChange = $0 { true } else { false } }
    let names = try namesOfLog(readerOptions)
    let open: @Sendable () throws -> LogParts = { [files = options.changes, readerOptions] in
      try LogParts(files, names, readerOptions, passesUnknownColumns: isChanged)
    }
    if options.threads == 1 {
      let log = try open()
      try append({ try log.next() }, pins)
      return try note(log.summary)
    }
    // Adding up what is kept of a long log takes a second now and then, in which others can be read.
    let log = ReadAhead(parts: limits.batchesAhead) { send in
      let log = try open()
      while let part = try log.next(), send(part) {}
      return log.summary
    }
    defer { log.stop() }
    try append({ log.next() }, pins)
    try note(try log.summary)
  }

  private mutating func append(_ next: () throws -> LogParts.Part?, _ pins: () throws -> [Position]) throws {
    var changes = 0
    while let part = try next() {
      switch part.item {
      case .transactions(let batch):
        guard batch.branch == nil else {
          throw InconsistentInput(
            "\(options.changes[0]): it has writes of the branch \"\(batch.branch!)\": give them by --branch-writes")
        }
        try append(try new(in: batch, formats: part.formats, countsLines: part.countsLines))
        changes += batch.transactions.tables.reduce(0) { $0 + $1.count }
        // A log that may have to be added up is long enough to wait for who asks of it.
        if changes > limits.wholeImages / 4 { try retain(pins) }
        progress.tell("read", changes, of: nil, "row images")
      case .event(let event, branch: nil):
        if try isNew(event) { engine.append(event) }
      case .event(_, let branch?):
        throw InconsistentInput("\(options.changes[0]): it has an event of the branch \"\(branch)\": give it by --branch-writes")
      case .redelivered: break
      }
    }
  }

  private mutating func note(_ log: LogParts.Summary) throws {
    form = log.form ?? form
    if let kept {
      try checkThatItCanBeKept(log.formats, countsLines: log.countsLines)
      let unknown = log.unknownTables.map { TimelineRecord.UnknownName(name: $0.name, place: "\($0.place)") }
      return kept.note(log.notes, unknownTables: unknown, form: log.form)
    }
    notes += log.notes
    notes += log.unknownTables.map { Self.note($0.name, at: "\($0.place)") }
    if log.countsLines { notes.append("\(options.changes[0]): it has no positions: the numbers of its lines stand for them") }
  }

  private mutating func append(_ transactions: TransactionBatch) throws {
    do throws(LedgerError) { try engine.append(transactions) } catch {
      guard case .outOfOrder(let position, let end) = error else { return }
      throw InconsistentInput(
        "\(options.changes[0]): the transaction at \(position.text(form)) comes after \(end.text(form))")
    }
  }
}

extension BaseTables {
  /// A table that is known, if only to be empty.
  mutating func add(_ table: TableID) { if rows[table] == nil { append([], to: table) } }

  mutating func add(_ read: BaseRows) {
    append([read.rows], to: read.table, unknown: read.absent.indices.filter { read.absent[$0] != nil })
  }
}

// MARK: - Branches' writes

extension AuditInput {
  /// Branches that left main where things had other names write by those: the file is read once for each time that names changed.
  private mutating func appendWrites(_ path: String) throws {
    for (number, branches) in engine.branchesByNames.enumerated() {
      var log = ChangeLogReader([try FileSource(path)], schema: engine.schema(of: branches.first!))
      if engine.branchesByNames.count > 1 { log.passOverUnknownColumns() }
      while let item = try log.next() {
        switch item {
        case .transactions(let batch):
          let branch = try known(batch.branch, path)
          if branches.contains(branch) { engine.append(batch.transactions, branch: branch) }
        case .event(let event, let branch):
          let branch = try known(branch, path)
          if branches.contains(branch) { engine.append(event, branch: branch) }
        case .redelivered: break
        }
      }
      if number == 0 { notes += log.unknownTables.map { Self.note($0.name, at: "\($0.place)") } }
    }
  }

  private func known(_ branch: String?, _ path: String) throws -> String {
    guard let branch else { throw InconsistentInput("\(path): a write does not say whose it is: add \"branch\"") }
    guard engine.fork(of: branch) != nil else {
      throw InconsistentInput("\(path): the branch \"\(branch)\" is not known: declare it in \(options.reads)")
    }
    return branch
  }

  private func check() throws {
    if let asOf = options.asOf, asOf > engine.ledger.end {
      throw InconsistentInput("--as-of \(asOf.text(form)) is past the log's end, \(engine.ledger.end.text(form))")
    }
  }
}

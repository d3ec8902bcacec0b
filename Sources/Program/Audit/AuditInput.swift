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

  init(_ options: AuditOptions, _ progress: Progress = Progress()) throws {
    self.options = options
    self.progress = progress
    let file = try SchemaFile(options.schema, collation: options.collation)
    engine = VerdictEngine(schema: file.schema)
    kept = try Self.opened(options, definitions: file.text, file.schema)
    notes = file.notes
    if let base = options.base { try load(base) } else if let kept { try loadBase(from: kept) }
    let reads = try ReadsFile(options.reads, engine.schema)
    let binding = Self.bind(reads, engine.schema)
    let pins = pins(of: reads)
    engine.retain(pins)
    if let kept { try replay(kept) }
    if !options.changes.isEmpty { try appendChanges(pins: pins) }
    if let kept { notes += kept.logNotes }
    try declareBranches(of: reads)
    if let writes = options.branchWrites { try appendWrites(writes) }
    try record(reads, try binding.outcome())
    try check()
    // Not before everything is known to be good.
    try kept?.commit()
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

  static func note(_ unknownTable: String, at place: String) -> String { "\(place): the schema has no table \(unknownTable)" }

  /// The positions for which it must be clear which transactions are before them.
  private func pins(of reads: ReadsFile) -> [Position] {
    // What was asked on main is a fork of its own.
    let asked = reads.items.compactMap { if case .read(let read) = $0, read.branch == "main" { read.at } else { nil } }
    let forks = reads.branches.compactMap { $0.parent == "main" ? $0.fork : nil }
    return asked + forks + [options.fork, options.asOf, engine.base?.position].compactMap { $0 }
  }

  private mutating func appendChanges(pins: [Position]) throws {
    var readerOptions = ChangeLogOptions()
    readerOptions.pins = pins
    readerOptions.numbersAreFinite = options.numbersAreFinite
    readerOptions.after = engine.base?.position
    var log = ChangeLogReader(try options.changes.map { try FileSource($0) }, schema: engine.schema, options: readerOptions)
    // After a change of the schema, in whatever part of the log.
    if engine.ledger.events.contains(where: { if case .schemaChange = $0 { true } else { false } }) { log.passOverUnknownColumns() }
    var changes = 0
    while let item = try log.next() {
      switch item {
      case .transactions(let batch):
        guard batch.branch == nil else {
          throw InconsistentInput(
            "\(options.changes[0]): it has writes of the branch \"\(batch.branch!)\": give them by --branch-writes")
        }
        try append(try new(in: batch, formats: log.formats, countsLines: log.countsLines))
        changes += batch.transactions.tables.reduce(0) { $0 + $1.count }
        progress.tell("read", changes, of: nil, "row images")
      case .event(let event, branch: nil):
        if try isNew(event) { engine.append(event) }
        if case .schemaChange = event { log.passOverUnknownColumns() }
      case .event(_, let branch?):
        throw InconsistentInput("\(options.changes[0]): it has an event of the branch \"\(branch)\": give it by --branch-writes")
      case .redelivered: break
      }
    }
    form = log.positionForm ?? form
    if let kept {
      try checkThatItCanBeKept(log.formats, countsLines: log.countsLines)
      let unknown = log.unknownTables.map { TimelineRecord.UnknownName(name: $0.name, place: "\($0.place)") }
      return kept.note(log.notes, unknownTables: unknown, form: log.positionForm)
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

// MARK: - Reads

/// A file of reads, read to its end: branches are declared before the changes are asked about them.
private struct ReadsFile: Sendable {
  var branches: [BranchDeclaration] = []
  var items: [ReadsItem] = []
  var unknownTables: [UnknownTable] = []
  var notes: [String] = []

  init(_ path: String, _ schema: Schema) throws {
    var reader = ReadsReader(try FileSource(path), schema: schema)
    while let item = try reader.next() {
      if case .branch(let branch) = item { branches.append(branch) } else { items.append(item) }
    }
    (unknownTables, notes) = (reader.unknownTables, reader.notes)
    guard items.contains(where: { if case .read = $0 { true } else { false } }) else {
      throw InconsistentInput("\(path): there is no read in it: write one a line, {\"sql\":\"SELECT …\"} at least")
    }
  }
}

extension AuditInput {
  private mutating func declareBranches(of reads: ReadsFile) throws {
    for branch in reads.branches {
      engine.declare(branch.name, parent: branch.parent == "main" ? nil : branch.parent, fork: branch.fork)
    }
    notes += reads.notes + reads.unknownTables.map { Self.note($0.name, at: "\($0.place)") }
    // Reads that name no branch are of the only one, or of one that nobody declared.
    let firstChange = engine.ledger.firstPosition
    let usual = options.fork ?? engine.base?.position ?? firstChange.map { Position($0.number - 1) } ?? .start
    for name in Set(reads.items.compactMap(\.branch)).sorted() where engine.fork(of: name) == nil && name != "main" {
      engine.declare(name, fork: usual)
    }
    if reads.branches.count != 1 || reads.items.contains(where: { $0.branch != nil }) == false {
      if reads.branches.isEmpty, engine.fork(of: Self.unnamed) == nil { engine.declare(Self.unnamed, fork: usual) }
    }
  }

  /// What a branch is called that nobody named.
  static let unnamed = "branch"

  /// Finds out what the reads mean while the changes are read.
  private static func bind(_ reads: ReadsFile, _ schema: Schema) -> Errand<[BoundRead]> {
    Errand {
      let binder = ReadBinder(schema)
      return reads.items.compactMap { if case .read(let read) = $0 { binder.bind(read) } else { nil } }
    }
  }

  /// - Parameter bound: the reads among the items.
  private mutating func record(_ reads: ReadsFile, _ bound: [BoundRead]) throws {
    var rest = bound[...]
    for item in reads.items {
      switch item {
      case .read: try record(rest.removeFirst(), declared: reads.branches)
      case .writes(let batch): engine.append(batch.transactions, branch: batch.branch!)
      case .event(let event, let branch): if let branch { engine.append(event, branch: branch) }
      case .branch, .redelivered: break
      }
    }
  }

  private mutating func record(_ bound: BoundRead, declared: [BranchDeclaration]) throws {
    let read = bound.read
    var branch = read.branch
    if branch == nil, declared.count > 1 {
      throw InconsistentInput("\(read.place): several branches are declared, and the read does not say whose it is: add \"branch\"")
    }
    branch = branch ?? declared.first?.name ?? Self.unnamed
    if branch == "main" {
      // A read on main itself is a branch that forked where it was asked.
      guard let at = read.at else {
        throw InconsistentInput("\(read.place): a read on main says where it was asked: add \"at\"")
      }
      branch = "main@\(at.text(form))"
      if engine.fork(of: branch!) == nil { engine.declare(branch!, fork: at) }
    }
    do throws(SQLTextError) {
      try engine.record(bound, name: read.id ?? ContentName.of(read), branch: branch!)
    } catch { throw RefusedText(file: "\(read.place)", error: error) }
  }

  private mutating func appendWrites(_ path: String) throws {
    var log = ChangeLogReader([try FileSource(path)], schema: engine.schema)
    while let item = try log.next() {
      switch item {
      case .transactions(let batch):
        let branch = try known(batch.branch, path)
        engine.append(batch.transactions, branch: branch)
      case .event(let event, let branch): engine.append(event, branch: try known(branch, path))
      case .redelivered: break
      }
    }
    notes += log.unknownTables.map { Self.note($0.name, at: "\($0.place)") }
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

extension ReadsItem {
  fileprivate var branch: String? {
    switch self {
    case .read(let read): read.branch
    case .writes(let batch): batch.branch
    case .event(_, let branch), .redelivered(_, let branch, _): branch
    case .branch(let declaration): declaration.name
    }
  }
}

import Expressions
import Formats
import Queries
import Relations
import SQL
import Storage

/// Knows main's changes, the branches with their own writes, and what they asked; says which answers still hold.
///
///     var engine = VerdictEngine(schema: schema)
///     try engine.append(changes)                 // main's transactions, in order
///     try engine.declare("alice", fork: position)
///     try engine.record(read)
///     for verdict in engine.verdicts() { … }
///
/// The rows of a base are optional: without them, what the changes alone decide is decided, and the rest is doubtful.
public struct VerdictEngine: Sendable {
  public private(set) var schema: Schema
  public private(set) var ledger: MemoryLedger
  /// What the log says that it covers; nil if it says nothing.
  public private(set) var coverage: Coverage?
  public private(set) var base: BaseTables?
  var branches: [String: BranchTimeline] = [:]
  /// In the order in which they came.
  private(set) var reads: [PlacedRead] = []
  /// What was asked, constants aside: a thousand who ask the same share one.
  private(set) var templates: [KnownTemplate] = []
  private var templatePlaces: [Template: Int] = [:]
  /// The same by identity, for templates that come many times.
  private var sharedPlaces: [ObjectIdentifier: (shared: BoundTemplate, place: Int)] = [:]
  /// Where reads are, by their names: of the first ones, as many as somebody has looked for.
  private var readPlaces: (places: [String: Int], count: Int) = ([:], 0)
  /// How long settled reads are kept, and whether reads are settled when their branch ends.
  public var keeping = ReadKeeping()
  var settled: [SettledRead] = []
  /// The number of the next read.
  private(set) var nextRead = 0
  /// What was taken back of the timelines above, of an engine that stands for a branch.
  var epochAbove = 0
  private var images = TableImages()
  /// Whether positions are main's, which certificates speak of.
  var takesCertificates = true
  var schemaHistory: SchemaHistory
  /// The secret of all fingerprints. They never leave the engine.
  let key: FingerprintKey

  /// - Parameter key: a secret that nobody who writes rows can guess; drawn at random if left out.
  public init(schema: Schema, key: FingerprintKey = .random()) {
    self.schema = schema
    self.key = key
    schemaHistory = SchemaHistory(schema)
    ledger = MemoryLedger()
  }
}

/// Main's rows at one position.
public struct BaseTables: Sendable {
  public let position: Position
  /// Rows with all columns of the table. A table that is not here is not known; one without rows is empty.
  public private(set) var rows: [TableID: [Batch]]
  /// Columns of which not all values are known.
  public private(set) var unknown: [TableID: Set<Int>] = [:]

  public init(at position: Position, rows: [TableID: [Batch]] = [:]) {
    self.position = position
    self.rows = rows
  }

  /// Adds rows to a table, and makes the table known.
  ///
  /// - Parameter unknown: the columns of which not all values are known in these rows.
  public mutating func append(_ batches: [Batch], to table: TableID, unknown: [Int] = []) {
    rows[table, default: []] += batches
    if !unknown.isEmpty { self.unknown[table, default: []].formUnion(unknown) }
  }

  /// Whether a log has what happened to a table since, as far as it says what it has.
  func isFollowed(by coverage: Coverage?, _ table: TableID) -> Bool { coverage?.covers(table, since: position) ?? true }
}

/// A question, and where on its branch it was asked.
///
/// A class, because very many of them are looked at again and again.
final class PlacedRead: Sendable {
  /// In the order in which reads came, never used again.
  let number: Int
  let name: String
  let branch: String
  let bound: BoundRead
  let place: Place
  let question: Question

  init(number: Int, name: String, branch: String, bound: BoundRead, place: Place, question: Question) {
    (self.number, self.name, self.branch, self.bound, self.place, self.question) = (number, name, branch, bound, place, question)
  }

  var read: RecordedRead { bound.read }

  /// The session's time zone; nil if nobody said.
  var style: TextStyle? { try? bound.question.get().style }

  /// The same at another place.
  func placed(_ place: Place) -> PlacedRead {
    PlacedRead(number: number, name: name, branch: branch, bound: bound, place: place, question: question)
  }

  /// The same read, understood otherwise.
  func asking(_ bound: BoundRead, _ question: Question) -> PlacedRead {
    PlacedRead(number: number, name: name, branch: branch, bound: bound, place: place, question: question)
  }

  enum Question {
    /// One of the templates, and what makes it this question.
    case asked(template: Int, constants: [Value])
    /// PostgreSQL takes it, and we do not evaluate it, or nobody can: what it depends on is known all the same.
    indirect case outline(Outline)
    /// Nobody knows what was asked.
    indirect case unclear(DoubtReason, String)
    /// The schema lacks what it names: the branch may have it.
    indirect case unknownNames(SQLTextError)
  }

  /// What stands in the places of the template's parameters.
  var constants: [Value] { if case .asked(_, let constants) = question { constants } else { [] } }

  enum Place {
    /// After so many of the branch's transactions: those that had come when it came.
    case after(Int)
    /// At a position of the branch's timeline.
    case at(Position)
  }
}

// MARK: - Taking in

extension VerdictEngine {
  /// Takes main's rows at a position.
  ///
  /// - Precondition: no changes were taken in yet: those before the position do not count.
  public mutating func load(_ base: BaseTables) {
    precondition(ledger.firstPosition == nil, "a base comes before the changes")
    self.base = base
    schemaHistory = SchemaHistory(schema, from: base.position)
    ledger = MemoryLedger(from: base.position, retention: ledger.retention)
  }

  /// Keeps, of a log that is long, what can be asked from these positions: forks, and states to be judged by. Others before the newest part
  /// of the log are then not retained, and since when an answer is stale may be known only as an interval.
  ///
  /// - Precondition: no more changes were taken in than are kept whole.
  /// - Parameter images: how many of a table are kept whole before older ones are added up.
  public mutating func retain(_ pins: some Sequence<Position>, images: Int = 2_000_000) {
    let keys = schema.allTables.compactMap { table in table.comparableKey.map { (table.id, $0) } }
    ledger.retain(MemoryLedger.Retention(pins: pins, keys: Dictionary(uniqueKeysWithValues: keys), images: images))
  }

  /// Says that the changes that were given so far are what came of main's between neighbouring pins, as a store tells them of a time of
  /// which it has collected the rest: from here on every state is known, before it only those at the pins. Since when an answer is stale
  /// is an interval there, and who was told of a verdict in between is told anew.
  ///
  /// - Parameter pins: the positions between which changes were added up before they were given; the first and the last of them included.
  public mutating func becomeNet(between pins: some Sequence<Position>) { ledger.becomeNet(between: pins) }

  /// Adds main's transactions. What they leave out of rows is filled in from the base, if there is one.
  public mutating func append(_ transactions: TransactionBatch) throws(LedgerError) {
    try ledger.append(transactions) { span, earlier in
      guard let table = schema[span.table] else { return span }
      let known = base.flatMap { $0.isFollowed(by: coverage, table.id) ? $0 : nil }
      return images.complete(span, of: table, known, after: earlier)
    }
  }

  /// Adds what else came down main's stream. What a rewind takes back never happened.
  public mutating func append(_ event: StreamEvent) {
    switch event {
    case .start(let coverage): self.coverage = self.coverage ?? coverage
    // What happened to the rows meanwhile, nobody knows.
    case .gap: images.loseAll()
    case .rewind(let position):
      images.loseAll()
      schemaHistory.rewind(to: position)
      rebindReads(from: position)
    case .schemaChange(let change):
      let reach = schemaHistory.append(change)
      if reach.isEverything { images.loseAll() } else { images.lose(SchemaHistory.unknown(reach)) }
      if !reach.moves.isEmpty { rebindReads(from: change.position) }
    case .transaction: break
    }
    ledger.append(event)
  }

  /// Makes a branch known.
  ///
  /// - Parameter parent: nil for main; else a branch that is known.
  public mutating func declare(_ name: String, parent: String? = nil, fork: Position, kind: Branch.Kind = .normal) {
    precondition(parent.map { branches[$0] != nil } ?? true, "a parent is known before its branches")
    branches[name] = BranchTimeline(name, parent: parent, fork: fork, kind: kind)
  }

  /// Adds a branch's own writes.
  ///
  /// - Precondition: the branch is known.
  public mutating func append(_ writes: TransactionBatch, branch: String) {
    precondition(branches[branch] != nil, "a branch is known before its writes")
    precondition(branches[branch]!.kind != .snapshot, "nobody writes to a snapshot")
    branches[branch]!.append(writes)
  }

  /// Adds what else came down a branch's stream.
  public mutating func append(_ event: StreamEvent, branch: String) { branches[branch]?.events.append(event) }

  /// Makes room for so many reads more.
  public mutating func reserve(_ count: Int) { reads.reserveCapacity(reads.count + count) }

  /// Records a question.
  ///
  /// - Parameters:
  ///   - binder: for many reads, one that is used for all of them.
  /// - Throws: what PostgreSQL says to a text that is no SQL, or to a condition that is none.
  public mutating func record(
    _ read: RecordedRead, name: String, branch: String, binder: ReadBinder? = nil
  ) throws(SQLTextError) {
    if schemaHistory.hasOneVersion {
      return try take(BoundRead(read, .success(try BoundQuestion(read, schema, binder))), name: name, branch: branch)
    }
    // Of things that have other names by then, what somebody bound by the first ones says nothing.
    let names = names(of: branch)
    let question = try BoundQuestion(read, names.schema, names.isFirst ? binder : nil)
    try take(BoundRead(read, .success(question)), name: name, branch: branch)
  }

  /// The same of a question that is understood already.
  ///
  /// - Precondition: it was bound to this schema. Where the branch's names are others by now, it is bound again.
  public mutating func record(_ bound: BoundRead, name: String, branch: String) throws(SQLTextError) {
    // Looked at for every read of a million: where nothing got another name, at once.
    if !schemaHistory.hasOneVersion, !names(of: branch).isFirst { return try record(bound.read, name: name, branch: branch) }
    try take(bound, name: name, branch: branch)
  }

  private mutating func take(_ bound: BoundRead, name: String, branch: String) throws(SQLTextError) {
    let written = branches[branch]?.positions.count
    precondition(written != nil, "a branch is known before its reads")
    let place: PlacedRead.Place = bound.read.at.map { .at($0) } ?? .after(written!)
    let question = try question(try bound.question.get(), bound.read)
    reads.append(PlacedRead(number: nextRead, name: name, branch: branch, bound: bound, place: place, question: question))
    nextRead += 1
  }

  private mutating func question(_ bound: BoundQuestion, _ read: RecordedRead) throws(SQLTextError) -> PlacedRead.Question {
    switch bound.content {
    case .outline(let outline): return .outline(outline)
    case .unclear(let reason, let what): return .unclear(reason, what)
    case .unknownNames(let error): return .unknownNames(error)
    case .known(let shared, let constants):
      if let condition = read.holdsIf { try HoldsIf(condition, shared.template.query.columns).check() }
      let known = sharedPlaces[ObjectIdentifier(shared)]?.place ?? place(of: shared.template)
      sharedPlaces[ObjectIdentifier(shared)] = (shared, known)
      return .asked(template: known, constants: constants)
    case .query(let query):
      if let condition = read.holdsIf { try HoldsIf(condition, query.columns).check() }
      let (template, constants) = query.template
      return .asked(template: place(of: template), constants: constants)
    }
  }

  /// Binds reads again whose branches left main where things have other names than was known when they came.
  private mutating func rebindReads(from position: Position) {
    for place in reads.indices where branches[root(of: reads[place].branch)]!.fork >= position {
      let bound: BoundRead
      do throws(SQLTextError) {
        let question = try BoundQuestion(reads[place].read, names(of: reads[place].branch).schema, nil)
        bound = BoundRead(reads[place].read, .success(question))
        reads[place] = reads[place].asking(bound, try self.question(question, bound.read))
      } catch { reads[place] = reads[place].asking(reads[place].bound, .unclear(.schema, error.message)) }
    }
  }

  /// Takes reads as another engine has bound them.
  mutating func take(_ reads: [PlacedRead], from other: VerdictEngine) {
    self.reads = reads
    templates = other.templates
    nextRead = other.nextRead
  }

  /// Forgets reads; returns their names.
  mutating func removeReads(where condition: (PlacedRead) -> Bool) -> [String] {
    defer {
      reads.removeAll(where: condition)
      readPlaces = ([:], 0)
    }
    return reads.filter(condition).map(\.name)
  }

  /// Where a read of that name is; nil if there is none.
  mutating func place(ofRead name: String) -> Int? {
    // Names are looked up only where reads come one by one.
    for place in readPlaces.count..<reads.count { readPlaces.places[reads[place].name] = place }
    readPlaces.count = reads.count
    return readPlaces.places[name]
  }

  /// Places the reads of a branch by what they saw of it, whatever comes at their positions from now on.
  mutating func fixReads(of name: String, _ branch: BranchTimeline) {
    for index in reads.indices where reads[index].branch == name {
      reads[index] = reads[index].placed(.after(branch.count(at: reads[index].place)))
    }
  }

  mutating func movePlaces(_ place: (PlacedRead) -> PlacedRead.Place) {
    for index in reads.indices { reads[index] = reads[index].placed(place(reads[index])) }
  }

  private mutating func place(of template: Template) -> Int {
    if let known = templatePlaces[template] { return known }
    templatePlaces[template] = templates.count
    templates.append(KnownTemplate(template))
    return templates.count - 1
  }
}

extension FingerprintKey {
  /// A key that nobody has seen.
  public static func random() -> FingerprintKey {
    var random = SystemRandomNumberGenerator()
    return FingerprintKey((0..<16).map { _ in UInt8.random(in: .min ... .max, using: &random) })
  }
}

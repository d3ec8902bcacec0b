import Formats
import Relations
import SQL
import Storage

/// Main's timeline as it was read, in a store: definitions, rows at a position, and the log. Who asks again reads only what is new.
///
///     let kept = try KeptTimeline(at: "store", definitions: sql, schema)
///     if let base = try kept.loadBase() { engine.load(base) }
///     try kept.replay(into: &engine)
///     for each batch of the log: engine.append(try kept.take(batch))     // what is there already is compared and left out
///     try kept.commit()                                                  // now it is durable
///
/// An engine that is told the kept timeline is in the state of one that was told everything from files, to the byte of its reports:
/// rows and batches are kept as they are and in their order. What was not committed is not there; who is killed while he commits leaves
/// a beginning of the log, and the same again completes it.
public final class KeptTimeline {
  private let ledger: DurableLedger
  private let registry: Registry
  private let schema: Schema
  /// What is known of the log, with what was noted since and is not committed yet.
  public private(set) var record: TimelineRecord
  /// What is known of the base.
  public private(set) var baseRecord: BaseRecord?
  private let isNew: Bool
  private var newBase: (record: BaseRecord, tables: BaseTables)?
  private var newItems: [LogItem] = []

  /// Opens what is in a store, or begins it.
  ///
  /// - Parameters:
  ///   - definitions: what the schema was made of.
  /// - Throws: `StoreError`, or `KeptTimelineError` if the store is of something else.
  public init(in store: any KeyValueStore, definitions: String, _ schema: Schema) throws {
    var keys: [TableID: [Int]] = [:]
    for table in schema.allTables { keys[table.id] = table.comparableKey }
    ledger = try DurableLedger(in: store, keys: keys)
    registry = Registry(ledger)
    self.schema = schema
    let known = try registry.timeline()
    guard try known != nil || ledger.read().end == .start else { throw KeptTimelineError.notOfAnAudit }
    if let known { try Self.check(schema, against: known.definitions) }
    isNew = known == nil
    record = known ?? TimelineRecord(definitions: definitions)
    baseRecord = try registry.base()
  }

  /// Opens the store in a directory.
  ///
  /// - Parameter creating: whether to make one if there is none.
  public convenience init(at path: String, creating: Bool, definitions: String, _ schema: Schema) throws {
    try self.init(in: RocksStore(at: path, creating: creating), definitions: definitions, schema)
  }

  /// Whether nothing was ever committed.
  public var isEmpty: Bool { isNew && newItems.isEmpty && newBase == nil }
}

/// Why a store does not go with what it is given.
public enum KeptTimelineError: Error, Hashable {
  /// It holds a ledger that no audit has made.
  case notOfAnAudit
  /// The schema differs from the one by which its rows were read.
  case otherSchema(stored: String, given: String)
  /// It has the rows of another position, or others of the same.
  case otherBase(stored: Position, given: Position)
  /// The log begins after the base: what happened between is missing.
  case baseBehind(base: Position, log: Position)
  /// Things got other names between the log's beginning and the base: one schema cannot be that of both.
  case baseBehindNames(base: Position, changed: Position)
  /// Positions are written in another way: it is another log.
  case otherForm(stored: PositionForm)
}

// MARK: - What is there

extension KeptTimeline {
  /// Rows are kept by the places of their columns: tables and types must be the same, the rest may differ.
  private static func check(_ schema: Schema, against definitions: String) throws {
    var loader = SchemaLoader()
    try loader.load(definitions)
    let (stored, given) = (loader.schema.shapeLines, schema.shapeLines)
    guard stored != given else { return }
    let place = zip(stored, given).prefix { $0 == $1 }.count
    let missing = "nothing"
    throw KeptTimelineError.otherSchema(
      stored: place < stored.count ? stored[place] : missing, given: place < given.count ? given[place] : missing)
  }

  /// The rows that are kept, or those that were handed over last; nil if there are none.
  public func loadBase() throws(StoreError) -> BaseTables? {
    if let newBase { return newBase.tables }
    guard let record = baseRecord else { return nil }
    var base = BaseTables(at: record.position)
    for (table, unknown) in record.tables { base.append([], to: table, unknown: unknown) }
    try registry.forEachRows(of: record) { base.append([$0.rows], to: $0.table) }
    return base
  }

  /// Tells an engine the log, from the base on.
  ///
  /// - Parameter progress: told how many row images it was so far.
  public func replay(into engine: inout VerdictEngine, progress: (Int) -> Void = { _ in }) throws {
    let log = try ledger.read().log(since: engine.base?.position ?? .start)
    var images = 0
    while let item = try log.next() {
      switch item {
      case .event(let event): engine.append(event)
      case .transactions(let batch):
        try engine.append(batch)
        images += batch.tables.reduce(0) { $0 + $1.count }
        progress(images)
      }
    }
  }
}

// MARK: - What is new

extension KeptTimeline {
  /// Takes rows at a position. The same again is no matter.
  public func take(_ base: BaseTables, form: PositionForm?, notes: [String]) throws {
    let tables = Dictionary(uniqueKeysWithValues: base.rows.keys.map { ($0, (base.unknown[$0] ?? []).sorted()) })
    let record = BaseRecord(at: base.position, form: form, tables: tables, notes: notes)
    if let known = baseRecord {
      let same = known.position == base.position && registry.described(record, base.keptRows).digest == known.digest
      guard same, known.tables == tables else {
        throw KeptTimelineError.otherBase(stored: known.position, given: base.position)
      }
      return
    }
    for case .start(let coverage) in try ledger.read().events where coverage.position > base.position {
      throw KeptTimelineError.baseBehind(base: base.position, log: coverage.position)
    }
    // The log was read by the names that things have in the schema, and this base by the same ones.
    var names = SchemaHistory(schema)
    for case .schemaChange(let change) in try ledger.read().events where change.position <= base.position {
      guard names.append(change).moves.isEmpty else {
        throw KeptTimelineError.baseBehindNames(base: base.position, changed: change.position)
      }
    }
    newBase = (record, base)
    baseRecord = record
  }

  /// Takes what follows in the log; returns what of it is new. What is there already must be the same.
  public func take(_ batch: TransactionBatch, form: PositionForm) throws -> TransactionBatch {
    guard record.form ?? form == form else { throw KeptTimelineError.otherForm(stored: record.form!) }
    record.form = form
    let new = newItems.isEmpty ? try ledger.new(in: batch) : batch
    if !new.isEmpty { newItems.append(.transactions(new)) }
    return new
  }

  /// Takes an event; returns whether it is new.
  public func take(_ event: StreamEvent) throws(StoreError) -> Bool {
    // Behind something new everything is new.
    if newItems.isEmpty, try ledger.knows(event) { return false }
    newItems.append(.event(event))
    return true
  }

  /// Adds what whoever relies on the log should know, unless it was noted before.
  public func note(_ notes: [String], unknownTables: [TimelineRecord.UnknownName], form: PositionForm?) {
    record.form = record.form ?? form
    for note in notes where !record.notes.contains(note) { record.notes.append(note) }
    for table in unknownTables where !record.unknownTables.contains(where: { $0.name == table.name }) {
      record.unknownTables.append(table)
    }
  }

  /// Makes everything that was taken durable.
  public func commit() throws(StoreError) {
    if try registry.timeline() != record { try registry.set(record) }
    if let base = newBase { try registry.keep(base.record, base.tables.keptRows) }
    // What it meets the next append meets too, and throws.
    let keeper = LedgerKeeper(ledger, .deriving) { _ in }
    defer { keeper.stop() }
    for item in newItems {
      switch item {
      case .transactions(let batch): try ledger.append(batch)
      case .event(let event): try ledger.append(event)
      }
    }
    newBase = nil
    newItems = []
    // What is in runs need not be read from the log when the store is opened again.
    try ledger.derive()
  }
}

extension BaseTables {
  /// The rows in the order in which they are kept.
  fileprivate var keptRows: [(table: TableID, rows: Batch)] {
    rows.keys.sorted().flatMap { table in rows[table]!.map { (table: table, rows: $0) } }
  }
}

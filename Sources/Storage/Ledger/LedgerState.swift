import Relations

/// What is published of a ledger: readers take a copy, which costs nothing and stays as it is.
struct LedgerState: Sendable {
  var tables: [TableID: TableState] = [:]
  /// The last thing in the log.
  var end: LogPlace
  /// Up to here everything is in runs in the store; what is later is in runs in memory.
  var derived: LogPlace
  /// What came before is not known at all.
  var start: UInt64
  /// From here on every position is retained.
  var horizon: UInt64
  /// The commit time of the state at the horizon.
  var horizonTime: Int64?
  /// The greatest commit time up to the horizon. It differs from the last one, because clocks step back.
  var horizonLatest: Int64?
  /// The log's transactions up to here have been collected.
  var logStart: UInt64
  /// The greatest commit time so far.
  var latestTime: Int64?
  /// In the order of the stream, with what they moved the timeline to.
  var events: [PlacedEvent] = []
  var nextRun: UInt64 = 1
  var pins: [String: Pin] = [:]

  struct PlacedEvent: Sendable {
    let place: LogPlace
    let event: StreamEvent
  }

  init(from start: Position) {
    end = LogPlace(start)
    derived = end
    self.start = start.number
    horizon = start.number
    logStart = start.number
  }
}

/// A position that somebody may still ask from, by name.
public struct Pin: Hashable, Sendable {
  public let position: Position
  /// The commit time of the state there; nil if the log has no times.
  public let committedAt: Int64?
  /// Set when the position was taken back: what the timeline was rewound to. Nothing can be asked from there any more.
  public internal(set) var rewoundTo: Position?
}

extension LedgerState {
  /// The pinned positions, in order.
  var pinned: [UInt64] { Set(pins.values.lazy.filter { $0.rewoundTo == nil }.map(\.position.number)).sorted() }

  /// The first position that somebody may still ask from.
  var firstRetained: UInt64 { min(horizon, pinned.first ?? .max) }

  func isRetained(_ position: UInt64) -> Bool {
    position >= horizon || pins.values.contains { $0.position.number == position && $0.rewoundTo == nil }
  }

  /// Refuses what is not known exactly.
  func require(_ position: Position) throws(StoreError) {
    if position > end.position { throw .notReached(position, end: end.position) }
    if !isRetained(position.number) { throw .notRetained(position, horizon: Position(horizon)) }
  }

  /// How many bytes are in memory that should go to the store.
  var tailBytes: Int {
    tables.values.reduce(0) { $0 + $1.runs.reduce(0) { $0 + ($1.blocks == nil ? 0 : $1.bytes) } }
  }

  /// What a merge for good of an era's runs may combine and leave out.
  ///
  /// Where the rows at some position are known, what is later is counted from there, and is not left out but added to them.
  func policy(for table: TableState, _ era: Era) -> MergePolicy {
    guard let floor = table.floor(of: era) else {
      return MergePolicy(pins: pinned, horizon: horizon, unseen: firstRetained)
    }
    return MergePolicy(pins: Set(pinned + [floor]).sorted(), horizon: horizon)
  }
}

extension TableState {
  /// From where on all rows are known: the position of the base, or the one before all rows went.
  func floor(of era: Era) -> UInt64? {
    if let base, base.era == era.number { return base.position }
    return era.opening == .truncation ? era.position - 1 : nil
  }
}

// MARK: - As a value

/// What of it is in the store: the part that is derived from the log up to `derived`.
///
///     derived (position, ordinal) · start · horizon · log start · next run · times: at the horizon, the latest there, the latest
///     events    of each: position · ordinal · the event
///     tables    of each: number · eras · runs · base
extension LedgerState {
  static let form: UInt8 = 1

  var stored: [UInt8] {
    var writer = ByteWriter()
    writer.write(derived)
    for number in [start, horizon, logStart, nextRun] { writer.write(number) }
    for time in [horizonTime, horizonLatest, latestTime] { writer.write(time) { $0.write(signed: $1) } }
    writer.write(events.filter { $0.place <= derived }) {
      $0.write($1.place)
      $0.write($1.event)
    }
    writer.write(tables.keys.sorted()) { writer, table in
      writer.write(UInt64(table.number))
      writer.write(tables[table]!, through: derived.position.number)
    }
    return writer.bytes
  }

  init(_ value: [UInt8], key: [UInt8]) throws(StoreError) {
    self = try StoredValue.read(value, form: Self.form, key: key, "the ledger") { reader throws(ByteReader.Failure) in
      let derived = try reader.place()
      var state = LedgerState(from: Position(try reader.number()))
      state.derived = derived
      state.end = derived
      state.horizon = try reader.number()
      state.logStart = try reader.number()
      state.nextRun = try reader.number()
      state.horizonTime = try reader.optional { reader throws(ByteReader.Failure) in try reader.signed() }
      state.horizonLatest = try reader.optional { reader throws(ByteReader.Failure) in try reader.signed() }
      state.latestTime = try reader.optional { reader throws(ByteReader.Failure) in try reader.signed() }
      state.events = try reader.list { reader throws(ByteReader.Failure) in
        PlacedEvent(place: try reader.place(), event: try reader.event())
      }
      for _ in 0..<(try reader.count()) {
        let table = try reader.tableID()
        state.tables[table] = try reader.tableState()
      }
      return state
    }
  }
}

extension ByteWriter {
  fileprivate mutating func write(_ place: LogPlace) {
    write(place.position)
    write(UInt64(place.ordinal))
  }

  /// - Parameter through: what is later is not there yet.
  fileprivate mutating func write(_ table: TableState, through: UInt64) {
    write(table.eras.filter { $0.position <= through }) { writer, era in
      writer.write(UInt64(era.number))
      writer.write(byte: era.opening.rawValue)
      writer.write(era.position)
      writer.write(era.shape.types)
      writer.write(era.shape.key) { $0.write($1) { $0.write($1) } }
    }
    write(table.runs.filter { $0.blocks == nil }) { $0.write($1) }
    write(table.base) { writer, base in
      writer.write(UInt64(base.era))
      writer.write(base.position)
      writer.write(byte: base.isComplete ? 1 : 0)
      writer.write(base.rows)
      writer.write(base.runs) { $0.write($1) }
    }
  }

  private mutating func write(_ run: Run) {
    for number in [run.id, UInt64(run.era), run.after, run.through, run.limit, UInt64(run.versions), UInt64(run.bytes)] {
      write(number)
    }
  }
}

extension ByteReader {
  fileprivate mutating func place() throws(Failure) -> LogPlace {
    let position = try position()
    guard let ordinal = UInt16(exactly: try number()) else { throw Failure("an ordinal is too large") }
    return LogPlace(position, ordinal)
  }

  private mutating func uint32() throws(Failure) -> UInt32 {
    guard let number = UInt32(exactly: try number()) else { throw Failure("a number is too large") }
    return number
  }

  fileprivate mutating func tableState() throws(Failure) -> TableState {
    let eras = try list { reader throws(Failure) in
      let number = try reader.uint32()
      guard let opening = Era.Opening(rawValue: try reader.byte()) else { throw Failure("an era that began somehow") }
      let position = try reader.number()
      let types = try reader.types()
      let key = try reader.optional { reader throws(Failure) in try reader.columns(of: types.count) }
      return Era(number: number, opening: opening, position: position, shape: TableShape(types, key: key))
    }
    guard !eras.isEmpty else { throw Failure("a table without an era") }
    let runs = try list { reader throws(Failure) in try reader.run() }
    let base = try optional { reader throws(Failure) in
      let (era, position) = (try reader.uint32(), try reader.number())
      let (isComplete, rows) = (try reader.byte() != 0, try reader.int())
      let runs = try reader.list { reader throws(Failure) in try reader.run() }
      return BaseState(era: era, position: position, runs: runs, isComplete: isComplete, rows: rows)
    }
    return TableState(eras: eras, runs: runs, base: base)
  }

  private mutating func run() throws(Failure) -> Run {
    Run(
      id: try number(), era: try uint32(), after: try number(), through: try number(), limit: try number(),
      versions: try int(), bytes: try int())
  }
}

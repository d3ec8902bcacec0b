import Relations

/// Takes a table's rows at one position, as they stream in, in any order, and makes an image of them: with the ledger they tell every
/// row at every retained position, and a collection carries them forward.
///
///     let loader = try ledger.loadBase(of: orders, types: types, at: position)
///     for batch in rows.dropFirst(loader.rows) { try loader.append(batch) }     // durable batch by batch
///     try loader.finish()
///
/// Each batch becomes a sorted run; they are merged at the end, so a table may be larger than memory. After a crash a new loader says
/// how many rows are there already.
public final class BaseLoader {
  private let ledger: DurableLedger
  private let table: TableID
  private let position: UInt64
  private let shape: TableShape
  /// How many rows are durable.
  public private(set) var rows: Int
  /// Whether there is nothing left to do.
  public private(set) var isComplete: Bool

  init(_ ledger: DurableLedger, _ table: TableID, _ shape: TableShape, at position: Position) throws(StoreError) {
    self.ledger = ledger
    self.table = table
    self.shape = shape
    self.position = position.number
    (rows, isComplete) = try ledger.beginBase(of: table, shape, at: position)
  }

  /// Adds rows, and returns once they are durable.
  public func append(_ batch: Batch) throws(StoreError) {
    precondition(!isComplete && batch.types == shape.types, "rows of the table, before the end")
    let changes = TableChanges(
      table: table, images: batch, kinds: Array(repeating: .insert, count: batch.count),
      transactions: Array(repeating: 0, count: batch.count), ordinals: (0..<Int32(batch.count)).map { $0 },
      absent: batch.columns.map { _ in nil }, truncations: [])
    let transactions = TransactionBatch(transactions: [Transaction.Header(.start)], tables: [changes])
    let pieces = try BatchPieces(transactions) { [shape] _ in shape.key }
    rows += batch.count
    try ledger.addBase(of: table, shape, pieces.tables[0].pieces, rows: rows)
  }

  /// Says that these were all rows.
  public func finish() throws(StoreError) {
    if isComplete { return }
    try ledger.finishBase(of: table, shape)
    isComplete = true
  }
}

extension DurableLedger {
  /// Begins to load a table's rows as they were at a position, or goes on with it. The position must be retained.
  public func loadBase(of table: TableID, types: [SQLType], at position: Position) throws(StoreError) -> BaseLoader {
    try BaseLoader(self, table, TableShape(types, key: key(of: table)), at: position)
  }

  fileprivate func beginBase(
    of id: TableID, _ shape: TableShape, at position: Position
  ) throws(StoreError) -> (rows: Int, isComplete: Bool) {
    try maintenance.withLock { _ throws(StoreError) in
      try deriveAlone()
      return try state.withLock { state throws(StoreError) in
        try state.require(position)
        var next = state
        var table = next.tables[id] ?? TableState(shape)
        let era = table.era(at: position.number)
        guard era.shape == shape else {
          throw .failed(doing: "loading a base", "\(id) has other columns, or another key, at \(position)")
        }
        if let base = table.base, base.era == era.number, base.position == position.number {
          return (base.rows, base.isComplete)
        }
        var batch = WriteBatch()
        for run in table.base?.runs ?? [] { batch.deleteAll(in: KeyRange(prefix: StoreKey.run(timeline, run.id))) }
        table.base = BaseState(era: era.number, position: position.number, runs: [], isComplete: false, rows: 0)
        next.tables[id] = table
        try write(next, batch, durably: true)
        state = next
        return (0, false)
      }
    }
  }

  fileprivate func addBase(
    of id: TableID, _ shape: TableShape, _ pieces: [TablePiece], rows: Int
  ) throws(StoreError) {
    try maintenance.withLock { _ throws(StoreError) in
      var added: [Run] = []
      let era = state.withLock { $0.tables[id]?.base?.era } ?? 0
      for piece in pieces {
        guard let blocks = piece.blocks else { continue }
        let run = Run(id: 0, era: era, after: 0, through: 0, versions: piece.versions, bytes: piece.bytes, blocks: blocks)
        added.append(try writeBase([run], shape))
      }
      try changeBase(of: id, removing: []) { base in
        base.runs += added
        base.rows = rows
      }
    }
  }

  fileprivate func finishBase(of id: TableID, _ shape: TableShape) throws(StoreError) {
    try maintenance.withLock { _ throws(StoreError) in
      let parts = state.withLock { $0.tables[id]?.base?.runs } ?? []
      let merged = parts.count > 1 ? [try writeBase(parts, shape)] : parts
      try changeBase(of: id, removing: parts.count > 1 ? parts : []) { base in
        base.runs = merged
        base.isComplete = true
      }
    }
  }

  /// Writes rows as one run.
  private func writeBase(_ parts: [Run], _ shape: TableShape) throws(StoreError) -> Run {
    let snapshot = try store.snapshot()
    let merge = RunMerge(parts.map { $0.cursor(snapshot, shape, timeline) }, shape.types, .net)
    var writer = StoredRunWriter(self, id: newRun())
    while try merge.advance() {
      try merge.withVersion { version throws(StoreError) in
        if let row = version.asBase { try writer.blocks.append(row) }
      }
    }
    return try writer.finish(era: parts[0].era, after: 0, through: 0)
  }

  private func changeBase(
    of id: TableID, removing old: [Run], _ change: (inout BaseState) -> Void
  ) throws(StoreError) {
    try state.withLock { state throws(StoreError) in
      var next = state
      guard var base = next.tables[id]?.base else { throw .failed(doing: "loading a base", "the timeline was rewound") }
      change(&base)
      next.tables[id]!.base = base
      var batch = WriteBatch()
      for run in old { batch.deleteAll(in: KeyRange(prefix: StoreKey.run(timeline, run.id))) }
      try write(next, batch, durably: true)
      state = next
    }
  }
}

extension Version {
  /// The row that it leaves, as one of a base; nil if it leaves none.
  var asBase: Version? {
    if flags.contains(.weighted) { return Version(key: key, first: 0, last: 0, flags: .weighted, weight: weight) }
    guard flags.contains(.after) else { return nil }
    return Version(key: key, first: 0, last: 0, flags: flags.intersection([.after, .afterHoles]), after: after)
  }
}

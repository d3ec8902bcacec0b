import Relations

/// All rows of a table at one position, in the order of their keys, as a stream.
public final class TableScan {
  private let table: TableID
  private let shape: TableShape
  /// The rows that are known, with what happened to them until the position.
  private let rows: RunMerge
  /// Where the rows are known later: what happened since, which is taken back.
  private let since: RunMerge?
  private var undone: VersionBuffer?
  private var row: VersionBuffer?
  private var hasBegun = false

  init(_ table: TableID, _ shape: TableShape, _ rows: RunMerge, since: RunMerge?) {
    self.table = table
    self.shape = shape
    self.rows = rows
    self.since = since
  }

  /// The next rows; nil at the end.
  public func next() throws(StoreError) -> NetBlock? {
    var builder = NetBlockBuilder(table, shape)
    while !builder.isFull, let version = try nextRow() {
      try version.withVersion { version throws(StoreError) in
        if let row = version.asBase { builder.add(row) }
      }
    }
    return builder.count == 0 ? nil : try builder.finish()
  }

  /// The next row, as a version that leaves it or, between others, nothing.
  func nextRow() throws(StoreError) -> VersionBuffer? {
    guard let since else { return try rows.advance() ? rows.current : nil }
    if !hasBegun {
      hasBegun = true
      row = try rows.advance() ? rows.current : nil
      undone = try since.advance() ? since.current.undone : nil
    }
    let order: Int
    switch (row, undone) {
    case (nil, nil): return nil
    case (_?, nil): order = -1
    case (nil, _?): order = 1
    case (let row?, let undone?): order = row.compareKey(with: undone)
    }
    var next = order <= 0 ? row! : undone!
    if order == 0 {
      try undone!.withVersion { version throws(StoreError) in try next.add(version, shape.types) }
    }
    if order <= 0 { row = try rows.advance() ? rows.current : nil }
    if order >= 0 { undone = try since.advance() ? since.current.undone : nil }
    return next
  }
}

extension VersionBuffer {
  /// What takes it back.
  fileprivate var undone: VersionBuffer {
    var other = self
    other.reverse()
    return other
  }
}

extension LedgerReader {
  /// All rows of a table at a position; throws `unknown` if they were not loaded.
  public func scan(_ id: TableID, at position: Position) throws(StoreError) -> TableScan {
    try scan(id, at: position, from: nil)
  }

  /// - Parameter key: where to begin, in the key encoding.
  func scan(_ id: TableID, at position: Position, from key: [UInt8]?) throws(StoreError)
    -> TableScan
  {
    try require(position)
    let missing = StoreError.unknown(
      "image of \(id): its rows were not loaded (a base settles that)")
    guard let table = state.tables[id] else { throw missing }
    let era = table.era(at: position.number)
    if let base = table.base, base.era == era.number, !base.isComplete { throw missing }
    guard let floor = table.floor(of: era) else { throw missing }
    let base = table.base.flatMap { $0.era == era.number ? $0.runs : nil } ?? []
    let cursors = base.map { $0.cursor(snapshot, era.shape, timeline, RunCursor.Window(key: key)) }
    if floor <= position.number {
      let window = RunCursor.Window(after: floor, through: position.number, key: key)
      return TableScan(
        id, era.shape, RunMerge(cursors + self.cursors(table, era, window), era.shape.types, .net),
        since: nil)
    }
    let window = RunCursor.Window(after: position.number, through: floor, key: key)
    return TableScan(
      id, era.shape, RunMerge(cursors, era.shape.types, .net),
      since: RunMerge(self.cursors(table, era, window), era.shape.types, .net))
  }
}

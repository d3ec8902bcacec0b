import Relations

/// What happened to the rows of a table in an era, not combined beyond what the ledger has combined, and with what the log leaves out
/// filled in as far as something tells it.
struct WholeChanges {
  private let reader: LedgerReader
  private let id: TableID
  private let table: TableState
  private let era: Era
  private let since: UInt64
  private let merge: RunMerge
  /// The version before, which tells what its key's row was.
  private var previous = VersionBuffer()
  private var hasPrevious = false

  /// - Precondition: nothing was combined across either position.
  init(_ reader: LedgerReader, _ id: TableID, _ table: TableState, _ era: Era, since: UInt64, through: UInt64) {
    self.reader = reader
    self.id = id
    self.table = table
    self.era = era
    self.since = since
    merge = RunMerge(
      reader.cursors(table, era, RunCursor.Window(after: since, through: through)), era.shape.types, .whole)
  }

  mutating func next() throws(StoreError) -> NetBlock? {
    var builder = NetBlockBuilder(id, era.shape)
    while !builder.isFull, try merge.advance() {
      var version = merge.current
      try fill(&version)
      try version.withVersion { version throws(StoreError) in builder.add(version) }
      previous = version
      hasPrevious = true
    }
    return builder.count == 0 ? nil : try builder.finish()
  }

  private func fill(_ version: inout VersionBuffer) throws(StoreError) {
    guard version.hasHoles else { return }
    if hasPrevious, previous.compareKey(with: version) == 0 {
      if let row = previous.rowAfter { try version.fill(from: row, era.shape.types) }
    } else if case .row(let row) = try reader.row(version.ownKey, table, era, at: since) {
      try version.fill(from: row, era.shape.types)
    }
  }
}

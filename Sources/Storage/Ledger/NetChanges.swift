import Relations

/// What changed in a table between two positions, on balance, as a stream.
///
///     let net = try reader.netChanges(of: orders, since: fork)
///     while let part = try net.next() { … }
///
/// Within an era each key comes once. Eras come in their order, each after the first with how it began.
public final class NetChanges {
  private let reader: LedgerReader
  private let id: TableID
  private let table: TableState
  private let since: UInt64
  private let until: UInt64
  private var eras: ArraySlice<Era>
  private var current: (era: Era, merge: RunMerge)?

  /// A stretch of the stream.
  public enum Part: Sendable {
    case block(NetBlock)
    /// All rows that the table had went with that transaction; what was before and what comes after are net by themselves.
    case truncation(Position)
    /// From that transaction on rows have other columns, or another key.
    case shape(Position)
    /// The transaction changed a row, and the log does not tell which.
    case unknownRow(Position)
  }

  init(_ reader: LedgerReader, _ id: TableID, _ table: TableState, since: UInt64, until: UInt64) {
    self.reader = reader
    self.id = id
    self.table = table
    self.since = since
    self.until = until
    eras = table.eras.filter { $0.position <= until }[...]
  }

  public func next() throws(StoreError) -> Part? {
    while true {
      if let (era, merge) = current {
        if let block = try block(era, merge) { return .block(block) }
        current = nil
      }
      guard let era = eras.popFirst() else { return nil }
      let cursors = reader.cursors(table, era, RunCursor.Window(after: since, through: until))
      if !cursors.isEmpty { current = (era, RunMerge(cursors, era.shape.types, .net)) }
      guard era.position > since else { continue }
      switch era.opening {
      case .first: continue
      case .truncation: return .truncation(Position(era.position))
      case .shape: return .shape(Position(era.position))
      case .unknownRow: return .unknownRow(Position(era.position))
      }
    }
  }

  private func block(_ era: Era, _ merge: RunMerge) throws(StoreError) -> NetBlock? {
    var builder = NetBlockBuilder(id, era.shape)
    while !builder.isFull, try merge.advance() {
      try merge.withVersion { version throws(StoreError) in
        if version.flags.isDisjoint(with: [.beforeHoles, .afterHoles]) { return builder.add(version) }
        try reader.withFilled(version, of: table, era, since: since) { builder.add($0) }
      }
    }
    return builder.count == 0 ? nil : try builder.finish()
  }
}

extension LedgerReader {
  /// What changed in a table after one position, up to and with another.
  ///
  /// Throws `notRetained` where that is not known exactly.
  public func netChanges(of table: TableID, since: Position, until: Position? = nil) throws(StoreError) -> NetChanges? {
    try require(since)
    if let until { try require(until) }
    guard let state = state.tables[table] else { return nil }
    return NetChanges(self, table, state, since: since.number, until: (until ?? end).number)
  }

  /// Lends a version with its holes filled from what the ledger, or the base, knows of the row before.
  func withFilled(
    _ version: Version, of table: TableState, _ era: Era, since: UInt64, _ body: (Version) -> Void
  ) throws(StoreError) {
    guard version.flags.contains(.before), case .row(let known) = try row(Array(version.key), table, era, at: since) else {
      return body(version)
    }
    var filled = VersionBuffer()
    filled.set(version)
    try filled.fill(from: known, era.shape.types)
    if filled.isNothing { return }
    try filled.withVersion { version throws(StoreError) in body(version) }
  }
}

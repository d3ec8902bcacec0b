import Relations

/// How much a ledger keeps, and for whom.
public struct LedgerStatistics: Sendable {
  public let start: Position
  public let horizon: Position
  public let end: Position
  public let tables: [TableStatistics]
  public let pins: [(name: String, pin: Pin)]

  public struct TableStatistics: Sendable {
    public let table: TableID
    public let runs: Int
    public let versions: Int
    public let bytes: Int
    /// Where its rows are known from; nil if they were not loaded.
    public let base: Position?
    public let baseRows: Int
  }
}

extension LedgerReader {
  public var statistics: LedgerStatistics {
    let tables = state.tables.sorted { $0.key < $1.key }.map { id, table in
      LedgerStatistics.TableStatistics(
        table: id, runs: table.runs.count, versions: table.runs.reduce(0) { $0 + $1.versions },
        bytes: table.runs.reduce(0) { $0 + $1.bytes }, base: table.base.map { Position($0.position) },
        baseRows: table.base?.rows ?? 0)
    }
    return LedgerStatistics(
      start: Position(state.start), horizon: horizon, end: end, tables: tables,
      pins: state.pins.sorted { ($0.value.position, $0.key) < ($1.value.position, $1.key) }.map { ($0.key, $0.value) })
  }
}

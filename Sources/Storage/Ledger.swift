import Relations

/// A timeline's changes, to be asked for: `MemoryLedger` keeps them for one run of the program, `LedgerReader` is a moment of a
/// `DurableLedger`.
public protocol Ledger: Sendable {
  /// The last position that it knows of.
  var end: Position { get }
  /// The tables that changed, in order of their numbers.
  var changedTables: [TableID] { get }
  /// Everything but transactions that came down the stream, in order.
  var events: [StreamEvent] { get }
  /// What happened to a table after one position, up to and with another; nil if nothing did.
  ///
  /// What came of it is exact; a ledger that keeps net changes only tells no more than that of how it came about.
  func span(of table: TableID, since: Position, until: Position) throws(StoreError) -> TableSpan?
  /// When the last transaction up to a position was committed; nil where the log has no times.
  func commitTime(at position: Position) throws(StoreError) -> Int64?
}

extension MemoryLedger: Ledger {}

extension LedgerReader: Ledger {
  public var events: [StreamEvent] { events(since: .start) }

  /// The net changes as a span: of each key what it was and what it is, at the position of the last transaction that touched it.
  ///
  /// A change of a row that the log does not tell is there as one of which nothing is known.
  public func span(of table: TableID, since: Position, until: Position) throws(StoreError) -> TableSpan? {
    guard let net = try netChanges(of: table, since: since, until: until),
      let types = state.tables[table]?.era(at: until.number).shape.types
    else { return nil }
    var builder = SpanBuilder(table, types)
    while let part = try net.next() {
      switch part {
      case .block(let block):
        guard block.changes.types == types else { throw .unknown("net change of \(table) across a change of its columns") }
        try builder.add(block)
      case .truncation(let position): builder.truncate(position)
      case .unknownRow(let position): builder.addUnknown(position)
      case .shape: throw .unknown("net change of \(table) across a change of its columns")
      }
    }
    return builder.finish()
  }
}

/// Puts net changes in the order of their positions, an update's two sides side by side.
private struct SpanBuilder {
  private let table: TableID
  private let types: [SQLType]
  private var era: [Piece] = []
  private var pieces: [Piece] = []
  private var truncations: [TableSpan.Truncation] = []

  /// A row or the two sides of one.
  private struct Piece {
    let position: Position
    let rows: [(kind: TableChanges.Kind, image: RowImage)]
  }

  init(_ table: TableID, _ types: [SQLType]) {
    self.table = table
    self.types = types
  }

  mutating func add(_ block: NetBlock) throws(StoreError) {
    var row = 0
    while row < block.changes.count {
      let count = block.kinds[row] == .before ? 2 : 1
      let rows = (row..<row + count).map { row in
        let columns = block.changes.rows.columns.indices.map { column in
          block.absent[column]?[row] ?? false ? nil : block.changes.rows.columns[column][row]
        }
        return (kind: block.kinds[row], image: RowImage(columns))
      }
      // A row that is there several times came, or went, as often.
      for _ in 0..<max(1, abs(block.changes.weights[row])) { era.append(Piece(position: block.last[row], rows: rows)) }
      row += count
    }
  }

  mutating func truncate(_ position: Position) {
    close()
    truncations.append(
      TableSpan.Truncation(position: position, imagesBefore: pieces.reduce(0) { $0 + $1.rows.count }))
  }

  mutating func addUnknown(_ position: Position) {
    close()
    era.append(Piece(position: position, rows: [(.delete, .unknown(columns: types.count))]))
    close()
  }

  private mutating func close() {
    let order = era.indices.sorted { (era[$0].position, $0) < (era[$1].position, $1) }
    pieces += order.map { era[$0] }
    era = []
  }

  mutating func finish() -> TableSpan? {
    close()
    if pieces.isEmpty && truncations.isEmpty { return nil }
    let rows = pieces.flatMap(\.rows)
    let images = Batch(types, rows: rows.lazy.map { $0.image.columns.map { $0 ?? .null } })
    let absent = types.indices.map { column -> Bitmap? in
      guard rows.contains(where: { !$0.image.has(column) }) else { return nil }
      return Bitmap(count: rows.count) { !rows[$0].image.has(column) }
    }
    return TableSpan(
      table: table, images: images, kinds: rows.map(\.kind),
      positions: pieces.flatMap { piece in piece.rows.map { _ in piece.position } }, absent: absent, truncations: truncations)
  }
}

import Queries
import Relations

/// A timeline's changes, in memory: appended in the order of the log, asked for between any two positions.
///
/// Shaped for an audit from files: some 10⁵ to 10⁷ images are read once and asked for from a few hundred forks. Everything is kept;
/// what nobody can ask for any more is not collected.
public struct MemoryLedger: Sendable {
  /// The last position that it knows of. State `end` is the present.
  public private(set) var end: Position
  /// The transactions, in order.
  public private(set) var headers: [Transaction.Header] = []
  /// Everything else that came down the stream, in order.
  public private(set) var events: [StreamEvent] = []
  private var chunks: [TableID: [TableSpan]] = [:]

  /// - Parameter start: what came before is not asked for: the position of the base, or the beginning.
  public init(from start: Position = .start) { end = start }
}

// MARK: - Appending

extension MemoryLedger {
  /// Adds transactions that follow what is there.
  ///
  /// - Parameter completing: fills in what the log leaves out of a table's changes, for those who know it; shown what was before.
  public mutating func append(
    _ batch: TransactionBatch, completing: (TableSpan, MemoryLedger) -> TableSpan = { span, _ in span }
  ) throws(LedgerError) {
    guard let first = batch.first, let last = batch.last else { return }
    guard first > end else { throw .outOfOrder(first, expectedAfter: end) }
    headers += batch.transactions
    end = last
    for changes in batch.tables {
      let span = completing(TableSpan(changes, batch.transactions), self)
      chunks[changes.table, default: []].append(span)
    }
  }

  /// Adds an event. A gap and a schema change move the timeline's end; what a rewind takes back never happened.
  public mutating func append(_ event: StreamEvent) {
    if case .rewind(let to) = event { rewind(to: to) }
    events.append(event)
    switch event {
    case .schemaChange, .gap: end = max(end, event.position)
    case .start, .transaction, .rewind: break
    }
  }

  private mutating func rewind(to: Position) {
    end = min(end, to)
    headers.removeLast(headers.count - headers.partition { $0.position > to })
    events.removeAll { $0.position > to }
    for table in Array(chunks.keys) {
      let kept = chunks[table]!.compactMap { $0.between(.start, to) }
      chunks[table] = kept.isEmpty ? nil : kept
    }
  }
}

extension TableSpan {
  fileprivate init(_ changes: TableChanges, _ transactions: [Transaction.Header]) {
    self.init(
      table: changes.table, images: changes.images, kinds: changes.kinds,
      positions: changes.transactions.map { transactions[Int($0)].position }, absent: changes.absent,
      truncations: changes.truncations.map { truncation in
        let place = (truncation.transaction, truncation.ordinal)
        let before = zip(changes.transactions, changes.ordinals).prefix { $0 < place }
        return Truncation(
          position: transactions[Int(truncation.transaction)].position, imagesBefore: Array(before).count)
      })
  }
}

// MARK: - Asking

extension MemoryLedger {
  /// The tables that changed, in order of their numbers.
  public var changedTables: [TableID] { chunks.keys.sorted() }

  /// What happened to a table after one position, up to and with another; nil if nothing did.
  public func span(of table: TableID, since: Position, until: Position) -> TableSpan? {
    let parts = (chunks[table] ?? []).compactMap { $0.between(since, until) }
    return parts.isEmpty ? nil : .concatenating(parts)
  }

  /// When the last transaction up to a position was committed; nil where the log has no times.
  public func commitTime(at position: Position) -> Int64? {
    headers.prefix(headers.partition { $0.position > position }).last { $0.committedAt != nil }?.committedAt
  }

  /// The position after which a transaction was the next; the beginning if it was the first.
  public func position(before position: Position) -> Position {
    headers.prefix(headers.partition { $0.position >= position }).last?.position ?? .start
  }
}

extension TableSpan {
  /// The part after one position, up to and with another; nil if nothing is in it.
  fileprivate func between(_ since: Position, _ until: Position) -> TableSpan? {
    let lower = positions.partition { $0 > since }
    let upper = positions.partition { $0 > until }
    let cut = truncations.filter { since < $0.position && $0.position <= until }
    guard lower < upper || !cut.isEmpty else { return nil }
    return sliced(
      lower..<upper, truncations: cut.map { Truncation(position: $0.position, imagesBefore: $0.imagesBefore - lower) })
  }
}

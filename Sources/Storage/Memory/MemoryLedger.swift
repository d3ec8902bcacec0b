import Queries
import Relations

/// A timeline's changes, in memory: appended in the order of the log, asked for between any two positions.
///
/// Shaped for an audit from files: some 10⁵ to 10⁷ images are read once and asked for from a few hundred forks. Of longer logs only the net
/// between those who ask is kept, and the newest part whole (`Retention`): then memory grows with the rows that changed.
public struct MemoryLedger: Sendable {
  /// The last position that it knows of. State `end` is the present.
  public private(set) var end: Position
  private var commits: [Commit] = []
  /// Everything else that came down the stream, in order.
  public private(set) var events: [StreamEvent] = []
  private var chunks: [TableID: [TableSpan]] = [:]
  public private(set) var retention: Retention?
  /// How many images of each table are there, and how many were left when they were added up last.
  private var sizes: [TableID: (all: Int, net: Int)] = [:]
  /// From here on every state is known; before, only those that somebody asks from.
  public private(set) var wholeFrom: Position = .start

  /// When a transaction was committed.
  private struct Commit {
    let position: Position
    /// `Int64.min` where the log does not say.
    let at: Int64
  }

  /// - Parameter start: what came before is not asked for: the position of the base, or the beginning.
  /// - Parameter retention: what is asked for of a log that is too long to be kept whole; nil to keep all.
  public init(from start: Position = .start, retention: Retention? = nil) {
    end = start
    self.retention = retention
  }
}

extension MemoryLedger {
  /// What a ledger has to be able to tell.
  public struct Retention: Sendable {
    /// The positions that are asked from, ascending.
    public let pins: [Position]
    /// The columns of each table's key, by which images are of the same row; a table that is not here has none.
    public let keys: [TableID: [Int]]
    /// How many images of a table may come before the older ones are added up.
    public let images: Int

    public init(pins: some Sequence<Position>, keys: [TableID: [Int]], images: Int = 2_000_000) {
      self.pins = Set(pins).sorted()
      self.keys = keys
      self.images = images
    }
  }

  /// From now on keeps only what is asked for.
  ///
  /// - Precondition: nothing was added up for the sake of others.
  public mutating func retain(_ retention: Retention) {
    precondition(wholeFrom == .start, "what to keep is said before anything else is given up")
    self.retention = retention
  }

  /// Says that what was given so far is not what happened, but what came of it between neighbouring pins: of the states before the last
  /// position only those at pins are known.
  ///
  /// - Parameter pins: the positions between which changes were added up before they were given.
  public mutating func becomeNet(between pins: some Sequence<Position>) {
    let known = Set(pins).union(retention?.pins ?? [])
    retention = Retention(pins: known, keys: retention?.keys ?? [:], images: retention?.images ?? .max)
    wholeFrom = end
  }

  /// Whether the state at a position is known.
  public func retains(_ position: Position) -> Bool {
    position >= wholeFrom || position < (commits.first?.position ?? .start) || retention?.pins.contains(position) ?? true
  }
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
    commits += batch.transactions.lazy.map { Commit(position: $0.position, at: $0.committedAt ?? .min) }
    end = last
    for changes in batch.tables {
      let span = completing(TableSpan(changes, batch.transactions), self)
      chunks[changes.table, default: []].append(span)
      sizes[changes.table, default: (0, 0)].all += span.count
      if let retention, let size = sizes[changes.table], size.all - size.net > max(retention.images, size.net) {
        addUp(changes.table, retention)
      }
    }
  }

  /// Leaves of a table only what came of its changes between neighbouring pins.
  private mutating func addUp(_ table: TableID, _ retention: Retention) {
    let whole = TableSpan.concatenating(chunks.removeValue(forKey: table)!)
    let net = whole.net(between: retention.pins, key: retention.keys[table])
    chunks[table] = [net ?? whole]
    // What cannot be added up is not tried again with every batch.
    sizes[table] = (net?.count ?? whole.count, net?.count ?? whole.count)
    if net != nil { wholeFrom = end }
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
    commits.removeLast(commits.count - commits.partitionPoint { $0.position > to })
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
  /// How many images of rows are kept.
  public var imageCount: Int { sizes.values.reduce(0) { $0 + $1.all } }

  /// The tables that changed, in order of their numbers.
  public var changedTables: [TableID] { chunks.keys.sorted() }

  /// What happened to a table after one position, up to and with another; nil if nothing did.
  public func span(of table: TableID, since: Position, until: Position) -> TableSpan? {
    let parts = (chunks[table] ?? []).compactMap { $0.between(since, until) }
    return parts.isEmpty ? nil : .concatenating(parts)
  }

  /// When the last transaction up to a position was committed; nil where the log has no times.
  public func commitTime(at position: Position) -> Int64? {
    commits.prefix(commits.partitionPoint { $0.position > position }).last { $0.at != .min }?.at
  }

  /// The first transaction, and when the first one was committed of which that is known.
  public var firstPosition: Position? { commits.first?.position }
  public var firstCommitTime: Int64? { commits.first { $0.at != .min }?.at }

  /// The transactions after a position, in order; without a time where the log has none.
  public func transactions(after position: Position) -> [(position: Position, committedAt: Int64?)] {
    commits.dropFirst(commits.partitionPoint { $0.position > position }).map { ($0.position, $0.at == .min ? nil : $0.at) }
  }

  /// The position after which a transaction was the next; the beginning if it was the first.
  public func position(before position: Position) -> Position {
    commits.prefix(commits.partitionPoint { $0.position >= position }).last?.position ?? .start
  }
}

extension TableSpan {
  /// The part after one position, up to and with another; nil if nothing is in it.
  fileprivate func between(_ since: Position, _ until: Position) -> TableSpan? {
    let lower = positions.partitionPoint { $0 > since }
    let upper = positions.partitionPoint { $0 > until }
    let cut = truncations.filter { since < $0.position && $0.position <= until }
    guard lower < upper || !cut.isEmpty else { return nil }
    return sliced(
      lower..<upper, truncations: cut.map { Truncation(position: $0.position, imagesBefore: $0.imagesBefore - lower) })
  }
}

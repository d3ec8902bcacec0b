import Relations
import Storage

/// Something that happened on a timeline.
public struct TimelineEntry: Sendable {
  public let position: Position
  public let content: Content

  public enum Content: Sendable {
    /// - `changes`: how many rows of each table; nil where only what came of them is kept.
    case transaction(committedAt: Int64?, changes: [TableID: RowCounts]?)
    /// A change of the schema, a gap, a rewind, or the promise of what a log covers.
    case event(StreamEvent)
    /// A branch left it here.
    case fork(branch: String)
  }

  /// How many rows of a table a transaction touched, as the log tells it.
  public struct RowCounts: Hashable, Sendable {
    public var inserted = 0
    public var updated = 0
    public var deleted = 0
    /// How often the table was emptied without a word about its rows.
    public var truncations = 0

    mutating func count(_ kind: TableChanges.Kind) {
      switch kind {
      case .insert: inserted += 1
      case .delete: deleted += 1
      case .after: updated += 1
      case .before: break
      }
    }
  }
}

extension VerdictEngine {
  /// What happened on a timeline after a position, in its order: main's, or a branch's own.
  ///
  /// - Parameters:
  ///   - branch: nil for main.
  ///   - limit: how many transactions at most; the next page begins after the last entry's position.
  public func history(
    of branch: String? = nil, after: Position = .start, limit: Int = .max
  ) throws(TimelineError) -> [TimelineEntry] {
    let known: BranchTimeline?
    if let branch { known = try require(branch) } else { known = nil }
    let page = known?.transactions(after: after) ?? ledger.transactions(after: after)
    let headers = page.prefix(limit)
    // Behind the last transaction there are events only if it is the timeline's last one.
    let until = headers.count < page.count ? headers.last?.position ?? after : .end
    let counts = known.map { $0.rowCounts(after, until) } ?? rowCounts(after, until)
    let wholeFrom = known == nil ? ledger.wholeFrom : .start
    var entries = headers.map { position, committedAt in
      TimelineEntry(
        position: position,
        content: .transaction(committedAt: committedAt, changes: position > wholeFrom ? counts[position] ?? [:] : nil))
    }
    for event in known?.events ?? ledger.events where (after < event.position || after == .start) && event.position <= until {
      entries.append(TimelineEntry(position: event.position, content: .event(event)))
    }
    for fork in branches.values.sorted(by: { $0.name < $1.name }) where fork.parent == branch && !fork.isHidden {
      guard after < fork.fork || after == .start, fork.fork <= until else { continue }
      entries.append(TimelineEntry(position: fork.fork, content: .fork(branch: fork.name)))
    }
    // What shares a position stays in this order: a branch left after the transaction that it saw.
    return entries.enumerated().sorted { ($0.element.position, $0.offset) < ($1.element.position, $1.offset) }.map(\.element)
  }

  private func rowCounts(_ after: Position, _ until: Position) -> TimelineEntry.Counts {
    var counts: TimelineEntry.Counts = [:]
    for table in ledger.changedTables {
      guard let span = ledger.span(of: table, since: after, until: until) else { continue }
      counts.add(table, span.kinds, at: span.positions, truncations: span.truncations.map(\.position))
    }
    return counts
  }
}

extension BranchTimeline {
  fileprivate func rowCounts(_ after: Position, _ until: Position) -> TimelineEntry.Counts {
    var counts: TimelineEntry.Counts = [:]
    for batch in batches {
      guard let first = batch.first, let last = batch.last, last > after, first <= until else { continue }
      func position(_ transaction: Int32) -> Position { batch.transactions[Int(transaction)].position }
      for changes in batch.tables {
        counts.add(
          changes.table, changes.kinds, at: changes.transactions.map(position),
          truncations: changes.truncations.map { position($0.transaction) })
      }
    }
    return counts
  }
}

extension TimelineEntry {
  fileprivate typealias Counts = [Position: [TableID: RowCounts]]
}

extension TimelineEntry.Counts {
  /// Counts a table's changes where they happened.
  fileprivate mutating func add(
    _ table: TableID, _ kinds: some Sequence<TableChanges.Kind>, at positions: [Position], truncations: [Position]
  ) {
    for (kind, position) in zip(kinds, positions) {
      self[position, default: [:]][table, default: TimelineEntry.RowCounts()].count(kind)
    }
    for position in truncations { self[position, default: [:]][table, default: TimelineEntry.RowCounts()].truncations += 1 }
  }
}

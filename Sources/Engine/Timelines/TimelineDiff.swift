import Circuits
import Queries
import Relations
import Storage

/// How a branch differs from its parent, by table: its rows beside those of the parent, and the columns in which they differ.
public struct TimelineDiff: Sendable {
  public let branch: String
  /// nil for main.
  public let parent: String?
  /// Where the branch left its parent, and the parent's state that it is compared with.
  public let fork: Position
  public let asOf: Position
  /// Those that differ, in the order of their numbers.
  public let tables: [TableDiff]
}

/// The rows of a table in which a branch and its parent differ.
public struct TableDiff: Sendable {
  public let table: TableID
  /// In the order of the key; of a table without one, of their bytes.
  public let rows: [RowDiff]
  /// Why not all of the rows are here; nil if they are.
  public let doubt: DoubtReason?
}

/// A row that a branch and its parent do not both have as it is.
public struct RowDiff: Sendable {
  /// The row where the branch forked, on the branch, and on the parent. Nil where it is not there; columns are absent that nobody told.
  ///
  /// Without a key a row is its content, and has no past: `fork` is nil.
  public let fork: RowImage?
  public let branch: RowImage?
  public let parent: RowImage?
  /// The columns in which branch and parent differ, or may: all of them, if only one has the row.
  public let columns: [Int]
  /// Who changed it since the fork.
  public let changedBy: Side
  /// How often; more than once only without a key.
  public let count: Int

  public enum Side: Hashable, Sendable {
    case branch, parent, both
  }
}

extension VerdictEngine {
  /// How a branch differs from its parent. Takes as long as what differs is large, where the branch's log tells rows before they changed;
  /// elsewhere these are looked up in the base, one pass over each table that the branch changed.
  ///
  /// - Parameter position: the parent's state to compare with; nil for its present. With the fork it is the branch's own work.
  public func diff(of branch: String, asOf position: Position? = nil) throws(TimelineError) -> TimelineDiff {
    let known = try require(branch)
    if let parent = known.parent {
      // To its own branches a branch is what main is to it.
      let diff = try taking(root(of: branch), for: [branch], []).diff(of: branch, asOf: position)
      return TimelineDiff(branch: branch, parent: parent, fork: diff.fork, asOf: diff.asOf, tables: diff.tables)
    }
    let asOf = max(position ?? ledger.end, known.fork)
    for position in [known.fork, asOf] where !ledger.retains(position) {
      throw .notRetained(position, from: ledger.wholeFrom)
    }
    let overlays = known.overlay(known.positions.count, schema)
    var spans: [TableID: TableSpan] = [:]
    for table in ledger.changedTables { spans[table] = ledger.span(of: table, since: known.fork, until: asOf) }
    let all = Set(overlays.keys).union(spans.keys)
    let rewritten = schemaHistory.rewritten(all, after: known.fork, until: asOf)
    let tables = all.sorted().compactMap { id -> TableDiff? in
      guard let table = schema[id] else { return nil }
      // Which row is which nobody can tell across other keys.
      if rewritten.contains(id) { return TableDiff(table: id, rows: [], doubt: .schema) }
      let overlay = overlays[id] ?? TableOverlay(table)
      let comparison = TableComparison(
        table: table, overlay: overlay, span: spans[id], told: known.firstImages(table),
        rowsAtFork: { () throws(SnapshotFailure) in try self.rows(of: table, at: known.fork, under: nil) })
      let diff = comparison.diff
      return diff.rows.isEmpty && diff.doubt == nil ? nil : diff
    }
    return TimelineDiff(branch: branch, parent: nil, fork: known.fork, asOf: asOf, tables: tables)
  }
}

extension BranchTimeline {
  /// The rows of a table with a key as the branch's log first shows them: what they were at the fork, as far as it tells; nil of those
  /// that were not there.
  fileprivate func firstImages(_ table: Table) -> [[UInt8]: RowImage?] {
    guard let key = table.comparableKey else { return [:] }
    var images: [[UInt8]: RowImage?] = [:]
    for changes in batches.compactMap({ $0[table.id] }) {
      let keys = changes.images.keys(columns: key)
      for row in 0..<changes.count {
        let isOld = changes.kinds[row] == .before || changes.kinds[row] == .delete
        let isHidden = key.contains { changes.isAbsent(row, $0) }
        // Where the log tells nothing of the row before an update, its key is what it is after.
        if isHidden, changes.kinds[row] != .before { continue }
        let name = Array(keys[isHidden ? row + 1 : row])
        if images[name] == nil { images[name] = .some(isOld ? changes.image(row) : nil) }
      }
    }
    return images
  }
}

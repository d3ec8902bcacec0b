import Formats
import Relations

/// A branch: where it left its parent, and what it wrote since.
struct BranchTimeline {
  let name: String
  /// The branch it left; nil for main.
  private(set) var parent: String?
  /// On the parent's timeline.
  let fork: Position
  /// What it wrote, in order.
  private(set) var batches: [TransactionBatch] = []
  /// The positions of its transactions, on its own timeline.
  private(set) var positions: [Position] = []
  /// Events of its own: its schema changed, or changes of it may be missing.
  var events: [StreamEvent] = []

  init(_ name: String, parent: String?, fork: Position) {
    self.name = name
    self.parent = parent
    self.fork = fork
  }

  mutating func append(_ batch: TransactionBatch) {
    batches.append(batch)
    positions += batch.transactions.map(\.position)
  }

  /// The same, taken for a branch of main.
  var withoutParent: BranchTimeline {
    var copy = self
    copy.parent = nil
    return copy
  }

  /// How many of its transactions a read at a position sees.
  func count(at position: Position) -> Int { positions.prefix { $0 <= position }.count }
}

extension BranchTimeline {
  /// What the first transactions leave of the tables that they write.
  func overlay(_ count: Int, _ schema: Schema) -> [TableID: TableOverlay] {
    var overlays: [TableID: TableOverlay] = [:]
    var before = 0
    for batch in batches where before < count {
      let range = 0..<min(batch.transactions.count, count - before)
      for changes in batch.tables {
        guard let table = schema[changes.table] else { continue }
        overlays[changes.table, default: TableOverlay(table)].add(changes, transactions: range)
      }
      before += batch.transactions.count
    }
    return overlays.filter { !$0.value.isEmpty }
  }
}

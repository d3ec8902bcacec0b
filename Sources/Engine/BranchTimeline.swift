import Formats
import Relations

/// A branch: where it left its parent, and what it wrote since.
struct BranchTimeline {
  let name: String
  /// The branch it left; nil for main.
  private(set) var parent: String?
  /// On the parent's timeline.
  let fork: Position
  let kind: Branch.Kind
  /// Whether it was deleted, and is kept for those that left it.
  var isHidden = false
  /// Where on main its writes became a transaction of main's; nil if they did not.
  var landedAt: Position?
  /// What it wrote, in order.
  private(set) var batches: [TransactionBatch] = []
  /// The positions of its transactions, on its own timeline.
  private(set) var positions: [Position] = []
  /// Events of its own: its schema changed, or changes of it may be missing.
  var events: [StreamEvent] = []
  /// How often it was taken back.
  private(set) var resets = 0

  init(_ name: String, parent: String?, fork: Position, kind: Branch.Kind) {
    self.name = name
    self.parent = parent
    self.fork = fork
    self.kind = kind
  }

  /// Its present.
  var end: Position { positions.last ?? .start }

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

  /// Its transactions behind a position, with the times at which they were committed.
  func transactions(after position: Position) -> [(position: Position, committedAt: Int64?)] {
    batches.flatMap(\.transactions).drop { $0.position <= position }.map { ($0.position, $0.committedAt) }
  }

  /// How many of its transactions a read at a position sees.
  func count(at position: Position) -> Int { positions.prefix { $0 <= position }.count }

  func count(at place: PlacedRead.Place) -> Int {
    switch place {
    case .after(let count): count
    case .at(let position): count(at: position)
    }
  }

  /// What came after a position never happened.
  mutating func reset(to position: Position) {
    resets += 1
    positions.removeLast(positions.count - count(at: position))
    batches = batches.compactMap { batch in
      guard let last = batch.last, last > position else { return batch }
      let kept = batch.boxed.filter { $0.position <= position }
      let types = Dictionary(uniqueKeysWithValues: batch.tables.map { ($0.table, $0.images.types) })
      return kept.isEmpty ? nil : TransactionBatch(kept) { types[$0]! }
    }
    events.removeAll { $0.position > position }
  }
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

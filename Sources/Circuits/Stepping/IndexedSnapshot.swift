import Expressions
import Queries
import Relations

/// Tables in memory with an index for every key that was ever asked for, shared by all who step over them.
///
/// An index is made at the first look-up by its columns and costs a pass over the table; a look-up then costs what it finds, and a
/// change what changes: rows that come go behind the others, rows that go are marked.
public final class IndexedSnapshot: Snapshot {
  private var tables: [TableID: IndexedTable] = [:]

  public init(_ snapshot: MemorySnapshot) {
    for (table, batches) in snapshot.tables {
      let filled = batches.filter { $0.count > 0 }
      if let first = batches.first { tables[table] = IndexedTable(filled.isEmpty ? first : .concatenating(filled)) }
      if batches.isEmpty { empty.insert(table) }
    }
  }

  /// Tables without rows, of which the columns are not known either.
  private var empty: Set<TableID> = []

  /// Makes the changes: what was the state before is the state after.
  ///
  /// - Throws: if a row goes that is not there; the changes are not of these tables then, and nothing more should be asked of them.
  public func apply(_ changes: [TableID: ZSet]) throws(SnapshotFailure) {
    for (table, change) in changes {
      if empty.remove(table) != nil { tables[table] = IndexedTable(change.rows.picking([])) }
      guard tables[table] != nil else { throw SnapshotFailure(table, .noBase) }
      guard tables[table]!.apply(change.consolidated()) else { throw SnapshotFailure(table, .noKey) }
    }
  }

  public func scan(
    _ table: TableID, columns: [Int], where condition: Expression?, _ context: EvaluationContext
  ) throws(SnapshotFailure) -> [Batch] {
    if empty.contains(table) { return [] }
    guard let rows = tables[table] else { throw SnapshotFailure(table, .noBase) }
    return rows.all(columns)
  }

  public func probe(
    _ table: TableID, key: [Int], among values: Batch, columns: [Int], _ context: EvaluationContext
  ) throws(SnapshotFailure) -> [Batch] {
    if empty.contains(table) { return [] }
    guard tables[table] != nil else { throw SnapshotFailure(table, .noBase) }
    return tables[table]!.probe(key, values, columns)
  }

  public var isIndexed: Bool { true }

  public func count(of table: TableID) -> Int? { empty.contains(table) ? 0 : tables[table]?.count }
}

/// One table: rows that were there at the beginning, those that came since, and which of them are gone.
private struct IndexedTable {
  private var base: Batch
  private var isGone: Bitmap?
  private var gone = 0
  private var recent: Batch
  private var indexes: [[Int]: RowIndex] = [:]
  private var recentIndexes: [[Int]: RowIndex] = [:]

  init(_ rows: Batch) {
    base = rows
    recent = rows.picking([])
  }

  var count: Int { base.count - gone + recent.count }

  func all(_ columns: [Int]) -> [Batch] {
    let rows = base.projecting(columns)
    return [isGone.map { rows.filtered(by: ~$0) } ?? rows, recent.projecting(columns)]
  }

  mutating func probe(_ key: [Int], _ values: Batch, _ columns: [Int]) -> [Batch] {
    let found = self.found(key, Batch(values.columns.map(\.asKey), count: values.count))
    return [
      base.projecting(columns).picking(found.base).compacted, recent.projecting(columns).picking(found.recent).compacted,
    ]
  }

  private mutating func found(_ key: [Int], _ values: Batch) -> (base: [Int32], recent: [Int32]) {
    var (inBase, inRecent): ([Int32], [Int32]) = ([], [])
    if indexes[key] == nil { indexes[key] = base.index(key) }
    indexes[key]!.pairs(with: values) { inBase += $0.right }
    if let isGone, !Planted.bug("a row that is gone is found") { inBase.removeAll { isGone[Int($0)] } }
    if recent.count > 0 {
      if recentIndexes[key] == nil { recentIndexes[key] = recent.index(key) }
      recentIndexes[key]!.pairs(with: values) { inRecent += $0.right }
    }
    return (inBase, inRecent)
  }

  mutating func apply(_ change: ZSet) -> Bool {
    guard remove(change.filtered(by: Bitmap(count: change.count) { change.weights[$0] < 0 })) else { return false }
    let coming = change.filtered(by: Bitmap(count: change.count) { change.weights[$0] > 0 }).listed.compacted
    if coming.count > 0 {
      recent = recent.count == 0 ? coming : .concatenating([recent, coming])
      recentIndexes = [:]
    }
    if recent.count + gone > max(base.count / 4, 10_000) { merge() }
    return true
  }

  /// Takes rows away that are the same in all columns.
  private mutating func remove(_ going: ZSet) -> Bool {
    if going.isEmpty { return true }
    // By the index that is there, if one is, for a key that tells much.
    let key = indexes.keys.filter { !$0.isEmpty }.max { ($0.count, $1.first!) < ($1.count, $0.first!) } ?? [0]
    let wanted = Batch(key.map { going.rows.columns[$0].asKey }, count: going.count)
    let hasNulls = wanted.nulls != nil
    let found =
      hasNulls
      ? ((0..<Int32(base.count)).filter { !(isGone?[Int($0)] ?? false) }, (0..<Int32(recent.count)).map { $0 }) : found(key, wanted)
    let rows = Batch.concatenating([going.rows.compacted, base.picking(found.0).compacted, recent.picking(found.1).compacted])
    let grouping = Grouping(rows.columns, count: rows.count, .representation)
    var left = [Int64](repeating: 0, count: grouping.count)
    for row in 0..<going.count { left[Int(grouping.groups[row])] -= going.weights[row] }
    var marks = isGone ?? Bitmap(repeating: false, count: base.count)
    var keptRecent = Bitmap(repeating: true, count: recent.count)
    for (place, group) in grouping.groups[going.count...].enumerated() where left[Int(group)] > 0 {
      left[Int(group)] -= 1
      if place < found.0.count {
        marks[Int(found.0[place])] = true
        gone += 1
      } else {
        keptRecent[Int(found.1[place - found.0.count])] = false
      }
    }
    isGone = marks
    if !keptRecent.isAllTrue {
      recent = recent.filtered(by: keptRecent)
      recentIndexes = [:]
    }
    return left.allSatisfy { $0 <= 0 }
  }

  private mutating func merge() {
    base = .concatenating(all(Array(base.columns.indices)))
    recent = base.picking([])
    (isGone, gone) = (nil, 0)
    (indexes, recentIndexes) = ([:], [:])
  }
}

extension Batch {
  fileprivate func index(_ key: [Int]) -> RowIndex { RowIndex(Batch(key.map { columns[$0].asKey }, count: count)) }
}

import Expressions
import Queries
import Relations

/// Tables in memory with an index for every key that was ever asked for, shared by all who step over them.
///
/// An index is made at the first look-up by its columns and costs a pass over the table; a look-up then costs what it finds.
public final class IndexedSnapshot: Snapshot {
  private var tables: [TableID: Batch] = [:]
  private var indexes: [Key: RowIndex] = [:]
  /// How many indexes have been made: what looks slow is one of these.
  public private(set) var indexCount = 0

  private struct Key: Hashable {
    let table: TableID
    let columns: [Int]
  }

  public init(_ snapshot: MemorySnapshot) {
    for (table, batches) in snapshot.tables where !batches.isEmpty { tables[table] = .concatenating(batches) }
    for (table, batches) in snapshot.tables where batches.isEmpty { empty.insert(table) }
  }

  private var empty: Set<TableID> = []

  public func scan(
    _ table: TableID, columns: [Int], where condition: Expression?, _ context: EvaluationContext
  ) throws(SnapshotFailure) -> [Batch] {
    if empty.contains(table) { return [] }
    guard let rows = tables[table] else { throw SnapshotFailure(table, .noBase) }
    return [rows.projecting(columns)]
  }

  public func probe(
    _ table: TableID, key: [Int], among values: Batch, columns: [Int], _ context: EvaluationContext
  ) throws(SnapshotFailure) -> [Batch] {
    if empty.contains(table) { return [] }
    guard let rows = tables[table] else { throw SnapshotFailure(table, .noBase) }
    let index = self.index(Key(table: table, columns: key), rows)
    var found: [Int32] = []
    index.pairs(with: Batch(values.columns.map(\.asKey), count: values.count)) { found += $0.right }
    return [rows.projecting(columns).picking(found)]
  }

  public func count(of table: TableID) -> Int? { tables[table]?.count }

  private func index(_ key: Key, _ rows: Batch) -> RowIndex {
    if let known = indexes[key] { return known }
    let made = RowIndex(Batch(key.columns.map { rows.columns[$0].asKey }, count: rows.count))
    indexes[key] = made
    indexCount += 1
    return made
  }
}

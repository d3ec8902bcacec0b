import Expressions
import Queries
import Relations

/// A snapshot of which only some columns are looked at: the others are null, so that rows which differ in nothing else are the same.
public struct MaskedSnapshot<Base: Snapshot>: Snapshot {
  public let base: Base
  /// Per table, the columns that are looked at, ascending; of other tables all are.
  public let columns: [TableID: [Int]]

  public init(_ base: Base, _ columns: [TableID: [Int]]) {
    self.base = base
    self.columns = columns
  }

  public func scan(
    _ table: TableID, columns: [Int], where condition: Expression?, _ context: EvaluationContext
  ) throws(SnapshotFailure) -> [Batch] {
    let rows = try base.scan(table, columns: columns, where: condition, context)
    return rows.map { masked($0, columns, table) }
  }

  public func probe(
    _ table: TableID, key: [Int], among values: Batch, columns: [Int], _ context: EvaluationContext
  ) throws(SnapshotFailure) -> [Batch] {
    let rows = try base.probe(table, key: key, among: values, columns: columns, context)
    return rows.map { masked($0, columns, table) }
  }

  public func count(of table: TableID) -> Int? { base.count(of: table) }

  public var isIndexed: Bool { base.isIndexed }

  private func masked(_ rows: Batch, _ places: [Int], _ table: TableID) -> Batch {
    guard let known = columns[table] else { return rows }
    return rows.masked(places.indices.filter { known.contains(places[$0]) })
  }
}

extension Batch {
  /// With nulls in all columns but some.
  public func masked(_ kept: [Int]) -> Batch {
    if kept.count == columns.count { return self }
    var masked = columns.map { Column.repeating(.null, $0.type, count: count) }
    for place in kept { masked[place] = columns[place] }
    return Batch(masked, count: count)
  }
}

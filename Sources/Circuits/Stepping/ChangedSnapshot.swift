import Expressions
import Queries
import Relations

/// A snapshot with changes laid over it: the state after them, or before them if they are given negated.
public struct ChangedSnapshot<Base: Snapshot>: Snapshot {
  public let base: Base
  /// With all columns of each table.
  public let changes: [TableID: ZSet]

  public init(_ base: Base, _ changes: [TableID: ZSet]) {
    self.base = base
    self.changes = changes
  }

  public func scan(
    _ table: TableID, columns: [Int], where condition: Expression?, _ context: EvaluationContext
  ) throws(SnapshotFailure) -> [Batch] {
    guard let changes = changes[table], !changes.isEmpty else {
      return try base.scan(table, columns: columns, where: condition, context)
    }
    // Whole rows: what is left of a row when some columns are taken says nothing of whether it is there. The condition is not passed on,
    // because a row that it leaves out could not cancel.
    let all = Array(changes.types.indices)
    return try changed(try base.scan(table, columns: all, where: nil, context), changes, columns, table)
  }

  public func probe(
    _ table: TableID, key: [Int], among values: Batch, columns: [Int], _ context: EvaluationContext
  ) throws(SnapshotFailure) -> [Batch] {
    guard let changes = changes[table], !changes.isEmpty else {
      return try base.probe(table, key: key, among: values, columns: columns, context)
    }
    let all = Array(changes.types.indices)
    let near = changes.filtered(by: changes.rows.rows(equalTo: values, key: key))
    return try changed(try base.probe(table, key: key, among: values, columns: all, context), near, columns, table)
  }

  public func count(of table: TableID) -> Int? { base.count(of: table) }

  public var isIndexed: Bool { base.isIndexed }

  private func changed(
    _ rows: [Batch], _ changes: ZSet, _ columns: [Int], _ table: TableID
  ) throws(SnapshotFailure) -> [Batch] {
    let (near, far) = divided(rows, changes)
    let coming =
      Planted.bug("rows that go are laid over too late")
      ? changes.filtered(by: Bitmap(count: changes.count) { changes.weights[$0] > 0 }) : changes
    let sum = ZSet.sum(near.map { ZSet($0) } + [coming]).consolidated()
    // A change of a row that is not there: the changes are not of this snapshot.
    guard sum.weights.allSatisfy({ $0 >= 0 }) else { throw SnapshotFailure(table, .noKey) }
    return far.map { $0.projecting(columns) } + [sum.listed.projecting(columns)]
  }

  /// The rows of which some may go, and those that stay for sure: told by one column, because rows are many and changes few.
  private func divided(_ rows: [Batch], _ changes: ZSet) -> (near: [Batch], far: [Batch]) {
    let going = changes.filtered(by: Bitmap(count: changes.count) { changes.weights[$0] < 0 }).rows
    if going.count == 0 { return ([], rows) }
    guard let key = going.columns.firstIndex(where: { $0.nulls == nil && $0.type.id.isEvaluated }) else { return (rows, []) }
    let values = going.projecting([key])
    var (near, far): ([Batch], [Batch]) = ([], [])
    for batch in rows {
      let touched = batch.rows(equalTo: values, key: [key])
      near.append(batch.filtered(by: touched).compacted)
      far.append(batch.filtered(by: ~touched))
    }
    return (near, far)
  }
}

extension ZSet {
  /// Each row as often as it weighs.
  ///
  /// - Precondition: no weight is negative.
  var listed: Batch {
    if weights.allSatisfy({ $0 == 1 }) { return rows }
    return rows.picking((0..<Int32(count)).flatMap { Array(repeating: $0, count: Int(weights[Int($0)])) })
  }
}

extension Batch {
  /// Which rows have a key that equals one of some values.
  func rows(equalTo values: Batch, key: [Int]) -> Bitmap {
    var found = Bitmap(repeating: false, count: count)
    let keys = Batch(key.map { columns[$0].asKey }, count: count)
    let wanted = Batch(values.columns.map(\.asKey), count: values.count)
    RowIndex(wanted).pairs(with: keys) { pairs in for row in pairs.left { found[Int(row)] = true } }
    return found
  }
}

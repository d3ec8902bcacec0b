import Expressions
import Queries
import Relations

/// Tables that lie in memory, each as batches with all of its columns.
public struct MemorySnapshot: Snapshot, Sendable {
  public var tables: [TableID: [Batch]]

  public init(_ tables: [TableID: [Batch]] = [:]) { self.tables = tables }

  public func scan(
    _ table: TableID, columns: [Int], where condition: Expression?, _ context: EvaluationContext
  ) throws(SnapshotFailure) -> [Batch] {
    guard let batches = tables[table] else { throw SnapshotFailure(table, .noBase) }
    return batches.map { $0.projecting(columns) }
  }

  public func count(of table: TableID) -> Int? { tables[table].map { $0.reduce(0) { $0 + $1.count } } }
}

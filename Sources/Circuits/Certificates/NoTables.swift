import Expressions
import Queries
import Relations

/// A snapshot of which nothing is known: what is decided on it is decided by a certificate and the changes alone.
public struct NoTables: Snapshot, Sendable {
  public init() {}

  public func scan(
    _ table: TableID, columns: [Int], where condition: Expression?, _ context: EvaluationContext
  ) throws(SnapshotFailure) -> [Batch] {
    throw SnapshotFailure(table, .noBase)
  }
}

import Expressions
import Queries
import Relations

/// Tables as they are at one moment: what a query is evaluated on.
///
/// Asked a few times per query, for all rows that matter at once; the batches that it gives may share their columns with its own.
public protocol Snapshot {
  /// Rows of a table: some of its columns, in the order asked for, in batches of any size.
  ///
  /// - Parameters:
  ///   - columns: places in the table; one may come twice, and there may be none.
  ///   - condition: over all columns of the table. A row for which it is false or null may be left out and need not be: it never raises,
  ///     and who asks looks again.
  func scan(
    _ table: TableID, columns: [Int], where condition: Expression?, _ context: EvaluationContext
  ) throws(SnapshotFailure) -> [Batch]

  /// Of the rows that `scan` would give, those whose `key` columns equal, by equality class, a row of `values`; more may come along.
  ///
  /// - Parameter values: a column for each of `key`; a null equals nothing.
  func probe(
    _ table: TableID, key: [Int], among values: Batch, columns: [Int], _ context: EvaluationContext
  ) throws(SnapshotFailure) -> [Batch]

  /// How many rows a table has, roughly; nil if that is not known. Says what an evaluation would cost.
  func count(of table: TableID) -> Int?

  /// Whether `probe` costs what it finds, rather than a look at the whole table.
  var isIndexed: Bool { get }
}

extension Snapshot {
  /// Looks at everything: what has no index does.
  public func probe(
    _ table: TableID, key: [Int], among values: Batch, columns: [Int], _ context: EvaluationContext
  ) throws(SnapshotFailure) -> [Batch] {
    try scan(table, columns: columns, where: nil, context)
  }

  public func count(of table: TableID) -> Int? { nil }

  public var isIndexed: Bool { false }
}

/// Why a snapshot cannot give a table's rows.
public struct SnapshotFailure: Error, Hashable, Sendable {
  public let table: TableID
  /// What makes a read of it doubtful.
  public let reason: DoubtReason

  public init(_ table: TableID, _ reason: DoubtReason) {
    self.table = table
    self.reason = reason
  }
}

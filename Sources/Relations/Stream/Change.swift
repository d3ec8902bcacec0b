/// One row inserted, updated or deleted, or a table truncated, boxed.
///
/// A change is a Z-set: an update is −1 × before, +1 × after. This is the form for printing, witnesses and tests; the hot path
/// is `TransactionBatch`.
public struct Change: Sendable {
  public let table: TableID
  /// What happened to the row, or to all of them.
  public var operation: Operation

  public enum Operation: Sendable {
    /// The row has every column that is not generated.
    case insert(after: RowImage)
    /// A column that is absent in `after` is as in `before`, if it is there. A `before` of which nothing is known is what
    /// a log leaves out under the default replica identity.
    case update(before: RowImage, after: RowImage)
    case delete(before: RowImage)
    /// All rows that the table had are gone. Its Z-set is −1 × the table, which only an image of the table knows.
    case truncate
  }

  public init(_ table: TableID, _ operation: Operation) {
    self.table = table
    self.operation = operation
  }
}

extension Change {
  /// The row before the change, where it had one.
  public var before: RowImage? {
    switch operation {
    case .update(let before, _), .delete(let before): before
    case .insert, .truncate: nil
    }
  }

  /// The row after the change, where it has one.
  public var after: RowImage? {
    switch operation {
    case .insert(let after), .update(_, let after): after
    case .delete, .truncate: nil
    }
  }

  /// The change with everything said that it implies: columns absent in an update's `after` are taken from its `before`.
  public var completed: Change {
    guard case .update(let before, let after) = operation else { return self }
    return Change(table, .update(before: before, after: after.filled(from: before)))
  }
}

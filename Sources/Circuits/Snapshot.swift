import Relations

/// Tables as they are at one moment: what a query is evaluated on.
public protocol Snapshot {
  /// All rows of a table with all its columns, in batches of any size.
  func rows(of table: TableID) throws(Failure) -> [Batch]
}

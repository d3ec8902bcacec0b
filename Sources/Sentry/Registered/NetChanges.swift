import Relations

/// Where the sentry learns what has happened before it was asked: the ledger.
public protocol NetChanges {
  /// By how much a table at the sentry's position differs from what it was: with all columns of the table.
  ///
  /// - Throws: where that cannot be said any more.
  func net(of table: TableID, since position: Position) throws -> ZSet
}

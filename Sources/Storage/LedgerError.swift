import Relations

/// Why the ledger refused a transaction or a question.
public enum LedgerError: Error, Hashable, Sendable {
  /// It is not after the last one, and not one that is already there.
  case outOfOrder(Position, expectedAfter: Position)
  /// The state at that position cannot be had any more, or not yet.
  case notRetained(Position)
  case notReached(Position)
}

import Relations

/// Why a ledger refused what came.
public enum LedgerError: Error, Hashable, Sendable {
  /// It is not after the last one.
  case outOfOrder(Position, expectedAfter: Position)
}

/// When two rows count as one. Nulls count as one another in both: a join leaves them out before it asks.
public enum RowIdentity: Hashable, Sendable, CaseIterable {
  /// Their values are equal, as for joins and groups: 1.0 and 1.00, 0 and -0, NaN and NaN, char(n) whatever blanks follow.
  ///
  /// Only for values that are understood (`TypeID.isEvaluated`).
  case equality
  /// No query could tell them apart, as for consolidation and fingerprints.
  case representation
}

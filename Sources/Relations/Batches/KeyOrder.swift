/// How one column sorts, in a key or in `ORDER BY`.
public struct KeyOrder: Hashable, Sendable {
  /// Whether greater values come first.
  public var isDescending: Bool
  /// Whether null comes before all values, in whichever direction they go.
  public var nullsFirst: Bool

  /// Any of the four orders.
  public init(isDescending: Bool, nullsFirst: Bool) {
    self.isDescending = isDescending
    self.nullsFirst = nullsFirst
  }

  /// `ASC`: null comes last, as if it were greater than all values.
  public static let ascending = KeyOrder(isDescending: false, nullsFirst: false)
  /// `DESC`: null comes first.
  public static let descending = KeyOrder(isDescending: true, nullsFirst: true)
  /// `ASC NULLS FIRST`.
  public static let ascendingNullsFirst = KeyOrder(isDescending: false, nullsFirst: true)
  /// `DESC NULLS LAST`.
  public static let descendingNullsLast = KeyOrder(isDescending: true, nullsFirst: false)
}

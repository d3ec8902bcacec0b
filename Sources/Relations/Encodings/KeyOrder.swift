/// How a column of a key sorts.
public struct KeyOrder: Hashable, Sendable {
  public var isDescending: Bool
  public var nullsFirst: Bool

  public init(isDescending: Bool, nullsFirst: Bool) {
    self.isDescending = isDescending
    self.nullsFirst = nullsFirst
  }

  /// `ASC`: null comes last, as if it were greater than all values.
  public static let ascending = KeyOrder(isDescending: false, nullsFirst: false)
  /// `DESC`: null comes first.
  public static let descending = KeyOrder(isDescending: true, nullsFirst: true)
}

/// By which columns rows are ordered, and how: a plan's `ORDER BY`.
///
/// Values order as PostgreSQL's btree orders them: by equality class, so that 1.0 and 1.00 tie, and -0 and 0; NaN is above all
/// numbers; text by its bytes, as in collation C, and `char(n)` without its trailing blanks. A type that is not evaluated is
/// ordered by the bytes of its printed form, which is some order and not PostgreSQL's.
public struct SortOrder: Hashable, Sendable {
  /// The most significant first. Without keys all rows tie.
  public var keys: [Key]

  public init(_ keys: [Key]) { self.keys = keys }

  /// Ascending by these columns, nulls last.
  public init(columns: [Int]) { self.init(columns.map { Key($0) }) }

  /// One column of an order.
  public struct Key: Hashable, Sendable {
    /// The place of the column in the batch.
    public var column: Int
    public var order: KeyOrder

    public init(_ column: Int, _ order: KeyOrder = .ascending) {
      self.column = column
      self.order = order
    }
  }
}

/// A row as a change shows it, boxed: each column has a value, or is not known.
///
/// NULL is a value that is known. What is absent is unknown: columns beside the key in a before-image under PostgreSQL's
/// default replica identity, an unchanged TOAST value in an after-image, a generated column anywhere.
public struct RowImage: Sendable {
  /// One entry for each column of the table, in its order; nil where the column is absent.
  public var columns: [Value?]

  public init(_ columns: [Value?]) { self.columns = columns }

  /// An image of which nothing is known, for what a log left out altogether.
  public static func unknown(columns: Int) -> RowImage { RowImage(Array(repeating: nil, count: columns)) }
}

extension RowImage {
  /// Whether a column is known, if only to be NULL.
  public func has(_ column: Int) -> Bool { columns[column] != nil }

  /// Whether every column is known.
  public var isComplete: Bool { columns.allSatisfy { $0 != nil } }

  /// Whether nothing is known.
  public var isUnknown: Bool { columns.allSatisfy { $0 == nil } }

  /// The image with its holes filled from another one, where that has the column: an update's after-image from its before-image.
  ///
  /// - Precondition: both are images of one table.
  public func filled(from other: RowImage) -> RowImage {
    precondition(columns.count == other.columns.count, "images of one table have its columns")
    return RowImage(zip(columns, other.columns).map { $0 ?? $1 })
  }

  /// Whether the image can be subtracted from the table: it knows a column beside the key, or there is none beside it.
  ///
  /// A before-image of key columns alone says which row it was and not what it was. Reads of its table are `doubtful`,
  /// `no-before-image`, unless an image of the table supplies the row.
  public func isBeforeImage(key: [Int]) -> Bool {
    isComplete || columns.indices.contains { has($0) && !key.contains($0) }
  }
}

import Relations

/// Values of a column that a file has and that we cannot read, though PostgreSQL may: dates in words, say.
///
/// They are absent in their images, which is true of them: we do not know them. An update whose new value is unread has the old one
/// absent too, because what is absent in `after` means "as before". What depends on the column is doubtful for this reason; a wrong
/// value would have been worse.
public struct UnreadValue: Hashable, Sendable {
  /// The table and the place of its column.
  public let table: TableID
  public let column: Int
  /// What is not read, for the first of them.
  public let reason: String
  /// Where the first of them stands.
  public let place: FormatError.Place
  /// How many there are in the batch.
  public internal(set) var count: Int
}

/// What the stream tells of a row that an update or delete replaces, and so whether the table's reads need an image of it.
public enum ReplicaIdentity: Hashable, Sendable {
  /// The primary key's columns: no before-image.
  case `default`
  /// The whole old row.
  case full
  /// The columns of this unique index: no before-image either.
  case index(Identifier)
  /// Nothing; updates and deletes of a published table fail.
  case nothing
}

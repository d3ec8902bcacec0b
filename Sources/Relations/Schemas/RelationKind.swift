/// What a relation is, as far as it decides where its rows come from.
public enum RelationKind: Hashable, Sendable {
  case table
  /// Has no rows of its own; its partitions do.
  case partitioned
  /// A query under a name. A read of it is a read of what it names, and of the view itself: replacing it is a schema event.
  case view
  /// Rows stored when it was last refreshed. The stream does not carry them.
  case materializedView
  /// Rows of another server. The stream does not carry them.
  case foreign
}

/// How long rows live and whether they are logged. What is not logged does not come down the stream.
public enum Persistence: Hashable, Sendable {
  case permanent, unlogged, temporary
}

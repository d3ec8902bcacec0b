/// How a partitioned table divides its rows. Attaching or detaching a partition changes answers with no row in the stream.
public struct Partitioning: Hashable, Sendable {
  /// The rule by which a row finds its partition.
  public var strategy: Strategy
  /// Columns or expressions, as SQL text.
  public var key: [String]

  /// The rule by which a row finds its partition.
  public enum Strategy: Hashable, Sendable {
    case range, list, hash
  }

  public init(_ strategy: Strategy, key: [String]) {
    self.strategy = strategy
    self.key = key
  }
}

/// A table's place as a partition of another one.
public struct PartitionBound: Hashable, Sendable {
  /// The partitioned table: a read of it reads this one too.
  public var parent: TableID
  /// `FOR VALUES …` or `DEFAULT`, as SQL text.
  public var bound: String

  public init(of parent: TableID, _ bound: String) {
    self.parent = parent
    self.bound = bound
  }
}

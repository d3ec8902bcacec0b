/// Changes that became visible together, boxed. See `TransactionBatch` for many of them in columns.
public struct Transaction: Sendable {
  /// Who committed what when.
  public var header: Header
  /// In the order in which they were made. A transaction without changes still moves the log's position.
  public var changes: [Change]

  public struct Header: Hashable, Sendable {
    /// The end of the commit record. Positions of a timeline strictly increase.
    public let position: Position
    /// Microseconds from 2000-01-01 00:00 UTC, as a `timestamptz`; nil where the log has no times. Orders nothing: the clock
    /// may step back between commits. An audit takes the last one as its clock.
    public let committedAt: Int64?
    /// The replication origin, when the transaction was not made by a user of this timeline: a landing of our own has one.
    public let origin: String?

    public init(_ position: Position, committedAt: Int64? = nil, origin: String? = nil) {
      self.position = position
      self.committedAt = committedAt
      self.origin = origin
    }
  }

  public init(_ header: Header, _ changes: [Change]) {
    self.header = header
    self.changes = changes
  }
}

extension Transaction {
  /// The end of its commit record.
  public var position: Position { header.position }
}

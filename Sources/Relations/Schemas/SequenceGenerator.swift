/// `CREATE SEQUENCE`. Its state is not in the stream, and a read that draws from it cannot be asked again.
public struct SequenceGenerator: Hashable, Sendable {
  public var name: QualifiedName
  public var type: SQLType
  public var start: Int64
  public var increment: Int64
  public var minimum: Int64
  public var maximum: Int64
  /// Whether it starts over at its end instead of failing.
  public var cycles: Bool
  /// The column that it belongs to and goes with: a serial's or an identity's.
  public var owner: Owner?

  /// The column that a sequence numbers.
  public struct Owner: Hashable, Sendable {
    public var table: TableID
    public var column: ColumnID

    public init(_ table: TableID, _ column: ColumnID) {
      self.table = table
      self.column = column
    }
  }

  public init(
    _ name: QualifiedName, _ type: SQLType = .int8, start: Int64 = 1, increment: Int64 = 1, minimum: Int64 = 1,
    maximum: Int64 = .max, cycles: Bool = false, owner: Owner? = nil
  ) {
    precondition(name.namespace != nil, "a sequence is in a namespace")
    self.name = name
    self.type = type
    self.start = start
    self.increment = increment
    self.minimum = minimum
    self.maximum = maximum
    self.cycles = cycles
    self.owner = owner
  }
}

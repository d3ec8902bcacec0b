/// What is the same under another name between two versions of main: the one before the change of the schema that bears the map, and the
/// one behind it.
///
/// A partial function. What it does not name stays what it is, unless another thing takes its name: then nothing carries it over.
/// All entries hold at once, so that swaps and re-used names come out right. Two entries for one thing, or two things under one name,
/// are ambiguous: none of them is carried, and none is guessed.
public struct SchemaMap: Hashable, Sendable {
  public let tables: [TableEntry]

  public init(_ tables: [TableEntry]) { self.tables = tables }

  /// A table, and what of it has moved.
  public struct TableEntry: Hashable, Sendable {
    public let old: QualifiedName
    public let new: QualifiedName
    public let columns: [ColumnEntry]
    /// The rows whose key was written anew without appearing in the stream, foreign keys that point to them included.
    public let keys: [KeyEntry]

    public init(_ old: QualifiedName, _ new: QualifiedName? = nil, columns: [ColumnEntry] = [], keys: [KeyEntry] = []) {
      self.old = old
      self.new = new ?? old
      self.columns = columns
      self.keys = keys
    }
  }

  public struct ColumnEntry: Hashable, Sendable {
    public let old: Identifier
    /// nil: nothing has its values any more.
    public let new: Identifier?

    public init(_ old: Identifier, _ new: Identifier?) {
      self.old = old
      self.new = new
    }
  }

  /// A key as it was and as it is: the values of the key's columns, in their order, as PostgreSQL prints them.
  public struct KeyEntry: Hashable, Sendable {
    public let old: [String]
    public let new: [String]

    public init(_ old: [String], _ new: [String]) {
      self.old = old
      self.new = new
    }
  }
}

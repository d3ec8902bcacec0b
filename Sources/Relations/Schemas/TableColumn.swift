/// A column of a table or view, as declared.
public struct TableColumn: Sendable {
  /// The same through renames.
  public let id: ColumnID
  public var name: Identifier
  public var type: SQLType {
    didSet { if type != oldValue { stored = type } }
  }
  /// The type of its values in batches, see `Schema.storedType`. Set when the table is part of a schema.
  public internal(set) var stored: SQLType
  /// Whether NULL is refused, by `NOT NULL` or as part of the primary key.
  public var isNotNull: Bool
  /// Where an inserted row's value comes from when the statement gives none.
  public var source: Source
  /// The collation declared for the column; nil for the type's or the database's own. Decides order and, where it is not
  /// deterministic, equality.
  public var collation: QualifiedName?

  /// Where a column's value comes from.
  public enum Source: Hashable, Sendable {
    /// From the statement, else NULL.
    case given
    /// From the statement, else the expression, as SQL text. The stream carries the outcome.
    case defaulted(String)
    /// Always the stored expression, as SQL text. The stream does not carry it: row images lack the column, and who needs
    /// it computes it from the others.
    case generated(String)
    case identity(Identity)
  }

  /// `GENERATED … AS IDENTITY`.
  public enum Identity: Hashable, Sendable {
    case always, byDefault
  }

  public init(
    _ id: ColumnID, _ name: Identifier, _ type: SQLType, isNotNull: Bool = false, source: Source = .given,
    collation: QualifiedName? = nil
  ) {
    self.id = id
    self.name = name
    self.type = type
    stored = type
    self.isNotNull = isNotNull
    self.source = source
    self.collation = collation
  }
}

extension TableColumn {
  /// Whether the value is computed from other columns, and so absent from the stream.
  public var isGenerated: Bool { if case .generated = source { true } else { false } }
}

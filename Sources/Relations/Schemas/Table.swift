/// A relation that queries name: a table, a partitioned, foreign or materialized one, or a view.
///
/// A plain value: what was declared, and the look-ups that binding and decoding need. What its parts mean to a verdict stands with
/// them.
public struct Table: Sendable {
  public let id: TableID
  public internal(set) var name: QualifiedName
  public var kind: RelationKind
  public var persistence: Persistence = .permanent
  /// In the order of `SELECT *`, which is the order of row images.
  public private(set) var columns: [TableColumn] = []
  private var places: [Identifier: Int] = [:]

  public var primaryKey: UniqueKey?
  /// Unique constraints and unique indexes beside the primary key.
  public var uniqueKeys: [UniqueKey] = []
  public var foreignKeys: [ForeignKey] = []
  public var checks: [CheckConstraint] = []
  public var exclusions: [ExclusionConstraint] = []
  public var replicaIdentity = ReplicaIdentity.default

  /// A view's query, as SQL text.
  public var query: String?
  /// Whether a view reads with the rights of who asks (`security_invoker`), which decides whose row security counts.
  public var isSecurityInvoker = false
  public var partitioning: Partitioning?
  public var partitionOf: PartitionBound?
  /// The tables that it inherits from, by `INHERITS`: a read of a parent sees its rows too.
  public var parents: [TableID] = []

  public var rowSecurity = RowSecurity()
  public var triggers: [Trigger] = []
  public var rules: [RewriteRule] = []
  public var owner: Identifier?

  /// - Precondition: the name has a namespace; columns differ in name and id.
  public init(_ id: TableID, _ name: QualifiedName, _ kind: RelationKind = .table, columns: [TableColumn]) {
    precondition(name.namespace != nil, "a table is in a namespace")
    self.id = id
    self.name = name
    self.kind = kind
    replaceColumns(columns)
  }
}

// MARK: - Columns

extension Table {
  /// Adds, drops, renames or retypes columns, all at once.
  ///
  /// - Precondition: columns differ in name and id.
  public mutating func replaceColumns(_ columns: [TableColumn]) {
    self.columns = columns
    places = Dictionary(uniqueKeysWithValues: columns.enumerated().map { ($1.name, $0) })
    precondition(Set(columns.map(\.id)).count == columns.count, "each column has its own number")
  }

  /// The place of a column in rows, by its name.
  public func index(of name: Identifier) -> Int? { places[name] }

  /// The place of a column in rows, by its number.
  public func index(of id: ColumnID) -> Int? {
    // Where nothing was dropped the column with number n is the nth.
    let expected = Int(id.number) - 1
    if columns.indices.contains(expected), columns[expected].id == id { return expected }
    return columns.firstIndex { $0.id == id }
  }

  public func column(_ name: Identifier) -> TableColumn? { index(of: name).map { columns[$0] } }

  /// What a batch of its rows consists of.
  public var types: [SQLType] { columns.map(\.type) }

  /// The places of the columns that an inserted row has in the stream.
  public var streamedColumns: [Int] { columns.indices.filter { !columns[$0].isGenerated } }
}

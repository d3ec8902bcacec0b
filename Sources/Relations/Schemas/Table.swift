/// A relation that queries name: a table, a partitioned, foreign or materialized one, or a view.
///
/// A plain value: what was declared, and the look-ups that binding and decoding need. What its parts mean to a verdict stands with
/// them.
public struct Table: Sendable {
  public let id: TableID
  /// Changed by `Schema.rename`, which keeps look-ups in step.
  public internal(set) var name: QualifiedName
  /// Where its rows come from.
  public var kind: RelationKind
  /// Whether its rows are logged, and so in the stream.
  public var persistence: Persistence = .permanent
  /// In the order of `SELECT *`, which is the order of row images.
  public private(set) var columns: [TableColumn] = []
  private var places: [Identifier: Int] = [:]

  /// The key by which rows are laid over and witnesses named.
  public var primaryKey: UniqueKey?
  /// Unique constraints and unique indexes beside the primary key.
  public var uniqueKeys: [UniqueKey] = []
  /// What its rows refer to.
  public var foreignKeys: [ForeignKey] = []
  /// What each of its rows satisfies.
  public var checks: [CheckConstraint] = []
  /// What no two of its rows may share.
  public var exclusions: [ExclusionConstraint] = []
  /// What the stream tells of replaced rows.
  public var replicaIdentity = ReplicaIdentity.default

  /// A view's query, as SQL text whose names need no search path. Its columns are the view's by place; the view may call them
  /// differently. Where the loader did not find the query's columns out, the view has none: then they are called as the query's.
  public var query: String?
  /// Whether a view reads with the rights of who asks (`security_invoker`), which decides whose row security counts.
  public var isSecurityInvoker = false
  /// Set when `kind` is `partitioned`.
  public var partitioning: Partitioning?
  /// Set when it is a partition.
  public var partitionOf: PartitionBound?
  /// The tables that it inherits from, by `INHERITS`: a read of a parent sees its rows too.
  public var parents: [TableID] = []

  /// Who sees which rows.
  public var rowSecurity = RowSecurity()
  /// What writes to it set off.
  public var triggers: [Trigger] = []
  /// What statements on it become.
  public var rules: [RewriteRule] = []
  /// Whose rights a view reads with, and whom row security spares.
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

extension Table {
  /// The tables whose readers see its rows too.
  public var allParents: [TableID] { partitionOf.map { [$0.parent] + parents } ?? parents }
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

  /// The column of that name.
  public func column(_ name: Identifier) -> TableColumn? { index(of: name).map { columns[$0] } }

  /// What a batch of its rows consists of.
  public var types: [SQLType] { columns.map(\.stored) }

  mutating func setStoredTypes(_ stored: (SQLType) -> SQLType) {
    for place in columns.indices { columns[place].stored = stored(columns[place].type) }
  }

  /// The places of the columns that an inserted row has in the stream.
  public var streamedColumns: [Int] { columns.indices.filter { !columns[$0].isGenerated } }
}

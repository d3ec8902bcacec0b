/// Which columns say which row.
extension Table {
  /// The places of the key's columns: the primary key's, else the replica identity index's; nil without either. Then a
  /// branch's writes to the table are a Z-set, added, and cannot be laid over row by row.
  public var key: [Int]? {
    let key = primaryKey ?? replicaIdentityIndex
    return key?.plainColumns?.compactMap { index(of: $0) }
  }

  /// Whether a column is in the key.
  public func isInKey(_ column: Int) -> Bool { key?.contains(column) ?? false }

  private var replicaIdentityIndex: UniqueKey? {
    guard case .index(let name) = replicaIdentity else { return nil }
    return uniqueKeys.first { $0.name == name }
  }

  /// The places of the columns that the stream tells of a replaced row; nil when it tells none.
  public var streamedIdentity: [Int]? {
    switch replicaIdentity {
    case .full: streamedColumns
    case .default: primaryKey?.plainColumns?.compactMap { index(of: $0) }
    case .index: replicaIdentityIndex?.plainColumns?.compactMap { index(of: $0) }
    case .nothing: nil
    }
  }
}

/// Whether a table's changes reach us at all.
extension Table {
  /// Why the stream does not carry the relation's own rows; nil when it does. A read that depends on such a relation is
  /// `doubtful` with that reason.
  public var unstreamed: Unstreamed? {
    switch (kind, persistence) {
    case (.materializedView, _): .materialized
    case (.foreign, _): .foreign
    case (.table, .unlogged), (.partitioned, .unlogged): .unlogged
    case (.table, .temporary), (.partitioned, .temporary): .temporary
    case (.view, _), (.table, .permanent), (.partitioned, .permanent): nil
    }
  }

  /// Why changes of a relation cannot be followed.
  public enum Unstreamed: Hashable, Sendable {
    case unlogged, temporary, foreign, materialized
  }
}

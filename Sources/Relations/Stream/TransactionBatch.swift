/// Many transactions in columns: what a decoder fills, the store keeps and the sentry steps over.
///
/// Shaped for 10⁵ to 10⁶ changes of a few tables at a time. Changes are grouped by table, because everything that looks at them
/// (predicates, keys, fingerprints) is compiled for one table's columns; which transaction a row image belongs to and in
/// which order things happened is kept beside the images.
///
///     transactions   0/300  0/380  0/3F0 …
///     orders         images (id, total, region)    kind     transaction  ordinal
///                    9001   150.00  emea           insert        0          0
///                       7    90.00  apac           before        0          1     ┐ an update is a pair of neighbours,
///                       7    95.00  apac           after         0          1     ┘ the before-image first
///                       8    10.00  (absent)       delete        1          0
///     carts          truncations  (transaction 1, ordinal 1)
public struct TransactionBatch: Sendable {
  /// In the order of the log, positions strictly increasing.
  public let transactions: [Transaction.Header]
  /// One entry for each table that changed, in order of first change.
  public let tables: [TableChanges]

  /// What a store has kept, or a part of a batch.
  ///
  /// - Precondition: positions strictly increase; each table's changes are of these transactions.
  public init(transactions: [Transaction.Header], tables: [TableChanges]) {
    assert(zip(transactions, transactions.dropFirst()).allSatisfy { $0.position < $1.position }, "transactions are in log order")
    self.transactions = transactions
    self.tables = tables
  }
}

extension TransactionBatch {
  /// Whether there is no transaction; one without changes is one.
  public var isEmpty: Bool { transactions.isEmpty }
  /// The positions of the first and the last transaction; nil when there is none.
  public var first: Position? { transactions.first?.position }
  public var last: Position? { transactions.last?.position }

  /// What changed in a table; nil when nothing did. A batch has few tables.
  public subscript(table: TableID) -> TableChanges? { tables.first { $0.table == table } }
}

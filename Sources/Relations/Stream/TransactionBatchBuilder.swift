/// Takes transactions from a decoder, one value at a time and none of them boxed.
///
///     builder.begin(Transaction.Header(position))
///     let orders = builder.index(of: table.id, types)     // once per table, or per change
///     builder.add(.before, to: orders)                    // then one append for each column, in any order
///     builder.tables[orders].columns[0].append(integer: 7)
///     builder.tables[orders].columns[1].appendAbsent()
///     builder.add(.after, to: orders)
///     …
///     let batch = builder.finish()
public struct TransactionBatchBuilder: Sendable {
  /// Open for appending values; everything else about them is the builder's.
  public var tables: [TableChangesBuilder] = []
  private var indices: [TableID: Int] = [:]
  private var transactions: [Transaction.Header] = []
  private var changes: Int32 = 0  // In the open transaction, so far.

  public init() {}

  /// Whether no transaction was begun.
  public var isEmpty: Bool { transactions.isEmpty }

  /// Opens a transaction; what is added from here on belongs to it.
  ///
  /// - Precondition: its position is past the one before. Streams are checked where they come in.
  public mutating func begin(_ header: Transaction.Header) {
    precondition(transactions.last.map { $0.position < header.position } ?? true, "transactions arrive in log order")
    transactions.append(header)
    changes = 0
  }

  /// The place of a table in `tables`, opened on first use.
  ///
  /// - Precondition: a table has the same columns throughout a batch; a schema change ends the batch.
  public mutating func index(of table: TableID, _ types: [SQLType]) -> Int {
    if let index = indices[table] {
      assert(tables[index].types == types, "a schema change ends the batch")
      return index
    }
    indices[table] = tables.count
    tables.append(TableChangesBuilder(table, types))
    return tables.count - 1
  }

  /// Opens an image: each column of the table takes one value, null or hole before the next one is opened.
  ///
  /// - Precondition: a transaction is open; `after` directly follows its `before`.
  @inlinable
  public mutating func add(_ kind: TableChanges.Kind, to index: Int) {
    // The two sides of an update are one change, counted at its end.
    tables[index].add(kind, place: kind == .before ? nextPlace(advance: false) : nextPlace(advance: true))
  }

  /// Records that the table was emptied.
  public mutating func truncate(_ index: Int) {
    tables[index].truncate(nextPlace(advance: true))
  }

  @usableFromInline
  mutating func nextPlace(advance: Bool) -> TableChanges.Truncation {
    precondition(!transactions.isEmpty, "changes belong to a transaction")
    let place = TableChanges.Truncation(transaction: Int32(transactions.count - 1), ordinal: changes)
    if advance { changes += 1 }
    return place
  }

  /// - Precondition: every image has all its columns, every `before` its `after`.
  public consuming func finish() -> TransactionBatch {
    TransactionBatch(transactions: transactions, tables: tables.map { $0.finish() })
  }
}

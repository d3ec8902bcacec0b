/// Between columns and boxed transactions: for tests, small inputs and printing.
extension TransactionBatch {
  /// - Precondition: positions strictly increase, and `types` knows the columns of every table that changed.
  public init(_ transactions: [Transaction], types: (TableID) -> [SQLType]) {
    var builder = TransactionBatchBuilder()
    for transaction in transactions {
      builder.begin(transaction.header)
      for change in transaction.changes { builder.add(change, types(change.table)) }
    }
    self = builder.finish()
  }

  /// The transactions, boxed. Each change is `completed`.
  public var boxed: [Transaction] {
    var changes = transactions.map { _ in [(ordinal: Int32, change: Change)]() }
    for table in tables {
      for (place, change) in table.boxed { changes[Int(place.transaction)].append((place.ordinal, change)) }
    }
    return zip(transactions, changes).map { header, changes in
      Transaction(header, changes.sorted { $0.ordinal < $1.ordinal }.map(\.change))
    }
  }
}

extension TransactionBatchBuilder {
  /// Adds a boxed change to the open transaction.
  public mutating func add(_ change: Change, _ types: [SQLType]) {
    let index = index(of: change.table, types)
    switch change.operation {
    case .insert(let after): append(.insert, after, to: index)
    case .delete(let before): append(.delete, before, to: index)
    case .update(let before, let after):
      append(.before, before, to: index)
      append(.after, after, to: index)
    case .truncate: truncate(index)
    }
  }

  private mutating func append(_ kind: TableChanges.Kind, _ image: RowImage, to index: Int) {
    precondition(image.columns.count == tables[index].columns.count, "an image has the table's columns")
    add(kind, to: index)
    for column in image.columns.indices { tables[index].columns[column].append(image.columns[column]) }
  }
}

extension TableChanges {
  fileprivate var boxed: [(place: Truncation, change: Change)] {
    var changes: [(Truncation, Change)] = truncations.map { ($0, Change(table, .truncate)) }
    for row in 0..<count {
      let place = Truncation(transaction: transactions[row], ordinal: ordinals[row])
      switch kinds[row] {
      case .insert: changes.append((place, Change(table, .insert(after: image(row)))))
      case .delete: changes.append((place, Change(table, .delete(before: image(row)))))
      case .before: changes.append((place, Change(table, .update(before: image(row), after: image(row + 1)))))
      case .after: break
      }
    }
    return changes
  }

  /// One image, boxed.
  public func image(_ row: Int) -> RowImage {
    RowImage(images.columns.indices.map { isAbsent(row, $0) ? nil : images.columns[$0][row] })
  }
}

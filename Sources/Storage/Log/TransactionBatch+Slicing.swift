import Relations

extension TransactionBatch {
  /// Some of the transactions, with their changes.
  func slice(_ range: Range<Int>) -> TransactionBatch {
    if range == transactions.indices { return self }
    let tables = tables.compactMap { $0.slice(range) }
    return TransactionBatch(transactions: Array(transactions[range]), tables: tables)
  }

  /// Whether two batches say the same, by representation. Which table is listed first is no matter.
  func isSame(as other: TransactionBatch) -> Bool {
    guard transactions == other.transactions, tables.count == other.tables.count else { return false }
    return tables.allSatisfy { table in other[table.table].map(table.isSame) ?? false }
  }
}

extension TableChanges {
  /// - Returns: nil if nothing of the table is in the slice.
  fileprivate func slice(_ range: Range<Int>) -> TableChanges? {
    let lower = transactions.partitionPoint { $0 >= range.lowerBound }
    let upper = transactions.partitionPoint { $0 >= range.upperBound }
    let cut = truncations.filter { range.contains(Int($0.transaction)) }
    guard lower < upper || !cut.isEmpty else { return nil }
    let shift = Int32(range.lowerBound)
    return TableChanges(
      table: table, images: images.picking((lower..<upper).map(Int32.init)), kinds: Array(kinds[lower..<upper]),
      transactions: transactions[lower..<upper].map { $0 - shift }, ordinals: Array(ordinals[lower..<upper]),
      absent: absent.map { $0.flatMap { $0.slice(lower..<upper) } },
      truncations: cut.map { Truncation(transaction: $0.transaction - shift, ordinal: $0.ordinal) })
  }

  fileprivate func isSame(as other: TableChanges) -> Bool {
    kinds == other.kinds && transactions == other.transactions && ordinals == other.ordinals
      && truncations == other.truncations && images.types == other.images.types
      && zip(absent, other.absent).allSatisfy { $0?.trueRows ?? [] == $1?.trueRows ?? [] }
      && images.encoded().isSame(as: other.images.encoded())
  }
}

extension EncodedRows {
  fileprivate func isSame(as other: EncodedRows) -> Bool {
    ends == other.ends && withUnsafeBytes { a in other.withUnsafeBytes { b in a.compare(b) == 0 } }
  }
}

extension Bitmap {
  /// Some of the bits; nil if none of them is set.
  fileprivate func slice(_ range: Range<Int>) -> Bitmap? {
    let bits = Bitmap(count: range.count) { self[range.lowerBound + $0] }
    return bits.isAllFalse ? nil : bits
  }
}

/// Rows in order. All sorts are stable: rows that tie keep the order in which they came.
extension Batch {
  /// The numbers of the rows in the given order.
  public func sortedRows(by order: SortOrder) -> [Int32] {
    precondition(count <= Int32.max, "rows are numbered by 32 bits")
    return RowSorter.sort(count, order.keys.map { SortColumn(columns[$0.column], $0) })
  }

  /// The rows in the given order.
  public func sorted(by order: SortOrder) -> Batch { picking(sortedRows(by: order)) }
}

extension ZSet {
  /// The same rows with the same weights, ordered. Consolidating them keeps the order.
  public func sorted(by order: SortOrder) -> ZSet { picking(rows.sortedRows(by: order)) }

  /// The sum of Z-sets that are sorted already, sorted. Rows that tie come in the order of their parts. Equal rows stay apart,
  /// until it is consolidated.
  ///
  /// Parts that are not sorted cost time and no more.
  ///
  /// - Precondition: there is at least one part, and all have the same types.
  /// - Complexity: O(rows × log parts) for rows told apart by their first eight bytes.
  public static func merging(_ parts: [ZSet], by order: SortOrder) -> ZSet {
    // Sorting notices that its input consists of a few ordered runs, and merges them.
    .sum(parts).sorted(by: order)
  }
}

/// Which rows of a batch a kernel visits. Generic instead of a list, so that visiting all rows costs nothing.
protocol RowSelection {
  subscript(index: Int) -> Int { get }
  /// The selection without its first rows.
  func dropping(_ count: Int) -> Self
}

/// Rows that follow each other.
struct ConsecutiveRows: RowSelection {
  let first: Int
  subscript(index: Int) -> Int { @inline(__always) get { first &+ index } }
  func dropping(_ count: Int) -> ConsecutiveRows { ConsecutiveRows(first: first + count) }
}

/// Rows out of a list that has been checked to be in the batch.
struct PickedRows: RowSelection {
  let rows: UnsafePointer<Int32>
  subscript(index: Int) -> Int { @inline(__always) get { Int(rows[index]) } }
  func dropping(_ count: Int) -> PickedRows { PickedRows(rows: rows + count) }
}

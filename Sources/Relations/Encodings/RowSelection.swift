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

/// A column's part in encoding rows of a block: one call per column and block.
protocol BlockField {
  /// Adds to each row's width how many bytes the field can take.
  func addWidths<Rows: RowSelection>(_ rows: Rows, _ count: Int, to widths: UnsafeMutablePointer<Int>)
  /// Writes the field of each row and moves its cursor behind it.
  func write<Rows: RowSelection>(_ rows: Rows, _ count: Int, at cursors: UnsafeMutablePointer<UnsafeMutableRawPointer>)
}

extension Batch {
  /// Encodes the given rows, or all, block after block, and shows each block to `body` with the rows that are in it.
  func forEachBlock<Field: BlockField>(
    of rows: [Int32]?, _ fields: [Field], _ body: (inout RowBlock, _ start: Int, _ row: (Int) -> Int) -> Void
  ) {
    guard let rows else { return forEachBlock(ConsecutiveRows(first: 0), count, fields, body) }
    precondition(rows.allSatisfy { UInt32(bitPattern: $0) < count }, "a picked row is in the batch")
    rows.withUnsafeBufferPointer {
      guard let first = $0.baseAddress else { return }
      forEachBlock(PickedRows(rows: first), rows.count, fields, body)
    }
  }

  @inline(__always)
  private func forEachBlock<Field: BlockField, Rows: RowSelection>(
    _ all: Rows, _ count: Int, _ fields: [Field], _ body: (inout RowBlock, _ start: Int, _ row: (Int) -> Int) -> Void
  ) {
    var block = RowBlock()
    var start = 0
    while start < count {
      let rows = all.dropping(start)
      let wanted = min(count - start, RowBlock.capacity)
      block.widths.update(repeating: 0, count: wanted)
      for field in fields { field.addWidths(rows, wanted, to: block.widths) }
      block.begin(wanted)
      for field in fields { field.write(rows, block.count, at: block.cursors) }
      body(&block, start) { rows[$0] }
      start += block.count
    }
  }
}

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

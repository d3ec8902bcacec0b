import Relations
import Storage

/// Filling in what main's log leaves out, from the base.
///
/// An image of a table is begun when the log first leaves something out of it: a log that tells both images of every update needs none.
struct TableImages {
  private var images: [TableID: RunningImage] = [:]
  /// Tables of whose rows nothing is known any more, whatever the base said.
  private var lost: Set<TableID> = []
  private var isLost = false

  mutating func loseAll() {
    isLost = true
    images = [:]
  }

  mutating func lose(_ tables: Set<TableID>) {
    lost.formUnion(tables)
    for table in tables { images[table] = nil }
  }

  mutating func complete(_ span: TableSpan, of table: Table, _ base: BaseTables?, after earlier: MemoryLedger) -> TableSpan {
    guard !isLost, !lost.contains(table.id), let rows = base?.rows[table.id], images[table.id] != nil || span.leavesOut else {
      return span
    }
    if images[table.id] == nil {
      var image = RunningImage(table, rows, unknown: base?.unknown[table.id] ?? [])
      if let earlier = earlier.span(of: table.id, since: .start, until: .end) { _ = image.completing(earlier) }
      images[table.id] = image
    }
    return images[table.id]!.completing(span)
  }
}

extension TableSpan {
  /// Whether something of the changes is not told.
  fileprivate var leavesOut: Bool { !truncations.isEmpty || absent.contains { $0 != nil } }
}

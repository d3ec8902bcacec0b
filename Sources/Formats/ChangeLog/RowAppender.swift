import Relations

/// Puts the values of row images into the columns of a batch.
struct RowAppender {
  var reader: ValueReader
  /// The values of the image at hand and of the one in front of it, in the order of the table's columns.
  private var row: [JSONToken] = []
  private var other: [JSONToken] = []
  /// What was not read in the image at hand.
  private var unread: [(column: Int, reason: String, offset: Int)] = []

  private let greatestExpansion: Int

  /// - Parameter greatestExpansion: how many bytes the values of a batch may take beyond those they were written with.
  init(style: TextStyle, greatestExpansion: Int) {
    reader = ValueReader(style: style)
    self.greatestExpansion = greatestExpansion
  }

  private static let absent = JSONToken(start: 0, length: 0, kind: .unread, isEscaped: false)
}

extension RowAppender {
  /// Appends one image.
  mutating func append(
    _ kind: TableChanges.Kind, _ values: ArraySlice<ImageValue>, _ base: UnsafePointer<UInt8>, _ layout: TableLayout,
    to place: Int, of pending: inout PendingBatch, _ context: LineContext
  ) throws(Fault) {
    Self.spread(values, to: &row, layout.columns.count)
    try appendRow(kind, base, layout, to: place, of: &pending, context)
  }

  /// Appends the two images of an update.
  mutating func appendUpdate(
    _ before: ArraySlice<ImageValue>, _ after: ArraySlice<ImageValue>, _ base: UnsafePointer<UInt8>,
    _ layout: TableLayout, to place: Int, of pending: inout PendingBatch, _ context: LineContext
  ) throws(Fault) {
    Self.spread(after, to: &row, layout.columns.count)
    Self.spread(before, to: &other, layout.columns.count)
    for column in layout.uncertain where row[column].kind != .unread && other[column].kind != .unread {
      // A hole in `after` would be filled with the old value, which it is not.
      if let reason = reader.reads(row[column], base, layout.columns[column]) {
        pending.note(layout.id, column, reason, context.place(row[column].place))
        row[column] = Self.absent
        other[column] = Self.absent
      }
    }
    swap(&row, &other)
    try appendRow(.before, base, layout, to: place, of: &pending, context)
    swap(&row, &other)
    try appendRow(.after, base, layout, to: place, of: &pending, context)
  }

  @inline(__always)
  private static func spread(_ values: ArraySlice<ImageValue>, to row: inout [JSONToken], _ count: Int) {
    if row.count < count { row += repeatElement(absent, count: count - row.count) }
    if values.count < count { for column in 0..<count { row[column] = absent } }
    for value in values { row[Int(value.column)] = value.token }
  }

  @inline(__always)
  private mutating func appendRow(
    _ kind: TableChanges.Kind, _ base: UnsafePointer<UInt8>, _ layout: TableLayout, to place: Int,
    of pending: inout PendingBatch, _ context: LineContext
  ) throws(Fault) {
    pending.builder.add(kind, to: place)
    try pending.builder.tables[place].columns.withUnsafeMutableBufferPointer { columns throws(Fault) in
      for column in 0..<layout.columns.count {
        do throws(ValueReader.Refusal) {
          try reader.append(row[column], base, layout.columns[column], to: &columns[column])
        } catch {
          guard case .failure(.unsupported(let reason)) = error else {
            let what = "column \(layout.columnName(column)) (\(layout.types[column])) of \(layout.name)"
            throw error.fault(at: row[column].place, what: what)
          }
          columns[column].appendAbsent()
          unread.append((column, reason, row[column].place))
        }
      }
    }
    if !unread.isEmpty { note(layout.id, &pending, context) }
    if reader.expansion > greatestExpansion { throw tooLarge }
  }

  @inline(never)
  private mutating func note(_ table: TableID, _ pending: inout PendingBatch, _ context: LineContext) {
    for (column, reason, offset) in unread { pending.note(table, column, reason, context.place(offset)) }
    unread.removeAll()
  }

  private var tooLarge: Fault {
    Fault(
      .tooLarge, at: 0, "the values take more than \(greatestExpansion) bytes beyond what was written",
      advice: "blanks of char(n), or numbers like 1e100000, stand for too much: split the transaction, or raise the limit")
  }
}

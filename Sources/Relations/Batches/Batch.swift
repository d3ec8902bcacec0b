/// Rows side by side: the unit in which everything moves through the house.
///
/// A batch is a value; its columns share their arrays with whatever they were picked or projected from.
public struct Batch: Sendable {
  public private(set) var columns: [Column]
  /// Kept apart from the columns, because a batch may have rows and no columns (`SELECT count(*)` looks at none).
  public let count: Int

  /// - Precondition: every column has `count` rows.
  public init(_ columns: [Column], count: Int) {
    precondition(columns.allSatisfy { $0.count == count }, "the columns of a batch have one length")
    self.columns = columns
    self.count = count
  }

  /// - Precondition: there is at least one column, and all have one length.
  public init(_ columns: [Column]) {
    self.init(columns, count: columns[0].count)
  }

  /// Rows of boxed values, for tests and small tables.
  public init(_ types: [SQLType], rows: some Sequence<[Value]>) {
    var builders = types.map(ColumnBuilder.init)
    var count = 0
    for row in rows {
      precondition(row.count == types.count, "a row has a value for each column")
      for (index, value) in row.enumerated() { builders[index].append(value) }
      count += 1
    }
    self.init(builders.map { $0.finish() }, count: count)
  }
}

extension Batch {
  public var types: [SQLType] { columns.map(\.type) }

  /// One row, boxed.
  public subscript(row: Int) -> [Value] { columns.map { $0[row] } }

  /// All rows, boxed.
  public var rows: [[Value]] { (0..<count).map { self[$0] } }

  public func picking(_ rows: [Int32]) -> Batch { Batch(columns.map { $0.picking(rows) }, count: rows.count) }

  /// The rows whose bit is set.
  public func filtered(by chosen: Bitmap) -> Batch {
    chosen.isAllTrue ? self : picking(chosen.trueRows)
  }

  public func projecting(_ indices: [Int]) -> Batch { Batch(indices.map { columns[$0] }, count: count) }

  /// - Precondition: the batches have the same types.
  public static func concatenating(_ batches: [Batch]) -> Batch {
    let columns = batches[0].columns.indices.map { index in Column.concatenating(batches.map { $0.columns[index] }) }
    return Batch(columns, count: batches.reduce(0) { $0 + $1.count })
  }
}

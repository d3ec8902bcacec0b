import Relations

/// The rows of a batch that have an error in place of a value. Rare: most batches have none and carry nil.
///
/// An error matters only when somebody needs the row, so logic and branches drop the errors of operands that SQL would
/// not have evaluated.
public struct RowErrors: Sendable {
  /// Set where the row has an error. Underneath, the value is null.
  public private(set) var rows: Bitmap
  private var failures: [Int32: Failure]
  /// The error of every row in `rows` that `failures` does not name.
  private var common: Failure?

  /// One error in all of the rows.
  public init(_ failure: Failure, count: Int) {
    rows = Bitmap(repeating: true, count: count)
    failures = [:]
    common = failure
  }

  /// Nil when there are none.
  init?(_ list: [(row: Int32, failure: Failure)], count: Int) {
    if list.isEmpty { return nil }
    rows = Bitmap(repeating: false, count: count)
    failures = Dictionary(list.map { ($0.row, $0.failure) }, uniquingKeysWith: { first, _ in first })
    for (row, _) in list { rows[Int(row)] = true }
  }

  public subscript(row: Int) -> Failure? {
    rows[row] ? failures[Int32(row)] ?? common : nil
  }

  /// The first error in row order.
  public var first: (row: Int, failure: Failure)? {
    rows.trueRows.first.flatMap { row in self[Int(row)].map { (Int(row), $0) } }
  }
}

extension RowErrors {
  /// Without the errors of some rows; nil when none are left.
  func excluding(_ others: Bitmap) -> RowErrors? {
    var rest = self
    rest.rows = rows.subtracting(others)
    return rest.rows.isAllFalse ? nil : rest
  }

  /// These errors, and those of `later` in rows that had none.
  func followed(by later: RowErrors?) -> RowErrors {
    guard let later = later?.excluding(rows) else { return self }
    var all = self
    all.rows = rows | later.rows
    for row in later.rows.trueRows { all.failures[row] = later[Int(row)] }
    // What `later` adds is named row by row, so the rows of `common` must be those that were here before.
    return all
  }

  /// The same error spread over the rows of a batch, from the single row of a constant.
  func spread(over count: Int) -> RowErrors? { self[0].map { RowErrors($0, count: count) } }

  /// The errors of a dictionary's entries, at the rows that refer to them.
  func spread(by codes: [UInt32]) -> RowErrors? {
    let hit = codes.indices.filter { rows[Int(codes[$0])] }
    return RowErrors(hit.map { (Int32($0), self[Int(codes[$0])]!) }, count: codes.count)
  }
}

extension RowErrors? {
  /// The earlier operand's error wins, as it does in PostgreSQL, which evaluates operands from left to right.
  static func merging(_ earlier: RowErrors?, _ later: RowErrors?) -> RowErrors? { earlier?.followed(by: later) ?? later }
}

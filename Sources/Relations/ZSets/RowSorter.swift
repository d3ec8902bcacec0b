/// Sorts rows by the keys of their columns, most significant first.
///
/// Shaped for a million rows whose first key tells nearly all apart: rows are moved as (key, row) pairs, never compared as
/// rows, and what ties in one key is sorted by the next one in place.
///
///     column 0, key 0    ├────────────── all rows ───────────────┤   sort
///     column 0, key 1    ├── tie ──┤            ├─ tie ─┤            sort each
///     column 1, key 0       ├ tie ┤                                  …
struct RowSorter: ~Copyable {
  private let columns: [SortColumn]
  private let pairs: UnsafeMutableBufferPointer<KeyedRow>
  private let spare: UnsafeMutableBufferPointer<KeyedRow>
  /// What is still to sort. A list of our own, because text that shares long beginnings would nest too deep for the stack.
  private var work: [Run]

  /// Rows that tie in every key before this one.
  private struct Run {
    let rows: Range<Int>
    let column: Int
    let level: Int
  }

  /// The numbers of rows `0..<count`, in order.
  static func sort(_ count: Int, _ columns: [SortColumn]) -> [Int32] {
    if count < 2 || columns.isEmpty { return (0..<Int32(count)).map { $0 } }
    var sorter = RowSorter(count, columns)
    while let run = sorter.work.popLast() { sorter.sort(run) }
    return sorter.pairs.map(\.row)
  }

  private init(_ count: Int, _ columns: [SortColumn]) {
    self.columns = columns
    pairs = .allocate(capacity: count)
    spare = .allocate(capacity: count)
    for row in 0..<count { pairs.initializeElement(at: row, to: KeyedRow(key: 0, row: Int32(row))) }
    work = [Run(rows: 0..<count, column: 0, level: 0)]
  }

  deinit {
    pairs.deallocate()
    spare.deallocate()
  }

  private mutating func sort(_ run: Run) {
    let column = columns[run.column]
    let rows = run.level == 0 ? splitNulls(run.rows, run.column) : run.rows
    let part = UnsafeMutableBufferPointer(rebasing: pairs[rows])
    column.fill(part, run.level)
    part.sortByKey(UnsafeMutableBufferPointer(rebasing: spare[rows]))
    var start = rows.lowerBound
    while start < rows.upperBound {
      let key = pairs[start].key
      var end = start + 1
      while end < rows.upperBound && pairs[end].key == key { end += 1 }
      if column.continues(after: key, run.level) {
        add(Run(rows: start..<end, column: run.column, level: run.level + 1))
      } else {
        add(Run(rows: start..<end, column: run.column + 1, level: 0))
      }
      start = end
    }
  }

  private mutating func add(_ run: Run) {
    if run.rows.count > 1 && run.column < columns.count { work.append(run) }
  }

  /// Brings nulls to their end, to be sorted by the next column, and returns where the values are.
  private mutating func splitNulls(_ rows: Range<Int>, _ index: Int) -> Range<Int> {
    guard let nulls = columns[index].nulls else { return rows }
    let nullCount = rows.reduce(0) { $0 + (nulls[Int(pairs[$1].row)] ? 1 : 0) }
    let nullsFirst = columns[index].nullsFirst
    let split = nullsFirst ? rows.lowerBound + nullCount : rows.upperBound - nullCount
    let nullRows = nullsFirst ? rows.lowerBound..<split : split..<rows.upperBound
    let valueRows = nullsFirst ? split..<rows.upperBound : rows.lowerBound..<split
    var (null, value) = (nullRows.lowerBound, valueRows.lowerBound)
    for row in rows {
      if nulls[Int(pairs[row].row)] {
        spare[null] = pairs[row]
        null += 1
      } else {
        spare[value] = pairs[row]
        value += 1
      }
    }
    for row in rows { pairs[row] = spare[row] }
    add(Run(rows: nullRows, column: index + 1, level: 0))
    return valueRows
  }
}

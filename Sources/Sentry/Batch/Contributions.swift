import Expressions
import Queries
import Relations

/// What each changed row adds to the cells that see it: its weight, its hash, and the arguments that are summed.
///
/// Rows are hashed when they are known to be seen by somebody.
struct Contributions {
  let indexed: IndexedChanges
  let projected: [Int]
  /// The hash of every row, where nothing of it is projected.
  let commonHash: Fingerprint?
  let sums: [SumColumn]

  init(_ indexed: IndexedChanges, _ footprint: Footprint, sums: [Expression], _ context: EvaluationContext) throws(Failure) {
    self.indexed = indexed
    projected = footprint.projected
    commonHash = projected.isEmpty ? indexed.key.fingerprint(of: []) : nil
    var columns: [SumColumn] = []
    for sum in sums {
      if sum.hasParameters { throw .unsupported("sums of arguments that differ from read to read") }
      columns.append(try SumColumn(sum, indexed.changes.rows, context))
    }
    self.sums = columns
  }
}

extension Contributions {
  var changes: ZSet { indexed.changes }
  var weights: [Int64] { changes.weights }

  /// The hashes of some rows; nil where all are `commonHash`.
  func hashes(of rows: [Int32]) -> [Fingerprint]? {
    commonHash == nil ? indexed.hashes(of: rows, projected: projected) : nil
  }

  /// What some rows come to together.
  func total(of rows: [Int32]) -> Total {
    var total = Total(sums: sums.count)
    if commonHash == nil {
      changes.rows.addFingerprints(of: rows, columns: projected, weights: weights, key: indexed.key, to: &total.cell.fingerprint)
    }
    for row in rows { total.cell.count &+= weights[Int(row)] }
    if let commonHash { total.cell.fingerprint = commonHash * total.cell.count }
    for (place, sum) in sums.enumerated() {
      for row in rows { total.sums[place] += sum.change(Int(row), weights[Int(row)]) }
    }
    return total
  }
}

extension Contributions {
  /// What some rows come to, one after the other.
  func running(_ rows: [Int32]) -> [Cell] {
    let hashes = hashes(of: rows)
    let weights = weights
    return [Cell](unsafeUninitializedCapacity: rows.count) { cells, filled in
      var cell = Cell.zero
      for place in rows.indices {
        let weight = weights[Int(rows[place])]
        cell.count &+= weight
        if let hashes { cell.fingerprint += hashes[place] * weight }
        cells.initializeElement(at: place, to: cell)
      }
      // All rows have one hash.
      if let commonHash { for place in rows.indices { cells[place].fingerprint = commonHash * cells[place].count } }
      filled = rows.count
    }
  }
}

/// A cell and the sums that ride along.
struct Total {
  var cell = Cell.zero
  var sums: [SumChange]

  init(sums: Int) { self.sums = Array(repeating: .zero, count: sums) }
}

extension CellAnswer {
  init(count: Int, _ contributions: Contributions) {
    cells = Array(repeating: .zero, count: count)
    sums = contributions.sums.map { SumAnswer(scale: $0.scale, changes: Array(repeating: .zero, count: count)) }
  }

  /// Nothing, of the same sums.
  init(count: Int, like other: CellAnswer) {
    cells = Array(repeating: .zero, count: count)
    sums = other.sums.map { SumAnswer(scale: $0.scale, changes: Array(repeating: .zero, count: count)) }
  }

  /// Adds what every read of another answer has; `sign` is 1, -1 or 0.
  mutating func add(_ other: CellAnswer, times sign: Int64) {
    for read in cells.indices where sign != 0 {
      cells[read] = sign > 0 ? cells[read] + other.cells[read] : cells[read] - other.cells[read]
      for place in sums.indices {
        if sign > 0 {
          sums[place].changes[read] += other.sums[place].changes[read]
        } else {
          sums[place].changes[read] -= other.sums[place].changes[read]
        }
      }
    }
  }

  /// Takes what one read of another answer has.
  mutating func take(_ other: CellAnswer, _ place: Int, as read: Int) {
    cells[read] = other.cells[place]
    for sum in sums.indices { sums[sum].changes[read] = other.sums[sum].changes[place] }
  }

  mutating func add(_ total: Total, to read: Int) {
    cells[read] += total.cell
    for place in sums.indices { sums[place].changes[read] += total.sums[place] }
  }
}

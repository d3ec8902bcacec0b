import Relations

/// Running sums over rows in some order: any interval of them is one subtraction.
struct Prefixes {
  private let cells: Cells
  private let sums: [RunningSum]

  init(_ rows: [Int32], _ contributions: Contributions) {
    let weights = contributions.weights
    if let hashes = contributions.hashes(of: rows) {
      cells = .hashed(
        running(rows.count, .zero) { cell, place in
          let weight = weights[Int(rows[place])]
          return cell + Cell(count: weight, fingerprint: hashes[place] * weight)
        })
    } else {
      cells = .counted(running(rows.count, 0) { $0 &+ weights[Int(rows[$1])] }, contributions.commonHash ?? .zero)
    }
    sums = contributions.sums.map { RunningSum($0, rows, weights) }
  }

  @inline(__always)
  func add(_ range: Range<Int>, to read: Int, of answer: inout CellAnswer) {
    let cell =
      switch cells {
      case .hashed(let cells): cells[range.upperBound] - cells[range.lowerBound]
      case .counted(let counts, let hash): Cell(of: counts[range.upperBound] &- counts[range.lowerBound], hash)
      }
    answer.cells[read] += cell
    for index in sums.indices { sums[index].add(range, cell.count, to: &answer.sums[index].changes[read]) }
  }

  private enum Cells {
    case hashed([Cell])
    /// All rows have one hash.
    case counted([Int64], Fingerprint)
  }
}

/// One sum's. Most columns have nothing but numbers, and a number needs a quarter of what tells all that can come.
private enum RunningSum {
  case numbers([Int128])
  case anything([SumChange])

  init(_ sum: SumColumn, _ rows: [Int32], _ weights: [Int64]) {
    if sum.kinds == nil {
      self = .numbers(running(rows.count, 0) { $0 &+ sum.steps[Int(rows[$1])] &* Int128(weights[Int(rows[$1])]) })
    } else {
      self = .anything(running(rows.count, .zero) { $0 + sum.change(Int(rows[$1]), weights[Int(rows[$1])]) })
    }
  }

  @inline(__always)
  func add(_ range: Range<Int>, _ count: Int64, to change: inout SumChange) {
    switch self {
    case .numbers(let totals):
      change.total &+= totals[range.upperBound] &- totals[range.lowerBound]
      change.values &+= count
    case .anything(let sums): change += sums[range.upperBound] - sums[range.lowerBound]
    }
  }
}

@inline(__always)
private func running<Element>(_ count: Int, _ zero: Element, _ next: (Element, Int) -> Element) -> [Element] {
  [Element](unsafeUninitializedCapacity: count + 1) { out, filled in
    var sum = zero
    out.initializeElement(at: 0, to: sum)
    for place in 0..<count {
      sum = next(sum, place)
      out.initializeElement(at: place &+ 1, to: sum)
    }
    filled = count + 1
  }
}

/// What the rows of each group come to.
struct GroupTotals {
  private var cells: [Cell]
  private var sums: [[SumChange]]

  init(_ matched: Matched, _ contributions: Contributions) {
    let groupCount = matched.starts.count - 1
    var cells = [Cell](repeating: .zero, count: groupCount)
    let hashes = contributions.hashes(of: matched.rows)
    let commonHash = contributions.commonHash ?? .zero
    for (place, row) in matched.rows.enumerated() {
      let weight = contributions.weights[Int(row)]
      cells[Int(matched.groups[place])] += Cell(count: weight, fingerprint: (hashes?[place] ?? commonHash) * weight)
    }
    self.cells = cells
    sums = contributions.sums.map { sum in
      var changes = [SumChange](repeating: .zero, count: groupCount)
      for (place, row) in matched.rows.enumerated() {
        changes[Int(matched.groups[place])] += sum.change(Int(row), contributions.weights[Int(row)])
      }
      return changes
    }
  }

  @inline(__always)
  func add(_ group: Int32, to read: Int, of answer: inout CellAnswer) {
    answer.cells[read] += cells[Int(group)]
    for index in sums.indices { answer.sums[index].changes[read] += sums[index][Int(group)] }
  }
}

extension Cell {
  /// Of rows that all have one hash.
  @inline(__always)
  fileprivate init(of count: Int64, _ hash: Fingerprint) { self.init(count: count, fingerprint: hash * count) }
}

import Relations

/// Running sums over rows in some order, of those that come after a place in the log: rows are put in from the last to the first, and any
/// interval can be asked for in between.
///
/// A tree of partial sums (Fenwick's): a row goes into one sum of each length, and an interval is some sums of each length.
struct LaterSums {
  private let contributions: Contributions
  /// Rows in the order of the log, last first: where each is in the order of the intervals.
  private let places: [(row: Int32, place: Int32)]
  private var next = 0
  private let hashes: [Fingerprint]?
  private var cells: PartialSums<Cell>
  private var sums: [PartialSums<SumChange>]

  /// - Parameter rows: in the order of the intervals.
  init(_ rows: [Int32], _ contributions: Contributions) {
    self.contributions = contributions
    places = rows.enumerated().map { ($1, Int32($0)) }.sorted { $0.row > $1.row }
    hashes = contributions.hashes(of: rows)
    cells = PartialSums(rows.count)
    sums = contributions.sums.map { _ in PartialSums(rows.count) }
  }

  /// Puts in all rows from this one on.
  mutating func include(from first: Int32) {
    let first = Planted.bug("a fork loses its first row") ? first + 1 : first
    while next < places.count, places[next].row >= first {
      let (row, place) = (Int(places[next].row), Int(places[next].place))
      let weight = contributions.weights[row]
      let hash = hashes?[place] ?? contributions.commonHash ?? .zero
      cells.add(Cell(count: weight, fingerprint: hash * weight), at: place)
      for index in sums.indices { sums[index].add(contributions.sums[index].change(row, weight), at: place) }
      next += 1
    }
  }

  /// Adds what is in an interval by now.
  func add(_ range: Range<Int>, to read: Int, of answer: inout CellAnswer) {
    answer.cells[read] += cells.sum(range)
    for index in sums.indices { answer.sums[index].changes[read] += sums[index].sum(range) }
  }
}

private struct PartialSums<Element: AdditiveArithmetic> {
  /// At `n` the sum of as many elements before `n` as its lowest set bit says.
  private var sums: [Element]

  init(_ count: Int) { sums = Array(repeating: .zero, count: count + 1) }

  @inline(__always)
  mutating func add(_ element: Element, at place: Int) {
    var end = place + 1
    while end < sums.count {
      sums[end] += element
      end += end & -end
    }
  }

  @inline(__always)
  func sum(_ range: Range<Int>) -> Element { sum(before: range.upperBound) - sum(before: range.lowerBound) }

  @inline(__always)
  private func sum(before place: Int) -> Element {
    var sum = Element.zero
    var end = place
    while end > 0 {
      sum += sums[end]
      end -= end & -end
    }
    return sum
  }
}

import Expressions
import Relations

/// Reads joined with changes: what the changes come to for each read, and on demand which they are.
///
/// Keeps the groups and orders that the join made, so that the rows of one read cost about as many steps as there are of them.
public struct CellJoin {
  public internal(set) var answer: CellAnswer
  var rows: SeenRows
}

extension CellJoin {
  /// The places, among the changes, of rows inside a read's footprint; ascending, and some of them if there are more than `limit`.
  public func rows(inside read: Int, limit: Int = .max) -> [Int32] { rows.places(read, limit) }

  /// How many of the changes are inside a read's footprint, whatever their weights.
  public func count(inside read: Int) -> Int { rows.count(read) }
}

/// The rows that a read sees, in the order of the changes, and what they come to.
public struct CellHistory {
  public let rows: [Int32]
  /// One for each row: of it and of those before it.
  public let running: CellAnswer
}

extension CellJoin {
  /// What the rows inside a read's footprint come to, one after the other.
  public func history(of read: Int) -> CellHistory {
    let rows = rows(inside: read)
    var running = CellAnswer(count: rows.count, like: answer)
    guard let contributions = self.rows.contributions, !rows.isEmpty else { return CellHistory(rows: rows, running: running) }
    running.cells = contributions.running(rows)
    for (index, column) in contributions.sums.enumerated() {
      var sum = SumChange.zero
      for (place, row) in rows.enumerated() {
        sum += column.change(Int(row), contributions.weights[Int(row)])
        running.sums[index].changes[place] = sum
      }
    }
    return CellHistory(rows: rows, running: running)
  }
}

extension CellJoin {
  /// What of a cell is looked at: the number of rows on balance, or which ones they are.
  public enum Measure {
    case count
    case rows
  }

  /// Going back from the last row inside a read's footprint: the first of those behind the last moment at which they came to nothing. At the
  /// beginning they do. Nil if the read sees none.
  ///
  /// - Parameter isMoment: whether there is a moment between two rows, the earlier one and the later one.
  public func firstRow(sinceNothingOf measure: Measure, _ read: Int, isMoment: (Int32, Int32) -> Bool) -> Int32? {
    let rows = rows(inside: read)
    guard let contributions = self.rows.contributions else { return nil }
    // Of rows without hashes of their own the number says all.
    let counts = measure == .count || contributions.commonHash != nil
    return counts
      ? rows.first(sinceNothing: answer.cells[read].count, contributions.weights, isMoment)
      : rows.first(sinceNothing: answer.cells[read], contributions, isMoment)
  }
}

extension [Int32] {
  /// - Parameter total: what all of them come to.
  fileprivate func first(sinceNothing total: Int64, _ weights: [Int64], _ isMoment: (Int32, Int32) -> Bool) -> Int32? {
    var total = total
    return weights.withUnsafeBufferPointer { weights in
      for place in indices.dropFirst().reversed() {
        total &-= weights[Int(self[place])]
        if total == 0, isMoment(self[place - 1], self[place]) { return self[place] }
      }
      return first
    }
  }

  fileprivate func first(
    sinceNothing total: Cell, _ contributions: Contributions, _ isMoment: (Int32, Int32) -> Bool
  ) -> Int32? {
    var total = total
    // Most often there is no need to go far back.
    var end = count
    while end > 1 {
      let start = Swift.max(1, end - 256)
      let part = Array(self[start..<end])
      guard let hashes = contributions.hashes(of: part) else { return first }
      for place in part.indices.reversed() {
        let weight = contributions.weights[Int(part[place])]
        total.count &-= weight
        total.fingerprint -= hashes[place] * weight
        if total.isZero, isMoment(self[start + place - 1], part[place]) { return part[place] }
      }
      end = start
    }
    return first
  }
}

/// Where the rows that a read sees are found.
enum SeenRows {
  /// No changes, or no reads.
  case nothing
  case grouped(GroupedRows)
  /// By looking at all rows.
  case evaluated(ReadScan)
  /// A row that several see is seen once.
  indirect case anyOf([SeenRows])
  /// Each read in one of several joins, at a place of its own.
  indirect case apart([(rows: SeenRows, places: [Int: Int])])
}

extension SeenRows {
  /// What the changes add; nil where there are none.
  var contributions: Contributions? {
    switch self {
    case .nothing: nil
    case .grouped(let rows): rows.sweep.contributions
    case .evaluated(let scan): scan.contributions
    case .anyOf(let parts): parts.lazy.compactMap(\.contributions).first
    case .apart(let parts): parts.lazy.compactMap(\.rows.contributions).first
    }
  }

  func places(_ read: Int, _ limit: Int) -> [Int32] {
    switch self {
    case .nothing: []
    case .grouped(let rows): rows.places(read, limit).ascending(below: rows.sweep.contributions.changes.count)
    case .evaluated(let scan): Array(scan.inside(read).trueRows.prefix(limit))
    case .apart(let parts): parts.lazy.compactMap { part in part.places[read].map { part.rows.places($0, limit) } }.first ?? []
    case .anyOf(let parts): Array(Set(parts.flatMap { $0.places(read, limit) }).sorted().prefix(limit))
    }
  }

  func count(_ read: Int) -> Int {
    switch self {
    case .nothing: 0
    case .grouped(let rows): rows.count(read)
    case .evaluated(let scan): scan.inside(read).trueCount
    case .apart(let parts): parts.lazy.compactMap { part in part.places[read].map { part.rows.count($0) } }.first ?? 0
    case .anyOf: places(read, .max).count
    }
  }
}

extension [Int32] {
  /// In order; many of them by a map of all.
  ///
  /// - Precondition: no number comes twice.
  fileprivate func ascending(below count: Int) -> [Int32] {
    if self.count < 64 || self.count < count >> 9 { return sorted() }
    var words = [UInt64](repeating: 0, count: (count + 63) >> 6)
    for number in self { words[Int(number) >> 6] |= 1 << UInt64(number & 63) }
    return Bitmap(words: words, count: count).trueRows
  }
}

/// Rows by group, as the join left them. Shared by all who ask it.
final class GroupedRows {
  let sweep: GroupSweep
  let intervals: Intervals?
  let arrangement: Arrangement
  /// Inside for all reads.
  let raising: [Int32]
  /// Reads that see everything.
  let seeingAll: Bitmap

  enum Arrangement {
    case sorted(SortedGroups)
    /// In the order of the rows; intervals are asked of each.
    case dealt(DealtRows)
    case none
  }

  init(sweep: GroupSweep, intervals: Intervals?, arrangement: Arrangement, raising: [Int32], seeingAll: Bitmap) {
    (self.sweep, self.intervals, self.arrangement) = (sweep, intervals, arrangement)
    (self.raising, self.seeingAll) = (raising, seeingAll)
  }
}

extension GroupedRows {
  func places(_ read: Int, _ limit: Int) -> [Int32] {
    if seeingAll[read] { return Array(all(read).prefix(limit)) }
    var found = raising.isEmpty ? [] : Array(raising.lazy.filter { [sweep] in sweep.request.isLate($0, for: read) }.prefix(limit))
    forEachGroup(of: read) { rows in
      if found.count >= limit { return }
      if sweep.residual == nil {
        found += rows.prefix(limit - found.count)
      } else {
        found += satisfying(read, rows, limit - found.count)
      }
    }
    return found
  }

  func count(_ read: Int) -> Int {
    if seeingAll[read] { return all(read).count }
    var count = raising.isEmpty ? 0 : raising.count { sweep.request.isLate($0, for: read) }
    forEachGroup(of: read) { count += sweep.residual == nil ? $0.count : satisfying(read, $0, .max).count }
    return count
  }

  private func all(_ read: Int) -> Range<Int32> {
    (sweep.request.firstRows?[read] ?? 0)..<Int32(sweep.contributions.changes.count)
  }

  /// Rows that the equalities and the range let through.
  private func forEachGroup(of read: Int, _ body: (ArraySlice<Int32>) -> Void) {
    switch arrangement {
    case .none: break
    case .sorted(let sorted):
      for group in sorted.matched.groups(of: read) { body(sweep.late(sorted.rows[sorted.rows(group, read, intervals)], for: read)) }
    case .dealt(let dealt):
      for group in dealt.matched.groups(of: read) {
        let all = dealt.rows[dealt.matched.rows(of: group)]
        body(
          intervals.map { intervals in sweep.late(all.filter { intervals.contains(Int($0), for: read) }[...], for: read) } ?? all)
      }
    }
  }

  private func satisfying(_ read: Int, _ rows: ArraySlice<Int32>, _ limit: Int) -> ArraySlice<Int32> {
    sweep.satisfyingResidual(Array(rows), read).prefix(limit)
  }
}

extension Matched {
  /// The groups in which a read has rows.
  fileprivate func groups(of read: Int) -> some Sequence<Int32> {
    probes[read * probesPerRead..<(read + 1) * probesPerRead].lazy.filter { $0 >= 0 }
  }
}

/// The rows by group; dealt out when somebody asks for them.
final class DealtRows {
  let matched: Matched
  lazy var rows = matched.dealt()

  init(_ matched: Matched) { self.matched = matched }
}

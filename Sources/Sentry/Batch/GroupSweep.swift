import Expressions
import Relations

/// Adds up, for each probe, the rows of its group that lie in its interval and satisfy the residual.
struct GroupSweep {
  let request: CellRequest
  let contributions: Contributions
  let context: EvaluationContext
  let residual: Evaluator?

  func run(_ matched: Matched, _ intervals: Intervals?, _ way: JoinWay?, into answer: inout CellAnswer) -> GroupedRows.Arrangement {
    if matched.rows.isEmpty { return .none }
    if residual == nil && intervals == nil && way != .scanned {
      sumGroups(matched, into: &answer)
      return .dealt(DealtRows(matched))
    }
    if residual == nil && (way == .scanned || (way == nil && isScanCheaper(matched, intervals))) {
      let dealt = DealtRows(matched)
      scan(matched, dealt.rows, intervals, into: &answer)
      return .dealt(dealt)
    }
    let sorted = SortedGroups(matched, intervals, contributions.indexed)
    if residual != nil {
      filter(sorted, intervals, into: &answer)
    } else if let firstRows = request.firstRows, intervals?.isRowOrder == false {
      sum(sorted, intervals, from: firstRows, into: &answer)
    } else {
      sum(sorted, intervals, into: &answer)
    }
    return .sorted(sorted)
  }

  /// Those of a read's rows that are late enough for it.
  func late(_ rows: ArraySlice<Int32>, for read: Int) -> ArraySlice<Int32> {
    request.firstRows == nil ? rows : rows.filter { request.isLate($0, for: read) }[...]
  }

  /// Sorting costs as much as looking at each row some sixteen times.
  private func isScanCheaper(_ matched: Matched, _ intervals: Intervals?) -> Bool {
    if let column = intervals?.column, contributions.indexed.hasOrder(by: column) { return false }
    var looks = 0
    let limit = 16 * matched.rows.count
    for probe in matched.probes where probe >= 0 {
      looks += matched.rows(of: probe).count
      if looks > limit { return false }
    }
    return true
  }

  // MARK: - The loops

  /// Where there is no range, a read sees all rows of its groups.
  private func sumGroups(_ matched: Matched, into answer: inout CellAnswer) {
    let totals = GroupTotals(matched, contributions)
    for probe in matched.probes.indices where matched.probes[probe] >= 0 {
      totals.add(matched.probes[probe], to: probe / matched.probesPerRead, of: &answer)
    }
  }

  private func sum(_ sorted: SortedGroups, _ intervals: Intervals?, into answer: inout CellAnswer) {
    let prefixes = Prefixes(sorted.rows, contributions)
    for probe in sorted.matched.probes.indices where sorted.matched.probes[probe] >= 0 {
      let read = probe / sorted.matched.probesPerRead
      let range = sorted.rows(sorted.matched.probes[probe], read, intervals)
      if !range.isEmpty { prefixes.add(range, to: read, of: &answer) }
    }
  }

  /// Two bounds, one by the range's keys and one by the log: from the last row to the first, each read when its rows are in.
  private func sum(_ sorted: SortedGroups, _ intervals: Intervals?, from firstRows: [Int32], into answer: inout CellAnswer) {
    var sums = LaterSums(sorted.rows, contributions)
    let perRead = sorted.matched.probesPerRead
    let probes = sorted.matched.probes.indices.filter { sorted.matched.probes[$0] >= 0 }
      .sorted { firstRows[$0 / perRead] > firstRows[$1 / perRead] }
    for probe in probes {
      let read = probe / perRead
      let range = sorted.rows(sorted.matched.probes[probe], read, intervals)
      sums.include(from: firstRows[read])
      if !range.isEmpty { sums.add(range, to: read, of: &answer) }
    }
  }

  private func scan(_ matched: Matched, _ rows: [Int32], _ intervals: Intervals?, into answer: inout CellAnswer) {
    let blocks = BlockScan(rows, intervals, contributions)
    for probe in matched.probes.indices where matched.probes[probe] >= 0 {
      let read = probe / matched.probesPerRead
      let (first, last) = intervals.map { ($0.firsts[read], $0.lasts[read]) } ?? (.min, .max)
      if first > last { continue }
      var range = matched.rows(of: matched.probes[probe])
      // Within a group rows are in the order of the log.
      if let first = request.firstRows?[read] {
        range = rows[range].partitionPoint { $0 >= first }..<range.upperBound
      }
      answer.cells[read] += blocks.cell(range, first: first, last: last)
      if contributions.sums.isEmpty { continue }
      for place in range where intervals?.contains(Int(rows[place]), for: read) ?? true {
        let row = Int(rows[place])
        for index in contributions.sums.indices {
          answer.sums[index].changes[read] += contributions.sums[index].change(row, contributions.weights[row])
        }
      }
    }
  }

  /// Evaluates what is left of the condition on the candidates of each read.
  private func filter(_ sorted: SortedGroups, _ intervals: Intervals?, into answer: inout CellAnswer) {
    for probe in sorted.matched.probes.indices where sorted.matched.probes[probe] >= 0 {
      let read = probe / sorted.matched.probesPerRead
      let range = sorted.rows(sorted.matched.probes[probe], read, intervals)
      if range.isEmpty { continue }
      let candidates = late(sorted.rows[range], for: read)
      answer.add(contributions.total(of: satisfyingResidual(Array(candidates), read)), to: read)
    }
  }

  func satisfyingResidual(_ rows: [Int32], _ read: Int) -> [Int32] {
    guard let residual, !rows.isEmpty else { return rows }
    var context = context
    context.parameters = request.constants.map { $0[read] }
    let (matching, errors) = residual.matches(contributions.changes.rows.picking(rows), context)
    precondition(errors == nil, "what can raise is evaluated over all rows")
    return matching.trueRows.map { rows[Int($0)] }
  }
}

/// Groups whose rows are in the order of the range's keys.
struct SortedGroups {
  let matched: Matched
  /// By group, and within a group by key.
  let rows: [Int32]
  /// The key of each; empty without a range.
  private let keys: [UInt64]
  private let directory: KeyDirectory

  init(_ matched: Matched, _ intervals: Intervals?, _ indexed: IndexedChanges) {
    self.matched = matched
    guard let intervals else {
      rows = matched.dealt()
      keys = []
      directory = KeyDirectory([], [])
      return
    }
    let rows = Self.sorted(matched, intervals, indexed)
    self.rows = rows
    keys = intervals.keys.withUnsafeBufferPointer { keys in rows.map { keys[Int($0)] } }
    directory = KeyDirectory(keys, (0..<matched.starts.count - 1).lazy.map { matched.rows(of: Int32($0)) })
  }

  private static func sorted(_ matched: Matched, _ intervals: Intervals, _ indexed: IndexedChanges) -> [Int32] {
    if intervals.isRowOrder { return matched.dealt() }
    // An order of all rows serves other requests too.
    if let column = intervals.column, indexed.hasOrder(by: column) || matched.rows.count > indexed.changes.count / 4 {
      return matched.dealt(indexed.order(by: column))
    }
    let rows = matched.dealt()
    // As signed columns of the batch's sorter: the group, and the key within it.
    let signed = rows.map { Int64(bitPattern: intervals.keys[Int($0)] ^ 1 << 63) }
    var groups = [Int64](repeating: 0, count: rows.count)
    for group in 0..<matched.starts.count - 1 {
      for place in matched.rows(of: Int32(group)) { groups[place] = Int64(group) }
    }
    let batch = Batch([Column(.int8, .integers(groups)), Column(.int8, .integers(signed))])
    return batch.sortedRows(by: SortOrder(columns: matched.starts.count > 2 ? [0, 1] : [1])).map { rows[Int($0)] }
  }

  /// Where the rows of a group are that a read's interval takes in.
  func rows(_ group: Int32, _ read: Int, _ intervals: Intervals?) -> Range<Int> {
    let all = matched.rows(of: group)
    guard let intervals else { return all }
    let (first, last) = (intervals.firsts[read], intervals.lasts[read])
    if all.isEmpty || first > last { return all.lowerBound..<all.lowerBound }
    let start = first == .min ? all.lowerBound : place(of: first, in: directory.part(Int(group), all, for: first))
    return start..<(last == .max ? all.upperBound : place(of: last + 1, in: directory.part(Int(group), all, for: last + 1)))
  }

  /// The first place whose key is not less.
  @inline(__always)
  private func place(of key: UInt64, in range: Range<Int>) -> Int {
    var start = range.lowerBound
    var count = range.count
    keys.withUnsafeBufferPointer { keys in
      while count > 0 {
        let half = count >> 1
        let isLess = keys[start &+ half] < key
        start = isLess ? start &+ half &+ 1 : start
        count = isLess ? count &- half &- 1 : half
      }
    }
    return start
  }
}

import Expressions
import Relations

/// Adds up, for each probe, the rows of its group that lie in its interval and satisfy the residual.
struct GroupSweep {
  let request: CellRequest
  let contributions: Contributions
  let context: EvaluationContext
  let residual: Evaluator?

  func run(_ matched: Matched, _ intervals: Intervals?, _ way: JoinWay?, into answer: inout CellAnswer) {
    if matched.rows.isEmpty { return }
    if residual != nil {
      filter(SortedGroups(matched, intervals, contributions.indexed), intervals, into: &answer)
    } else if way == .scanned || (way == nil && isScanCheaper(matched, intervals)) {
      scan(matched, intervals, into: &answer)
    } else {
      sum(SortedGroups(matched, intervals, contributions.indexed), intervals, into: &answer)
    }
  }

  /// Sorting costs as much as looking at each row some sixteen times; without a range there is nothing to sort.
  private func isScanCheaper(_ matched: Matched, _ intervals: Intervals?) -> Bool {
    guard let intervals else { return false }
    if let column = intervals.column, contributions.indexed.hasOrder(by: column) { return false }
    var looks = 0
    let limit = 16 * matched.rows.count
    for probe in matched.probes where probe >= 0 {
      looks += matched.rows(of: probe).count
      if looks > limit { return false }
    }
    return true
  }

  // MARK: - The three loops

  private func sum(_ sorted: SortedGroups, _ intervals: Intervals?, into answer: inout CellAnswer) {
    let prefixes = Prefixes(sorted.rows, contributions)
    for probe in sorted.matched.probes.indices where sorted.matched.probes[probe] >= 0 {
      let read = probe / sorted.matched.probesPerRead
      let range = sorted.rows(sorted.matched.probes[probe], read, intervals)
      if !range.isEmpty { prefixes.add(range, to: read, of: &answer) }
    }
  }

  private func scan(_ matched: Matched, _ intervals: Intervals?, into answer: inout CellAnswer) {
    let rows = matched.dealt()
    let hashes = contributions.hashes(of: rows)
    for probe in matched.probes.indices where matched.probes[probe] >= 0 {
      let read = probe / matched.probesPerRead
      var total = Total(sums: contributions.sums.count)
      for place in matched.rows(of: matched.probes[probe]) {
        let row = Int(rows[place])
        if let intervals, !(intervals.firsts[read] <= intervals.keys[row] && intervals.keys[row] <= intervals.lasts[read]) {
          continue
        }
        let weight = contributions.weights[row]
        total.cell.count &+= weight
        total.cell.fingerprint += (hashes?[place] ?? contributions.commonHash!) * weight
        for index in contributions.sums.indices { total.sums[index] += contributions.sums[index].change(row, weight) }
      }
      answer.add(total, to: read)
    }
  }

  /// Evaluates what is left of the condition on the candidates of each read.
  private func filter(_ sorted: SortedGroups, _ intervals: Intervals?, into answer: inout CellAnswer) {
    guard let residual else { return }
    var context = context
    for probe in sorted.matched.probes.indices where sorted.matched.probes[probe] >= 0 {
      let read = probe / sorted.matched.probesPerRead
      let range = sorted.rows(sorted.matched.probes[probe], read, intervals)
      if range.isEmpty { continue }
      let rows = Array(sorted.rows[range])
      context.parameters = request.constants.map { $0[read] }
      let (matching, errors) = residual.matches(contributions.changes.rows.picking(rows), context)
      precondition(errors == nil, "what can raise is evaluated over all rows")
      answer.add(contributions.total(of: matching.trueRows.map { rows[Int($0)] }), to: read)
    }
  }
}

/// Groups whose rows are in the order of the range's keys.
struct SortedGroups {
  let matched: Matched
  /// By group, and within a group by key.
  let rows: [Int32]
  /// The key of each; empty without a range.
  private let keys: [UInt64]

  init(_ matched: Matched, _ intervals: Intervals?, _ indexed: IndexedChanges) {
    self.matched = matched
    guard let intervals else {
      rows = matched.dealt()
      keys = []
      return
    }
    let rows = Self.sorted(matched, intervals, indexed)
    self.rows = rows
    keys = intervals.keys.withUnsafeBufferPointer { keys in rows.map { keys[Int($0)] } }
  }

  private static func sorted(_ matched: Matched, _ intervals: Intervals, _ indexed: IndexedChanges) -> [Int32] {
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
    if first > last { return all.lowerBound..<all.lowerBound }
    let start = first == .min ? all.lowerBound : place(of: first, in: all)
    return start..<(last == .max ? all.upperBound : place(of: last + 1, in: start..<all.upperBound))
  }

  /// The first place whose key is not less.
  @inline(__always)
  private func place(of key: UInt64, in range: Range<Int>) -> Int {
    keys.withUnsafeBufferPointer { keys in
      var start = range.lowerBound
      var count = range.count
      while count > 0 {
        let half = count >> 1
        let isLess = keys[start &+ half] < key
        start = isLess ? start &+ half &+ 1 : start
        count = isLess ? count &- half &- 1 : half
      }
      return start
    }
  }
}

/// Running sums over rows in some order: any interval of them is one subtraction.
struct Prefixes {
  private let counts: [Int64]
  private let fingerprints: [Fingerprint]?
  private let commonHash: Fingerprint?
  private let sums: [[SumChange]]

  init(_ rows: [Int32], _ contributions: Contributions) {
    let weights = contributions.weights
    counts = Self.running(rows.count, 0) { $0 &+ weights[Int(rows[$1])] }
    fingerprints = contributions.hashes(of: rows).map { hashes in
      Self.running(rows.count, Fingerprint.zero) { $0 + hashes[$1] * weights[Int(rows[$1])] }
    }
    commonHash = contributions.commonHash
    sums = contributions.sums.map { sum in
      Self.running(rows.count, SumChange.zero) { $0 + sum.change(Int(rows[$1]), weights[Int(rows[$1])]) }
    }
  }

  @inline(__always)
  private static func running<Element>(_ count: Int, _ zero: Element, _ next: (Element, Int) -> Element) -> [Element] {
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

  @inline(__always)
  func add(_ range: Range<Int>, to read: Int, of answer: inout CellAnswer) {
    let count = counts[range.upperBound] &- counts[range.lowerBound]
    let fingerprint =
      fingerprints.map { $0[range.upperBound] - $0[range.lowerBound] } ?? (commonHash ?? .zero) * count
    answer.cells[read] += Cell(count: count, fingerprint: fingerprint)
    for index in sums.indices {
      answer.sums[index].changes[read] += sums[index][range.upperBound] - sums[index][range.lowerBound]
    }
  }
}

import Relations

/// The least values of one group, or the greatest, with how often each is there: what `min()` and `max()` are decided from.
///
///     entries    3 ×2   5 ×1   5.0 ×1   9 ×4   |  …        all values up to some place in the order, with all that equal it
///
/// A change behind the last entry is nobody's business. When all entries are gone and there are other values, this is exhausted.
struct Extremes {
  /// The best first. Equal values that print differently are entries of their own, side by side.
  var entries: [Entry] = []
  /// How many values the group has, all told.
  var count: Int64 = 0
  /// Whether the entries are all of them.
  var isAll = true

  struct Entry {
    var value: Value
    var count: Int64
  }

  /// Whether there are values, of which no one is known.
  var isExhausted: Bool { entries.isEmpty && !isAll }

  /// The best value, null of none; nil if it is one of several that print differently.
  func value(_ order: ExtremeOrder) -> Value? {
    guard let first = entries.first else { return .null }
    return entries.count > 1 && order.areEqual(first.value, entries[1].value) ? nil : first.value
  }
}

/// Which values are better, and how many of them are remembered.
struct ExtremeOrder {
  let type: SQLType
  let isGreatest: Bool
  private let spare: Int

  init(_ type: SQLType, isGreatest: Bool, spare: Int) {
    self.type = type
    self.isGreatest = isGreatest
    self.spare = max(spare, 1)
  }

  /// Whether values of a type are compared by `Value.compare`.
  static func serves(_ type: SQLType) -> Bool {
    switch type.id {
    case .int2, .int4, .int8, .float4, .float8, .numeric, .text, .varchar, .bpchar, .date, .time, .timestamp, .timestamptz,
      .interval:
      true
    default: false
    }
  }

  func areEqual(_ a: Value, _ b: Value) -> Bool { Value.compare(a, b, as: type) == 0 }

  func isBetter(_ a: Value, than b: Value) -> Bool {
    let order = Value.compare(a, b, as: type)
    return isGreatest ? order > 0 : order < 0
  }

  /// Few groups may remember more.
  private func depth(_ groups: Int) -> Int { groups <= 256 ? spare : groups <= 16_384 ? min(spare, 3) : 1 }

  /// Adds values that come and takes those away that go.
  ///
  /// - Returns: false if one goes that is not there, or hashes lie.
  func add(_ counted: GroupSums.Counted, to extremes: inout [Extremes]) -> Bool {
    for (row, group) in counted.groups.enumerated() { extremes[Int(group)].count += counted.weights[row] }
    // Sorted by group, then the best first: each group's changes are merged with its entries.
    let groups = Column(.int8, .integers(counted.groups.map(Int64.init)))
    let changes = ZSet(Batch([groups, counted.argument!], count: counted.groups.count), weights: counted.weights).consolidated()
    let sorted = changes.sorted(by: SortOrder([.init(0), .init(1, isGreatest ? .descending : .ascending)]))
    guard case .integers(let numbers) = sorted.rows.columns[0].storage else { return false }
    let depth = depth(extremes.count)
    var start = 0
    while start < sorted.count {
      var end = start + 1
      while end < sorted.count && numbers[end] == numbers[start] { end += 1 }
      let isThere = merge(sorted, start..<end, into: &extremes[Int(numbers[start])], depth)
      if !isThere { return false }
      start = end
    }
    return counted.groups.allSatisfy { extremes[Int($0)].count >= 0 }
  }

  private func merge(_ changes: ZSet, _ rows: Range<Int>, into known: inout Extremes, _ depth: Int) -> Bool {
    let old = known.entries
    let values = changes.rows.columns[1]
    var (merged, kinds): ([Extremes.Entry], Int) = ([], 0)
    var (place, row) = (0, rows.lowerBound)
    var reached = known.isAll
    while place < old.count || row < rows.upperBound {
      if kinds == depth {
        reached = false
        break
      }
      // What is behind the last entry is not known.
      if place == old.count && !known.isAll && !Planted.bug("a change behind the last entry counts") { break }
      let best: Value =
        row == rows.upperBound || (place < old.count && !isBetter(values[row], than: old[place].value))
        ? old[place].value : values[row]
      var equals: [Extremes.Entry] = []
      while place < old.count && areEqual(old[place].value, best) {
        equals.append(old[place])
        place += 1
      }
      while row < rows.upperBound && areEqual(values[row], best) {
        let value = values[row]
        if let same = equals.firstIndex(where: { $0.value.isIdentical(to: value) }) {
          equals[same].count += changes.weights[row]
        } else {
          equals.append(.init(value: value, count: changes.weights[row]))
        }
        row += 1
      }
      guard equals.allSatisfy({ $0.count >= 0 }) else { return false }
      equals.removeAll { $0.count == 0 }
      if !equals.isEmpty { kinds += 1 }
      merged += equals
    }
    known.entries = merged
    known.isAll = reached || known.count == merged.reduce(0) { $0 + $1.count }
    return true
  }
}

import Relations

/// Brings rows and reads together that agree in all equalities.
///
/// A read that asks for one of several values is several *probes*; each probe is in at most one group.
struct Groups {
  private let reads: Int
  private var probesPerRead = 1
  private var dimensions: [Dimension] = []

  private struct Dimension {
    let rows: [UInt64]
    /// For each probe: its key, and whether any row can have it.
    let probes: [UInt64]
    let isPossible: [Bool]

    /// What all keys are below that some probe has; nil if that is much.
    func bound(_ groups: [Int32]) -> Int? {
      var greatest: UInt64 = 0
      for probe in probes.indices where isPossible[probe] && groups[probe] >= 0 { greatest = max(greatest, probes[probe]) }
      return greatest < 1 << 20 ? Int(greatest) + 1 : nil
    }
  }

  init(reads: Int) { self.reads = reads }

  /// Rows are compared with one value for each read.
  mutating func add(_ rows: Column, _ values: Column) {
    let keys = MatchKeys(rows, [values], ordered: false)
    let constants = keys.constants[0]
    guard probesPerRead > 1 else {
      dimensions.append(Dimension(rows: keys.rows, probes: constants.keys, isPossible: constants.places.map { $0 == .exact }))
      return
    }
    let probes = reads * probesPerRead
    dimensions.append(
      Dimension(
        rows: keys.rows, probes: (0..<probes).map { constants.keys[$0 / probesPerRead] },
        isPossible: (0..<probes).map { constants.places[$0 / probesPerRead] == .exact }))
  }

  /// Rows are compared with several values for each read.
  ///
  /// - Precondition: nothing was added before.
  mutating func addList(_ rows: Column, _ values: [Column]) {
    precondition(dimensions.isEmpty, "a list comes first")
    probesPerRead = values.count
    let keys = MatchKeys(rows, values, ordered: false)
    var probes: [UInt64] = []
    var isPossible: [Bool] = []
    for read in 0..<reads {
      for (place, constants) in keys.constants.enumerated() {
        // Of equal values the first counts.
        let isRepeated = keys.constants[..<place].contains { $0.places[read] == .exact && $0.keys[read] == constants.keys[read] }
        probes.append(constants.keys[read])
        isPossible.append(constants.places[read] == .exact && !isRepeated)
      }
    }
    dimensions.append(Dimension(rows: keys.rows, probes: probes, isPossible: isPossible))
  }
}

/// Rows and probes that may have something to do with each other, and their groups.
struct Matched {
  let probesPerRead: Int
  /// The group of each probe; -1 if no row agrees with it.
  let probes: [Int32]
  /// Rows that agree with some probe, ascending, and the group of each.
  let rows: [Int32]
  let groups: [Int32]
  /// Where each group begins once rows are dealt out, and where the last one ends.
  let starts: [Int32]

  func rows(of group: Int32) -> Range<Int> { Int(starts[Int(group)])..<Int(starts[Int(group) + 1]) }
}

extension Groups {
  consuming func match(_ candidates: Bitmap, _ alive: Bitmap) -> Matched {
    var rows = candidates.trueRows
    var rowGroups = [Int32](repeating: 0, count: rows.count)
    var probes = [Int32](repeating: 0, count: reads * probesPerRead)
    if !alive.isAllTrue { for probe in probes.indices where !alive[probe / probesPerRead] { probes[probe] = -1 } }
    var groupCount = 1
    for dimension in dimensions { groupCount = Self.split(&rows, &rowGroups, groupCount, &probes, by: dimension) }
    var starts = [Int32](repeating: 0, count: groupCount + 1)
    for group in rowGroups { starts[Int(group) + 1] += 1 }
    for group in 0..<groupCount { starts[group + 1] += starts[group] }
    return Matched(probesPerRead: probesPerRead, probes: probes, rows: rows, groups: rowGroups, starts: starts)
  }

  /// Divides groups further by one equality. Probes without rows go to -1, rows without probes leave.
  private static func split(
    _ rows: inout [Int32], _ groups: inout [Int32], _ groupCount: Int, _ probes: inout [Int32], by dimension: Dimension
  ) -> Int {
    // Numbers of strings are small and dense: then a plain table takes the place of a hash table.
    let bound = dimension.bound(probes)
    if let bound, bound * groupCount <= 2 * (rows.count + probes.count) {
      return splitDensely(&rows, &groups, groupCount, &probes, by: dimension, bound)
    }
    // The smaller side is put into the table; the other one only looks.
    let fromProbes = probes.count <= rows.count
    var table = PairTable(capacity: min(probes.count, rows.count))
    func groupProbes() {
      for probe in probes.indices where probes[probe] >= 0 {
        let key = dimension.probes[probe]
        if !dimension.isPossible[probe] {
          probes[probe] = -1
        } else {
          probes[probe] = fromProbes ? table.insert(probes[probe], key) : table.find(probes[probe], key)
        }
      }
    }
    if fromProbes { groupProbes() }
    var kept = 0
    for place in rows.indices {
      let key = dimension.rows[Int(rows[place])]
      let group = fromProbes ? table.find(groups[place], key) : table.insert(groups[place], key)
      rows[kept] = rows[place]
      groups[kept] = group
      kept += group < 0 ? 0 : 1
    }
    rows.removeLast(rows.count - kept)
    groups.removeLast(groups.count - kept)
    if !fromProbes { groupProbes() }
    return table.count
  }

  /// The same where all keys that count are below a small bound.
  private static func splitDensely(
    _ rows: inout [Int32], _ groups: inout [Int32], _ groupCount: Int, _ probes: inout [Int32], by dimension: Dimension,
    _ bound: Int
  ) -> Int {
    var ids = [Int32](repeating: -1, count: bound * groupCount)
    var count: Int32 = 0
    for probe in probes.indices where probes[probe] >= 0 {
      guard dimension.isPossible[probe] else {
        probes[probe] = -1
        continue
      }
      let place = Int(probes[probe]) * bound + Int(dimension.probes[probe])
      if ids[place] < 0 {
        ids[place] = count
        count += 1
      }
      probes[probe] = ids[place]
    }
    var kept = 0
    for place in rows.indices {
      let key = dimension.rows[Int(rows[place])]
      let group = key < UInt64(bound) ? ids[Int(groups[place]) &* bound &+ Int(key)] : -1
      rows[kept] = rows[place]
      groups[kept] = group
      kept += group < 0 ? 0 : 1
    }
    rows.removeLast(rows.count - kept)
    groups.removeLast(groups.count - kept)
    return Int(count)
  }
}

extension Matched {
  /// The rows by group, within a group in the order of the rows.
  func dealt() -> [Int32] {
    if starts.count <= 2 { return rows }
    return dealt(rows.count) { (rows[$0], groups[$0]) }
  }

  /// The rows by group, within a group in the given order of all rows.
  func dealt(_ order: [Int32]) -> [Int32] {
    if starts.count <= 2 && rows.count == order.count { return order }
    return withUnsafeTemporaryAllocation(of: Int32.self, capacity: order.count) { groupOfRow in
      groupOfRow.update(repeating: -1)
      for place in rows.indices { groupOfRow[Int(rows[place])] = groups[place] }
      return dealt(order.count) { (order[$0], groupOfRow[Int(order[$0])]) }
    }
  }

  /// Deals out what has a group.
  @inline(__always)
  private func dealt(_ count: Int, _ entry: (Int) -> (row: Int32, group: Int32)) -> [Int32] {
    var next = starts
    return [Int32](unsafeUninitializedCapacity: rows.count) { dealt, filled in
      next.withUnsafeMutableBufferPointer { next in
        for place in 0..<count {
          let (row, group) = entry(place)
          if group < 0 { continue }
          dealt[Int(next[Int(group)])] = row
          next[Int(group)] &+= 1
        }
      }
      filled = rows.count
    }
  }
}

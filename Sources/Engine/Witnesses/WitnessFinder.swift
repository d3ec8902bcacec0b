import Relations

/// Pairs net changes inside a footprint into changes of rows: what a stale verdict rests on.
struct WitnessFinder {
  let table: Table
  let delta: ZSet
  let keys: ChangedKeys
  /// Those that the question looks at: a change of others is no witness.
  let columns: [Int]

  /// The first of them, in the order of their last touch, and how many there are.
  ///
  /// - Parameter inside: places in the difference.
  func witnesses(_ inside: some Sequence<Int32>, limit: Int) -> (shown: [Witness], count: Int) {
    keys.isKeyed ? keyed(inside, limit) : bag(inside, limit)
  }

  private func keyed(_ inside: some Sequence<Int32>, _ limit: Int) -> (shown: [Witness], count: Int) {
    var pairs: [Int32: (before: Int32, after: Int32)] = [:]
    for image in inside {
      let row = keys.rows[Int(image)]
      if delta.weights[Int(image)] < 0 { pairs[row, default: (-1, -1)].before = image }
      if delta.weights[Int(image)] > 0 { pairs[row, default: (-1, -1)].after = image }
    }
    let changed = pairs.filter { !isSame($0.value.before, $0.value.after) }
    let first = changed.sorted { (keys.touches[Int($0.key)], $0.key) < (keys.touches[Int($1.key)], $1.key) }.prefix(limit)
    let shown = first.map { row, pair in
      Witness(
        table: table.id, before: pair.before < 0 ? nil : delta.rows[Int(pair.before)],
        after: pair.after < 0 ? nil : delta.rows[Int(pair.after)], position: keys.touches[Int(row)])
    }
    return (shown, changed.count)
  }

  private func isSame(_ before: Int32, _ after: Int32) -> Bool {
    guard before >= 0, after >= 0 else { return false }
    return columns.allSatisfy { delta.rows.columns[$0][Int(before)].isIdentical(to: delta.rows.columns[$0][Int(after)]) }
  }

  /// Each row as often as it came or went.
  private func bag(_ inside: some Sequence<Int32>, _ limit: Int) -> (shown: [Witness], count: Int) {
    let images = inside.sorted { (touch($0), $0) < (touch($1), $1) }
    var shown: [Witness] = []
    var count = 0
    for image in images {
      let weight = delta.weights[Int(image)]
      let row = delta.rows[Int(image)]
      for _ in 0..<min(Int(weight.magnitude), limit - shown.count) {
        shown.append(
          Witness(table: table.id, before: weight < 0 ? row : nil, after: weight > 0 ? row : nil, position: touch(image)))
      }
      count += Int(weight.magnitude)
    }
    return (shown, count)
  }

  private func touch(_ image: Int32) -> Position { keys.touches[Int(keys.rows[Int(image)])] }
}

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
  func witnesses(_ inside: some Sequence<Int32>, limit: Int) -> FoundWitnesses {
    keys.isKeyed ? keyed(inside, limit) : bag(inside, limit)
  }

  private func keyed(_ inside: some Sequence<Int32>, _ limit: Int) -> FoundWitnesses {
    // A row of which one image is inside has come or gone as far as the read can tell, and is told as what happened to it.
    let changed = Set(inside.lazy.map { keys.rows[Int($0)] }).filter { !isSame(keys.pairs[Int($0)]) }
    let first = changed.sorted { (keys.touches[Int($0)], $0) < (keys.touches[Int($1)], $1) }.prefix(limit)
    let shown = first.map { row in
      let pair = keys.pairs[Int(row)]
      return Witness(
        table: table.id, before: pair.before < 0 ? nil : delta.rows[Int(pair.before)],
        after: pair.after < 0 ? nil : delta.rows[Int(pair.after)], position: keys.touches[Int(row)])
    }
    return FoundWitnesses(shown: shown, count: changed.count)
  }

  private func isSame(_ pair: (before: Int32, after: Int32)) -> Bool {
    guard pair.before >= 0, pair.after >= 0 else { return false }
    return columns.allSatisfy { delta.rows.columns[$0][Int(pair.before)].isIdentical(to: delta.rows.columns[$0][Int(pair.after)]) }
  }

  /// Each row as often as it came or went.
  private func bag(_ inside: some Sequence<Int32>, _ limit: Int) -> FoundWitnesses {
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
    return FoundWitnesses(shown: shown, count: count)
  }

  private func touch(_ image: Int32) -> Position { keys.touches[Int(keys.rows[Int(image)])] }
}

import Relations

/// Witnesses from the history of each row: what it was at the fork is its first image, what it is now the last one.
extension TableTraffic {
  /// The first witnesses, in the order of their last touch, and how many there are.
  ///
  /// - Parameters:
  ///   - inside: the images inside a footprint, ascending.
  ///   - first: where the read's fork is.
  ///   - columns: those that the question looks at: a change of others is no witness.
  func witnesses(_ inside: [Int32], from first: Int32, columns: [Int], limit: Int) -> FoundWitnesses {
    let found = different(netChanges(inside, from: first), columns)
    let shown = found.sorted { $0.touch < $1.touch }.prefix(max(0, limit)).map { change in
      Witness(
        table: table.id, before: change.before < 0 ? nil : changes.rows[Int(change.before)],
        after: change.after < 0 ? nil : changes.rows[Int(change.after)], position: span.positions[Int(change.touch)])
    }
    return FoundWitnesses(shown: shown, count: found.count)
  }

  /// What became of a row: images of it, -1 where there was none.
  private struct NetChange {
    let before: Int32
    let after: Int32
    /// Its last image.
    let touch: Int32
  }

  /// Of each row that has an image inside.
  private func netChanges(_ inside: [Int32], from first: Int32) -> [NetChange] {
    let histories = histories
    let weights = changes.weights
    return histories.numbers(of: inside).compactMap { number in
      let images = histories.rows(number, from: first)
      guard let start = images.first, let end = images.last else { return nil }
      let change = NetChange(
        before: weights[Int(start)] < 0 ? start : -1, after: weights[Int(end)] > 0 ? end : -1, touch: end)
      // A row that came and went, or that nobody saw before nor sees now, is no witness.
      return inside.containsSorted(change.before) || inside.containsSorted(change.after) ? change : nil
    }
  }

  /// Those in which some of the columns have changed.
  private func different(_ found: [NetChange], _ columns: [Int]) -> [NetChange] {
    let updates = found.indices.filter { found[$0].before >= 0 && found[$0].after >= 0 }
    let same = changes.rows.rowsEqual(
      updates.map { found[$0].before }, changes.rows, updates.map { found[$0].after }, columns: columns, .representation)
    if same.isAllFalse { return found }
    let unchanged = Set(same.trueRows.map { updates[Int($0)] })
    return found.indices.lazy.filter { !unchanged.contains($0) }.map { found[$0] }
  }
}

extension RowHistories {
  /// The rows that images are of, each once.
  fileprivate func numbers(of images: [Int32]) -> [Int32] {
    let all = images.map { numbers[Int($0)] }.sorted()
    return all.indices.lazy.filter { $0 == 0 || all[$0] != all[$0 - 1] }.map { all[$0] }
  }
}

extension [Int32] {
  /// Of numbers in ascending order.
  fileprivate func containsSorted(_ number: Int32) -> Bool {
    let place = partitionPoint { $0 >= number }
    return place < count && self[place] == number
  }
}

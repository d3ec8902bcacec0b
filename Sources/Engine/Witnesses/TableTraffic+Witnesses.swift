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
    let histories = histories
    var numbers: [Int32] = []
    var known: Set<Int32> = []
    for image in inside where known.insert(histories.numbers[Int(image)]).inserted { numbers.append(histories.numbers[Int(image)]) }
    let isInside = Set(inside)
    var found: [(change: NetChange, touch: Int32)] = []
    for number in numbers {
      let images = histories.rows(number, from: first)
      let change = NetChange(
        before: images.first.flatMap { changes.weights[Int($0)] < 0 ? $0 : nil },
        after: images.last.flatMap { changes.weights[Int($0)] > 0 ? $0 : nil })
      // A row that came and went, or that nobody saw before nor sees now, is none.
      guard [change.before, change.after].contains(where: { $0.map(isInside.contains) ?? false }), !isSame(change, columns) else {
        continue
      }
      found.append((change, images.last!))
    }
    let shown = found.sorted { $0.touch < $1.touch }.prefix(max(0, limit)).map { change, touch in
      Witness(
        table: table.id, before: change.before.map { changes.rows[Int($0)] }, after: change.after.map { changes.rows[Int($0)] },
        position: span.positions[Int(touch)])
    }
    return FoundWitnesses(shown: shown, count: found.count)
  }

  private struct NetChange {
    let before: Int32?
    let after: Int32?
  }

  private func isSame(_ change: NetChange, _ columns: [Int]) -> Bool {
    guard let before = change.before, let after = change.after else { return change.before == nil && change.after == nil }
    return columns.allSatisfy { changes.rows.columns[$0][Int(before)].isIdentical(to: changes.rows.columns[$0][Int(after)]) }
  }
}

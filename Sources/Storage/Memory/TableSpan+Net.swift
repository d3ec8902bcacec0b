import Relations

/// A span without its traffic.
extension TableSpan {
  /// What came of the changes between neighbouring pins, each row at the last transaction that touched it; nil where a row is not known
  /// or the table was emptied, because then nobody can say.
  ///
  /// - Parameter pins: ascending.
  func net(between pins: [Position]) -> TableSpan? {
    guard truncations.isEmpty, absent.allSatisfy({ $0 == nil }) else { return nil }
    var start = 0
    var kept: [Int32] = []
    var weights: [Int64] = []
    for end in pins.map(place(after:)) + [count] where end > start {
      let (rows, sums) = net(of: start..<end)
      kept += rows
      weights += sums
      start = end
    }
    // A row that came three times is there three times.
    let rows = zip(kept, weights).flatMap { Array(repeating: $0, count: Int($1.magnitude)) }
    let kinds = weights.flatMap { Array(repeating: $0 < 0 ? TableChanges.Kind.delete : .insert, count: Int($0.magnitude)) }
    return TableSpan(
      table: table, images: images.picking(rows), kinds: kinds, positions: rows.map { positions[Int($0)] },
      absent: absent, truncations: [])
  }

  /// The rows of a range that do not cancel, where they occur last.
  private func net(of range: Range<Int>) -> (rows: [Int32], weights: [Int64]) {
    // From the last one backwards, so that the first occurrence is the last.
    let backwards = range.reversed().map { Int32($0) }
    let (places, sums) = ZSet(images.picking(backwards), weights: backwards.map { kinds[Int($0)].weight }).balance()
    return (places.reversed().map { backwards[Int($0)] }, sums.reversed())
  }
}

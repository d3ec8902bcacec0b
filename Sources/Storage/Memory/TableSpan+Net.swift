import Relations

/// A span without its traffic.
extension TableSpan {
  /// What came of the changes between neighbouring pins, each row where it was touched last (a touch that was undone before the next pin
  /// is not told); nil where a row is not known or the table was emptied, because then nobody can say.
  ///
  /// - Parameters:
  ///   - pins: ascending.
  ///   - key: the columns that tell whether two images are of the same row; nil: all.
  func net(between pins: [Position], key: [Int]?) -> TableSpan? {
    guard truncations.isEmpty, absent.allSatisfy({ $0 == nil }) else { return nil }
    var net: [NetImage] = []
    var start = 0
    for end in pins.map(place(after:)) + [count] where end > start {
      net += self.net(of: start..<end, key)
      start = end
    }
    // The text of all that is left out goes too, or it would be carried along for as long as the log is.
    return TableSpan(
      table: table, images: images.picking(net.map(\.image)).compacted, kinds: net.map { $0.isRemoval ? .delete : .insert },
      positions: net.map { positions[Int($0.touch)] }, absent: absent, truncations: [])
  }

  /// A row that was there and is no more, or the other way round.
  private struct NetImage {
    let image: Int32
    let isRemoval: Bool
    /// The last image of the same row.
    let touch: Int32
  }

  private func net(of range: Range<Int>, _ key: [Int]?) -> [NetImage] {
    let batch = range == 0..<count ? images : images.picking(range.map { Int32($0) })
    let same = batch.firstOccurrences()
    let touched = key.map { batch.firstOccurrences(columns: $0) } ?? same
    // What the images of each row come to, and where its last one is, at its first one.
    var totals = [Int64](repeating: 0, count: batch.count)
    var (last, lastTouch) = (same, touched)
    for place in same.indices {
      totals[Int(same[place])] += kinds[range.lowerBound + place].weight
      last[Int(same[place])] = Int32(place)
      lastTouch[Int(touched[place])] = Int32(place)
    }
    var net: [NetImage] = []
    for place in totals.indices where totals[place] != 0 {
      let image = NetImage(
        image: Int32(range.lowerBound) + last[place], isRemoval: totals[place] < 0,
        touch: Int32(range.lowerBound) + lastTouch[Int(touched[place])])
      net += Array(repeating: image, count: Int(totals[place].magnitude))
    }
    return net.sorted { ($0.touch, $0.isRemoval ? 0 : 1, $0.image) < ($1.touch, $1.isRemoval ? 0 : 1, $1.image) }
  }
}

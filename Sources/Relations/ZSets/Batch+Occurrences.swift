extension Batch {
  /// For each row the first one that is the same: in all columns, or in some.
  public func firstOccurrences(columns: [Int]? = nil) -> [Int32] {
    let rows = columns.map { projecting($0) } ?? self
    let hashes = rows.hashes(.representation, salt: 0xA409_3822_299F_31D0)
    let firsts = RowGroups(hashes: hashes, weights: Array(repeating: 1, count: count)).firsts
    return rows.allSame(as: firsts) ? firsts : rows.exactFirstOccurrences(hashes)
  }

  /// For the case that different rows have the same hash: compares within each hash.
  func exactFirstOccurrences(_ hashes: [UInt64]) -> [Int32] {
    var known: [UInt64: [Int]] = [:]
    return (0..<count).map { row in
      if let first = known[hashes[row]]?.first(where: { rowsEqual($0, self, row, .representation) }) { return Int32(first) }
      known[hashes[row], default: []].append(row)
      return Int32(row)
    }
  }
}

/// The short form of a Z-set: each row once, no weight zero.
extension ZSet {
  /// Adds up the weights of equal rows and drops those that come to zero.
  ///
  /// Rows keep the order of their first occurrence, so that what was sorted stays sorted, and neither `salt` nor anything else
  /// that is not in the Z-set reaches the result.
  ///
  /// - Complexity: O(`count`), whatever the rows; each is hashed once.
  /// - Parameter salt: mixed into the hashes. Where rows come from strangers, something they cannot know.
  public func consolidated(salt: UInt64 = 0) -> ZSet {
    // A salt of zero would leave some products zero: never that one.
    consolidated(hashes: rows.hashes(.representation, salt: salt ^ 0xA409_3822_299F_31D0))
  }

  /// - Precondition: equal rows have equal hashes.
  func consolidated(hashes: [UInt64]) -> ZSet {
    (count < 64 ? consolidatedFew(hashes) : consolidatedMany(hashes)) ?? consolidatedExactly(hashes)
  }

  /// nil when different rows have equal hashes.
  private func consolidatedMany(_ hashes: [UInt64]) -> ZSet? {
    let groups = RowGroups(hashes: hashes, weights: weights)
    guard rows.allSame(as: groups.firsts) else { return nil }
    let (survivors, totals) = groups.survivors()
    return ZSet(rows.filtered(by: survivors), weights: totals)
  }

  /// For the deltas of single transactions: no table, every pair of hashes compared. nil when different rows have equal hashes.
  private func consolidatedFew(_ hashes: [UInt64]) -> ZSet? {
    var totals = weights
    let firsts = [Int32](unsafeUninitializedCapacity: count) { firsts, filled in
      for row in 0..<count {
        let first = hashes.firstIndex(of: hashes[row])!
        firsts[row] = Int32(first)
        if first == row { continue }
        totals[first] += weights[row]
        totals[row] = 0
      }
      filled = count
    }
    return rows.allSame(as: firsts) ? keeping(totals) : nil
  }

  /// The rows whose total is not zero.
  private func keeping(_ totals: [Int64]) -> ZSet {
    let kept = (0..<Int32(count)).filter { totals[Int($0)] != 0 }
    return kept.count == count ? ZSet(rows, weights: totals) : ZSet(rows.picking(kept), weights: kept.map { totals[Int($0)] })
  }
}

// MARK: - Hashes that lie

extension ZSet {
  /// For the case that different rows have the same hash: compares within each hash.
  private func consolidatedExactly(_ hashes: [UInt64]) -> ZSet {
    var totals = [Int64](repeating: 0, count: count)
    for (row, first) in rows.exactFirstOccurrences(hashes).enumerated() { totals[Int(first)] += weights[row] }
    return keeping(totals)
  }
}

// MARK: - Equality

extension ZSet: Equatable {
  /// Whether every row has the same weight in both, however they are listed: whether their difference is nothing.
  public static func == (a: ZSet, b: ZSet) -> Bool {
    a.types.map(\.id) == b.types.map(\.id) && (a - b).consolidated().isEmpty
  }
}

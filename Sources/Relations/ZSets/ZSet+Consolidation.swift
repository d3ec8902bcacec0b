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
    consolidated(hashes: rows.hashes(.representation, salt: salt))
  }

  /// - Precondition: equal rows have equal hashes.
  func consolidated(hashes: [UInt64]) -> ZSet {
    if count < 64 { return consolidatedFew(hashes) }
    let groups = RowGroups(hashes: hashes, weights: weights)
    guard rows.allSame(as: groups.firsts) else { return consolidatedExactly(hashes) }
    return groups.firsts.withUnsafeBufferPointer { firsts in
      groups.totals.withUnsafeBufferPointer { totals in
        keeping(Bitmap(count: count) { Int(firsts[$0]) == $0 && totals[$0] != 0 }, totals)
      }
    }
  }

  /// The chosen rows with new weights.
  private func keeping(_ chosen: Bitmap, _ totals: UnsafeBufferPointer<Int64>) -> ZSet {
    if chosen.isAllTrue { return ZSet(rows, weights: Array(totals)) }
    let kept = chosen.trueRows
    return ZSet(rows.picking(kept), weights: kept.map { totals[Int($0)] })
  }
}

// MARK: - Few rows

extension ZSet {
  /// For the deltas of single transactions: no table, every pair of hashes compared.
  private func consolidatedFew(_ hashes: [UInt64]) -> ZSet {
    let columns = Array(rows.columns.indices)
    return withUnsafeTemporaryAllocation(of: Int64.self, capacity: count) { totals in
      var chosen: UInt64 = 0
      for row in 0..<count {
        if let first = (0..<row).first(where: { hashes[$0] == hashes[row] && areSame($0, row, columns) }) {
          totals[first] += weights[row]
          totals[row] = 0
        } else {
          totals.initializeElement(at: row, to: weights[row])
        }
      }
      for row in 0..<count where totals[row] != 0 { chosen |= 1 << UInt64(row) }
      return keeping(Bitmap(words: count == 0 ? [] : [chosen], count: count), UnsafeBufferPointer(totals))
    }
  }
}

// MARK: - Hashes that lie

extension ZSet {
  /// For the case that different rows have the same hash: compares within each hash.
  private func consolidatedExactly(_ hashes: [UInt64]) -> ZSet {
    let columns = Array(rows.columns.indices)
    var firsts: [UInt64: [Int]] = [:]
    var totals = [Int64](repeating: 0, count: count)
    for row in 0..<count {
      if let first = firsts[hashes[row]]?.first(where: { areSame($0, row, columns) }) {
        totals[first] += weights[row]
      } else {
        firsts[hashes[row], default: []].append(row)
        totals[row] = weights[row]
      }
    }
    return totals.withUnsafeBufferPointer { totals in keeping(Bitmap(count: count) { totals[$0] != 0 }, totals) }
  }
}

extension ZSet {
  private func areSame(_ a: Int, _ b: Int, _ columns: [Int]) -> Bool {
    rows.rowsEqual(a, rows, b, columns: columns, .representation)
  }
}

// MARK: - Equality

extension ZSet: Equatable {
  /// Whether every row has the same weight in both, however they are listed: whether their difference is nothing.
  public static func == (a: ZSet, b: ZSet) -> Bool {
    a.types.map(\.id) == b.types.map(\.id) && (a - b).consolidated().isEmpty
  }
}

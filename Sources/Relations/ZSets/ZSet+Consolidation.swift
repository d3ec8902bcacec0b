/// The short form of a Z-set: each row once, no weight zero.
extension ZSet {
  /// Adds up the weights of equal rows and drops those that come to zero.
  ///
  /// Rows keep the order of their first occurrence, so that what was sorted stays sorted, and neither `salt` nor anything else
  /// that is not in the Z-set reaches the result.
  ///
  /// - Complexity: O(`count`), whatever the rows; each is hashed once.
  /// - Parameter salt: mixed into the hashes. Where rows come from strangers, something they cannot know.
  public func consolidated(salt: UInt64 = 0) -> ZSet { keeping(balance(salt: salt)) }

  /// The same for those who know more of each row than the Z-set does: where the first occurrence of each row is that does not come to
  /// zero, ascending, and what it comes to.
  public func balance(salt: UInt64 = 0) -> (rows: [Int32], weights: [Int64]) {
    // A salt of zero would leave some products zero: never that one.
    balance(hashes: rows.hashes(.representation, salt: salt ^ 0xA409_3822_299F_31D0))
  }

  /// - Precondition: equal rows have equal hashes.
  func consolidated(hashes: [UInt64]) -> ZSet { keeping(balance(hashes: hashes)) }

  private func balance(hashes: [UInt64]) -> (rows: [Int32], weights: [Int64]) {
    (count < 64 ? balanceOfFew(hashes) : balanceOfMany(hashes)) ?? balanceExactly(hashes)
  }

  private func keeping(_ balance: (rows: [Int32], weights: [Int64])) -> ZSet {
    balance.rows.count == count ? ZSet(rows, weights: balance.weights) : ZSet(rows.picking(balance.rows), weights: balance.weights)
  }

  /// nil when different rows have equal hashes.
  private func balanceOfMany(_ hashes: [UInt64]) -> (rows: [Int32], weights: [Int64])? {
    let groups = RowGroups(hashes: hashes, weights: weights)
    guard rows.allSame(as: groups.firsts) else { return nil }
    let (survivors, totals) = groups.survivors()
    return (survivors.trueRows, totals)
  }

  /// For the deltas of single transactions: no table, every pair of hashes compared. nil when different rows have equal hashes.
  private func balanceOfFew(_ hashes: [UInt64]) -> (rows: [Int32], weights: [Int64])? {
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
    return rows.allSame(as: firsts) ? nonzero(totals) : nil
  }

  /// The rows whose total is not zero.
  private func nonzero(_ totals: [Int64]) -> (rows: [Int32], weights: [Int64]) {
    let kept = (0..<Int32(count)).filter { totals[Int($0)] != 0 }
    return (kept, kept.map { totals[Int($0)] })
  }
}

// MARK: - Hashes that lie

extension ZSet {
  /// For the case that different rows have the same hash: compares within each hash.
  private func balanceExactly(_ hashes: [UInt64]) -> (rows: [Int32], weights: [Int64]) {
    let columns = Array(rows.columns.indices)
    var firsts: [UInt64: [Int]] = [:]
    var totals = [Int64](repeating: 0, count: count)
    for row in 0..<count {
      let same = { rows.rowsEqual($0, rows, row, columns: columns, .representation) }
      if let first = firsts[hashes[row]]?.first(where: same) {
        totals[first] += weights[row]
      } else {
        firsts[hashes[row], default: []].append(row)
        totals[row] = weights[row]
      }
    }
    return nonzero(totals)
  }
}

// MARK: - Equality

extension ZSet: Equatable {
  /// Whether every row has the same weight in both, however they are listed: whether their difference is nothing.
  public static func == (a: ZSet, b: ZSet) -> Bool {
    a.types.map(\.id) == b.types.map(\.id) && (a - b).consolidated().isEmpty
  }
}

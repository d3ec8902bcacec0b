import Relations

/// Rows to be found by the equality of some columns. A null is equal to nothing.
///
///     hash ──HashPlaces──▶ number ──heads──▶ first row ──next──▶ next row with the same hash ──▶ …
struct RowIndex {
  let keys: Batch
  private var places: HashPlaces
  private var heads: [Int32] = []
  private var next: [Int32]

  init(_ keys: Batch) {
    self.keys = keys
    places = HashPlaces(capacity: keys.count)
    next = Array(repeating: -1, count: keys.count)
    let hashes = keys.hashes(.equality, salt: salt)
    let nulls = keys.nulls
    // From the last row to the first, so that the first is found first.
    for row in stride(from: keys.count - 1, through: 0, by: -1) {
      if nulls?[row] ?? false && !Planted.bug("null joins null") { continue }
      let number = places.number(of: hashes[row])
      if number == heads.count {
        heads.append(Int32(row))
      } else {
        next[row] = heads[number]
        heads[number] = Int32(row)
      }
    }
  }

  /// Hands over the pairs of equal rows, in portions: rows of `probes`, in order, and beside each a row of this index.
  func pairs<E>(with probes: Batch, _ body: (Pairs) throws(E) -> Void) throws(E) {
    let hashes = probes.hashes(.equality, salt: salt)
    let nulls = probes.nulls
    var pairs = Pairs()
    for row in 0..<probes.count {
      if nulls?[row] ?? false && !Planted.bug("null joins null") { continue }
      guard let number = places.known(hashes[row]) else { continue }
      var found = heads[number]
      while found >= 0 {
        pairs.left.append(Int32(row))
        pairs.right.append(found)
        found = next[Int(found)]
      }
      if pairs.count >= Pairs.portion {
        try body(verified(pairs, probes))
        pairs = Pairs()
      }
    }
    if pairs.count > 0 { try body(verified(pairs, probes)) }
  }

  private func verified(_ pairs: Pairs, _ probes: Batch) -> Pairs {
    pairs.filtered(by: probes.rowsEqual(pairs.left, keys, pairs.right, .equality))
  }
}

/// Rows of two sides, beside each other.
struct Pairs {
  var left: [Int32] = []
  var right: [Int32] = []

  /// How many are looked at together: what is gathered of them should stay in the cache.
  static let portion = 16_384

  var count: Int { left.count }

  func filtered(by chosen: Bitmap) -> Pairs {
    if chosen.isAllTrue { return self }
    let rows = chosen.trueRows
    return Pairs(left: left.picking(rows), right: right.picking(rows))
  }

  mutating func append(_ other: Pairs) {
    left += other.left
    right += other.right
  }

  /// Every row with every row.
  static func all<E>(_ left: Int, _ right: Int, _ body: (Pairs) throws(E) -> Void) throws(E) {
    if left == 0 || right == 0 { return }
    let step = max(1, portion / right)
    var start = 0
    while start < left {
      let end = min(start + step, left)
      var pairs = Pairs()
      pairs.left.reserveCapacity((end - start) * right)
      pairs.right.reserveCapacity((end - start) * right)
      for row in start..<end {
        for other in 0..<right {
          pairs.left.append(Int32(truncatingIfNeeded: row))
          pairs.right.append(Int32(truncatingIfNeeded: other))
        }
      }
      try body(pairs)
      start = end
    }
  }
}

extension Batch {
  /// The rows with a null in them.
  var nulls: Bitmap? {
    var all: Bitmap?
    for case let nulls? in columns.map(\.nulls) { all = all.map { $0 | nulls } ?? nulls }
    return all
  }
}

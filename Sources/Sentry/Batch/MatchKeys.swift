import Relations

/// Values of rows and of the constants that they are compared with, as numbers that compare as the values do.
///
/// Integers, moments, floats and decimals have such numbers of their own. Everything else is ranked, or numbered where
/// only equality counts: a dictionary's entries instead of the rows, where there is one.
struct MatchKeys {
  /// One for each row. Under a null lies something.
  var rows: [UInt64]
  let nulls: Bitmap?
  /// One for each column of constants.
  var constants: [ConstantKeys]

  /// - Parameters:
  ///   - constants: of the types that the rows' comparisons take.
  ///   - ordered: whether keys order as values do, or are only equal where these are.
  init(_ rows: Column, _ constants: [Column], ordered: Bool) {
    nulls = rows.nulls
    let constants = constants.map { $0.type.id == rows.type.id || $0.type.id.layout != .bytes ? $0 : $0.relabeled(rows.type) }
    (self.rows, self.constants) = Self.keys(rows, constants, ordered)
  }
}

/// Where each of a column's constants is among the keys.
struct ConstantKeys {
  /// The key, or the one below.
  var keys: [UInt64]
  var places: [Place]

  enum Place: UInt8, BitwiseCopyable {
    /// Rows with this key are equal to it.
    case exact
    /// Above this key and below the next.
    case between
    /// Below or above all keys that rows can have.
    case below, above
    /// Null: no comparison is true.
    case absent
  }

  init(exact keys: [UInt64], nulls: Bitmap?) {
    self.keys = keys
    places = keys.indices.map { nulls?[$0] ?? false ? .absent : .exact }
  }

  init(_ count: Int, _ place: (Int) -> (key: UInt64, place: Place)) {
    keys = []
    places = []
    keys.reserveCapacity(count)
    places.reserveCapacity(count)
    for row in 0..<count {
      let (key, place) = place(row)
      keys.append(key)
      places.append(place)
    }
  }
}

// MARK: - By storage

extension MatchKeys {
  private static func keys(_ rows: Column, _ constants: [Column], _ ordered: Bool) -> ([UInt64], [ConstantKeys]) {
    switch rows.storage {
    case .integers(let values):
      let keys = constants.map { column in
        guard case .integers(let values) = column.storage else { preconditionFailure("integers are compared with integers") }
        return ConstantKeys(exact: values.map(\.matchKey), nulls: column.nulls)
      }
      return (values.map(\.matchKey), keys)
    case .floats(let values):
      let keys = constants.map { column in
        guard case .floats(let values) = column.storage else { preconditionFailure("floats are compared with floats") }
        return ConstantKeys(exact: values.map(\.matchKey), nulls: column.nulls)
      }
      return (values.map(\.matchKey), keys)
    case .decimals(let values, let scale):
      return (values.map(\.matchKey), constants.map { decimalKeys($0, scale) })
    case .coded(let codes, let dictionary) where dictionary.count < codes.count:
      let (entries, keys) = Self.keys(Column(rows.type, .bytes(dictionary)), constants, ordered)
      return (codes.map { entries[Int($0)] }, keys)
    default:
      return ordered ? ranked(rows, constants) : interned(rows, constants)
    }
  }

  private static func decimalKeys(_ column: Column, _ scale: Int) -> ConstantKeys {
    if case .decimals(let values, scale) = column.storage {
      return ConstantKeys(exact: values.map(\.matchKey), nulls: column.nulls)
    }
    let numerics = column.storage.asNumerics
    return ConstantKeys(numerics.count) { row in column.isNull(row) ? (0, .absent) : numerics[row].place(inStepsOf: scale) }
  }
}

extension Int64 {
  /// A number that orders as this one does, without sign.
  @inline(__always)
  var matchKey: UInt64 { UInt64(bitPattern: self) ^ 1 << 63 }
}

extension Double {
  /// A number that orders as PostgreSQL orders floats: zeros are one, NaN is one and above everything.
  @inline(__always)
  var matchKey: UInt64 {
    if isNaN { return .max }
    let bits = Planted.bug("negative zero is another number") ? bitPattern : (self + 0).bitPattern  // -0 + 0 is 0.
    return bits >> 63 == 0 ? bits | 1 << 63 : ~bits
  }
}

extension Numeric {
  /// Where the number is among the whole multiples of 10^-scale that 64 bits count.
  func place(inStepsOf scale: Int) -> (key: UInt64, place: ConstantKeys.Place) {
    if let steps = scaled(to: scale) { return (steps.matchKey, .exact) }
    let beyond = (key: 0 as UInt64, place: signum > 0 ? ConstantKeys.Place.above : .below)
    guard isFinite, let cut = try? truncated(to: scale), let steps = cut.scaled(to: scale) else { return beyond }
    if self >= cut || Planted.bug("a negative constant between two steps is above the upper") { return (steps.matchKey, .between) }
    return steps > .min ? ((steps - 1).matchKey, .between) : beyond
  }
}

// MARK: - Of any type

extension MatchKeys {
  /// The rank of each value among those of rows and constants.
  private static func ranked(_ rows: Column, _ constants: [Column]) -> ([UInt64], [ConstantKeys]) {
    let all = Batch([Column.concatenating([rows] + constants)])
    var ranks = [UInt64](repeating: 0, count: all.count)
    let order = all.sortedRows(by: SortOrder(columns: [0]))
    if !order.isEmpty {
      let ties = all.rowsEqual(Array(order.dropLast()), all, Array(order.dropFirst()), .equality)
      var rank: UInt64 = 0
      for (place, row) in order.enumerated() {
        if place > 0 && !ties[place - 1] { rank += 1 }
        ranks[Int(row)] = rank
      }
    }
    return split(ranks, rows, constants)
  }

  /// Numbers for the values of the smaller side; what the other side does not find there matches nothing.
  private static func interned(_ rows: Column, _ constants: [Column]) -> ([UInt64], [ConstantKeys]) {
    let keyer = RowKeyer(interning: rows.type)
    if constants.reduce(0, { $0 + $1.count }) <= rows.count {
      let parts = constants.map { keyer.constants($0) }
      return (keyer.found(rows), parts)
    }
    let keys = keyer.constants(rows).keys
    let parts = constants.map { column in
      let found = keyer.found(column)
      return ConstantKeys(column.count) { row in
        column.isNull(row) ? (0, .absent) : (found[row], found[row] == ByteInterner.none ? .above : .exact)
      }
    }
    return (keys, parts)
  }

  private static func split(_ keys: [UInt64], _ rows: Column, _ constants: [Column]) -> ([UInt64], [ConstantKeys]) {
    var start = rows.count
    let parts = constants.map { column in
      defer { start += column.count }
      return ConstantKeys(exact: Array(keys[start..<start + column.count]), nulls: column.nulls)
    }
    return (Array(keys[..<rows.count]), parts)
  }
}

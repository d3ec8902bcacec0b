import Relations

/// A read's bounds on one column, as an interval of its keys; with both ends, so that the greatest key needs no successor.
struct Intervals {
  /// The key of each row.
  let keys: [UInt64]
  let nulls: Bitmap?
  /// The column whose order is that of the keys, if it is one.
  var column: Int?
  /// For each read; empty where `first > last`.
  private(set) var firsts: [UInt64]
  private(set) var lasts: [UInt64]
  /// Whether the keys are the places of the rows.
  private(set) var isRowOrder = false

  /// - Parameter bounds: at least one; each has a value for each read.
  init(_ rows: Column, _ bounds: [(question: ComparisonFunctions.Question, values: Column)]) {
    let matched = MatchKeys(rows, bounds.map(\.values), ordered: true)
    keys = matched.rows
    nulls = matched.nulls
    firsts = Array(repeating: .min, count: bounds[0].values.count)
    lasts = Array(repeating: .max, count: bounds[0].values.count)
    for (bound, constants) in zip(bounds, matched.constants) { narrow(bound.question, constants) }
  }

  /// Where there is no range: rows by their places, from each read's first one.
  ///
  /// - Parameter count: of the rows.
  init(count: Int, from firstRows: [Int32]) {
    keys = (0..<UInt64(count)).map { $0 }
    nulls = nil
    firsts = firstRows.map { UInt64($0) + (Planted.bug("rows from a fork on begin one later") ? 1 : 0) }
    lasts = Array(repeating: .max, count: firstRows.count)
    isRowOrder = true
  }

  @inline(__always)
  func contains(_ row: Int, for read: Int) -> Bool { firsts[read] <= keys[row] && keys[row] <= lasts[read] }

  private mutating func narrow(_ question: ComparisonFunctions.Question, _ constants: ConstantKeys) {
    for read in firsts.indices {
      let (first, last) = KeyInterval.satisfying(question, constants.keys[read], constants.places[read])
      firsts[read] = max(firsts[read], first)
      lasts[read] = min(lasts[read], last)
    }
  }
}

/// The keys from the first to the last, none if that is less.
enum KeyInterval {
  static var empty: (first: UInt64, last: UInt64) { (.max, .min) }

  /// The keys of rows that satisfy a comparison with a constant.
  @inline(__always)
  static func satisfying(
    _ question: ComparisonFunctions.Question, _ key: UInt64, _ place: ConstantKeys.Place
  ) -> (first: UInt64, last: UInt64) {
    let isAbove = question == .greater || question == .greaterOrEqual
    switch place {
    case .absent: return Planted.bug("a null constant bounds nothing") ? (.min, .max) : empty
    case .below: return isAbove ? (.min, .max) : empty
    case .above: return isAbove ? empty : (.min, .max)
    case .exact where question == .less:
      if Planted.bug("less is less or equal") { return (.min, key) }
      return key == .min ? empty : (.min, key - 1)
    case .exact where question == .greaterOrEqual:
      if Planted.bug("greater or equal is greater") { return key == .max ? empty : (key + 1, .max) }
      return (key, .max)
    case .exact, .between:
      // A key below the constant is not above it, and the next one is.
      if Planted.bug("less or equal is less") && !isAbove { return key == .min ? empty : (.min, key - 1) }
      return isAbove ? (key == .max ? empty : (key + 1, .max)) : (.min, key)
    }
  }
}

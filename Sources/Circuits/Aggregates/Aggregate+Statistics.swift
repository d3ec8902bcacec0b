import Relations

/// Variances and standard deviations: exact for whole numbers and decimals.
extension Aggregate {
  /// - Parameters:
  ///   - isSample: divided by one less than the count.
  ///   - isRoot: the standard deviation.
  func variance(_ members: Members, isSample: Bool, isRoot: Bool) throws(Stop) -> Column {
    let argument = members.arguments[0]
    switch argument.storage {
    case .floats(let values): return floatVariance(values, members, isSample, isRoot)
    case .integers(let values) where [.int2, .int4, .int8].contains(argument.type.id):
      return numericVariance(values.map { Numeric($0) }, members, isSample, isRoot)
    case .decimals, .numerics: return numericVariance(argument.storage.asNumerics, members, isSample, isRoot)
    default: throw unsupported
    }
  }

  private func floatVariance(_ values: [Double], _ members: Members, _ isSample: Bool, _ isRoot: Bool) -> Column {
    let moments = floatMoments(values, members)
    var isThere = Bitmap(repeating: false, count: moments.count)
    let results = moments.enumerated().map { group, moments -> Double in
      isThere[group] = moments.count > (isSample ? 1 : 0)
      if !isThere[group] { return 0 }
      if moments.count > 1 && !members.isOrdered { computation.doubts.insert(.floatRounding) }
      let variance = moments.squares / (moments.count - (isSample ? 1 : 0))
      return isRoot ? variance.squareRoot() : variance
    }
    return column(.floats(results), isThere: isThere)
  }

  private func numericVariance(_ values: [Numeric], _ members: Members, _ isSample: Bool, _ isRoot: Bool) -> Column {
    var sums = [NumericSum](repeating: NumericSum(), count: members.groupCount)
    var squares = sums
    var builder = ColumnBuilder(type)
    do throws(SQLError) {
      for (row, group) in members.groups.enumerated() {
        sums[Int(group)].add(values[row])
        squares[Int(group)].add(try values[row] * values[row])
      }
      for (sum, square) in zip(sums, squares) {
        builder.append(try variance(sum, square, isSample, isRoot).map { .numeric($0) } ?? .null)
      }
      return builder.finish()
    } catch {
      note(error)
      return .repeating(.null, type, count: members.groupCount)
    }
  }

  private func variance(
    _ sum: NumericSum, _ squares: NumericSum, _ isSample: Bool, _ isRoot: Bool
  ) throws(SQLError) -> Numeric? {
    let count = sum.numberCount
    guard count > (isSample ? 1 : 0), let total = try sum.sum(), let square = try squares.sum() else { return nil }
    if total.isNaN || total.isInfinite || square.isNaN || square.isInfinite { return .nan }
    let distance = try Numeric(count) * square - total * total
    if distance <= .zero { return .zero }
    let variance = try distance / (Numeric(count) * Numeric(isSample ? count - 1 : count))
    return isRoot ? try variance.squareRoot() : variance
  }
}

extension Numeric {
  /// The root, rounded to as many places as the number has.
  fileprivate func squareRoot() throws(SQLError) -> Numeric {
    let places = scale ?? 0
    // One place more, of a whole number whose root is taken exactly and rounded down: enough to round by.
    let shift = try Numeric.power(ofTen: 2 * (places + 1))
    let whole = try Numeric.wholeQuotient(self * shift, Numeric(1))
    if whole.signum == 0 { return try Numeric(0).rounded(to: places) }
    var root = try Numeric(converting: (try whole.toDouble()).squareRoot()).rounded()
    if root.signum == 0 { root = Numeric(1) }
    // By Newton, from above: then it falls until it is there.
    root = try Numeric.wholeQuotient(root + Numeric.wholeQuotient(whole, root), Numeric(2)) + Numeric(1)
    while true {
      let next = try Numeric.wholeQuotient(root + Numeric.wholeQuotient(whole, root), Numeric(2))
      if next >= root { break }
      root = next
    }
    let scaled = try root / Numeric.power(ofTen: places + 1)
    // The quotient is exact if it is given enough places.
    return try (scaled.scale ?? 0) > places
      ? scaled.rounded(to: places) : (root * Numeric(coefficient: 1, scale: places + 1)).rounded(to: places)
  }

  private static func power(ofTen exponent: Int) throws(SQLError) -> Numeric {
    var power = Numeric(1)
    for _ in 0..<exponent { power = try power * Numeric(10) }
    return power
  }
}

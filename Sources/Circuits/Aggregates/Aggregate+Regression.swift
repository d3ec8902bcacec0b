import Relations

/// Correlations and regressions: what PostgreSQL computes of pairs of floats, in the order in which they come.
extension Aggregate {
  /// Count, sums, and sums of products of distances from the means, as they grow with each pair.
  private struct PairMoments {
    var count = 0.0
    var sumX = 0.0
    var sumY = 0.0
    var squaresX = 0.0
    var squaresY = 0.0
    var products = 0.0
  }

  /// - Parameter members: of two floats, Y before X; a pair with a null in it is none.
  func regression(_ members: Members) throws(Stop) -> Column {
    if function.name == "regr_count" {
      var counts = [Int64](repeating: 0, count: members.groupCount)
      for group in members.groups { counts[Int(group)] += 1 }
      return Column(type, .integers(counts))
    }
    guard members.arguments.count == 2, case .floats(let y) = members.arguments[0].storage,
      case .floats(let x) = members.arguments[1].storage
    else { throw unsupported }
    var moments = [PairMoments](repeating: PairMoments(), count: members.groupCount)
    for (row, group) in members.groups.enumerated() { add(y[row], x[row], to: &moments[Int(group)]) }
    if !members.isOrdered && moments.contains(where: { $0.count > 1 }) { computation.doubts.insert(.floatRounding) }
    return Column(type, try moments.map { moments throws(Stop) in try result(moments).map { .float($0) } ?? .null })
  }

  private func add(_ y: Double, _ x: Double, to moments: inout PairMoments) {
    let old = moments
    moments.count += 1
    moments.sumX += x
    moments.sumY += y
    guard old.count > 0 else {
      if !x.isFinite { (moments.squaresX, moments.products) = (.nan, .nan) }
      if !y.isFinite { (moments.squaresY, moments.products) = (.nan, .nan) }
      return
    }
    let (distanceX, distanceY) = (x * moments.count - moments.sumX, y * moments.count - moments.sumY)
    let scale = 1 / (moments.count * old.count)
    moments.squaresX += distanceX * distanceX * scale
    moments.squaresY += distanceY * distanceY * scale
    moments.products += distanceX * distanceY * scale
    let isInfiniteX = moments.sumX.isInfinite || moments.squaresX.isInfinite
    let isInfiniteY = moments.sumY.isInfinite || moments.squaresY.isInfinite
    guard isInfiniteX || isInfiniteY || moments.products.isInfinite else { return }
    let (wasX, wasY) = (old.sumX.isInfinite || x.isInfinite, old.sumY.isInfinite || y.isInfinite)
    if (isInfiniteX && !wasX) || (isInfiniteY && !wasY) || (moments.products.isInfinite && !wasX && !wasY) { note(.floatOverflow) }
    if moments.squaresX.isInfinite { moments.squaresX = .nan }
    if moments.squaresY.isInfinite { moments.squaresY = .nan }
    if moments.products.isInfinite { moments.products = .nan }
  }

  /// Nil for null.
  private func result(_ m: PairMoments) throws(Stop) -> Double? {
    if m.count < 1 { return nil }
    switch function.name {
    case "regr_sxx": return m.squaresX
    case "regr_syy": return m.squaresY
    case "regr_sxy": return m.products
    case "regr_avgx": return m.sumX / m.count
    case "regr_avgy": return m.sumY / m.count
    case "covar_pop": return m.products / m.count
    case "covar_samp": return m.count < 2 ? nil : m.products / (m.count - 1)
    case "corr": return m.squaresX == 0 || m.squaresY == 0 ? nil : m.products / (m.squaresX * m.squaresY).squareRoot()
    case "regr_r2":
      if m.squaresX == 0 { return nil }
      return m.squaresY == 0 ? 1 : (m.products * m.products) / (m.squaresX * m.squaresY)
    case "regr_slope": return m.squaresX == 0 ? nil : m.products / m.squaresX
    case "regr_intercept": return m.squaresX == 0 ? nil : (m.sumY - m.sumX * m.products / m.squaresX) / m.count
    default: throw unsupported
    }
  }
}

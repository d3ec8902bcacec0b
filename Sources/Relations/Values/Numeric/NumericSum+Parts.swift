/// A sum as plain numbers, to be kept somewhere and added to later.
extension NumericSum {
  /// What is in a sum. Two sums of the same numbers have the same parts, however they came about.
  public struct Parts: Hashable, Sendable {
    /// Of the finite numbers, exactly, with as many digits behind the point as the one with the most.
    public var total: Numeric
    /// How many finite numbers there are of each scale, in the order of scales; those of which there are none are left out.
    public var counts: [ScaleCount]
    public var nans: Int64
    public var infinities: Int64
    public var negativeInfinities: Int64

    public init(total: Numeric, counts: [ScaleCount], nans: Int64, infinities: Int64, negativeInfinities: Int64) {
      self.total = total
      self.counts = counts
      self.nans = nans
      self.infinities = infinities
      self.negativeInfinities = negativeInfinities
    }
  }

  public struct ScaleCount: Hashable, Sendable {
    public var scale: Int32
    public var count: Int64

    public init(scale: Int32, count: Int64) {
      self.scale = scale
      self.count = count
    }
  }

  /// Nil of what has no result: a number that is in the sum a negative number of times, or a total beyond what a numeric holds.
  public var parts: Parts? {
    var counts = rare.first?.counts ?? []
    if count != 0 {
      if Int(scale) >= counts.count { counts.append(contentsOf: repeatElement(0, count: Int(scale) + 1 - counts.count)) }
      counts[Int(scale)] += count
    }
    let rare = rare.first
    let special = (rare?.nans ?? 0, rare?.infinities ?? 0, rare?.negativeInfinities ?? 0)
    guard counts.allSatisfy({ $0 >= 0 }), min(special.0, special.1, special.2) >= 0 else { return nil }
    let kept = UnboundedDecimal(coefficient: total, scale: scale)
    let all = rare.map { kept + $0.spilled } ?? kept
    guard let exact = try? Numeric(all.rounded(to: largestScale, .towardZero)) else { return nil }
    let filled = counts.enumerated().filter { $0.element > 0 }
    return Parts(
      total: exact, counts: filled.map { ScaleCount(scale: Int32($0.offset), count: $0.element) }, nans: special.0,
      infinities: special.1, negativeInfinities: special.2)
  }

  /// The sum that has these parts; nil if there is none.
  public init?(_ parts: Parts) {
    guard parts.total.isFinite, parts.counts.allSatisfy({ $0.count > 0 && 0...16_383 ~= $0.scale }),
      Set(parts.counts.map(\.scale)).count == parts.counts.count, min(parts.nans, parts.infinities, parts.negativeInfinities) >= 0,
      Int32(parts.total.scale ?? 0) <= parts.counts.map(\.scale).max() ?? 0
    else { return nil }
    self.init()
    switch parts.total.form {
    case .inline(let value): add(value.coefficient, scale: value.scale, count: 0)
    case .big(let value): withRare { $0.spill(value) }
    case .special: return nil
    }
    for part in parts.counts { addCount(part.count, scale: part.scale) }
    if parts.nans == 0 && parts.infinities == 0 && parts.negativeInfinities == 0 { return }
    withRare { rare in
      rare.nans = parts.nans
      rare.infinities = parts.infinities
      rare.negativeInfinities = parts.negativeInfinities
    }
  }
}

/// An exact sum of numbers that come and go, with PostgreSQL's `sum()` and `avg()` of what is in it.
///
/// Shaped for: one per group, by the million, over columns whose numbers mostly have one scale and sums below 10^38. Then adding is
/// one 128-bit addition and nothing is allocated. Other scales, larger sums, NaN and the infinities are kept apart, in `rare`.
///
/// Guarantee: the result depends on what is in the sum and on nothing else: not on the order in which it came, nor on what came
/// and went. Counts may dip below zero in between; what is in the sum a negative number of times has no result.
public struct NumericSum: Sendable {
  /// The sum of the numbers at `scale`, but for what has been spilled.
  var total: Int128 = 0
  /// How many numbers of exactly this scale are in the sum.
  var count: Int64 = 0
  var scale: Int32 = 0
  var rare: [Rare] = []  // One or none; an array, because that is a reference with value semantics.

  struct Rare {
    /// What did not fit into 128 bits.
    var spilled = UnboundedDecimal(.zero, scale: 0, isNegative: false)
    /// How many numbers of each scale, but for the one counted outside.
    var counts: [Int64] = []
    var nans: Int64 = 0
    var infinities: Int64 = 0
    var negativeInfinities: Int64 = 0
  }

  /// A sum with nothing in it.
  public init() {}
}

// MARK: - Adding and removing

extension NumericSum {
  /// Adds the number `times` times; removes it if that is negative.
  @inline(__always)
  public mutating func add(_ number: Numeric, times: Int64 = 1) {
    if case .inline(let value) = number.form, value.scale == scale, times == 1 || times == -1 {
      count &+= times
      accumulate(times == 1 ? value.coefficient : 0 &- value.coefficient)
    } else {
      addAny(number, times)
    }
  }

  /// Removes the number.
  public mutating func remove(_ number: Numeric) { add(number, times: -1) }

  /// Adds the whole number `times` times; removes it if that is negative.
  @inline(__always)
  public mutating func add(_ number: Int64, times: Int64 = 1) {
    if scale == 0 {
      count &+= times
      accumulate(Int128(number) &* Int128(times))
    } else {
      addAny(Numeric(number), times)
    }
  }

  /// Removes the whole number.
  public mutating func remove(_ number: Int64) { add(number, times: -1) }

  /// Adds a column of numbers of one scale, each as its coefficient.
  public mutating func add(_ coefficients: UnsafeBufferPointer<Int64>, scale: Int) {
    var sum: Int128 = 0
    for coefficient in coefficients { sum &+= Int128(coefficient) }
    add(sum, scale: Int32(scale), count: Int64(coefficients.count))
  }

  /// Adds all that is in another sum.
  public mutating func add(_ other: NumericSum) { addSum(other, 1) }

  /// Removes all that is in another sum.
  public mutating func remove(_ other: NumericSum) { addSum(other, -1) }

  private mutating func addAny(_ number: Numeric, _ times: Int64) {
    switch number.form {
    case .inline(let value):
      let (product, overflow) = value.coefficient.multipliedReportingOverflow(by: Int128(times))
      if !overflow { return add(product, scale: value.scale, count: times) }
      spill(UnboundedDecimal(value), times)
    case .big(let value): spill(value, times)
    case .special(let special): withRare { $0.add(special, times) }
    }
  }

  private mutating func addSum(_ other: NumericSum, _ sign: Int64) {
    let (negated, overflow) = (0 as Int128).subtractingReportingOverflow(other.total)
    if sign > 0 || !overflow {
      add(sign > 0 ? other.total : negated, scale: other.scale, count: sign * other.count)
    } else {
      spill(UnboundedDecimal(coefficient: other.total, scale: other.scale), -1)
      addCount(sign * other.count + 1, scale: other.scale)
    }
    guard let others = other.rare.first else { return }
    for (scale, count) in others.counts.enumerated() where count != 0 { addCount(sign * count, scale: Int32(scale)) }
    withRare { $0.add(others, sign) }
  }

  @inline(__always)
  private mutating func accumulate(_ coefficient: Int128) {
    let (sum, overflow) = total.addingReportingOverflow(coefficient)
    if overflow {
      spillTotal()
      total = coefficient
    } else {
      total = sum
    }
  }

  /// Adds a coefficient that stands for `count` numbers of a scale.
  mutating func add(_ coefficient: Int128, scale: Int32, count: Int64) {
    if scale > self.scale { adopt(scale) }
    addCount(count, scale: scale)
    if scale == self.scale {
      accumulate(coefficient)
    } else if let raised = Numeric.Inline.shiftedUp(coefficient, Int(self.scale - scale)) {
      accumulate(raised)
    } else {
      withRare { $0.spill(UnboundedDecimal(coefficient: coefficient, scale: scale)) }
    }
  }

  /// Goes on at a larger scale.
  private mutating func adopt(_ scale: Int32) {
    if let raised = Numeric.Inline.shiftedUp(total, Int(scale - self.scale)) {
      total = raised
    } else {
      spillTotal()
    }
    let (formerScale, formerCount) = (self.scale, count)
    let known = rare.first.map { Int(scale) < $0.counts.count ? $0.counts[Int(scale)] : 0 } ?? 0
    self.scale = scale
    count = known
    if known != 0 { withRare { $0.counts[Int(scale)] = 0 } }
    if formerCount != 0 { addCount(formerCount, scale: formerScale) }
  }

  mutating func addCount(_ count: Int64, scale: Int32) {
    if scale == self.scale {
      self.count += count
    } else {
      withRare { $0.addCount(count, scale: Int(scale)) }
    }
  }

  private mutating func spill(_ number: UnboundedDecimal, _ times: Int64) {
    addCount(times, scale: number.scale)
    let factor = UnboundedDecimal(coefficient: Int128(times), scale: 0)
    withRare { $0.spill(times == 1 ? number : number * factor) }
  }

  private mutating func spillTotal() {
    let former = UnboundedDecimal(coefficient: total, scale: scale)
    total = 0
    withRare { $0.spill(former) }
  }

  mutating func withRare(_ change: (inout Rare) -> Void) {
    if rare.isEmpty { rare.append(Rare()) }
    change(&rare[0])
  }
}

extension NumericSum.Rare {
  mutating func spill(_ number: UnboundedDecimal) { spilled = spilled + number }

  mutating func addCount(_ count: Int64, scale: Int) {
    if scale >= counts.count { counts.append(contentsOf: repeatElement(0, count: scale + 1 - counts.count)) }
    counts[scale] += count
  }

  mutating func add(_ special: Numeric.Special, _ times: Int64) {
    switch special {
    case .nan: nans += times
    case .infinity: infinities += times
    case .negativeInfinity: negativeInfinities += times
    }
  }

  /// Adds all but the counts of scales.
  mutating func add(_ other: Self, _ sign: Int64) {
    spill(sign > 0 ? other.spilled : -other.spilled)
    nans += sign * other.nans
    infinities += sign * other.infinities
    negativeInfinities += sign * other.negativeInfinities
  }
}

extension UnboundedDecimal {
  init(coefficient: Int128, scale: Int32) {
    self.init(Magnitude(coefficient.magnitude), scale: Int(scale), isNegative: coefficient < 0)
  }
}

// MARK: - Results

extension NumericSum {
  /// How many numbers are in the sum, NaN and the infinities included.
  public var numberCount: Int64 {
    guard let rare = rare.first else { return count }
    return count + rare.counts.reduce(0, +) + rare.nans + rare.infinities + rare.negativeInfinities
  }

  /// SQL's `sum()`: `nil` of nothing, else the exact sum at the largest scale that is in it.
  public func sum() throws(SQLError) -> Numeric? {
    if numberCount <= 0 { return nil }
    if let special { return special }
    let kept = UnboundedDecimal(coefficient: total, scale: scale)
    let all = rare.first.map { kept + $0.spilled } ?? kept
    return try Numeric(all.rounded(to: largestScale, .towardZero))
  }

  /// SQL's `avg()`: `nil` of nothing, else the sum divided by the count, at the scale of a quotient.
  public func average() throws(SQLError) -> Numeric? {
    guard let sum = try sum() else { return nil }
    return try sum / Numeric(numberCount)
  }

  private var special: Numeric? {
    guard let rare = rare.first else { return nil }
    if rare.nans > 0 || (rare.infinities > 0 && rare.negativeInfinities > 0) { return .nan }
    return rare.infinities > 0 ? .infinity : rare.negativeInfinities > 0 ? .negativeInfinity : nil
  }

  var largestScale: Int {
    let own = count > 0 ? Int(scale) : 0
    guard let rare = rare.first, let other = rare.counts.lastIndex(where: { $0 > 0 }) else { return own }
    return max(own, other)
  }
}

/// An interval while it is being read: PostgreSQL's input adds up years, months, days and microseconds, each checked on its own, and
/// carries fractions down: of a year to months, of a month or week to days, of a day to microseconds.
struct IntervalFields {
  private var years: Int32 = 0
  private var months: Int32 = 0
  private var days: Int32 = 0
  private var microseconds: Int64 = 0

  /// Why a text is no interval.
  enum Refusal: Error {
    /// 22007.
    case malformed
    /// 22015.
    case overflow
  }

  /// Nil if the months overflow.
  var interval: Interval? {
    let months = Int64(years) * 12 + Int64(months)
    return Int32(exactly: months).map { Interval(months: $0, days: days, microseconds: microseconds) }
  }
}

// MARK: - Adding

extension IntervalFields {
  /// Adds a number of units: a whole one and a fraction below one, of the same sign.
  mutating func add(_ whole: Int64, _ fraction: Double, _ unit: DateTimeUnit) throws(Refusal) {
    switch unit {
    case .microseconds: try addMicroseconds(whole, fraction, 1)
    case .milliseconds: try addMicroseconds(whole, fraction, 1_000)
    case .second: try addMicroseconds(whole, fraction, 1_000_000)
    case .minute: try addMicroseconds(whole, fraction, 60_000_000)
    case .hour: try addMicroseconds(whole, fraction, 3_600_000_000)
    case .day:
      try Self.add(whole, 1, to: &days)
      try addFraction(ofMicroseconds: fraction, TimestampRange.microsecondsPerDay)
    case .week:
      try Self.add(whole, 7, to: &days)
      try addFraction(ofDays: fraction, 7)
    case .month:
      try Self.add(whole, 1, to: &months)
      try addFraction(ofDays: fraction, 30)
    case .year: try addYears(whole, fraction, 1)
    case .decade: try addYears(whole, fraction, 10)
    case .century: try addYears(whole, fraction, 100)
    case .millennium: try addYears(whole, fraction, 1_000)
    default: throw .malformed
    }
  }

  mutating func setTime(_ time: Int64) { microseconds = time }

  private static func add(_ count: Int64, _ scale: Int32, to sum: inout Int32) throws(Refusal) {
    guard let count = Int32(exactly: count) else { throw .overflow }
    let (product, overflow) = count.multipliedReportingOverflow(by: scale)
    let (total, more) = sum.addingReportingOverflow(product)
    if overflow || more { throw .overflow }
    sum = total
  }

  private mutating func addYears(_ whole: Int64, _ fraction: Double, _ scale: Int32) throws(Refusal) {
    try Self.add(whole, scale, to: &years)
    let extra = (fraction * Double(scale) * 12).rounded(.toNearestOrEven)
    try Self.add(Int64(extra), 1, to: &months)
  }

  private mutating func addFraction(ofDays fraction: Double, _ scale: Int64) throws(Refusal) {
    if fraction == 0 { return }
    let scaled = fraction * Double(scale)
    let whole = scaled.rounded(.towardZero)
    try Self.add(Int64(whole), 1, to: &days)
    try addFraction(ofMicroseconds: scaled - whole, TimestampRange.microsecondsPerDay)
  }

  private mutating func addMicroseconds(_ whole: Int64, _ fraction: Double, _ scale: Int64) throws(Refusal) {
    let (product, overflow) = whole.multipliedReportingOverflow(by: scale)
    let (total, more) = microseconds.addingReportingOverflow(product)
    if overflow || more { throw .overflow }
    microseconds = total
    try addFraction(ofMicroseconds: fraction, scale)
  }

  private mutating func addFraction(ofMicroseconds fraction: Double, _ scale: Int64) throws(Refusal) {
    if fraction == 0 { return }
    let scaled = fraction * Double(scale)
    var whole = Int64(scaled.rounded(.towardZero))
    let rest = scaled - Double(whole)
    if rest > 0.5 { whole += 1 } else if rest < -0.5 { whole -= 1 }
    let (total, overflow) = microseconds.addingReportingOverflow(whole)
    if overflow { throw .overflow }
    microseconds = total
  }

  /// `ago`.
  mutating func negate() throws(Refusal) {
    guard years != .min, months != .min, days != .min, microseconds != .min else { throw .overflow }
    (years, months, days, microseconds) = (-years, -months, -days, -microseconds)
  }
}

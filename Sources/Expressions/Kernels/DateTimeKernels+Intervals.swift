import Relations

/// Arithmetic of intervals among themselves and with numbers.
extension DateTimeKernels {
  static let intervals: [(String, Kernel)] = [
    ("interval_pl", combining { a, b throws(Failure) in try a.adding(b) }),
    ("interval_mi", combining { a, b throws(Failure) in try a.subtracting(b) }),
    ("interval_um", changing { x throws(Failure) in try Interval.zero.subtracting(x) }),
    ("interval_larger", combining { a, b throws(Failure) in a.span > b.span ? a : b }),
    ("interval_smaller", combining { a, b throws(Failure) in a.span < b.span ? a : b }),
    (
      "interval_cmp",
      Kernel { a in
        .init(
          .integers(
            mapped(a.intervals(0), a.intervals(1), count: a.count) { $0.span < $1.span ? -1 : $0.span == $1.span ? 0 : 1 }))
      }
    ),
    ("interval_mul", scaling(0, by: 1) { x, factor throws(Failure) in try x.multiplied(by: factor) }),
    ("mul_d_interval", scaling(1, by: 0) { x, factor throws(Failure) in try x.multiplied(by: factor) }),
    ("interval_div", scaling(0, by: 1) { x, divisor throws(Failure) in try x.divided(by: divisor) }),
    ("interval_justify_hours", changing { x throws(Failure) in try x.justifiedHours() }),
    ("interval_justify_days", changing { x throws(Failure) in try x.justifiedDays() }),
    ("interval_justify_interval", changing { x throws(Failure) in try x.justified() }),
    ("interval_finite", Kernel { a in .init(.bits(Bitmap(repeating: true, count: a.count))) }),
    ("interval_scale", coercing),
    (
      "time_interval",
      Kernel { a in .init(.intervals(mapped(a.integers(0), count: a.count) { Interval(microseconds: $0) })) }
    ),
    ("make_interval", makingInterval),
  ]

  private static func changing(_ change: @escaping @Sendable (Interval) throws(Failure) -> Interval) -> Kernel {
    Kernel { a in
      let (results, failures) = Kernel.rowwise(a.intervals(0), count: a.count, placeholder: .zero, change)
      return .init(.intervals(results), failures: failures)
    }
  }

  private static func combining(_ combine: @escaping @Sendable (Interval, Interval) throws(Failure) -> Interval) -> Kernel {
    Kernel { a in
      let (results, failures) = Kernel.rowwise(a.intervals(0), a.intervals(1), count: a.count, placeholder: .zero, combine)
      return .init(.intervals(results), failures: failures)
    }
  }

  private static func scaling(
    _ interval: Int, by factor: Int, _ scale: @escaping @Sendable (Interval, Double) throws(Failure) -> Interval
  ) -> Kernel {
    Kernel { a in
      let (results, failures) = Kernel.rowwise(a.intervals(interval), a.floats(factor), count: a.count, placeholder: .zero, scale)
      return .init(.intervals(results), failures: failures)
    }
  }

  private static let coercing = Kernel { a in
    let (results, failures) = Kernel.rowwise(a.intervals(0), a.integers(1), count: a.count, placeholder: .zero) {
      interval, modifier throws(Failure) in
      let type = SQLType(.interval, modifier: Int32(truncatingIfNeeded: modifier))
      guard type.hasKnownIntervalFields else { throw .raised(SQLError(SQLState("XX000"), "unrecognized interval typmod")) }
      guard type.modifier < 0 || type.modifier & 0xFFFF == 0xFFFF || type.modifier & 0xFFFF <= 6 else {
        throw .raised(SQLError(.invalidParameterValue, "interval precision must be between 0 and 6"))
      }
      return interval.coerced(to: type)
    }
    return .init(.intervals(results), failures: failures)
  }

  /// Years, months, weeks, days, hours, minutes and seconds. PostgreSQL 15 does not look for overflows; what it makes of one is not known.
  private static let makingInterval = Kernel { a in
    let numbers = (0..<6).map(a.integers)
    let seconds = a.floats(6)
    let (results, failures) = Kernel.collecting(count: a.count, placeholder: Interval.zero) { row throws(Failure) in
      let part = numbers.map { Int64(Kernel.Arguments.int4($0, row)) }
      guard seconds[row].isFinite else { throw .intervalOutOfRange }
      let time = Int64(exactly: (seconds[row] * 1_000_000).rounded(.toNearestOrEven))
      guard let months = Int32(exactly: part[0] * 12 + part[1]), let days = Int32(exactly: part[2] * 7 + part[3]), let time else {
        throw .unsupported("make_interval beyond the range of intervals")
      }
      let (sum, overflow) = (part[4] * 3_600_000_000).addingReportingOverflow(part[5] * 60_000_000)
      let (total, more) = sum.addingReportingOverflow(time)
      if overflow || more { throw .unsupported("make_interval beyond the range of intervals") }
      return Interval(months: months, days: days, microseconds: total)
    }
    return .init(.intervals(results), failures: failures)
  }
}

extension Failure {
  static let intervalOutOfRange = dateTimeOverflow("interval out of range")
}

// MARK: - Sums

extension Interval {
  func adding(_ other: Interval) throws(Failure) -> Interval {
    let months = self.months.addingReportingOverflow(other.months)
    let days = self.days.addingReportingOverflow(other.days)
    let time = self.microseconds.addingReportingOverflow(other.microseconds)
    if months.overflow || days.overflow || time.overflow { throw .intervalOutOfRange }
    return Interval(months: months.partialValue, days: days.partialValue, microseconds: time.partialValue)
  }

  func subtracting(_ other: Interval) throws(Failure) -> Interval {
    let months = self.months.subtractingReportingOverflow(other.months)
    let days = self.days.subtractingReportingOverflow(other.days)
    let time = self.microseconds.subtractingReportingOverflow(other.microseconds)
    if months.overflow || days.overflow || time.overflow { throw .intervalOutOfRange }
    return Interval(months: months.partialValue, days: days.partialValue, microseconds: time.partialValue)
  }
}

// MARK: - Products

/// What is left of a month goes to days of which it has 30, what is left of a day to seconds. All is binary floating point, rounded to
/// microseconds between the steps so that what looks whole is whole.
extension Interval {
  func multiplied(by factor: Double) throws(Failure) -> Interval {
    let (months, days) = (Double(self.months) * factor, Double(self.days) * factor)
    guard Self.fits(months), Self.fits(days) else { throw .intervalOutOfRange }
    return try Self.cascading(months: months, days: days, microseconds: Double(microseconds) * factor)
  }

  func divided(by divisor: Double) throws(Failure) -> Interval {
    if divisor == 0 { throw .divisionByZero }
    let (months, days) = (Double(self.months) / divisor, Double(self.days) / divisor)
    // PostgreSQL 15 takes on with whatever the processor makes of a number that is too large.
    guard Self.fits(months), Self.fits(days) else { throw .unsupported("division of an interval beyond its range") }
    return try Self.cascading(months: months, days: days, microseconds: Double(microseconds) / divisor)
  }

  /// A fraction beyond the last whole number is cut off.
  private static func fits(_ number: Double) -> Bool { number >= Double(Int32.min) && number < -Double(Int32.min) }

  private static func cascading(months: Double, days: Double, microseconds: Double) throws(Failure) -> Interval {
    let (wholeMonths, wholeDays) = (months.rounded(.towardZero), days.rounded(.towardZero))
    let monthDays = ((months - wholeMonths) * 30).roundedToMicros
    var seconds = ((days - wholeDays + monthDays - monthDays.rounded(.towardZero)) * 86_400).roundedToMicros
    var result = Interval(months: Int32(wholeMonths), days: Int32(wholeDays))
    if abs(seconds) >= 86_400 {
      let whole = (seconds / 86_400).rounded(.towardZero)
      result.days &+= Int32(whole)
      seconds -= whole * 86_400
    }
    result.days &+= Int32(monthDays.rounded(.towardZero))
    let time = (microseconds + seconds * 1_000_000).rounded(.toNearestOrEven)
    guard let time = Int64(exactly: time) else { throw .intervalOutOfRange }
    result.microseconds = time
    return result
  }
}

extension Double {
  fileprivate var roundedToMicros: Double { (self * 1_000_000).rounded(.toNearestOrEven) / 1_000_000 }
}

// MARK: - Justifying

extension Interval {
  /// Hours in days of 24.
  func justifiedHours() throws(Failure) -> Interval {
    var result = self
    let whole = microseconds / TimestampRange.microsecondsPerDay
    result.microseconds -= whole * TimestampRange.microsecondsPerDay
    let (days, overflow) = days.addingReportingOverflow(Int32(whole))
    if overflow { throw .intervalOutOfRange }
    result.days = days
    result.alignTime()
    return result
  }

  /// Days in months of 30.
  func justifiedDays() throws(Failure) -> Interval {
    var result = self
    try result.moveDaysToMonths()
    if result.months > 0 && result.days < 0 {
      result.days += 30
      result.months -= 1
    } else if result.months < 0 && result.days > 0 {
      result.days -= 30
      result.months += 1
    }
    return result
  }

  /// Both, with one sign for all.
  func justified() throws(Failure) -> Interval {
    var result = self
    if days > 0 && microseconds > 0 || days < 0 && microseconds < 0 { try result.moveDaysToMonths() }
    let whole = result.microseconds / TimestampRange.microsecondsPerDay
    result.microseconds -= whole * TimestampRange.microsecondsPerDay
    result.days &+= Int32(whole)
    try result.moveDaysToMonths()
    if result.months > 0 && (result.days < 0 || result.days == 0 && result.microseconds < 0) {
      result.days += 30
      result.months -= 1
    } else if result.months < 0 && (result.days > 0 || result.days == 0 && result.microseconds > 0) {
      result.days -= 30
      result.months += 1
    }
    result.alignTime()
    return result
  }

  private mutating func moveDaysToMonths() throws(Failure) {
    let whole = days / 30
    days -= whole * 30
    let (sum, overflow) = months.addingReportingOverflow(whole)
    if overflow { throw .intervalOutOfRange }
    months = sum
  }

  /// Gives the time the sign of the days.
  private mutating func alignTime() {
    if days > 0 && microseconds < 0 {
      microseconds += TimestampRange.microsecondsPerDay
      days -= 1
    } else if days < 0 && microseconds > 0 {
      microseconds -= TimestampRange.microsecondsPerDay
      days += 1
    }
  }
}

import Relations

/// `extract`, `date_part` and `date_trunc` of times and intervals.
extension DateTimeKernels {
  static let parts: [(String, Kernel)] = [
    ("extract_time", extract(Clock.self)), ("time_part", part(Clock.self)),
    ("extract_timetz", extract(ZonedClock.self)), ("timetz_part", part(ZonedClock.self)),
    ("extract_interval", extract(Interval.self)), ("interval_part", part(Interval.self)),
    ("interval_trunc", truncatingInterval),
  ]

  private static func extract<Value: PartedValue>(_: Value.Type) -> Kernel {
    Kernel { a in
      let values = Value.values(a, 1)
      return a.withText(0) { words in
        let units = LentUnits(words, unit)
        if let unit = units.constant, let outcome = decimals(unit, values, a.count) { return outcome }
        let (results, failures) = Kernel.collecting(count: a.count, placeholder: Numeric.zero) { row throws(Failure) in
          let unit = try units.unit(row)
          guard let number = values[row].number(unit) else { throw .unsupportedUnit(words[row]) }
          return Numeric(coefficient: number, scale: unit.scaleOfPart)
        }
        return .init(.numerics(results), failures: failures)
      }
    }
  }

  /// The usual case: one unit, whose numbers fit 64 bits.
  private static func decimals<Value: PartedValue>(
    _ unit: DateTimeUnit, _ values: Operand<Value>, _ count: Int
  ) -> Kernel.Outcome? {
    var numbers: [Int64] = []
    numbers.reserveCapacity(count)
    for row in 0..<count {
      guard let number = values[row].number(unit).flatMap({ Int64(exactly: $0) }) else { return nil }
      numbers.append(number)
    }
    return .init(.decimals(numbers, scale: unit.scaleOfPart))
  }

  private static func part<Value: PartedValue>(_: Value.Type) -> Kernel {
    Kernel { a in
      let values = Value.values(a, 1)
      return a.withText(0) { words in
        let units = LentUnits(words, unit)
        let (results, failures) = Kernel.collecting(count: a.count, placeholder: 0.0) { row throws(Failure) in
          let unit = try units.unit(row)
          guard let number = values[row].number(unit) else { throw .unsupportedUnit(words[row]) }
          if unit == .epoch { return values[row].epoch }
          let (seconds, rest) = Int64(number).quotientAndRemainder(dividingBy: 1_000_000)
          switch unit {
          case .milliseconds: return Double(seconds) * 1_000 + Double(rest) / 1_000
          case .second: return Double(seconds) + Double(rest) / 1_000_000
          default: return Double(number)
          }
        }
        return .init(.floats(results), failures: failures)
      }
    }
  }

  /// Words that mean a moment are no units here.
  private static func unit(_ word: UnsafeBufferPointer<UInt8>) -> Result<DateTimeUnit, Failure> {
    guard let unit = DateTimeUnit.named(word)?.unit else { return .failure(.unknownUnit(word)) }
    return .success(unit)
  }

  // MARK: - Truncating

  private static let truncatingInterval = Kernel { a in
    let intervals = a.intervals(1)
    return a.withText(0) { words in
      let units = LentUnits(words) { word in
        guard let name = DateTimeUnit.named(word), name.isLength, let unit = name.unit else { return .failure(.unknownUnit(word)) }
        return .success(unit)
      }
      let (results, failures) = Kernel.collecting(count: a.count, placeholder: Interval.zero) { row throws(Failure) in
        guard let result = intervals[row].truncated(to: try units.unit(row)) else { throw .unsupportedUnit(words[row]) }
        return result
      }
      return .init(.intervals(results), failures: failures)
    }
  }
}

extension DateTimeUnit {
  /// How many digits behind the point the numbers of a unit have.
  fileprivate var scaleOfPart: Int {
    switch self {
    case .milliseconds: 3
    case .second, .epoch: 6
    default: 0
    }
  }
}

// MARK: - What can be taken apart

/// A value that has parts without being a moment.
private protocol PartedValue: SendableMetatype {
  static func values(_ arguments: Kernel.Arguments, _ index: Int) -> Operand<Self>
  /// A part, with so many digits behind the point as `scaleOfPart` says; nil if the value has no such part.
  func number(_ unit: DateTimeUnit) -> Int128?
  /// All in seconds, by the steps in which PostgreSQL computes it.
  var epoch: Double { get }
}

/// Parts of a count of microseconds, each with the sign of the whole.
private func clockNumber(_ microseconds: Int64, _ unit: DateTimeUnit) -> Int128? {
  switch unit {
  case .microseconds, .milliseconds, .second: Int128(microseconds % 60_000_000)
  case .minute: Int128(microseconds / 60_000_000 % 60)
  case .hour: Int128(microseconds / 3_600_000_000)
  default: nil
  }
}

/// A `time`.
private struct Clock: PartedValue {
  let time: Int64

  static func values(_ arguments: Kernel.Arguments, _ index: Int) -> Operand<Clock> {
    arguments.integers(index).mapped { Clock(time: $0) }
  }

  func number(_ unit: DateTimeUnit) -> Int128? { unit == .epoch ? Int128(time) : clockNumber(time, unit) }

  var epoch: Double { Double(time) / 1_000_000 }
}

/// A `timetz`.
private struct ZonedClock: PartedValue {
  let time: ZonedTime

  static func values(_ arguments: Kernel.Arguments, _ index: Int) -> Operand<ZonedClock> {
    arguments.integers(index).mapped { ZonedClock(time: ZonedTime(packed: $0)) }
  }

  func number(_ unit: DateTimeUnit) -> Int128? {
    switch unit {
    case .epoch: Int128(time.utc)
    case .timezone: Int128(-time.west)
    case .timezoneHour: Int128(-time.west / 3_600)
    case .timezoneMinute: Int128(-time.west / 60 % 60)
    default: clockNumber(time.local, unit)
    }
  }

  var epoch: Double { Double(time.local) / 1_000_000 + Double(time.west) }
}

extension Interval: PartedValue {
  fileprivate static func values(_ arguments: Kernel.Arguments, _ index: Int) -> Operand<Interval> { arguments.intervals(index) }

  fileprivate func number(_ unit: DateTimeUnit) -> Int128? {
    switch unit {
    case .day: Int128(days)
    case .month: Int128(months % 12)
    case .quarter: Int128(months % 12 / 3 + 1)
    case .year: Int128(months / 12)
    case .decade: Int128(months / 120)
    case .century: Int128(months / 1_200)
    case .millennium: Int128(months / 12_000)
    case .epoch: epochMicroseconds
    default: clockNumber(microseconds, unit)
    }
  }

  /// A year has 365 days and a quarter, a month 30.
  private var epochMicroseconds: Int128 {
    let quarterDays = 1_461 * Int128(months / 12) + 120 * Int128(months % 12) + 4 * Int128(days)
    return quarterDays * 21_600_000_000 + Int128(microseconds)
  }

  fileprivate var epoch: Double {
    var seconds = Double(microseconds) / 1_000_000
    seconds += 365.25 * 86_400 * Double(months / 12)
    seconds += 30 * 86_400 * Double(months % 12)
    seconds += 86_400 * Double(days)
    return seconds
  }

  /// What is below the unit cut off; nil if intervals are not counted in it.
  fileprivate func truncated(to unit: DateTimeUnit) -> Interval? {
    switch unit {
    case .microseconds: self
    case .milliseconds: withTime(in: 1_000)
    case .second: withTime(in: 1_000_000)
    case .minute: withTime(in: 60_000_000)
    case .hour: withTime(in: 3_600_000_000)
    case .day: Interval(months: months, days: days)
    case .month: Interval(months: months)
    case .quarter: Interval(months: months - months % 12 % 3)
    case .year: Interval(months: months - months % 12)
    case .decade: Interval(months: months - months % 120)
    case .century: Interval(months: months - months % 1_200)
    case .millennium: Interval(months: months - months % 12_000)
    default: nil
    }
  }

  private func withTime(in step: Int64) -> Interval {
    Interval(months: months, days: days, microseconds: microseconds - microseconds % step)
  }
}

extension Operand<Int64> {
  fileprivate func mapped<Result>(_ change: (Int64) -> Result) -> Operand<Result> {
    switch self {
    case .column(let numbers): .column(numbers.map(change))
    case .constant(let number): .constant(change(number))
    }
  }
}

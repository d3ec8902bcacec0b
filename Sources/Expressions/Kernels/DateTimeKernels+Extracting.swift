import Relations

/// `extract`, which gives `numeric`, and `date_part`, which gives `float8`.
extension DateTimeKernels {
  static let extracting: [(String, Kernel)] = [
    ("extract_date", extract(.date)), ("extract_timestamp", extract(.timestamp)), ("extract_timestamptz", extract(.timestamptz)),
    ("timestamp_part", part(.timestamp)), ("timestamptz_part", part(.timestamptz)),
  ]

  // MARK: - Numeric

  private static func extract(_ type: DateTimeType) -> Kernel {
    Kernel { a in
      let moments = Moments(a, type)
      return a.withText(0) { words in
        let units = LentUnits(words) { unit($0, of: type, isDateRefused: true) }
        return decimals(units, moments) ?? numerics(units, moments, a.count)
      }
    }
  }

  /// The usual case: one unit, whose numbers have one scale. Nil if some row has none of these numbers.
  private static func decimals(_ units: LentUnits, _ moments: Moments) -> Kernel.Outcome? {
    guard let unit = units.constant, let scale = unit.scale(of: moments.type) else { return nil }
    guard moments.areFinite else { return nil }
    // One loop a unit, compiled for it.
    let numbers: [Int64]? =
      switch unit {
      case .second: moments.numbers { $0.number(.second) }
      case .minute: moments.numbers { $0.number(.minute) }
      case .hour: moments.numbers { $0.number(.hour) }
      case .day: moments.numbers { $0.number(.day) }
      case .month: moments.numbers { $0.number(.month) }
      case .year: moments.numbers { $0.number(.year) }
      case .quarter: moments.numbers { $0.number(.quarter) }
      case .dow: moments.numbers { $0.number(.dow) }
      case .isodow: moments.numbers { $0.number(.isodow) }
      case .epoch: moments.numbers { $0.number(.epoch) }
      default: moments.numbers { $0.number(unit) }
      }
    guard let numbers else { return nil }
    return .init(.decimals(numbers, scale: scale))
  }

  private static func numerics(_ units: LentUnits, _ moments: Moments, _ count: Int) -> Kernel.Outcome {
    var nulls = Bitmap(repeating: false, count: count)
    let (results, failures) = Kernel.collecting(count: count, placeholder: Numeric.zero) { row throws(Failure) in
      let unit = try moments.unit(units, row)
      if moments.isFinite(row) { return moments[row].numeric(unit, of: moments.type) }
      if !unit.isMonotonic { nulls[row] = true }
      return moments.isNegative(row) ? .negativeInfinity : .infinity
    }
    return .init(.numerics(results), nulls: nulls, failures: failures)
  }

  // MARK: - Floats

  private static func part(_ type: DateTimeType) -> Kernel {
    Kernel { a in
      // For a date it is written in SQL, as the part of a timestamp.
      let moments = Moments(a, type)
      return a.withText(0) { words in
        let units = LentUnits(words) { unit($0, of: type, isDateRefused: false) }
        var nulls = Bitmap(repeating: false, count: a.count)
        let (results, failures) = Kernel.collecting(count: a.count, placeholder: 0.0) { row throws(Failure) in
          if type == .date { try moments.checkTimestamp(row) }
          let unit = try moments.unit(units, row)
          if moments.isFinite(row) { return moments[row].float(unit) }
          if !unit.isMonotonic { nulls[row] = true }
          return moments.isNegative(row) ? -.infinity : .infinity
        }
        return .init(.floats(results), nulls: nulls, failures: failures)
      }
    }
  }

  /// - Parameter isDateRefused: whether a date has no time of day.
  private static func unit(
    _ word: UnsafeBufferPointer<UInt8>, of type: DateTimeType, isDateRefused: Bool
  ) -> Result<DateTimeUnit, Failure> {
    guard let name = DateTimeUnit.named(word) else { return .failure(.unknownUnit(word)) }
    guard let unit = name.unit else { return .failure(.unsupportedUnit(word)) }
    if type == .date && isDateRefused && (unit.isOfTime || unit.isOfZone) { return .failure(.unsupportedUnit(word)) }
    return .success(unit)
  }
}

// MARK: - Moments taken apart

/// Moments of one type, each of which can be taken apart.
private struct Moments {
  let type: DateTimeType
  private let values: [Int64]
  /// Seconds east of Greenwich; empty where there is no zone.
  private let offsets: [Int64]

  init(_ a: Kernel.Arguments, _ type: DateTimeType) {
    self.type = type
    values = mapped(a.integers(1), count: a.count) { $0 }
    guard type == .timestamptz else {
      offsets = []
      return
    }
    var zone = ZoneCursor(a.context.style.zone)
    offsets = mapped(a.integers(1), count: a.count) { TimestampRange.isFinite($0) ? zone.offset(at: $0) : 0 }
  }

  @inline(__always)
  func isFinite(_ row: Int) -> Bool { type == .date ? DateRange.isFinite(values[row]) : TimestampRange.isFinite(values[row]) }

  var areFinite: Bool {
    let (low, high) =
      type == .date ? (DateRange.minusInfinity, DateRange.infinity) : (TimestampRange.minusInfinity, TimestampRange.infinity)
    return !values.contains { $0 == low || $0 == high }
  }

  /// A number for each; nil if some moment has none. All are finite.
  @inline(__always)
  func numbers(_ number: (Moment) -> Int64?) -> [Int64]? {
    switch type {
    case .date: collected { number(Moment(day: values[$0], time: 0, offset: 0, isDate: true)) }
    case .timestamp: collected { number(Moment(local: values[$0], offset: 0)) }
    case .timestamptz:
      collected { row in
        number(Moment(local: values[row] &+ offsets[row] &* TimestampRange.microsecondsPerSecond, offset: offsets[row]))
      }
    }
  }

  @inline(__always)
  private func collected(_ number: (Int) -> Int64?) -> [Int64]? {
    var isComplete = true
    let numbers = [Int64](unsafeUninitializedCapacity: values.count) { out, filled in
      for row in 0..<values.count {
        let number = number(row)
        isComplete = isComplete && number != nil
        out.initializeElement(at: row, to: number ?? 0)
      }
      filled = values.count
    }
    return isComplete ? numbers : nil
  }

  func isNegative(_ row: Int) -> Bool { values[row] < 0 }

  /// For casting a date to a timestamp.
  func checkTimestamp(_ row: Int) throws(Failure) {
    if isFinite(row) && values[row] > TimestampRange.last / TimestampRange.microsecondsPerDay {
      throw .dateTimeOverflow("date out of range for timestamp")
    }
  }

  /// The unit that is asked for. Local time does not know its zone, but an infinite one is not asked.
  func unit(_ units: LentUnits, _ row: Int) throws(Failure) -> DateTimeUnit {
    let unit = try units.unit(row)
    if unit.isOfZone && type != .timestamptz && isFinite(row) {
      throw .raised(SQLError(SQLState("0A000"), "unit \"\(unit)\" not supported for type \(type)"))
    }
    return unit
  }

  /// - Precondition: the moment is finite.
  @inline(__always)
  subscript(row: Int) -> Moment {
    switch type {
    case .date: Moment(day: values[row], time: 0, offset: 0, isDate: true)
    case .timestamp: Moment(local: values[row], offset: 0)
    case .timestamptz: Moment(local: values[row] &+ offsets[row] &* TimestampRange.microsecondsPerSecond, offset: offsets[row])
    }
  }
}

/// A local time, taken apart.
private struct Moment {
  /// From 2000-01-01.
  let day: Int64
  /// Microseconds from midnight.
  let time: Int64
  /// Seconds east of Greenwich.
  let offset: Int64
  let isDate: Bool

  @inline(__always)
  init(day: Int64, time: Int64, offset: Int64, isDate: Bool) {
    self.day = day
    self.time = time
    self.offset = offset
    self.isDate = isDate
  }

  @inline(__always)
  init(local: Int64, offset: Int64) {
    let (day, time) = local.dividedDown(by: TimestampRange.microsecondsPerDay)
    self.init(day: day, time: time, offset: offset, isDate: false)
  }

  /// Microseconds of the minute.
  private var microseconds: Int64 { time % 60_000_000 }
  private var julianDay: Int64 { day - DateRange.first }

  /// Microseconds from 1970, for a date seconds; nil if they take more than 64 bits.
  private var epoch: Int64? {
    if isDate { return (day &+ 10_957) &* 86_400 }
    let (days, overflow) = day.multipliedReportingOverflow(by: TimestampRange.microsecondsPerDay)
    let (sum, more) = days.addingReportingOverflow(
      time &+ (TimestampRange.unixEpoch &- offset) &* TimestampRange.microsecondsPerSecond)
    return overflow || more ? nil : sum
  }

  /// The number in units of `DateTimeUnit.scale`; nil if it takes more than 64 bits.
  @inline(__always)
  func number(_ unit: DateTimeUnit) -> Int64? {
    switch unit {
    case .microseconds, .milliseconds, .second: microseconds
    case .minute: time / 60_000_000 % 60
    case .hour: time / 3_600_000_000
    case .dow: Civil.weekday(day)
    case .isodow: (Civil.weekday(day) &+ 6) % 7 &+ 1
    case .week: (dayOfYear(thursday) &- 1) / 7 &+ 1
    case .isoyear: withoutZero(Civil.date(thursday).year)
    case .doy: dayOfYear(day)
    case .julian: julianDay
    case .epoch: epoch
    case .timezone: offset
    case .timezoneHour: offset / 3_600
    case .timezoneMinute: offset / 60 % 60
    default: calendarNumber(unit)
    }
  }

  @inline(__always)
  private func calendarNumber(_ unit: DateTimeUnit) -> Int64 {
    let (year, month, day) = Civil.date(day)
    return switch unit {
    case .day: day
    case .month: month
    case .quarter: (month &- 1) / 3 &+ 1
    case .year: withoutZero(year)
    // The decade of the years 0…9 is 0, as there are decades before it and no year 0.
    case .decade: year.dividedDown(by: 10).quotient
    case .century: ordinal(year, 100)
    default: ordinal(year, 1_000)
    }
  }

  /// Centuries and millennia are counted from 1 and, before that, from -1.
  private func ordinal(_ year: Int64, _ length: Int64) -> Int64 {
    let number = (year &- 1).dividedDown(by: length).quotient
    return number >= 0 ? number &+ 1 : number
  }

  /// 1 BC comes before 1.
  private func withoutZero(_ year: Int64) -> Int64 { year > 0 ? year : year &- 1 }

  /// A week belongs to the year of its Thursday.
  private var thursday: Int64 { day &+ 3 &- (Civil.weekday(day) &+ 6) % 7 }

  private func dayOfYear(_ day: Int64) -> Int64 { day &- Civil.days(year: Civil.date(day).year, month: 1, day: 1) &+ 1 }
}

extension DateTimeUnit {
  /// How many digits behind the point the numbers of a unit have; nil for those of a division.
  fileprivate func scale(of type: DateTimeType) -> Int? {
    switch self {
    case .milliseconds: 3
    case .second: 6
    case .epoch: type == .date ? 0 : 6
    case .julian: type == .date ? 0 : nil
    default: 0
    }
  }
}

extension Moment {
  func numeric(_ unit: DateTimeUnit, of type: DateTimeType) -> Numeric {
    guard let scale = unit.scale(of: type) else { return julianDate }
    if let number = number(unit) { return Numeric(coefficient: Int128(number), scale: scale) }
    return longEpoch
  }

  /// Microseconds that take more than 64 bits are divided, which leaves sixteen digits of them.
  private var longEpoch: Numeric {
    let seconds = Int128(day) * 86_400 + Int128(TimestampRange.unixEpoch - offset)
    let microseconds = Numeric(coefficient: seconds * 1_000_000 + Int128(time), scale: 0)
    return (try? (microseconds / Numeric(TimestampRange.microsecondsPerSecond)).rounded(to: 6)) ?? .nan
  }

  /// The day, and how much of it has passed, to as many digits as a division gives.
  private var julianDate: Numeric {
    let fraction = try? Numeric(time) / Numeric(TimestampRange.microsecondsPerDay)
    return (try? Numeric(julianDay) + (fraction ?? .zero)) ?? .nan
  }

  func float(_ unit: DateTimeUnit) -> Double {
    let (seconds, rest) = microseconds.quotientAndRemainder(dividingBy: 1_000_000)
    switch unit {
    case .milliseconds: return Double(seconds) * 1_000 + Double(rest) / 1_000
    case .second: return Double(seconds) + Double(rest) / 1_000_000
    case .epoch: return epochFloat
    case .julian: return Double(julianDay) + (Double(time / 1_000_000) + Double(rest) / 1_000_000) / 86_400
    default: return Double(number(unit) ?? 0)
    }
  }

  private var epochFloat: Double {
    if isDate { return Double((day &+ 10_957) &* 86_400) }
    if let epoch { return Double(epoch) / 1_000_000 }
    let moment = day &* TimestampRange.microsecondsPerDay &+ time &- offset &* TimestampRange.microsecondsPerSecond
    return (Double(moment) + Double(TimestampRange.unixEpoch * TimestampRange.microsecondsPerSecond)) / 1_000_000
  }
}

import Relations

/// Moments and intervals: what comes so much later, and how much lies between.
extension DateTimeKernels {
  static let moving: [(String, Kernel)] =
    ["date", "timestamp", "timestamptz"].flatMap { type in
      [("\(type)_pl_interval", moved(type, backwards: false)), ("\(type)_mi_interval", moved(type, backwards: true))]
    } + [
      ("timestamp_mi", between(difference)),
      ("timestamp_age", between { a, b throws(Failure) in try age(a, b, (a, b)) }),
      (
        "timestamptz_age",
        Kernel { a in
          var zone = ZoneCursor(a.context.style.zone)
          let (results, failures) = Kernel.rowwise(a.integers(0), a.integers(1), count: a.count, placeholder: Interval.zero) {
            x, y throws(Failure) in
            guard x != TimestampRange.infinity, y != TimestampRange.infinity else { throw .unsupported("the age of infinity") }
            return try age(x, y, (zone.local(at: x), zone.local(at: y)))
          }
          return .init(.intervals(results), failures: failures)
        }
      ),
      ("timestamp_bin", binned), ("timestamptz_bin", binned),
      ("datetime_timestamp", assembled { day, time in (day, time) }),
      ("datetimetz_timestamptz", assembled { day, time in (day, ZonedTime(packed: time).utc) }),
      ("timestamp_izone", offset(by: -1)), ("timestamptz_izone", offset(by: 1)),
    ]

  // MARK: - Later and earlier

  /// A date is the start of its day by the clock on the wall.
  private static func moved(_ type: String, backwards: Bool) -> Kernel {
    Kernel { a in
      let (moments, intervals) = (a.integers(0), a.intervals(1))
      if type == "timestamp", case .constant(let interval) = intervals, interval.months == 0, interval.days == 0,
        let outcome = shifted(moments, by: backwards ? 0 &- interval.microseconds : interval.microseconds, count: a.count)
      {
        return outcome
      }
      var zone = type == "timestamptz" ? ZoneCursor(a.context.style.zone) : nil
      var conversion = Conversion(from: .date, to: .timestamp, in: .utc)
      let (results, failures) = Kernel.rowwise(moments, intervals, count: a.count, placeholder: Int64(0)) {
        given, interval throws(Failure) in
        let moment = type == "date" ? conversion.convert(given) : given
        if moment == Conversion.tooLate || moment == Conversion.tooEarly {
          throw .dateTimeOverflow("date out of range for timestamp")
        }
        return try moment.adding(
          backwards && !Planted.bug("an interval is added when it is taken away") ? interval.wrappingNegation : interval, &zone)
      }
      return .init(.integers(results), failures: failures)
    }
  }

  /// The usual case: so many microseconds to all. Nil if some row is not ordinary.
  private static func shifted(_ moments: Operand<Int64>, by distance: Int64, count: Int) -> Kernel.Outcome? {
    var isOrdinary = true
    let results = mapped(moments, count: count) { moment in
      let (result, overflow) = moment.addingReportingOverflow(distance)
      isOrdinary = isOrdinary && !overflow && TimestampRange.contains(moment) && TimestampRange.contains(result)
      return result
    }
    return isOrdinary ? .init(.integers(results)) : nil
  }

  // MARK: - Between

  private static func between(_ make: @escaping @Sendable (Int64, Int64) throws(Failure) -> Interval) -> Kernel {
    Kernel { a in
      let (results, failures) = Kernel.rowwise(a.integers(0), a.integers(1), count: a.count, placeholder: Interval.zero, make)
      return .init(.intervals(results), failures: failures)
    }
  }

  /// In days of 24 hours and hours.
  @Sendable private static func difference(_ a: Int64, _ b: Int64) throws(Failure) -> Interval {
    guard TimestampRange.isFinite(a), TimestampRange.isFinite(b) else {
      throw .dateTimeOverflow("cannot subtract infinite timestamps")
    }
    let (distance, overflow) = a.subtractingReportingOverflow(b)
    if overflow { throw .unsupported("timestamps further apart than 64 bits, of which releases of PostgreSQL 15 differ") }
    return try Interval(microseconds: distance).justifiedHours()
  }

  /// In years, months, days and hours, as one counts on a calendar. What is borrowed is as long as the month that it is borrowed from.
  ///
  /// - Parameter locals: what the clock on the wall showed; where it was set back, a later moment may look earlier.
  private static func age(_ a: Int64, _ b: Int64, _ locals: (Int64, Int64)) throws(Failure) -> Interval {
    // The other infinity is a moment like any other to PostgreSQL 15.
    guard a != TimestampRange.minusInfinity, b != TimestampRange.minusInfinity else { throw .timestampOutOfRange }
    let (first, firstTime) = locals.0.dividedDown(by: TimestampRange.microsecondsPerDay)
    let (second, secondTime) = locals.1.dividedDown(by: TimestampRange.microsecondsPerDay)
    let (x, y) = (Civil.date(first), Civil.date(second))
    let sign: Int64 = a < b && !Planted.bug("an age is never negative") ? -1 : 1
    var months = sign * ((x.year - y.year) * 12 + x.month - y.month)
    var days = sign * (x.day - y.day)
    var time = sign * (firstTime - secondTime)
    if time < 0 {
      time += TimestampRange.microsecondsPerDay
      days -= 1
    }
    let lender = a < b ? x : y
    while days < 0 {
      days += Civil.length(ofMonth: lender.month, year: lender.year)
      months -= 1
    }
    // Years may be negative where months are not; together they are what they are.
    return Interval(months: Int32(sign * months), days: Int32(sign * days), microseconds: sign * time)
  }

  // MARK: - Bins

  /// `date_bin(stride, moment, origin)`: the start of the stride that the moment lies in. Where releases of PostgreSQL 15 differ (moments
  /// on the border of a stride before the origin, and overflows) nothing is said.
  private static let binned = Kernel { a in
    let (strides, moments, origins) = (a.intervals(0), a.integers(1), a.integers(2))
    let (results, failures) = Kernel.collecting(count: a.count, placeholder: Int64(0)) { row throws(Failure) in
      let (stride, moment, origin) = (strides[row], moments[row], origins[row])
      guard TimestampRange.isFinite(moment) else { return moment }
      guard TimestampRange.isFinite(origin) else { throw .dateTimeOverflow("origin out of range") }
      guard stride.months == 0 else {
        throw .raised(SQLError(SQLState("0A000"), "timestamps cannot be binned into intervals containing months or years"))
      }
      let (days, overflow) = Int64(stride.days).multipliedReportingOverflow(by: TimestampRange.microsecondsPerDay)
      let (length, more) = days.addingReportingOverflow(stride.microseconds)
      let (distance, much) = moment.subtractingReportingOverflow(origin)
      if overflow || more { throw .unsupported("date_bin with a stride beyond 64 bits") }
      guard length > 0 else { throw .dateTimeOverflow("stride must be greater than zero") }
      if much { throw .unsupported("date_bin over more than 64 bits") }
      if distance < 0 && distance % length == 0 && length > 1 {
        throw .unsupported("date_bin of a border before the origin, of which releases of PostgreSQL 15 differ")
      }
      let (start, beyond) = moment.subtractingReportingOverflow(distance.dividedDown(by: length).remainder)
      guard !beyond, TimestampRange.contains(start) else { throw .unsupported("date_bin beyond the range of timestamps") }
      return start
    }
    return .init(.integers(results), failures: failures)
  }

  // MARK: - Putting together and zones

  /// A day and a time of it.
  private static func assembled(_ parts: @escaping @Sendable (Int64, Int64) -> (Int64, Int64)) -> Kernel {
    Kernel { a in
      var conversion = Conversion(from: .date, to: .timestamp, in: .utc)
      let (results, failures) = Kernel.rowwise(a.integers(0), a.integers(1), count: a.count, placeholder: Int64(0)) {
        day, time throws(Failure) in
        let midnight = conversion.convert(day)
        guard TimestampRange.isFinite(midnight) else { return midnight }
        if midnight == Conversion.tooLate || midnight == Conversion.tooEarly {
          throw .dateTimeOverflow("date out of range for timestamp")
        }
        let moment = midnight &+ parts(day, time).1
        guard TimestampRange.contains(moment) else { throw .timestampOutOfRange }
        return moment
      }
      return .init(.integers(results), failures: failures)
    }
  }

  /// `AT TIME ZONE interval`: so many seconds east of Greenwich.
  private static func offset(by sign: Int64) -> Kernel {
    Kernel { a in
      let (results, failures) = Kernel.rowwise(a.intervals(0), a.integers(1), count: a.count, placeholder: Int64(0)) {
        zone, moment throws(Failure) in
        guard TimestampRange.isFinite(moment) else { return moment }
        let result = moment &+ sign &* (try zone.offset()) &* TimestampRange.microsecondsPerSecond
        guard TimestampRange.contains(result) else { throw .timestampOutOfRange }
        return result
      }
      return .init(.integers(results), failures: failures)
    }
  }
}

extension Interval {
  /// As an offset from Greenwich, in seconds.
  func offset() throws(Failure) -> Int64 {
    guard months == 0, days == 0 else {
      throw .raised(SQLError(.invalidParameterValue, "interval time zone must not include months or days"))
    }
    return Int64(Int32(truncatingIfNeeded: microseconds / TimestampRange.microsecondsPerSecond))
  }

  /// The opposite, the least numbers being their own, as they are for PostgreSQL here.
  var wrappingNegation: Interval { Interval(months: 0 &- months, days: 0 &- days, microseconds: 0 &- microseconds) }
}

extension Int64 {
  /// A moment, so much later: first the months, on the clock on the wall, the day cut to the length of its month; then the days, on the
  /// same clock; then the time. Each step has to stay in the range.
  ///
  /// - Parameter zone: of the wall; nil if the moment is what the clock shows.
  func adding(_ interval: Interval, _ zone: inout ZoneCursor?) throws(Failure) -> Int64 {
    guard TimestampRange.isFinite(self) else { return self }
    var moment = self
    if interval.months != 0 || interval.days != 0 {
      if interval.months != 0 { moment = try moment.changingDay(&zone) { $0.adding(months: Int64(interval.months)) } }
      if interval.days != 0 { moment = try moment.changingDay(&zone) { $0 &+ Int64(interval.days) } }
    }
    let (sum, overflow) = moment.addingReportingOverflow(interval.microseconds)
    if overflow { throw .unsupported("a timestamp beyond 64 bits, of which releases of PostgreSQL 15 differ") }
    moment = sum
    guard TimestampRange.contains(moment) else { throw .timestampOutOfRange }
    return moment
  }

  private func changingDay(_ zone: inout ZoneCursor?, _ change: (Int64) -> Int64) throws(Failure) -> Int64 {
    let local = zone?.local(at: self) ?? self
    let (day, time) = local.dividedDown(by: TimestampRange.microsecondsPerDay)
    let changed = change(day)
    // Some days more on either side than there are moments.
    guard -2_451_550...106_751_985 ~= changed else { throw .timestampOutOfRange }
    let result = changed &* TimestampRange.microsecondsPerDay &+ time
    let moment = zone?.moment(ofLocal: result) ?? result
    guard TimestampRange.contains(moment) else { throw .timestampOutOfRange }
    return moment
  }

  /// A day, so many months later, or the last one of that month.
  fileprivate func adding(months: Int64) -> Int64 {
    let (year, month, day) = Civil.date(self)
    let (years, index) = (year &* 12 &+ month &- 1 &+ months).dividedDown(by: 12)
    // Far beyond the calendar all is out of range.
    guard -5_000...300_000 ~= years else { return .max }
    return Civil.days(year: years, month: index &+ 1, day: Swift.min(day, Civil.length(ofMonth: index &+ 1, year: years)))
  }
}

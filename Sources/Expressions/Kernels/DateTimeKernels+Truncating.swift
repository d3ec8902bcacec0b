import Relations

/// `date_trunc`: the start of the second, …, millennium that a moment lies in.
extension DateTimeKernels {
  static let truncating: [(String, Kernel)] = [
    (
      "timestamp_trunc",
      Kernel { a in quicklyTruncated(a) ?? truncated(a) { unit, local, _ throws(Failure) in truncate(local, unit) } }
    ),
    (
      "timestamptz_trunc",
      Kernel { a in
        var zone = ZoneCursor(a.context.style.zone)
        return truncated(a) { unit, moment, _ throws(Failure) in truncate(moment, unit, &zone) }
      }
    ),
    (
      "timestamptz_trunc_zone",
      Kernel { a in
        a.withText(2) { names in
          var zones = NamedZones()
          return truncated(a) { unit, moment, row throws(Failure) in
            truncate(moment, unit, &zones.cursors[try zones.place(of: names[row])])
          }
        }
      }
    ),
  ]

  /// The usual case: one unit, and no moment that a start would push out of the range.
  private static func quicklyTruncated(_ a: Kernel.Arguments) -> Kernel.Outcome? {
    let asked = a.withText(0) { words in LentUnits(words, unit).constant }
    let moments = a.integers(1)
    // One loop a unit, compiled for it.
    let results: [Int64]? =
      switch asked {
      case .second: starts(moments, a.count) { truncate($0, .second) }
      case .minute: starts(moments, a.count) { truncate($0, .minute) }
      case .hour: starts(moments, a.count) { truncate($0, .hour) }
      case .day: starts(moments, a.count) { truncate($0, .day) }
      case .week: starts(moments, a.count) { truncate($0, .week) }
      case .month: starts(moments, a.count) { truncate($0, .month) }
      case .quarter: starts(moments, a.count) { truncate($0, .quarter) }
      case .year: starts(moments, a.count) { truncate($0, .year) }
      default: nil
      }
    return results.map { .init(.integers($0)) }
  }

  /// Nil if there is a moment that is infinite or so early that there may be no start.
  @inline(__always)
  private static func starts(_ moments: Operand<Int64>, _ count: Int, _ start: (Int64) -> Int64) -> [Int64]? {
    let earliest = TimestampRange.first &+ 366 &* TimestampRange.microsecondsPerDay
    var isOrdinary = true
    let results = mapped(moments, count: count) { moment in
      let fits = moment >= earliest && moment <= TimestampRange.last
      isOrdinary = isOrdinary && fits
      return start(fits ? moment : 0)
    }
    return isOrdinary ? results : nil
  }

  private static func truncated(
    _ a: Kernel.Arguments, _ truncate: (DateTimeUnit, Int64, Int) throws(Failure) -> Int64
  ) -> Kernel.Outcome {
    let moments = a.integers(1)
    return a.withText(0) { words in
      let units = LentUnits(words, unit)
      let (results, failures) = Kernel.collecting(count: a.count, placeholder: Int64(0)) { row throws(Failure) in
        // PostgreSQL does not even look at the unit.
        guard TimestampRange.isFinite(moments[row]) else { return moments[row] }
        let result = try truncate(try units.unit(row), moments[row], row)
        guard TimestampRange.contains(result) else { throw .timestampOutOfRange }
        return result
      }
      return .init(.integers(results), failures: failures)
    }
  }

  private static func unit(_ word: UnsafeBufferPointer<UInt8>) -> Result<DateTimeUnit, Failure> {
    guard let name = DateTimeUnit.named(word), name.isLength, let unit = name.unit else { return .failure(.unknownUnit(word)) }
    return unit.isOfZone ? .failure(.unsupportedUnit(word)) : .success(unit)
  }

  /// Local time in, local time out. The length of days and more is looked up by their date.
  @inline(__always)
  private static func truncate(_ local: Int64, _ unit: DateTimeUnit) -> Int64 {
    switch unit {
    case .microseconds: local
    case .milliseconds: local &- local.dividedDown(by: 1_000).remainder
    case .second: local &- local.dividedDown(by: 1_000_000).remainder
    case .minute: local &- local.dividedDown(by: 60_000_000).remainder
    case .hour: local &- local.dividedDown(by: 3_600_000_000).remainder
    default: firstDay(local.dividedDown(by: TimestampRange.microsecondsPerDay).quotient, unit) &* TimestampRange.microsecondsPerDay
    }
  }

  /// Days start at midnight by the zone's clock; shorter units keep the offset of the moment.
  private static func truncate(_ moment: Int64, _ unit: DateTimeUnit, _ zone: inout ZoneCursor) -> Int64 {
    let local = zone.local(at: moment)
    let start = truncate(local, unit)
    return unit.isOfTime || Planted.bug("a day starts at the moment's offset")
      ? moment &- (local &- start) : zone.moment(ofLocal: start)
  }

  /// The first day of a week, …, millennium. Centuries start with their year 1; there is no year 0, and 1 BC is in the first
  /// century before.
  @inline(__always)
  private static func firstDay(_ day: Int64, _ unit: DateTimeUnit) -> Int64 {
    let (year, month, _) = Civil.date(day)
    switch unit {
    case .week: return day &- (Planted.bug("a week starts on Sunday") ? Civil.weekday(day) : (Civil.weekday(day) &+ 6) % 7)
    case .month: return Civil.days(year: year, month: month, day: 1)
    case .quarter: return Civil.days(year: year, month: month &- (month &- 1) % 3, day: 1)
    case .year: return Civil.days(year: year, month: 1, day: 1)
    case .decade: return Civil.days(year: year &- year.dividedDown(by: 10).remainder, month: 1, day: 1)
    case .century: return Civil.days(year: year &- (year &- 1).dividedDown(by: 100).remainder, month: 1, day: 1)
    case .millennium: return Civil.days(year: year &- (year &- 1).dividedDown(by: 1_000).remainder, month: 1, day: 1)
    default: return day
    }
  }
}

/// What a zone does every year for ever: the footer of a tz file, a POSIX `TZ` string such as `CET-1CEST,M3.5.0,M10.5.0/3`.
struct ZoneRule: Hashable, Sendable {
  /// Seconds east of Greenwich.
  var standard: Int32
  var daylight: Daylight?

  struct Daylight: Hashable, Sendable {
    var offset: Int32
    var start: Change
    var end: Change
  }

  /// A day of the year and the second of it, by the clock that is about to change. The second may lie outside the day.
  struct Change: Hashable, Sendable {
    var day: Day
    var second: Int64
  }

  enum Day: Hashable, Sendable {
    /// `Jn`: 1…365, February 29th is never counted.
    case withoutLeapDay(Int64)
    /// `n`: 0…365.
    case ofYear(Int64)
    /// `Mm.w.d`: the w-th weekday d of the month, the last one when w is 5.
    case ofMonth(Int64, week: Int64, weekday: Int64)

    /// Days from 2000-01-01.
    func inYear(_ year: Int64) -> Int64 {
      switch self {
      case .withoutLeapDay(let day):
        return Civil.days(year: year, month: 1, day: day) + (day > 59 && Civil.isLeap(year) ? 1 : 0)
      case .ofYear(let day):
        return Civil.days(year: year, month: 1, day: 1) + day
      case .ofMonth(let month, let week, let weekday):
        let first = Civil.days(year: year, month: month, day: 1)
        let day = (weekday - Civil.weekday(first) + 7) % 7 + 7 * (week - 1)
        return first + (day < Civil.length(ofMonth: month, year: year) ? day : day - 7)
      }
    }
  }
}

extension ZoneRule {
  /// What holds at a moment not before `last`, the last transition of the file, which changed the offset to `offset`.
  func span(at seconds: Int64, after last: Int64, offset: Int32) -> Zone.Span {
    guard let daylight else { return Zone.Span(offset: offset, start: last, end: .max) }
    let year = Civil.date(seconds.dividedDown(by: 86_400).quotient - 10_957).year
    var current = (offset: offset, start: last)
    // Three years of transitions, in order unless the zone's rules are perverse, surround any moment of the middle one.
    var changes: [(at: Int64, offset: Int32)] = []
    for year in year - 1...year + 1 {
      changes.append((daylight.start.moment(inYear: year, clock: standard), daylight.offset))
      changes.append((daylight.end.moment(inYear: year, clock: daylight.offset), standard))
    }
    changes.sort { $0.at < $1.at }
    for change in changes where change.at > last {
      if change.at > seconds { return Zone.Span(offset: current.offset, start: current.start, end: change.at) }
      current = (change.offset, change.at)
    }
    return Zone.Span(offset: current.offset, start: current.start, end: .max)
  }
}

extension ZoneRule.Change {
  /// Seconds from 1970, for a clock that is `clock` seconds ahead of UTC.
  func moment(inYear year: Int64, clock: Int32) -> Int64 {
    day.inYear(year) * 86_400 + TimestampRange.unixEpoch + second - Int64(clock)
  }
}

import Relations

/// `make_date`, `make_timestamp` and `to_timestamp`: moments out of numbers.
extension DateTimeKernels {
  static let making: [(String, Kernel)] = [
    ("make_date", Kernel { a in made(a) { parts, row throws(Failure) in try parts.day(row) } }),
    ("make_time", Kernel { a in made(a) { parts, row throws(Failure) in try parts.timeOfDay(row) } }),
    (
      "make_timestamptz_at_timezone",
      Kernel { a in
        a.withText(6) { names in
          var zones = NamedZones()
          return made(a) { parts, row throws(Failure) in
            let local = try parts.timestamp(row)
            let moment = zones.cursors[try zones.place(of: names[row])].moment(ofLocal: local)
            guard TimestampRange.contains(moment) else { throw .timestampOutOfRange }
            return moment
          }
        }
      }
    ),
    ("make_timestamp", Kernel { a in made(a) { parts, row throws(Failure) in try parts.timestamp(row) } }),
    (
      "make_timestamptz",
      Kernel { a in
        var zone = ZoneCursor(a.context.style.zone)
        return made(a) { parts, row throws(Failure) in
          let moment = zone.moment(ofLocal: try parts.timestamp(row))
          guard TimestampRange.contains(moment) else { throw .timestampOutOfRange }
          return moment
        }
      }
    ),
    (
      "float8_timestamptz",
      Kernel { a in
        let (results, failures) = Kernel.rowwise(a.floats(0), count: a.count, placeholder: Int64(0)) { seconds throws(Failure) in
          try moment(unixSeconds: seconds)
        }
        return .init(.integers(results), failures: failures)
      }
    ),
  ]

  private static func made(_ a: Kernel.Arguments, _ make: (Parts, Int) throws(Failure) -> Int64) -> Kernel.Outcome {
    let parts = Parts(a)
    let (results, failures) = Kernel.collecting(count: a.count, placeholder: Int64(0)) { row throws(Failure) in try make(parts, row)
    }
    return .init(.integers(results), failures: failures)
  }

  /// The nearest microsecond to so many seconds from 1970, by the steps in which PostgreSQL computes it.
  private static func moment(unixSeconds seconds: Double) throws(Failure) -> Int64 {
    if seconds.isNaN { throw .dateTimeOverflow("timestamp cannot be NaN") }
    if seconds.isInfinite { return seconds < 0 ? TimestampRange.minusInfinity : TimestampRange.infinity }
    let epoch = Double(TimestampRange.unixEpoch)
    let first = Double(TimestampRange.first / TimestampRange.microsecondsPerSecond) + epoch
    let end = Double((TimestampRange.last + 1) / TimestampRange.microsecondsPerSecond) + epoch
    guard seconds >= first, seconds < end else { throw .timestampOutOfRange }
    let microseconds = ((seconds - epoch) * 1_000_000).rounded(.toNearestOrEven)
    guard let moment = Int64(exactly: microseconds), TimestampRange.contains(moment) else { throw .timestampOutOfRange }
    return moment
  }
}

/// Year, month, day, hour, minute and second, as arguments. A negative year is before Christ, and there is no year 0.
private struct Parts {
  private let numbers: [Operand<Int64>]
  private let seconds: Operand<Double>?

  init(_ a: Kernel.Arguments) {
    // A time has no date before it; what stands behind the seconds is a zone.
    let place = a.type.id == .time ? 2 : 5
    numbers = (0..<min(a.operands.count, place)).map(a.integers)
    seconds = a.operands.count > place ? a.floats(place) : nil
  }

  func day(_ row: Int) throws(Failure) -> Int64 {
    let (given, month, day) = (number(0, row), number(1, row), number(2, row))
    let year = given < 0 ? given + 1 : given
    guard given != 0, -4_713...5_874_897 ~= year, 1...12 ~= month, 1...Civil.length(ofMonth: month, year: year) ~= day else {
      throw wrongDate
    }
    let days = Civil.days(year: year, month: month, day: day)
    guard DateRange.contains(days) else { throw wrongDate }
    return days
  }

  func timestamp(_ row: Int) throws(Failure) -> Int64 {
    let day = try day(row)
    let time = try time(row, at: 3)
    let (midnight, overflow) = day.multipliedReportingOverflow(by: TimestampRange.microsecondsPerDay)
    let (moment, more) = midnight.addingReportingOverflow(time)
    guard !overflow, !more, TimestampRange.contains(moment) else { throw .timestampOutOfRange }
    return moment
  }

  func timeOfDay(_ row: Int) throws(Failure) -> Int64 { try time(row, at: 0) }

  /// 24:00:00 is the end of the day, and 60 seconds are a minute.
  private func time(_ row: Int, at place: Int) throws(Failure) -> Int64 {
    let (hour, minute, second) = (number(place, row), number(place + 1, row), seconds![row])
    guard 0...24 ~= hour, 0...59 ~= minute, !second.isNaN else { throw wrongTime }
    let rounded = (second * 1_000_000).rounded(.toNearestOrEven)
    guard rounded >= 0, rounded <= 60_000_000 else { throw wrongTime }
    let time = (hour * 60 + minute) * 60_000_000 + Int64(rounded)
    guard time <= TimestampRange.microsecondsPerDay else { throw wrongTime }
    return time
  }

  private func number(_ index: Int, _ row: Int) -> Int64 { Int64(Kernel.Arguments.int4(numbers[index], row)) }

  private var wrongDate: Failure { .dateTimeOverflow("date field value out of range") }
  private var wrongTime: Failure { .dateTimeOverflow("time field value out of range") }
}

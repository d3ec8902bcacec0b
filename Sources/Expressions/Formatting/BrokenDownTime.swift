import Relations

/// A moment or an interval in the fields that a template asks for.
struct BrokenDownTime {
  /// Astronomical for a moment: 1 BC is 0.
  var year: Int64 = 0
  /// 1…12 for a moment; of an interval, with a sign.
  var month: Int64 = 0
  var day: Int64 = 0
  var hour: Int64 = 0
  var minute: Int64 = 0
  var second: Int64 = 0
  var microsecond: Int64 = 0
  var dayOfYear: Int64 = 0
  /// Days from 2000-01-01.
  var date: Int64 = 0
  /// Seconds east of Greenwich.
  var offset: Int64 = 0
  /// What the clock is called; nil if there is no zone.
  var zone: Zone?
  var isInterval = false
}

extension BrokenDownTime {
  /// - Parameter local: finite microseconds of local time.
  init(local: Int64) {
    let (date, time) = local.dividedDown(by: TimestampRange.microsecondsPerDay)
    self.date = date
    (year, month, day) = Civil.date(date)
    dayOfYear = date - Civil.days(year: year, month: 1, day: 1) + 1
    set(time: time)
  }

  init(_ interval: Interval) {
    isInterval = true
    year = Int64(interval.months) / 12
    month = Int64(interval.months) % 12
    day = Int64(interval.days)
    dayOfYear = Int64(interval.months) * 30 + day
    set(time: interval.microseconds)
  }

  private mutating func set(time: Int64) {
    microsecond = time % 1_000_000
    let seconds = time / 1_000_000
    hour = seconds / 3_600
    minute = seconds / 60 % 60
    second = seconds % 60
  }
}

extension BrokenDownTime {
  /// A week belongs to the year of its Thursday.
  private var thursday: Int64 { date + 3 - (Civil.weekday(date) + 6) % 7 }

  var isoYear: Int64 { Civil.date(thursday).year }
  var isoWeek: Int64 { (thursday - Civil.days(year: isoYear, month: 1, day: 1)) / 7 + 1 }
  var isoDayOfYear: Int64 { (isoWeek - 1) * 7 + isoDayOfWeek }
  var isoDayOfWeek: Int64 { (Civil.weekday(date) + 6) % 7 + 1 }

  /// As it is written: there is no year 0, and years before Christ are counted from 1.
  func written(_ year: Int64) -> Int64 { isInterval || year > 0 ? year : 1 - year }
}

import Relations

/// What the fields of a template found in a text; zero where there was nothing.
struct ReadFields {
  var year: Int64 = 0
  var month: Int64 = 0
  var day: Int64 = 0
  var dayOfYear: Int64 = 0
  var dayOfWeek: Int64 = 0
  var julianDay: Int64 = 0
  var hour: Int64 = 0
  var minute: Int64 = 0
  var second: Int64 = 0
  var milliseconds: Int64 = 0
  var microseconds: Int64 = 0
  /// How many digits of the fraction the template has, where it says so.
  var precision: Int32?
  var isBeforeChrist: Int64 = 0
  var isAfternoon: Int64 = 0
  var isTwelveHours = false
  /// 0 without a zone.
  var zoneSign: Int64 = 0
  var zoneHour: Int64 = 0
  var zoneMinute: Int64 = 0
}

/// A local moment that a text says, and its offset if it says that.
struct ReadTime {
  /// Days from 2000-01-01; nil if there is no such date.
  var date: Int64?
  /// Microseconds from midnight.
  var time: Int64
  /// Seconds east of Greenwich.
  var offset: Int64?
  /// To how many digits a moment is rounded.
  var precision: Int32
}

extension ReadFields {
  /// - Throws: for what no moment has. A day beyond its month is one of the next where the year was not said.
  func checked() throws(Failure) -> ReadTime {
    let hour = try hourOfDay()
    var (year, month, day): (Int64, Int64, Int64) = (0, 1, 1)
    var (hasYear, hasMonth, hasDay) = (false, false, false)
    if self.year != 0 {
      year = isBeforeChrist != 0 ? -self.year : self.year
      if year < 0 { year += 1 }
      hasYear = true
    }
    if julianDay != 0 {
      guard julianDay > 0 else { throw .unsupported("to_date of a negative Julian day") }
      (year, month, day) = Civil.date(julianDay + DateRange.first)
      (hasYear, hasMonth, hasDay) = (true, true, true)
    }
    if self.day != 0 { (day, hasDay) = (self.day, true) }
    if self.month != 0 { (month, hasMonth) = (self.month, true) }
    if dayOfYear != 0 && (month <= 1 || day <= 1) {
      if year == 0 && isBeforeChrist == 0 { throw .raised(SQLError(.invalidDatetimeFormat, "cannot calculate day of year")) }
      guard 1...366 ~= dayOfYear, !Civil.isLeap(year) || dayOfYear <= 366, Civil.isLeap(year) || dayOfYear <= 365 else {
        throw .unsupported("to_date of a day that its year does not have")
      }
      let known = Civil.date(Civil.days(year: year % 400, month: 1, day: dayOfYear))
      if month <= 1 { month = known.month }
      if day <= 1 { day = known.day }
      (hasMonth, hasDay) = (true, true)
    }
    if hasMonth && !(1...12 ~= month) || hasDay && !(1...31 ~= day) { throw .fieldOutOfRange }
    if hasYear && hasMonth && hasDay && day > Civil.length(ofMonth: month, year: year) { throw .fieldOutOfRange }
    let fraction = milliseconds * 1_000 + microseconds
    guard 0..<24 ~= hour, 0..<60 ~= minute, 0..<60 ~= second, 0..<1_000_000 ~= fraction else { throw .fieldOutOfRange }
    let date = -4_714...5_874_898 ~= year ? Civil.days(year: year, month: month, day: day) : nil
    let time = (hour * 3_600 + minute * 60 + second) * 1_000_000 + fraction
    return ReadTime(date: date, time: time, offset: try offset(), precision: precision ?? 6)
  }

  private func hourOfDay() throws(Failure) -> Int64 {
    guard isTwelveHours else { return hour }
    guard 1...12 ~= hour else {
      throw .raised(SQLError(.invalidDatetimeFormat, "hour \"\(hour)\" is invalid for the 12-hour clock"))
    }
    return hour % 12 + (isAfternoon != 0 ? 12 : 0)
  }

  private func offset() throws(Failure) -> Int64? {
    if zoneSign == 0 { return nil }
    guard 0...15 ~= zoneHour, 0..<60 ~= zoneMinute else {
      throw .raised(SQLError(SQLState("22009"), "time zone displacement out of range"))
    }
    return zoneSign * (zoneHour * 3_600 + zoneMinute * 60)
  }
}

extension Failure {
  fileprivate static let fieldOutOfRange = dateTimeOverflow("date/time field value out of range")
}

/// The proleptic Gregorian calendar as arithmetic: days from 2000-01-01 to year, month, day and back.
///
/// Shaped for columns: no tables, no loops, and branches that compile to selections. Years are astronomical: 1 BC is 0, 2 BC is -1.
/// Right for every year from -1 000 000 to 6 000 000, which is more than any `date` or `timestamp` reaches.
///
/// Inside, the year starts in March, so that the leap day is its last, and years are shifted by whole cycles of 400 years (146 097 days)
/// to be positive, so that division rounds down.
public enum Civil {
  @usableFromInline static let cycles: Int64 = 2_500
  /// Days from March 1st of the year `-400 * cycles` to 2000-01-01.
  @usableFromInline static let shift: Int64 = (cycles + 5) * 146_097 - 60

  /// Days from 2000-01-01 to the given day. `month` is in 1…12; a `day` beyond its month runs on into the next.
  @inlinable @inline(__always)
  public static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
    let early: Int64 = month <= 2 ? 1 : 0
    let year = UInt64(bitPattern: year &+ 400 &* cycles &- early)
    let fromMarch = UInt64(bitPattern: month &+ 12 &* early &- 3)
    let dayOfYear = (153 &* fromMarch &+ 2) / 5
    let yearStart = 365 &* year &+ year / 4 &- year / 100 &+ year / 400
    return Int64(bitPattern: yearStart &+ dayOfYear) &+ day &- 1 &- shift
  }

  /// The day that lies `days` after 2000-01-01.
  @inlinable @inline(__always)
  public static func date(_ days: Int64) -> (year: Int64, month: Int64, day: Int64) {
    let days = UInt64(bitPattern: days &+ shift)
    let century = (4 &* days &+ 3) / 146_097
    let inCentury = days &- 146_097 &* century / 4
    let yearOfCentury = (4 &* inCentury &+ 3) / 1_461
    let dayOfYear = inCentury &- 1_461 &* yearOfCentury / 4
    let fromMarch = (5 &* dayOfYear &+ 2) / 153
    let day = dayOfYear &- (153 &* fromMarch &+ 2) / 5 &+ 1
    let early: UInt64 = fromMarch >= 10 ? 1 : 0
    let year = Int64(bitPattern: 100 &* century &+ yearOfCentury &+ early) &- 400 &* cycles
    return (year, Int64(bitPattern: fromMarch &+ 3 &- 12 &* early), Int64(bitPattern: day))
  }

  /// Whether the year has a February 29th.
  @inlinable @inline(__always)
  public static func isLeap(_ year: Int64) -> Bool {
    year & 3 == 0 && (year % 100 != 0 || year & 15 == 0)
  }

  /// How many days the month has; `month` is in 1…12.
  @inlinable @inline(__always)
  public static func length(ofMonth month: Int64, year: Int64) -> Int64 {
    // 30 or 31 by the parity of the month, which turns over after July.
    month == 2 ? (isLeap(year) ? 29 : 28) : 30 | (month ^ month >> 3)
  }

  /// 0 for Sunday … 6 for Saturday.
  @inlinable @inline(__always)
  public static func weekday(_ days: Int64) -> Int64 {
    let remainder = (days &+ 6) % 7  // 2000-01-01 was a Saturday.
    return remainder < 0 ? remainder &+ 7 : remainder
  }
}

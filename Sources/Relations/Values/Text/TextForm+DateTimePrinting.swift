/// Printing `date`, `time`, `timetz`, `timestamp` and `timestamptz` in `DateStyle` `ISO`:
///
///     2026-05-01    2026-05-01 10:00:00.25    2026-05-01 10:00:00+02    0044-03-15 12:00:00+00:53:28 BC    -infinity
extension TextForm {
  /// - Parameter days: Days from 2000-01-01, or an infinity of `DateRange`.
  public static func appendDate(_ days: Int64, to text: inout [UInt8]) {
    guard DateRange.isFinite(days) else { return appendInfinity(isPositive: days > 0, to: &text) }
    write(to: &text) { writer in
      let isBeforeChrist = writer.date(days)
      if isBeforeChrist { writer.era() }
    }
  }

  /// - Parameter moment: Microseconds from 2000-01-01 00:00, or an infinity of `TimestampRange`.
  public static func appendTimestamp(_ moment: Int64, to text: inout [UInt8]) {
    guard TimestampRange.isFinite(moment) else { return appendInfinity(isPositive: moment > 0, to: &text) }
    write(to: &text) { writer in
      let isBeforeChrist = writer.moment(moment)
      if isBeforeChrist { writer.era() }
    }
  }

  /// - Parameters:
  ///   - moment: Microseconds from 2000-01-01 00:00 UTC, or an infinity of `TimestampRange`.
  ///   - zone: whose local time and offset are printed.
  public static func appendTimestampTZ(_ moment: Int64, zone: Zone, to text: inout [UInt8]) {
    guard TimestampRange.isFinite(moment) else { return appendInfinity(isPositive: moment > 0, to: &text) }
    let seconds = moment.dividedDown(by: TimestampRange.microsecondsPerSecond).quotient + TimestampRange.unixEpoch
    let offset = zone.offset(at: seconds)
    write(to: &text) { writer in
      let isBeforeChrist = writer.moment(moment + Int64(offset) * TimestampRange.microsecondsPerSecond)
      writer.offset(offset)
      if isBeforeChrist { writer.era() }
    }
  }

  /// - Parameter time: Microseconds from midnight.
  public static func appendTime(_ time: Int64, to text: inout [UInt8]) {
    write(to: &text) { writer in writer.time(time) }
  }

  /// The offset is the time's own.
  public static func appendTimeTZ(_ time: ZonedTime, to text: inout [UInt8]) {
    write(to: &text) { writer in
      writer.time(time.local)
      writer.offset(Int32(-time.west))
    }
  }

  private static func appendInfinity(isPositive: Bool, to text: inout [UInt8]) {
    text.append(contentsOf: isPositive ? "infinity".utf8 : "-infinity".utf8)
  }

  /// Collects a text of at most 48 bytes on the stack: the longest moment has 41.
  @inline(__always)
  private static func write(to text: inout [UInt8], _ body: (inout DateTimeWriter) -> Void) {
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 48) { buffer in
      var writer = DateTimeWriter(buffer: buffer)
      body(&writer)
      text.append(contentsOf: UnsafeBufferPointer(rebasing: buffer[..<writer.count]))
    }
  }
}

private struct DateTimeWriter {
  let buffer: UnsafeMutableBufferPointer<UInt8>
  var count = 0

  @inline(__always)
  mutating func byte(_ byte: UInt8) {
    buffer[count] = byte
    count &+= 1
  }

  @inline(__always)
  mutating func twoDigits(_ number: Int64) {
    let (tens, ones) = UInt8(truncatingIfNeeded: number).quotientAndRemainder(dividingBy: 10)
    byte(0x30 &+ tens)
    byte(0x30 &+ ones)
  }

  /// Years have four digits or as many as they need.
  @inline(__always)
  mutating func year(_ year: Int64) {
    if year >= 10_000 {
      var power: Int64 = year >= 1_000_000 ? 1_000_000 : year >= 100_000 ? 100_000 : 10_000
      while power > 1_000 {
        byte(0x30 &+ UInt8(truncatingIfNeeded: year / power % 10))
        power /= 10
      }
    }
    twoDigits(year / 100 % 100)
    twoDigits(year % 100)
  }

  /// Returns whether the year is before Christ, which is said at the very end.
  @inline(__always)
  mutating func date(_ days: Int64) -> Bool {
    let date = Civil.date(days)
    year(date.year > 0 ? date.year : 1 - date.year)
    byte(UInt8(ascii: "-"))
    twoDigits(date.month)
    byte(UInt8(ascii: "-"))
    twoDigits(date.day)
    return date.year <= 0
  }

  @inline(__always)
  mutating func moment(_ moment: Int64) -> Bool {
    let (days, timeOfDay) = moment.dividedDown(by: TimestampRange.microsecondsPerDay)
    let isBeforeChrist = date(days)
    byte(UInt8(ascii: " "))
    time(timeOfDay)
    return isBeforeChrist
  }

  @inline(__always)
  mutating func time(_ timeOfDay: Int64) {
    let (seconds, microseconds) = timeOfDay.quotientAndRemainder(dividingBy: TimestampRange.microsecondsPerSecond)
    twoDigits(seconds / 3_600)
    byte(UInt8(ascii: ":"))
    twoDigits(seconds / 60 % 60)
    byte(UInt8(ascii: ":"))
    twoDigits(seconds % 60)
    if microseconds != 0 { fraction(microseconds) }
  }

  /// Six digits without the zeros at the end.
  mutating func fraction(_ microseconds: Int64) {
    byte(UInt8(ascii: "."))
    twoDigits(microseconds / 10_000)
    twoDigits(microseconds / 100 % 100)
    twoDigits(microseconds % 100)
    while buffer[count &- 1] == UInt8(ascii: "0") { count &-= 1 }
  }

  @inline(__always)
  mutating func offset(_ offset: Int32) {
    byte(offset < 0 ? UInt8(ascii: "-") : UInt8(ascii: "+"))
    let seconds = Int64(offset.magnitude)
    if seconds >= 360_000 { byte(0x30 &+ UInt8(seconds / 360_000)) }  // Only in zones made up by hand.
    twoDigits(seconds / 3_600 % 100)
    if seconds % 3_600 != 0 {
      byte(UInt8(ascii: ":"))
      twoDigits(seconds / 60 % 60)
    }
    if seconds % 60 != 0 {
      byte(UInt8(ascii: ":"))
      twoDigits(seconds % 60)
    }
  }

  mutating func era() {
    byte(UInt8(ascii: " "))
    byte(UInt8(ascii: "B"))
    byte(UInt8(ascii: "C"))
  }
}

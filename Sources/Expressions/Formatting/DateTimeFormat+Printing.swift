import Relations

/// `to_char` of moments and intervals.
extension DateTimeFormat {
  func print(_ time: BrokenDownTime, to writer: inout TextWriter) throws(Failure) {
    for node in nodes {
      switch node {
      case .character(let bytes, _): bytes.withUnsafeBufferPointer { writer.append($0) }
      case .field(let field, let style): try Self.print(field, style, time, to: &writer)
      }
    }
  }

  private static func print(
    _ field: Field, _ style: Style, _ time: BrokenDownTime, to writer: inout TextWriter
  ) throws(Failure) {
    if time.isInterval { try checkInterval(field, time) }
    switch field {
    case .era(let letters, let dotted):
      writer.append(time.year <= 0 ? dotted ? "B.C." : "BC" : dotted ? "A.D." : "AD", in: letters)
    case .meridiem(let letters, let dotted):
      writer.append(time.hour % 24 >= 12 ? dotted ? "P.M." : "PM" : dotted ? "A.M." : "AM", in: letters)
    case .dayName(let letters, let isShort):
      try writer.append(name: days[Int(Civil.weekday(time.date))], letters, isShort, style)
    case .monthName(let letters, let isShort):
      try writer.append(name: months[Int(time.month) - 1], letters, isShort, style)
    case .romanMonth(let letters): printRoman(letters, style, time, to: &writer)
    case .zoneName(let letters): try printZone(letters, time, to: &writer)
    case .offset:
      writer.append(time.offset < 0 ? "-" : "+")
      writer.append(time.offset.magnitude / 3_600, width: style.isBare ? 0 : 2)
      if time.offset % 3_600 != 0 {
        writer.append(":")
        writer.append(time.offset.magnitude % 3_600 / 60, width: 2)
      }
    case .zoneHour:
      writer.append(time.offset < 0 ? "-" : "+")
      writer.append(time.offset.magnitude / 3_600, width: 2)
    case .zoneMinute: writer.append(time.offset.magnitude % 3_600 / 60, width: 2)
    case .exact: break
    case .quarter where time.month == 0: break
    default: printNumber(field, style, time, to: &writer)
    }
  }

  /// What makes no sense without a calendar is an error; what PostgreSQL makes of the rest is left to it.
  private static func checkInterval(_ field: Field, _ time: BrokenDownTime) throws(Failure) {
    switch field {
    case .era, .dayName, .monthName, .zoneName, .offset, .zoneHour, .zoneMinute, .dayOfWeek, .isoDayOfWeek:
      throw .raised(SQLError(.invalidDatetimeFormat, "invalid format specification for an interval value"))
    case .isoYear, .isoWeek, .isoDayOfYear, .julianDay: throw .unsupported("to_char of an interval's place in the calendar")
    case .dayOfYear, .weekOfYear, .weekOfMonth:
      // PostgreSQL counts with 32 bits.
      if Int32(exactly: time.dayOfYear - 1) == nil || Int32(exactly: time.dayOfYear) == nil || time.day == Int32.min {
        throw .unsupported("to_char of the days of a very long interval")
      }
    default: break
    }
  }

  private static func printNumber(_ field: Field, _ style: Style, _ time: BrokenDownTime, to writer: inout TextWriter) {
    let start = writer.count
    switch field {
    case .hour12: writer.append(time.hour % 12 == 0 ? 12 : time.hour % 12, style, width: time.hour < 0 ? 3 : 2)
    case .hour24: writer.append(signed: time.hour, style, width: 2)
    case .minute: writer.append(signed: time.minute, style, width: 2)
    case .second: writer.append(signed: time.second, style, width: 2)
    case .fraction(let digits, _):
      writer.append(time.microsecond / [100_000, 10_000, 1_000, 100, 10, 1][digits - 1], Style(), width: digits)
    case .milliseconds: writer.append(time.microsecond / 1_000, Style(), width: 3)
    case .secondOfDay: writer.append(time.hour * 3_600 + time.minute * 60 + time.second, style, width: 0)
    case .month: writer.append(signed: time.month, style, width: 2)
    case .day: writer.append(time.day, style, width: 2)
    case .dayOfYear: writer.append(time.dayOfYear, style, width: 3)
    case .isoDayOfYear: writer.append(time.isoDayOfYear, style, width: 3)
    case .dayOfWeek: writer.append(Civil.weekday(time.date) + 1, style, width: 0)
    case .isoDayOfWeek: writer.append(time.isoDayOfWeek, style, width: 0)
    case .weekOfYear: writer.append((time.dayOfYear - 1) / 7 + 1, style, width: 2)
    case .weekOfMonth: writer.append((time.day - 1) / 7 + 1, style, width: 0)
    case .isoWeek: writer.append(time.isoWeek, style, width: 2)
    case .quarter: writer.append((time.month - 1) / 3 + 1, style, width: 0)
    case .century: printCentury(time, style, to: &writer)
    case .groupedYear:
      let year = time.written(time.year)
      writer.append(year / 1_000, style, width: 0)
      writer.append(",")
      writer.append(year % 1_000, Style(), width: 3)
    case .year(let digits): writer.append(year: time.written(time.year), digits, style)
    case .isoYear(let digits): writer.append(year: time.written(time.isoYear), digits, style)
    case .julianDay: writer.append(time.date - DateRange.first, style, width: 0)
    default: preconditionFailure("not a number")
    }
    if let ordinal = style.ordinal { writer.appendOrdinal(since: start, ordinal) }
  }

  private static func printCentury(_ time: BrokenDownTime, _ style: Style, to writer: inout TextWriter) {
    let century = time.isInterval ? time.year / 100 : time.year > 0 ? (time.year - 1) / 100 + 1 : time.year / 100 - 1
    writer.append(signed: century, style, width: -99...99 ~= century ? 2 : 0)
  }

  private static func printRoman(_ letters: Letters, _ style: Style, _ time: BrokenDownTime, to writer: inout TextWriter) {
    if time.month == 0 && time.year == 0 { return }
    // Months of an interval count from the end of its years, backwards if it is negative.
    let month =
      time.month > 0 ? time.month - 1 : time.month < 0 ? 12 + time.month : time.year >= 0 ? 11 : 0
    writer.append(romanMonths[Int(month)], in: letters, width: style.isBare ? 0 : 4)
  }

  /// Abbreviations are not kept with zones, and change within them.
  private static func printZone(_ letters: Letters, _ time: BrokenDownTime, to writer: inout TextWriter) throws(Failure) {
    guard let zone = time.zone else { return }
    guard zone.name == "UTC" else { throw .unsupported("to_char with the abbreviation of a time zone") }
    writer.append("UTC", in: letters)
  }
}

// MARK: - Parts

extension TextWriter {
  fileprivate mutating func append(_ word: String, in letters: DateTimeFormat.Letters, width: Int = 0) {
    let word = letters == .upper ? word.uppercased() : letters == .lower ? word.lowercased() : word
    for byte in word.utf8 { append(byte) }
    append(UInt8(ascii: " "), times: max(width - word.utf8.count, 0))
  }

  fileprivate mutating func append(
    name: String, _ letters: DateTimeFormat.Letters, _ isShort: Bool, _ style: DateTimeFormat.Style
  ) throws(Failure) {
    if style.isTranslated { throw .unsupported("to_char with TM") }
    append(isShort ? String(name.prefix(3)) : name, in: letters, width: isShort || style.isBare ? 0 : 9)
  }

  fileprivate mutating func append(year: Int64, _ digits: Int, _ style: DateTimeFormat.Style) {
    if digits == 4 { return append(signed: year, style, width: 4) }
    let rest = year % [10, 100, 1_000][digits - 1]
    append(rest, style, width: digits == 1 ? 1 : year < 0 ? digits + 1 : digits)
  }

  /// The minus takes a place of its own.
  fileprivate mutating func append(signed number: Int64, _ style: DateTimeFormat.Style, width: Int) {
    append(number, style, width: number < 0 && width > 0 ? width + 1 : width)
  }

  fileprivate mutating func append(_ number: Int64, _ style: DateTimeFormat.Style, width: Int) {
    if number < 0 { append("-") }
    append(number.magnitude, width: (style.isBare ? 0 : width) - (number < 0 ? 1 : 0))
  }

  fileprivate mutating func append(_ number: UInt64, width: Int) {
    var (rest, digits) = (number, 1)
    var power: UInt64 = 1
    while rest >= 10 {
      rest /= 10
      power *= 10
      digits += 1
    }
    append(UInt8(ascii: "0"), times: max(width - digits, 0))
    while power > 0 {
      append(UInt8(ascii: "0") + UInt8(number / power % 10))
      power /= 10
    }
  }

  /// `1st`, `2nd`, `3rd`, `4th`, …, `11th`.
  fileprivate mutating func appendOrdinal(since start: Int, _ letters: DateTimeFormat.Letters) {
    appendOrdinal(of: Array(heap[start...].suffix(2)), letters)
  }

  mutating func appendOrdinal(of digits: [UInt8], _ letters: DateTimeFormat.Letters) {
    guard let last = digits.last else { return }
    let isTeen = digits.count > 1 && digits[digits.count - 2] == UInt8(ascii: "1")
    switch isTeen ? 0 : last {
    case UInt8(ascii: "1"): append("ST", in: letters)
    case UInt8(ascii: "2"): append("ND", in: letters)
    case UInt8(ascii: "3"): append("RD", in: letters)
    default: append("TH", in: letters)
    }
  }

  /// How much was written for all rows.
  var count: Int { heap.count }
}

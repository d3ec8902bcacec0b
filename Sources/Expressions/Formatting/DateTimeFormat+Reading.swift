import Relations

/// `to_date` and `to_timestamp`: reads a text as a template says.
///
/// A literal character takes one character, whichever; blanks around fields do not count, and separators match each other or nothing,
/// unless `FX` has been read. What follows the last field is not looked at. Weeks, centuries and ISO years are `unsupported`.
extension DateTimeFormat {
  func read(_ text: UnsafeBufferPointer<UInt8>) throws(Failure) -> ReadTime {
    var reader = DateTimeReader(text)
    for (index, node) in nodes.enumerated() where reader.place < text.count {
      if index == 0 { reader.skipBlanks() }
      switch node {
      case .character(_, .other): reader.skipCharacter()
      case .character: reader.skipSeparator()
      case .field(let field, let style):
        reader.skipBlanks()
        let slurps = style.isBare || style.ordinal != nil || isFollowedByNonDigit(index)
        try reader.read(field, style, slurps: slurps)
        reader.endField()
      }
    }
    return try reader.found.checked()
  }

  /// Whether a number at this node goes on as far as there are digits.
  private func isFollowedByNonDigit(_ index: Int) -> Bool {
    guard index + 1 < nodes.count else { return true }
    switch nodes[index + 1] {
    case .field(let field, _): return !field.isOfDigits
    case .character(let bytes, _): return !(bytes.count == 1 && bytes[0] &- UInt8(ascii: "0") < 10)
    }
  }
}

extension DateTimeFormat.Field {
  fileprivate var isOfDigits: Bool {
    switch self {
    case .era, .meridiem, .dayName, .monthName, .romanMonth, .exact, .zoneName, .zoneHour, .offset: false
    default: true
    }
  }
}

// MARK: - Field by field

private struct DateTimeReader {
  let text: UnsafeBufferPointer<UInt8>
  var place = 0
  var found = ReadFields()
  private var isExact = false
  /// How many more characters were skipped than the template has.
  private var skipped = 0

  init(_ text: UnsafeBufferPointer<UInt8>) { self.text = text }

  mutating func skipBlanks() {
    while !isExact, place < text.count, text[place].isBlank {
      place += 1
      skipped += 1
    }
  }

  mutating func endField() {
    if isExact { return }
    skipped = 0
    skipBlanks()
  }

  mutating func skipSeparator() {
    if isExact {
      place = text.endOfCharacter(at: place)
      return
    }
    skipped -= 1
    if place < text.count, text[place].isBlank || text[place].isSeparator {
      place += 1
      skipped += 1
    }
  }

  mutating func skipCharacter() {
    if place == text.count { return }
    if !isExact && skipped > 0 { skipped -= 1 } else { place = text.endOfCharacter(at: place) }
  }

  private mutating func skipOrdinal(_ style: DateTimeFormat.Style) {
    guard style.ordinal != nil else { return }
    for _ in 0..<2 where place < text.count { place = text.endOfCharacter(at: place) }
  }
}

extension DateTimeReader {
  mutating func read(_ field: DateTimeFormat.Field, _ style: DateTimeFormat.Style, slurps: Bool) throws(Failure) {
    switch field {
    case .exact: isExact = true
    case .zoneHour: try readZoneHour(slurps)
    case .era, .meridiem, .dayName, .monthName, .romanMonth: try readName(field, style)
    case .zoneName, .offset:
      throw .raised(SQLError(SQLState("0A000"), "the formatting field is only supported in to_char"))
    case .isoDayOfYear, .isoDayOfWeek, .isoWeek, .isoYear, .weekOfYear, .weekOfMonth, .century, .groupedYear:
      throw .unsupported("to_date by weeks, centuries or ISO years")
    default:
      try readNumber(field, slurps)
      if field != .zoneMinute { skipOrdinal(style) }
    }
  }

  private mutating func readNumber(_ field: DateTimeFormat.Field, _ slurps: Bool) throws(Failure) {
    switch field {
    case .hour12:
      try set(\.hour, try number(2, slurps).value)
      found.isTwelveHours = true
    case .hour24: try set(\.hour, try number(2, slurps).value)
    case .minute: try set(\.minute, try number(2, slurps).value)
    case .second: try set(\.second, try number(2, slurps).value)
    case .secondOfDay: throw .unsupported("to_timestamp by seconds of the day")
    case .milliseconds: try readFraction(3, \.milliseconds, places: 3, slurps)
    case .fraction(let digits, let isRounded):
      if isRounded { found.precision = Int32(digits) }
      try readFraction(digits, \.microseconds, places: 6, slurps)
    case .month: try set(\.month, try number(2, slurps).value)
    case .day: try set(\.day, try number(2, slurps).value)
    case .dayOfYear: try set(\.dayOfYear, try number(3, slurps).value)
    case .dayOfWeek: try set(\.dayOfWeek, try number(1, slurps).value)
    case .quarter: _ = try number(1, slurps)
    case .julianDay: try set(\.julianDay, try number(1, slurps).value)
    case .zoneMinute:
      if found.zoneSign == 0 { found.zoneSign = 1 }
      try set(\.zoneMinute, try number(2, slurps).value)
    case .year(let digits):
      let (value, length) = try number(digits, slurps)
      try set(\.year, value)
      if digits < 4 && length < 4 { found.year = found.year.adjustedPartialYear }
    default: preconditionFailure("not a number")
    }
  }

  /// `.25` and `.250` are the same.
  private mutating func readFraction(
    _ digits: Int, _ path: WritableKeyPath<ReadFields, Int64>, places: Int, _ slurps: Bool
  ) throws(Failure) {
    let (value, length) = try number(digits, slurps)
    guard value < 1_000_000 else { throw .unsupported("to_timestamp of a fraction of very many digits") }
    try set(path, value)
    for _ in 0..<max(places - length, 0) { found[keyPath: path] *= 10 }
  }

  private mutating func readZoneHour(_ slurps: Bool) throws(Failure) {
    if place < text.count, [UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: " ")].contains(text[place]) {
      found.zoneSign = text[place] == UInt8(ascii: "-") ? -1 : 1
      place += 1
    } else {
      // The minus may have been taken for a separator.
      found.zoneSign = skipped > 0 && place > 0 && text[place - 1] == UInt8(ascii: "-") ? -1 : 1
    }
    try set(\.zoneHour, try number(2, slurps).value)
  }

  private mutating func readName(_ field: DateTimeFormat.Field, _ style: DateTimeFormat.Style) throws(Failure) {
    if style.isTranslated, !field.isUntranslated { throw .unsupported("to_date with TM") }
    switch field {
    case .era(_, let dotted): try set(\.isBeforeChrist, try name(of: dotted ? ["a.d.", "b.c."] : ["ad", "bc"]))
    case .meridiem(_, let dotted):
      try set(\.isAfternoon, try name(of: dotted ? ["a.m.", "p.m."] : ["am", "pm"]))
      found.isTwelveHours = true
    case .dayName(_, let isShort):
      try set(\.dayOfWeek, try name(of: DateTimeFormat.days.map { isShort ? String($0.prefix(3)) : $0 }))
      found.dayOfWeek += 1
    case .monthName(_, let isShort):
      try set(\.month, try name(of: DateTimeFormat.months.map { isShort ? String($0.prefix(3)) : $0 }) + 1)
    case .romanMonth: try set(\.month, 12 - (try name(of: DateTimeFormat.romanMonths.reversed())))
    default: preconditionFailure("not a name")
    }
  }
}

extension DateTimeFormat.Field {
  fileprivate var isUntranslated: Bool {
    switch self {
    case .dayName, .monthName: false
    default: true
    }
  }
}

// MARK: - Numbers and names

extension DateTimeReader {
  /// Two fields for the same thing must agree; a zero is as good as none.
  private mutating func set(_ path: WritableKeyPath<ReadFields, Int64>, _ value: Int64) throws(Failure) {
    if found[keyPath: path] != 0 && found[keyPath: path] != value { throw .unreadable("conflicting values") }
    found[keyPath: path] = value
  }

  /// A number of so many characters, or of as many digits as there are; and how many characters it took.
  private mutating func number(_ width: Int, _ slurps: Bool) throws(Failure) -> (value: Int64, length: Int) {
    let start = place
    while place < text.count && text[place].isBlank { place += 1 }
    if !slurps && text.count - place < width { throw .unreadable("source string too short") }
    var end = place
    let limit = slurps ? text.count : place + width
    // A number may have blanks and a sign in front even where its width is given.
    while end < limit && text[end].isBlank { end += 1 }
    let isNegative = end < limit && text[end] == UInt8(ascii: "-")
    if end < limit && (isNegative || text[end] == UInt8(ascii: "+")) { end += 1 }
    let digits = end
    var value: Int64 = 0
    while end < limit && text[end] &- UInt8(ascii: "0") < 10 {
      value = min(value * 10 + Int64(text[end] - UInt8(ascii: "0")), 1 << 40)
      end += 1
    }
    if end == digits {
      // Nothing was read, and blanks that were skipped are no number either.
      if slurps || place == start { throw .unreadable("not an integer") }
      return (0, place - start)
    }
    if !slurps && end < limit { throw .unreadable("too few characters") }
    place = end
    if isNegative { value = -value }
    guard Int32(exactly: value) != nil else { throw .dateTimeOverflow("value in source string is out of range") }
    return (value, place - start)
  }

  /// Which of some names is here, in any case.
  private mutating func name(of names: [String]) throws(Failure) -> Int64 {
    for (index, name) in names.enumerated() {
      let lower = Array(name.lowercased().utf8)
      guard place + lower.count <= text.count, lower.indices.allSatisfy({ text[place + $0].lowercasedLetter == lower[$0] }) else {
        continue
      }
      place += lower.count
      return Int64(index)
    }
    throw .unreadable("no such name")
  }
}

extension UInt8 {
  fileprivate var isBlank: Bool { self == 0x20 || 0x09...0x0D ~= self }
  fileprivate var isSeparator: Bool {
    0x21..<0x7F ~= self && (self | 0x20) &- UInt8(ascii: "a") >= 26 && self &- UInt8(ascii: "0") >= 10
  }
  fileprivate var lowercasedLetter: UInt8 { self &- UInt8(ascii: "A") < 26 ? self | 0x20 : self }
}

extension Int64 {
  /// Years of less than four digits are near 2020.
  fileprivate var adjustedPartialYear: Int64 {
    switch self {
    case ..<70: self + 2_000
    case ..<100: self + 1_900
    case ..<520: self + 2_000
    case ..<1_000: self + 1_000
    default: self
    }
  }
}

extension Failure {
  fileprivate static func unreadable(_ message: String) -> Failure { .raised(SQLError(.invalidDatetimeFormat, message)) }
}

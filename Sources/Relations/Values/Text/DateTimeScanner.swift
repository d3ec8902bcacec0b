/// Takes the text of a date or a moment apart, without judging the numbers in it:
///
///     year-month-day  [ (T | blanks) hour:minute[:second[.fraction]]  [ offset | Z | UTC | GMT ] ]  [ BC | AD ]
///
/// This is what PostgreSQL prints and the extended form of ISO 8601, in the leniency in which PostgreSQL reads it: fields may lack their
/// leading zero, blanks may surround the parts. Anything else is left to the caller to refuse or to call unsupported.
struct DateTimeFields {
  var year: Int64 = 0
  var month: Int64 = 0
  var day: Int64 = 0
  var isBeforeChrist = false

  var hour: Int64 = 0
  var minute: Int64 = 0
  var second: Int64 = 0
  var microsecond: Int64 = 0
  /// Whether the hour is one of the twelve before noon or of those after it; nil for an hour of 24.
  var isMorning: Bool?

  var hasOffset = false
  var offsetIsWest = false
  var offsetHour: Int64 = 0
  var offsetMinute: Int64 = 0
  var offsetSecond: Int64 = 0

  /// Nil when the text is not of this form.
  @inline(__always)
  init?(scanning bytes: UnsafeBufferPointer<UInt8>) {
    var scanner = Scanner(bytes: bytes)
    scanner.skipSpaces()
    guard scanner.scanDate(into: &self) else { return nil }

    let hasSeparator = TextForm.isLetter(scanner.next, UInt8(ascii: "t"))
    if hasSeparator { scanner.position &+= 1 }
    let hadSpaces = !hasSeparator && scanner.skipSpaces()
    if hasSeparator || hadSpaces && TextForm.isDigit(scanner.next) {
      guard scanner.scanTime(into: &self) else { return nil }
      scanner.skipSpaces()
      guard scanner.scanOffset(into: &self) else { return nil }
      scanner.skipSpaces()
    }
    guard scanner.scanEra(into: &self) else { return nil }
    scanner.skipSpaces()
    guard scanner.isAtEnd else { return nil }
  }
}

extension DateTimeFields {
  /// Takes the text of a time apart:
  ///
  ///     hour:minute[:second[.fraction]]  [ AM | PM ]  [ offset | Z | UTC | GMT ]
  ///
  /// Nil when the text is not of this form.
  @inline(__always)
  init?(scanningTime bytes: UnsafeBufferPointer<UInt8>) {
    var scanner = Scanner(bytes: bytes)
    scanner.skipSpaces()
    guard scanner.scanTime(into: &self) else { return nil }
    scanner.skipSpaces()
    scanner.scanHalfOfDay(into: &self)
    scanner.skipSpaces()
    guard scanner.scanOffset(into: &self) else { return nil }
    scanner.skipSpaces()
    guard scanner.isAtEnd else { return nil }
  }
}

private struct Scanner {
  let bytes: UnsafeBufferPointer<UInt8>
  var position = 0

  init(bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

  var isAtEnd: Bool { @inline(__always) get { position == bytes.count } }

  /// Zero at the end, which no form contains.
  var next: UInt8 { @inline(__always) get { position < bytes.count ? bytes[position] : 0 } }

  @discardableResult @inline(__always)
  mutating func skipSpaces() -> Bool {
    let start = position
    while TextForm.isSpace(next) { position &+= 1 }
    return position > start
  }

  @inline(__always)
  mutating func take(_ byte: UInt8) -> Bool {
    guard next == byte else { return false }
    position &+= 1
    return true
  }

  /// A run of digits, if its length is in the range.
  @inline(__always)
  mutating func number(_ lengths: ClosedRange<Int>) -> Int64? {
    let start = position
    var number: Int64 = 0
    while TextForm.isDigit(next), position &- start <= lengths.upperBound {
      number = number &* 10 &+ Int64(next &- 0x30)
      position &+= 1
    }
    return lengths.contains(position &- start) ? number : nil
  }

  @inline(__always)
  mutating func scanDate(into fields: inout DateTimeFields) -> Bool {
    // Two digits are not a year for certain.
    guard let year = number(3...7), take(UInt8(ascii: "-")), let month = number(1...2), take(UInt8(ascii: "-")),
      let day = number(1...2)
    else { return false }
    (fields.year, fields.month, fields.day) = (year, month, day)
    return true
  }

  @inline(__always)
  mutating func scanTime(into fields: inout DateTimeFields) -> Bool {
    guard let hour = number(1...2), take(UInt8(ascii: ":")), let minute = number(1...2) else { return false }
    (fields.hour, fields.minute) = (hour, minute)
    guard take(UInt8(ascii: ":")) else { return true }
    guard let second = number(1...2) else { return false }
    fields.second = second
    if take(UInt8(ascii: ".")) { fields.microsecond = fraction() }
    return true
  }

  /// Microseconds after the point; from the seventh digit on they are rounded as PostgreSQL does it, in binary floating point.
  @inline(__always)
  private mutating func fraction() -> Int64 {
    let start = position
    var fraction: Int64 = 0
    while TextForm.isDigit(next) {
      fraction = fraction &* 10 &+ Int64(next &- 0x30)
      position &+= 1
    }
    let digits = position &- start
    if digits > 6 { return longFraction(UnsafeBufferPointer(rebasing: bytes[(start - 1)..<position])) }
    for _ in digits..<6 { fraction = fraction &* 10 }
    return fraction
  }

  @inline(never)
  private func longFraction(_ text: UnsafeBufferPointer<UInt8>) -> Int64 {
    // Only digits after a point: this cannot fail, except by underflow, and then nothing is left.
    let fraction = try? TextForm.parseFloat(text)
    return Int64(((fraction ?? 0) * 1_000_000).rounded(.toNearestOrEven))
  }

  /// `+hh`, `+hh:mm`, `+hh:mm:ss`, `+hhmm`, or a name of UTC; or nothing.
  @inline(__always)
  mutating func scanOffset(into fields: inout DateTimeFields) -> Bool {
    let sign = next
    if sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") {
      position &+= 1
      fields.hasOffset = true
      fields.offsetIsWest = sign == UInt8(ascii: "-")
      return scanOffsetDigits(into: &fields)
    }
    if takeWord("z") || takeWord("utc") || takeWord("gmt") { fields.hasOffset = true }
    return true
  }

  @inline(__always)
  private mutating func scanOffsetDigits(into fields: inout DateTimeFields) -> Bool {
    let start = position
    guard let hour = number(1...4) else { return false }
    if position &- start > 2 {
      (fields.offsetHour, fields.offsetMinute) = hour.quotientAndRemainder(dividingBy: 100)
      return next != UInt8(ascii: ":")
    }
    fields.offsetHour = hour
    guard take(UInt8(ascii: ":")) else { return true }
    guard let minute = number(1...2) else { return false }
    fields.offsetMinute = minute
    guard take(UInt8(ascii: ":")) else { return true }
    guard let second = number(1...2) else { return false }
    fields.offsetSecond = second
    return true
  }

  @inline(__always)
  mutating func scanEra(into fields: inout DateTimeFields) -> Bool {
    if isAtEnd { return true }
    if takeWord("bc") {
      fields.isBeforeChrist = true
      return true
    }
    return takeWord("ad")
  }

  @inline(__always)
  mutating func scanHalfOfDay(into fields: inout DateTimeFields) {
    if takeWord("am") { fields.isMorning = true } else if takeWord("pm") { fields.isMorning = false }
  }

  /// A word in any case that ends with the text or before a blank.
  private mutating func takeWord(_ word: StaticString) -> Bool {
    let length = word.utf8CodeUnitCount
    guard bytes.count &- position >= length else { return false }
    for i in 0..<length where !TextForm.isLetter(bytes[position &+ i], word.utf8Start[i]) { return false }
    guard position &+ length == bytes.count || TextForm.isSpace(bytes[position &+ length]) else { return false }
    position &+= length
    return true
  }
}

/// Reading `date`, `timestamp` and `timestamptz`. A date may be followed by a time and an offset, which it ignores, as `timestamp`
/// ignores the offset; but they must be right.
extension TextForm {
  /// - Returns: Days from 2000-01-01, or one of the infinities of `DateRange`.
  public static func parseDate(_ bytes: UnsafeBufferPointer<UInt8>) throws(Failure) -> Int64 {
    guard let fields = DateTimeFields(scanning: bytes) else {
      switch try special(bytes, as: .date) {
      case .infinity: return DateRange.infinity
      case .minusInfinity: return DateRange.minusInfinity
      case .epoch: return Civil.days(year: 1970, month: 1, day: 1)
      }
    }
    guard fields.hasRightTime else { throw fieldOverflow(bytes) }
    guard fields.hasRightOffset else { throw displacementOverflow(bytes) }
    guard let days = fields.days, DateRange.contains(days) else { throw fieldOverflow(bytes) }
    return days
  }

  /// - Returns: Microseconds from 2000-01-01 00:00, or one of the infinities of `TimestampRange`.
  public static func parseTimestamp(_ bytes: UnsafeBufferPointer<UInt8>) throws(Failure) -> Int64 {
    guard let fields = DateTimeFields(scanning: bytes) else { return try specialMoment(bytes, as: .timestamp) }
    let local = try localMoment(fields, bytes)
    guard TimestampRange.contains(local) else { throw fieldOverflow(bytes) }
    return local
  }

  /// - Parameter zone: where the time is local, if it has no offset.
  /// - Returns: Microseconds from 2000-01-01 00:00 UTC, or one of the infinities of `TimestampRange`.
  public static func parseTimestampTZ(_ bytes: UnsafeBufferPointer<UInt8>, zone: Zone) throws(Failure) -> Int64 {
    guard let fields = DateTimeFields(scanning: bytes) else { return try specialMoment(bytes, as: .timestamptz) }
    let local = try localMoment(fields, bytes)
    let offset = fields.hasOffset ? fields.offset : zone.offset(atTimestamp: local)
    let moment = local - offset * TimestampRange.microsecondsPerSecond
    guard TimestampRange.contains(moment) else { throw fieldOverflow(bytes) }
    return moment
  }

  @inline(__always)
  private static func localMoment(
    _ fields: DateTimeFields, _ bytes: UnsafeBufferPointer<UInt8>
  ) throws(Failure) -> Int64 {
    guard fields.hasRightTime else { throw fieldOverflow(bytes) }
    guard fields.hasRightOffset else { throw displacementOverflow(bytes) }
    // Some days more on either side than there are moments: an offset may lead back in, and nothing overflows.
    guard let days = fields.days, -2_451_550...106_751_985 ~= days else { throw fieldOverflow(bytes) }
    return days * TimestampRange.microsecondsPerDay + fields.timeOfDay
  }
}

extension Zone {
  /// `offset(atLocal:)` in the units of `timestamp`.
  @inline(__always)
  public func offset(atTimestamp local: Int64) -> Int64 {
    Int64(offset(atLocal: local.dividedDown(by: TimestampRange.microsecondsPerSecond).quotient + TimestampRange.unixEpoch))
  }
}

extension DateTimeFields {
  /// A minute may have a second 60, even with a fraction; the day ends at 24:00:00 sharp, however it is written.
  var hasRightTime: Bool { minute < 60 && second <= 60 && timeOfDay <= TimestampRange.microsecondsPerDay }

  var hasRightOffset: Bool { offsetHour <= 15 && offsetMinute < 60 && offsetSecond < 60 }

  /// Seconds east of Greenwich.
  var offset: Int64 {
    let seconds = offsetHour * 3_600 + offsetMinute * 60 + offsetSecond
    return offsetIsWest ? -seconds : seconds
  }

  /// In microseconds.
  var timeOfDay: Int64 { ((hour * 60 + minute) * 60 + second) * 1_000_000 + microsecond }

  /// Days from 2000-01-01; nil when there is no such day.
  var days: Int64? {
    let astronomical = isBeforeChrist ? 1 - year : year
    guard year > 0, 1...12 ~= month, day >= 1, day <= Civil.length(ofMonth: month, year: astronomical) else { return nil }
    return Civil.days(year: astronomical, month: month, day: day)
  }
}

/// What is not of the ordinary form: words with a meaning, texts that PostgreSQL refuses for certain, and all others.
extension TextForm {
  private enum Special { case infinity, minusInfinity, epoch }

  @inline(never)
  private static func specialMoment(_ bytes: UnsafeBufferPointer<UInt8>, as type: TypeID) throws(Failure) -> Int64 {
    switch try special(bytes, as: type) {
    case .infinity: TimestampRange.infinity
    case .minusInfinity: TimestampRange.minusInfinity
    case .epoch: -TimestampRange.unixEpoch * TimestampRange.microsecondsPerSecond
    }
  }

  @inline(never)
  private static func special(_ bytes: UnsafeBufferPointer<UInt8>, as type: TypeID) throws(Failure) -> Special {
    let word = trimmed(bytes)
    if equals(word, "infinity") { return .infinity }
    if equals(word, "-infinity") { return .minusInfinity }
    if equals(word, "epoch") { return .epoch }
    let name = type == .date ? "date" : type == .timestamp ? "timestamp" : "timestamp with time zone"
    if !isText(bytes) || isRefusedForCertain(word) {
      throw refusal(.invalidDatetimeFormat, "invalid input syntax for type \(name): \(quoted(bytes))", bytes)
    }
    throw .unsupported("\(quoted(bytes)) as \(name)")
  }

  /// Characters outside ASCII and control characters have no place in a date, and a date made of nothing but letters is one of a few
  /// words or no date at all. All else might mean something to PostgreSQL.
  static func isRefusedForCertain(_ text: UnsafeBufferPointer<UInt8>, words: [StaticString] = []) -> Bool {
    if text.contains(where: { ($0 < 0x20 || $0 >= 0x7F) && !isSpace($0) }) { return true }
    guard text.allSatisfy({ isSpace($0) || ($0 | 0x20) &- UInt8(ascii: "a") < 26 }) else { return false }
    let meaningful: [StaticString] = ["now", "today", "tomorrow", "yesterday", "epoch", "infinity"] + words
    return !meaningful.contains { contains(text, $0) }
  }

  private static func contains(_ text: UnsafeBufferPointer<UInt8>, _ word: StaticString) -> Bool {
    text.indices.contains { start in
      let rest = text[start...].prefix(word.utf8CodeUnitCount)
      return equals(UnsafeBufferPointer(rebasing: rest), word)
    }
  }

  static func equals(_ text: UnsafeBufferPointer<UInt8>, _ word: StaticString) -> Bool {
    text.count == word.utf8CodeUnitCount
      && text.indices.allSatisfy { text[$0] == word.utf8Start[$0] || text[$0] | 0x20 == word.utf8Start[$0] && text[$0] >= 0x41 }
  }

  @inline(never)
  static func fieldOverflow(_ bytes: UnsafeBufferPointer<UInt8>) -> Failure {
    .raised(SQLError(.datetimeFieldOverflow, "date/time field value out of range: \(quoted(bytes))"))
  }

  @inline(never)
  static func displacementOverflow(_ bytes: UnsafeBufferPointer<UInt8>) -> Failure {
    .raised(SQLError(.invalidTimeZoneDisplacement, "time zone displacement out of range: \(quoted(bytes))"))
  }
}

extension SQLState {
  /// An offset from UTC of sixteen hours or more, or with sixty minutes.
  public static let invalidTimeZoneDisplacement = SQLState("22009")
}

/// Reading and printing `time` and `timetz`: `10:00`, `10:00:00.25`, `10:00 PM`, `10:00:00+05:30`. What PostgreSQL reads beyond that
/// (dates in front, times without colons, names of zones) is unsupported.
extension TextForm {
  /// - Returns: Microseconds from midnight. An offset is checked and ignored.
  public static func parseTime(_ bytes: UnsafeBufferPointer<UInt8>) throws(Failure) -> Int64 {
    guard let fields = DateTimeFields(scanningTime: bytes) else { return try specialTime(bytes, as: "time") }
    return try timeOfDay(fields, bytes)
  }

  /// - Parameter zone: whose offset a time without one has; that changes with the date in most zones, and only the clock would tell.
  public static func parseTimeTZ(_ bytes: UnsafeBufferPointer<UInt8>, zone: Zone) throws(Failure) -> ZonedTime {
    guard let fields = DateTimeFields(scanningTime: bytes) else {
      return ZonedTime(local: try specialTime(bytes, as: "time with time zone"), west: 0)
    }
    let local = try timeOfDay(fields, bytes)
    if fields.hasOffset { return ZonedTime(local: local, west: -fields.offset) }
    guard let offset = zone.fixedOffset else { throw .unsupported("\(quoted(bytes)) as time with today's offset of \(zone)") }
    return ZonedTime(local: local, west: -Int64(offset))
  }

  private static func timeOfDay(
    _ fields: DateTimeFields, _ bytes: UnsafeBufferPointer<UInt8>
  ) throws(Failure) -> Int64 {
    guard fields.minute < 60, fields.second <= 60 else { throw fieldOverflow(bytes) }
    guard fields.hasRightOffset else { throw displacementOverflow(bytes) }
    guard fields.isMorning == nil || fields.hour <= 12, fields.hasRightTime else { throw fieldOverflow(bytes) }
    switch fields.isMorning {
    case true where fields.hour == 12: return fields.timeOfDay - TimestampRange.microsecondsPerDay / 2
    case false where fields.hour < 12: return fields.timeOfDay + TimestampRange.microsecondsPerDay / 2
    default: return fields.timeOfDay
    }
  }

  @inline(never)
  private static func specialTime(_ bytes: UnsafeBufferPointer<UInt8>, as type: String) throws(Failure) -> Int64 {
    let word = trimmed(bytes)
    if equals(word, "allballs") { return 0 }
    if !isText(bytes) || isRefusedForCertain(word, words: ["allballs"]) { throw malformedDateTime(bytes, as: type) }
    throw .unsupported("\(quoted(bytes)) as \(type)")
  }
}

extension Zone {
  /// The offset of a zone that never had another.
  public var fixedOffset: Int32? {
    guard transitions.isEmpty, rule?.daylight == nil else { return nil }
    return offset(at: 0)
  }
}

extension ZonedTime {
  /// What `timetz(precision)` makes of it.
  public func rounded(to precision: Int32) -> ZonedTime { ZonedTime(local: TimeRange.rounded(local, to: precision), west: west) }
}

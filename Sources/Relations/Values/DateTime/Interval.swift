/// A length of time as PostgreSQL keeps it: months, days and microseconds, each with a sign of its own.
///
/// The three do not convert into each other, because months and days differ in length: `1 mon` added to a date is not `30 days`
/// added to it. For comparisons a month has 30 days and a day has 24 hours, so that the two are equal there: `==` and `hash(into:)` tell
/// representations apart, `span` orders and is the same for what SQL calls equal.
public struct Interval: Hashable, Sendable, BitwiseCopyable {
  public var months: Int32
  public var days: Int32
  public var microseconds: Int64

  @inlinable
  public init(months: Int32 = 0, days: Int32 = 0, microseconds: Int64 = 0) {
    self.months = months
    self.days = days
    self.microseconds = microseconds
  }

  /// No time at all.
  public static let zero = Interval()
}

// MARK: - As SQL compares

extension Interval {
  /// The length in microseconds, a month counted as 30 days and a day as 24 hours: what equality and order look at.
  @inlinable @inline(__always)
  public var span: Int128 {
    let days = Int64(months) &* 30 &+ Int64(self.days)
    return Int128(days) &* Int128(TimestampRange.microsecondsPerDay) &+ Int128(microseconds)
  }

  /// From the shortest interval to the longest.
  static let spans =
    Interval(months: .min, days: .min, microseconds: .min).span...Interval(months: .max, days: .max, microseconds: .max).span

  /// One interval of a length: as much of it as fits in whole months, of the rest in whole days.
  ///
  /// - Precondition: some interval has this length.
  init(span: Int128) {
    let day = Int128(TimestampRange.microsecondsPerDay)
    months = Int32(clamping: span / (30 * day))
    let afterMonths = span - Int128(months) * 30 * day
    days = Int32(clamping: afterMonths / day)
    microseconds = Int64(afterMonths - Int128(days) * day)
  }

  /// The span as a number without a sign that orders alike.
  @inline(__always)
  var orderKey: UInt128 { UInt128(bitPattern: span) ^ 1 << 127 }
}

// MARK: - As it is stored

extension Interval {
  /// All three fields side by side: months, days, microseconds, from the most significant bit down.
  @inline(__always)
  var bits: UInt128 {
    let fields = UInt64(UInt32(bitPattern: months)) << 32 | UInt64(UInt32(bitPattern: days))
    return UInt128(high: fields, low: UInt64(bitPattern: microseconds))
  }

  @inline(__always)
  init(bits: UInt128) {
    months = Int32(truncatingIfNeeded: bits >> 96)
    days = Int32(truncatingIfNeeded: bits >> 64)
    microseconds = Int64(truncatingIfNeeded: bits)
  }
}

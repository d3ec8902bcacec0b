/// How days and moments are counted, and how far: `date` in days, `timestamp` and `timestamptz` in microseconds, all from
/// 2000-01-01 00:00 (UTC for `timestamptz`). The infinities are the ends of the integers that PostgreSQL stores, so that they compare right.

/// What a `date` can hold.
public enum DateRange {
  /// After every other value.
  public static let infinity = Int64(Int32.max)
  /// Before every other value.
  public static let minusInfinity = Int64(Int32.min)
  /// 4714-11-24 BC, the first day of the Julian day count.
  public static let first: Int64 = -2_451_545
  /// 5874897-12-31.
  public static let last: Int64 = 2_145_031_948

  /// Whether it is neither infinity.
  @inlinable
  public static func isFinite(_ days: Int64) -> Bool { days != infinity && days != minusInfinity }
  /// Whether it is finite and in the range.
  @inlinable
  public static func contains(_ days: Int64) -> Bool { days >= first && days <= last }
}

/// What a `timestamp` or `timestamptz` can hold.
public enum TimestampRange {
  /// After every other value.
  public static let infinity = Int64.max
  /// Before every other value.
  public static let minusInfinity = Int64.min
  /// 4714-11-24 00:00:00 BC.
  public static let first: Int64 = -211_813_488_000_000_000
  /// 294276-12-31 23:59:59.999999.
  public static let last: Int64 = 9_223_371_331_200_000_000 - 1

  /// The unit is the microsecond.
  public static let microsecondsPerSecond: Int64 = 1_000_000
  /// Every day has 24 hours here; what the clock on the wall does is the zone's business.
  public static let microsecondsPerDay: Int64 = 86_400_000_000
  /// Seconds from 1970, where time zone files count from, to 2000.
  public static let unixEpoch: Int64 = 946_684_800

  /// Whether it is neither infinity.
  @inlinable
  public static func isFinite(_ moment: Int64) -> Bool { moment != infinity && moment != minusInfinity }
  /// Whether it is finite and in the range.
  @inlinable
  public static func contains(_ moment: Int64) -> Bool { moment >= first && moment <= last }
}

extension Int64 {
  /// Division that rounds down, for counts that start before 2000. The divisor is positive.
  @inlinable @inline(__always)
  public func dividedDown(by divisor: Int64) -> (quotient: Int64, remainder: Int64) {
    let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? (quotient &- 1, remainder &+ divisor) : (quotient, remainder)
  }
}

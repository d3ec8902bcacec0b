/// What a `time` can hold: microseconds from midnight, up to 24:00:00, which is the end of the day.
public enum TimeRange {
  public static let last = TimestampRange.microsecondsPerDay

  /// What `time(precision)` makes of a time: so many digits after the second, half up.
  public static func rounded(_ time: Int64, to precision: Int32) -> Int64 { TimestampRange.rounded(time, to: precision) }
}

/// A `timetz`: the time on the wall, and how far that wall is from Greenwich.
///
/// It lies in a column as one integer that orders and compares as PostgreSQL's values do: by the time in UTC, then by the offset west.
///
///     microseconds after midnight in UTC × 2¹⁸ + seconds west of Greenwich
public struct ZonedTime: Hashable, Sendable {
  /// Microseconds from midnight by the clock on the wall.
  public var local: Int64
  /// Seconds west of Greenwich.
  public var west: Int64

  @inlinable
  public init(local: Int64, west: Int64) {
    self.local = local
    self.west = west
  }

  /// Below sixteen hours, as all offsets that can be written. A zone made up by hand may be further away; it is not held here.
  public static let offsets: ClosedRange<Int64> = -57_599...57_599

  @usableFromInline static let offsetBits: Int64 = 18

  /// From the integer that lies in a column.
  @inlinable @inline(__always)
  public init(packed: Int64) {
    let unused = 64 &- Self.offsetBits
    west = (packed &<< unused) &>> unused
    local = ((packed &- west) &>> Self.offsetBits) &- west &* TimestampRange.microsecondsPerSecond
  }

  /// The integer that lies in a column.
  @inlinable @inline(__always)
  public var packed: Int64 { (utc &<< Self.offsetBits) &+ west }

  /// Microseconds from midnight in UTC; may lie in the day before or after.
  @inlinable @inline(__always)
  public var utc: Int64 { local &+ west &* TimestampRange.microsecondsPerSecond }

  /// Whether PostgreSQL could store it.
  var isValid: Bool { 0...TimeRange.last ~= local && Self.offsets.contains(west) }
}

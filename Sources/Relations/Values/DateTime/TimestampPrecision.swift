extension TimestampRange {
  /// What `timestamp(precision)` makes of a moment: so many digits after the second, half away from 2000-01-01. There may be no such moment
  /// any more, at the very end of the range; PostgreSQL does not look either.
  public static func rounded(_ moment: Int64, to precision: Int32) -> Int64 {
    guard 0..<6 ~= precision, isFinite(moment) else { return moment }
    var unit: Int64 = 1
    for _ in precision..<6 { unit *= 10 }
    let magnitude = (abs(moment) + unit / 2) / unit * unit
    return moment < 0 ? -magnitude : magnitude
  }
}

import Glibc

/// The time of day, for those who are not told another.
enum WallClock {
  /// Microseconds from 2000-01-01 UTC.
  static var now: Int64 {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return (Int64(time.tv_sec) - 946_684_800) * 1_000_000 + Int64(time.tv_nsec) / 1000
  }
}

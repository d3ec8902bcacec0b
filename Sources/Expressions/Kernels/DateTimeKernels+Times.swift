import Relations

/// The functions on `time` and `timetz`: a clock without a date, that starts again at midnight.
extension DateTimeKernels {
  static let times: [(String, Kernel)] =
    ["time", "timetz"].flatMap { type in
      [
        (type + "_larger", Kernel { a in .init(.integers(mapped(a.integers(0), a.integers(1), count: a.count) { max($0, $1) })) }),
        (type + "_smaller", Kernel { a in .init(.integers(mapped(a.integers(0), a.integers(1), count: a.count) { min($0, $1) })) }),
        (type + "_cmp", Kernel { a in .init(.integers(mapped(a.integers(0), a.integers(1), count: a.count) { order($0, $1) })) }),
      ]
    } + [
      ("time_pl_interval", moved { ($0 &+ $1).onClock }), ("time_mi_interval", moved { ($0 &- $1).onClock }),
      ("timetz_pl_interval", moved { $0.turned(by: $1) }), ("timetz_mi_interval", moved { $0.turned(by: 0 &- $1) }),
      (
        "time_mi_time",
        Kernel { a in
          .init(.intervals(mapped(a.integers(0), a.integers(1), count: a.count) { Interval(microseconds: $0 &- $1) }))
        }
      ),
      ("interval_time", withoutDays),
      ("timetz_time", Kernel { a in .init(.integers(mapped(a.integers(0), count: a.count) { ZonedTime(packed: $0).local })) }),
      ("timestamp_time", fromMoment { time, _ in time }),
      ("timestamptz_time", fromMoment(inZone: true) { time, _ in time }),
      ("timestamptz_timetz", fromMoment(inZone: true) { time, offset in ZonedTime(local: time, west: -offset).packed }),
      ("time_timetz", inSessionZone),
      ("time_scale", rounding { time, precision in TimeRange.rounded(time, to: precision) }),
      ("timetz_scale", rounding { time, precision in ZonedTime(packed: time).rounded(to: precision).packed }),
      ("timetz_izone", inOffset),
      ("overlaps_timestamp", overlaps), ("overlaps_time", overlaps), ("overlaps_timetz", overlaps),
    ]

  private static func moved(_ move: @escaping @Sendable (Int64, Int64) -> Int64) -> Kernel {
    Kernel { a in .init(.integers(mapped(a.integers(0), a.intervals(1), count: a.count) { move($0, $1.microseconds) })) }
  }

  /// What an interval says beyond whole days, counted from midnight.
  private static let withoutDays = Kernel { a in
    let (results, failures) = Kernel.rowwise(a.intervals(0), count: a.count, placeholder: Int64(0)) { interval throws(Failure) in
      guard interval.microseconds >= .min + TimestampRange.microsecondsPerDay else {
        throw .unsupported("the time of an interval at the end of the range")
      }
      return interval.microseconds.onClock
    }
    return .init(.integers(results), failures: failures)
  }

  /// What the clock shows at a moment, with the offset that it shows it in; null for the infinities.
  private static func fromMoment(
    inZone: Bool = false, _ make: @escaping @Sendable (Int64, Int64) -> Int64
  ) -> Kernel {
    Kernel { a in
      let moments = a.integers(0)
      var zone = inZone ? ZoneCursor(a.context.style.zone) : nil
      let results = mapped(moments, count: a.count) { moment in
        guard TimestampRange.isFinite(moment) else { return 0 as Int64 }
        let offset = zone?.offset(at: moment) ?? 0
        let local = moment &+ offset &* TimestampRange.microsecondsPerSecond
        return make(local.onClock, offset)
      }
      return .init(.integers(results), nulls: Bitmap(count: a.count) { !TimestampRange.isFinite(moments[$0]) })
    }
  }

  /// The offset of most zones depends on the date, and on which one only a clock would know.
  private static let inSessionZone = Kernel { a in
    let zone = a.context.style.zone
    let (results, failures) = Kernel.rowwise(a.integers(0), count: a.count, placeholder: Int64(0)) { time throws(Failure) in
      guard let offset = zone.fixedOffset else { throw .unsupported("time with today's offset of \(zone)") }
      return ZonedTime(local: time, west: -Int64(offset)).packed
    }
    return .init(.integers(results), failures: failures)
  }

  /// A precision that there is not changes nothing.
  private static func rounding(_ round: @escaping @Sendable (Int64, Int32) -> Int64) -> Kernel {
    Kernel { a in
      .init(.integers(mapped(a.integers(0), a.integers(1), count: a.count) { round($0, Int32(truncatingIfNeeded: $1)) }))
    }
  }

  /// `AT TIME ZONE interval`.
  private static let inOffset = Kernel { a in
    let (results, failures) = Kernel.rowwise(a.intervals(0), a.integers(1), count: a.count, placeholder: Int64(0)) {
      zone, time throws(Failure) in
      let west = -(try zone.offset())
      guard ZonedTime.offsets.contains(west) else { throw .unsupported("a time zone sixteen hours from Greenwich") }
      let local = ZonedTime(packed: time).utc &- west &* TimestampRange.microsecondsPerSecond
      // Midnight at the end of a day becomes one at the start of the next.
      return ZonedTime(local: local.onClock, west: west).packed
    }
    return .init(.integers(results), failures: failures)
  }

  // MARK: - Overlaps

  /// `(a, b) OVERLAPS (c, d)`: the ends of each pair in any order, and one of each may be missing. Not strict.
  private static let overlaps = Kernel { a in
    let ends = (0..<4).map(a.integers)
    let nulls = (0..<4).map { a.operands[$0].nulls }
    let answers = (0..<a.count).map { row in
      Self.overlap(ends.indices.map { nulls[$0]?[row] == true ? nil : ends[$0][row] })
    }
    return .init(.bits(Bitmap(count: a.count) { answers[$0] == true }), nulls: Bitmap(count: a.count) { answers[$0] == nil })
  }

  private static func overlap(_ ends: [Int64?]) -> Bool? {
    guard let a = ordered(ends[0], ends[1]), let b = ordered(ends[2], ends[3]) else { return nil }
    if a.start == b.start { return a.end == nil || b.end == nil ? nil : true }
    let (first, second) = a.start < b.start ? (a, b) : (b, a)
    guard let end = first.end else { return nil }
    if second.start < end { return true }
    return second.end == nil ? nil : false
  }

  /// The end that is known, or the earlier one, first.
  private static func ordered(_ a: Int64?, _ b: Int64?) -> (start: Int64, end: Int64?)? {
    guard let a else { return b.map { ($0, nil) } }
    guard let b else { return (a, nil) }
    return (min(a, b), max(a, b))
  }
}

extension Int64 {
  /// Any count of microseconds as a time of day: 24:00:00 is midnight again.
  @inline(__always)
  fileprivate var onClock: Int64 { dividedDown(by: TimestampRange.microsecondsPerDay).remainder }

  /// A `timetz`, so much later.
  @inline(__always)
  fileprivate func turned(by distance: Int64) -> Int64 {
    let time = ZonedTime(packed: self)
    return ZonedTime(local: (time.local &+ distance).onClock, west: time.west).packed
  }
}

import Relations

/// Arithmetic of dates and days, and the order of values of one type.
extension DateTimeKernels {
  static let days: [(String, Kernel)] = [
    ("date_pli", Kernel { a in moved(a.integers(0), by: a.integers(1), 1, a.count) }),
    ("date_mii", Kernel { a in moved(a.integers(0), by: a.integers(1), -1, a.count) }),
    (
      "date_mi",
      Kernel { a in
        let (x, y) = (a.integers(0), a.integers(1))
        let results = mapped(x, y, count: a.count) { x, y in
          DateRange.isFinite(x) && DateRange.isFinite(y) ? x &- y : noDifference
        }
        return Kernel.checked(results, .dateTimeOverflow("cannot subtract infinite dates")) { $0 == noDifference }
      }
    ),
    (
      "date_finite",
      Kernel { a in .init(.bits(matched(a.integers(0), .constant(0), count: a.count) { x, _ in DateRange.isFinite(x) })) }
    ),
    (
      "timestamp_finite",
      Kernel { a in
        .init(.bits(matched(a.integers(0), .constant(0), count: a.count) { x, _ in TimestampRange.isFinite(x) }))
      }
    ),
  ]

  static let ordering: [(String, Kernel)] = ["date", "timestamp"].flatMap { type in
    [
      (type + "_larger", Kernel { a in .init(.integers(mapped(a.integers(0), a.integers(1), count: a.count) { max($0, $1) })) }),
      (type + "_smaller", Kernel { a in .init(.integers(mapped(a.integers(0), a.integers(1), count: a.count) { min($0, $1) })) }),
      (type + "_cmp", Kernel { a in .init(.integers(mapped(a.integers(0), a.integers(1), count: a.count) { order($0, $1) })) }),
    ]
  }

  @inline(__always)
  static func order(_ a: Int64, _ b: Int64) -> Int64 { a < b ? -1 : a == b ? 0 : 1 }

  /// No difference of two dates.
  private static let noDifference = Int64.min

  /// The infinities stay where they are.
  private static func moved(_ dates: Operand<Int64>, by days: Operand<Int64>, _ sign: Int64, _ count: Int) -> Kernel.Outcome {
    let results = mapped(dates, days, count: count) { date, days in DateRange.isFinite(date) ? date &+ sign &* days : date }
    guard results.contains(where: { !DateRange.contains($0) }) else { return .init(.integers(results)) }
    let failures = (0..<count).filter { !DateRange.contains(results[$0]) && DateRange.isFinite(dates[$0]) }
    return .init(.integers(results), failures: failures.map { (Int32($0), .dateOutOfRange) })
  }
}

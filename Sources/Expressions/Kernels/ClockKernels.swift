import Relations

/// What a query calls the present: an input of the evaluation, the same in all rows, or unknown.
enum ClockKernels {
  static let all: [(String, Kernel)] = [
    ("now", kernel(for: .currentTimestamp)), ("statement_timestamp", kernel(for: .currentTimestamp)),
  ]

  /// `CURRENT_DATE` and `LOCALTIMESTAMP` are read off the clock on the session's wall. A declared precision rounds.
  static func kernel(for reading: Expression.ClockReading) -> Kernel {
    Kernel { a in
      guard let clock = a.context.clock else {
        let failure = Failure.unsupported("now() without a clock")
        return .init(.integers(Array(repeating: 0, count: a.count)), failures: (0..<a.count).map { (Int32($0), failure) })
      }
      let target: DateTimeType =
        switch reading {
        case .currentDate: .date
        case .currentTimestamp: .timestamptz
        case .localTimestamp: .timestamp
        }
      var conversion = Conversion(from: .timestamptz, to: target, in: a.context.style.zone)
      let value = conversion.convert(clock)
      let rounded = target == .date ? value : TimestampRange.rounded(value, to: a.type.modifier)
      return .init(.integers(Array(repeating: rounded, count: a.count)))
    }
  }
}

import Relations

/// Casts between `date`, `timestamp` and `timestamptz`, comparisons across them, and `timestamp(p)`.
extension DateTimeKernels {
  static let casts: [(String, Kernel)] = [
    cast(.date, .timestamp, raising: "date out of range for timestamp"),
    cast(.date, .timestamptz, raising: "date out of range for timestamp"),
    cast(.timestamp, .timestamptz, raising: "timestamp out of range"),
    cast(.timestamptz, .timestamp, raising: "timestamp out of range"),
    cast(.timestamp, .date, raising: nil),
    cast(.timestamptz, .date, raising: nil),
  ]

  private static func cast(_ source: DateTimeType, _ target: DateTimeType, raising message: String?) -> (String, Kernel) {
    let kernel = Kernel { a in
      var conversion = Conversion(from: source, to: target, in: a.context.style.zone)
      let results = mapped(a.integers(0), count: a.count) { conversion.convert($0) }
      guard let message else { return .init(.integers(results)) }
      return Kernel.checked(results, .dateTimeOverflow(message)) { $0 == Conversion.tooLate || $0 == Conversion.tooEarly }
    }
    return ("\(source)_\(target)", kernel)
  }

  // MARK: - Comparisons

  /// `date_lt_timestamp` and all its kin. A date is the start of its day, and local time is made UTC.
  static let comparisons: [(String, Kernel)] = DateTimeType.allCases.flatMap { a in
    DateTimeType.allCases.filter { $0 != a }.flatMap { b in questions.map { comparison(a, b, $0, $1) } + [comparison(a, b)] }
  }

  private static let questions: [(String, Question)] = [
    ("eq", .equal), ("ne", .notEqual), ("lt", .less), ("le", .lessOrEqual), ("gt", .greater), ("ge", .greaterOrEqual),
  ]

  private static func comparison(_ a: DateTimeType, _ b: DateTimeType, _ name: String, _ question: Question) -> (String, Kernel) {
    let kernel = Kernel { arguments in
      let (x, y) = common(arguments, a, b)
      return .init(.bits(matched(x, y, count: arguments.count) { question.isSatisfied(by: Int(order($0, $1))) }))
    }
    return ("\(a)_\(name)_\(b)", kernel)
  }

  private static func comparison(_ a: DateTimeType, _ b: DateTimeType) -> (String, Kernel) {
    let kernel = Kernel { arguments in
      let (x, y) = common(arguments, a, b)
      return .init(.integers(mapped(x, y, count: arguments.count) { order($0, $1) }))
    }
    return ("\(a)_cmp_\(b)", kernel)
  }

  /// Both arguments as the type that says more. What is beyond its range still compares right.
  private static func common(_ a: Kernel.Arguments, _ x: DateTimeType, _ y: DateTimeType) -> (Operand<Int64>, Operand<Int64>) {
    let target: DateTimeType = x == .timestamptz || y == .timestamptz ? .timestamptz : .timestamp
    func converted(_ index: Int, _ source: DateTimeType) -> Operand<Int64> {
      if source == target { return a.integers(index) }
      var conversion = Conversion(from: source, to: target, in: a.context.style.zone)
      switch a.integers(index) {
      case .constant(let value): return .constant(conversion.convert(value))
      case .column(let values): return .column(mapped(.column(values), count: a.count) { conversion.convert($0) })
      }
    }
    return (converted(0, x), converted(1, y))
  }

  // MARK: - Precision

  static let precision: [(String, Kernel)] = [("timestamp_scale", rounding), ("timestamptz_scale", rounding)]

  private static let rounding = Kernel { a in
    let (moments, precisions) = (a.integers(0), a.integers(1))
    let (results, failures) = Kernel.collecting(count: a.count, placeholder: Int64(0)) { row throws(Failure) in
      let precision = Kernel.Arguments.int4(precisions, row)
      // Infinities have no precision.
      guard TimestampRange.isFinite(moments[row]) else { return moments[row] }
      guard -1...6 ~= precision else {
        throw .raised(SQLError(.invalidParameterValue, "timestamp(\(precision)) precision must be between 0 and 6"))
      }
      // What is beyond the range got there by rounding, to whole seconds.
      guard TimestampRange.contains(moments[row]) else { return moments[row] }
      return TimestampRange.rounded(moments[row], to: Int32(precision))
    }
    return .init(.integers(results), failures: failures)
  }
}

/// From values of one type to those of another. Infinities stay infinite.
struct Conversion {
  private let source: DateTimeType
  private let target: DateTimeType
  private var zone: ZoneCursor

  /// What finite values become that the other type cannot hold: beyond all finite ones and short of the infinities.
  static let tooLate = TimestampRange.infinity - 1
  static let tooEarly = TimestampRange.minusInfinity + 1

  init(from source: DateTimeType, to target: DateTimeType, in zone: Zone) {
    self.source = source
    self.target = target
    self.zone = ZoneCursor(zone)
  }

  @inline(__always)
  mutating func convert(_ value: Int64) -> Int64 {
    switch (source, target) {
    case (.date, .timestamp): Self.start(ofDay: value)
    case (.date, .timestamptz): momentInRange(ofLocal: Self.start(ofDay: value))
    case (.timestamp, .timestamptz): momentInRange(ofLocal: value)
    case (.timestamptz, .timestamp): Self.isOrdinary(value) ? Self.inRange(zone.local(at: value)) : value
    case (.timestamp, .date): Self.day(of: value)
    case (.timestamptz, .date): Self.day(of: Self.isOrdinary(value) ? zone.local(at: value) : value)
    default: value
    }
  }

  @inline(__always)
  private mutating func momentInRange(ofLocal local: Int64) -> Int64 {
    Self.isOrdinary(local) ? Self.inRange(zone.moment(ofLocal: local)) : local
  }

  /// Neither infinite nor beyond the range.
  @inline(__always)
  private static func isOrdinary(_ moment: Int64) -> Bool { moment > tooEarly && moment < tooLate }

  @inline(__always)
  private static func inRange(_ moment: Int64) -> Int64 {
    TimestampRange.contains(moment) ? moment : moment < 0 ? tooEarly : tooLate
  }

  @inline(__always)
  private static func start(ofDay day: Int64) -> Int64 {
    if !DateRange.isFinite(day) { return day < 0 ? TimestampRange.minusInfinity : TimestampRange.infinity }
    return day > lastDay ? tooLate : day &* TimestampRange.microsecondsPerDay
  }

  @inline(__always)
  private static func day(of local: Int64) -> Int64 {
    if !TimestampRange.isFinite(local) { return local < 0 ? DateRange.minusInfinity : DateRange.infinity }
    return local.dividedDown(by: TimestampRange.microsecondsPerDay).quotient
  }

  private static let lastDay = TimestampRange.last / TimestampRange.microsecondsPerDay
}

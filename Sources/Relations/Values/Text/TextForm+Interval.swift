#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// Reading `interval`, in every form that PostgreSQL reads: its own (`1 day 02:00`), the SQL standard's (`1-2 3 4:05:06`) and ISO 8601's
/// (`P1Y2M3DT4H`, in `TextForm+ISOInterval.swift`).
extension TextForm {
  /// The interval as a column of the type stores it.
  public static func parseInterval(_ bytes: UnsafeBufferPointer<UInt8>, as type: SQLType) throws(Failure) -> Interval {
    guard bytes.count <= IntervalScanner.safeLength else {
      throw isText(bytes) ? .unsupported("\(quoted(bytes)) as interval") : notText
    }
    let fields: IntervalFields
    do throws(IntervalFields.Refusal) {
      fields = try read(bytes, type.intervalFields)
    } catch {
      switch error {
      case .malformed: throw malformedDateTime(bytes, as: "interval")
      case .overflow: throw .raised(SQLError(.intervalFieldOverflow, "interval field value out of range: \(quoted(bytes))"))
      }
    }
    guard let interval = fields.interval else { throw .raised(SQLError(.datetimeFieldOverflow, "interval out of range")) }
    return interval.coerced(to: type)
  }

  private static func read(
    _ bytes: UnsafeBufferPointer<UInt8>, _ declared: Int32
  ) throws(IntervalFields.Refusal) -> IntervalFields {
    do throws(IntervalFields.Refusal) {
      return try IntervalReader(bytes, declared).fields()
    } catch {
      guard case .malformed = error else { throw error }
      return try ISOIntervalReader.read(bytes)
    }
  }

  static func malformedDateTime(_ bytes: UnsafeBufferPointer<UInt8>, as type: String) -> Failure {
    refusal(.invalidDatetimeFormat, "invalid input syntax for type \(type): \(quoted(bytes))", bytes)
  }
}

extension SQLState {
  /// A part of an interval that is beyond what it may be.
  public static let intervalFieldOverflow = SQLState("22015")
}

/// Gives the fields their meaning, from right to left, because a unit stands behind its number.
private struct IntervalReader {
  let bytes: UnsafeBufferPointer<UInt8>
  /// The fields that the type declares, as a mask.
  let declared: Int32

  private typealias Field = IntervalScanner.Field

  /// What the next number is a number of.
  private enum Expectation {
    /// The end of the text: as the type says.
    case anything
    case unit(DateTimeUnit)
    /// Right before `ago`: no number has a meaning here.
    case nothing
  }

  init(_ bytes: UnsafeBufferPointer<UInt8>, _ declared: Int32) {
    self.bytes = bytes
    self.declared = declared
  }

  func fields() throws(IntervalFields.Refusal) -> IntervalFields {
    let result = withUnsafeTemporaryAllocation(of: Field.self, capacity: IntervalScanner.maximumFields) { fields in
      Result { () throws(IntervalFields.Refusal) in
        try interpret(UnsafeBufferPointer(rebasing: fields[..<(try scan(into: fields))]))
      }
    }
    return try result.get()
  }

  private func scan(into fields: UnsafeMutableBufferPointer<Field>) throws(IntervalFields.Refusal) -> Int {
    var scanner = IntervalScanner(bytes)
    var count = 0
    while true {
      switch scanner.next() {
      case .end: return count
      case .malformed: throw .malformed
      case .field(let field):
        if count == fields.count { throw .malformed }
        fields[count] = field
        count += 1
      }
    }
  }

  private func interpret(_ fields: UnsafeBufferPointer<Field>) throws(IntervalFields.Refusal) -> IntervalFields {
    var sum = IntervalFields()
    var seen: Set = []
    var expected = Expectation.anything
    var isAgo = false
    for field in fields.reversed() {
      var found: Set = []
      switch field.kind {
      case .foreign: throw .malformed
      case .word:
        switch word(field) {
        case .ago:
          isAgo = true
          expected = .nothing
        case .unit(let unit): expected = .unit(unit)
        case nil: throw .malformed
        }
      case .time:
        sum.setTime(try time(field))
        found = .time
        expected = .unit(.day)
      case .signed where text(of: field).contains(UInt8(ascii: ":")):
        // What is no time is no number either, but may be refused as one.
        let time: Int64
        do throws(IntervalFields.Refusal) { time = try self.time(field) } catch {
          _ = try add(field, to: &sum, &expected)
          throw .malformed
        }
        sum.setTime(field.isNegative ? -time : time)
        found = .time
        expected = .unit(.day)
      case .signed, .number:
        found = try add(field, to: &sum, &expected)
      }
      if !seen.isDisjoint(with: found) { throw .malformed }
      seen.formUnion(found)
    }
    if seen.isEmpty { throw .malformed }
    if isAgo { try sum.negate() }
    return sum
  }

  /// A number of the expected unit, or years and months.
  private func add(
    _ field: Field, to sum: inout IntervalFields, _ expected: inout Expectation
  ) throws(IntervalFields.Refusal) -> Set {
    let text = text(of: field)
    var (whole, length) = try number(text, field.isNegative)
    var unit: DateTimeUnit?
    switch expected {
    case .anything: unit = Self.lastUnit(declared)
    case .unit(let known): unit = known
    case .nothing: unit = nil
    }
    // The sign of a field, and of what stands behind its point, is the field's; -0.5 is not half.
    var fraction = 0.0
    if length < text.count {
      switch text[length] {
      case UInt8(ascii: "-"):
        let (months, monthsLength) = try part(text, length + 1)
        guard 0..<12 ~= months else { throw .overflow }
        guard length + 1 + monthsLength == text.count else { throw .malformed }
        let (product, overflow) = whole.multipliedReportingOverflow(by: 12)
        let (total, more) = product.addingReportingOverflow(field.isNegative ? -months : months)
        if overflow || more { throw .overflow }
        whole = total
        unit = .month
      case UInt8(ascii: "."):
        fraction = try self.fraction(rest(text, length))
        if field.isNegative { fraction = -fraction }
      default: throw .malformed
      }
    }
    guard let unit else { throw .malformed }
    expected = .unit(unit == .hour ? .day : unit)
    try sum.add(whole, fraction, unit)
    return unit == .second && fraction != 0 ? .seconds : Set(unit)
  }
}

// MARK: - Parts of fields

extension IntervalReader {
  private func text(of field: Field) -> UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(rebasing: bytes[field.start..<field.end])
  }

  private func rest(_ text: UnsafeBufferPointer<UInt8>, _ start: Int) -> UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(rebasing: text[start...])
  }

  private enum Word { case ago, unit(DateTimeUnit) }

  private func word(_ field: Field) -> Word? {
    let word = text(of: field)
    if TextForm.equals(word, "ago") { return .ago }
    guard let name = DateTimeUnit.named(word), name.isLength, let unit = name.unit else { return nil }
    return .unit(unit)
  }

  /// Digits, which may be missing, and how many there are.
  private func number(
    _ text: UnsafeBufferPointer<UInt8>, _ isNegative: Bool
  ) throws(IntervalFields.Refusal) -> (number: Int64, length: Int) {
    var number: Int64 = 0
    var length = 0
    while length < text.count, TextForm.isDigit(text[length]) {
      let digit = Int64(text[length] &- 0x30)
      let (product, overflow) = number.multipliedReportingOverflow(by: 10)
      let (sum, more) = isNegative ? product.subtractingReportingOverflow(digit) : product.addingReportingOverflow(digit)
      if overflow || more { throw .overflow }
      number = sum
      length &+= 1
    }
    return (number, length)
  }

  /// What is behind a point, the point included; nothing is zero.
  private func fraction(_ text: UnsafeBufferPointer<UInt8>) throws(IntervalFields.Refusal) -> Double {
    if text.count == 1 { return 0 }
    guard text.dropFirst().allSatisfy(TextForm.isDigit) else { throw .malformed }
    do throws(Failure) { return try TextForm.parseFloat(text) } catch { throw .malformed }
  }

  /// `hours:minutes`, `hours:minutes:seconds`, `minutes:seconds.fraction`, in microseconds.
  private func time(_ field: Field) throws(IntervalFields.Refusal) -> Int64 {
    let text = text(of: field)
    var (first, at) = try number(text, false)
    guard at < text.count, text[at] == UInt8(ascii: ":") else { throw .malformed }
    var (second, length) = try part(text, at + 1)
    at += 1 + length
    var third: Int64 = 0
    var hasThird = false
    if at < text.count, text[at] == UInt8(ascii: ":") {
      (third, length) = try part(text, at + 1)
      at += 1 + length
      hasThird = true
    }
    var fraction: Int64 = 0
    let hasFraction = at < text.count && text[at] == UInt8(ascii: ".")
    if hasFraction {
      fraction = Int64((try self.fraction(rest(text, at)) * 1_000_000).rounded(.toNearestOrEven))
      at = text.count
    }
    guard at == text.count else { throw .malformed }
    if !hasThird, hasFraction || declared == Self.minuteToSecond {
      guard first <= Int64(Int32.max) else { throw .overflow }
      (first, second, third) = (0, first, second)
    }
    guard 0...59 ~= second, 0...60 ~= third else { throw .overflow }
    let (hours, overflow) = first.multipliedReportingOverflow(by: 3_600_000_000)
    let (total, more) = hours.addingReportingOverflow(second * 60_000_000 + third * 1_000_000 + fraction)
    if overflow || more { throw .overflow }
    return total
  }

  /// Months, minutes or seconds: a number of 32 bits, maybe with a sign, which then is out of range unless it is zero.
  private func part(_ text: UnsafeBufferPointer<UInt8>, _ start: Int) throws(IntervalFields.Refusal) -> (Int64, Int) {
    let isNegative = start + 1 < text.count && text[start] == UInt8(ascii: "-") && TextForm.isDigit(text[start + 1])
    let (number, length) = try number(rest(text, start + (isNegative ? 1 : 0)), isNegative)
    guard Int32(exactly: number) != nil else { throw .overflow }
    return (number, length + (isNegative ? 1 : 0))
  }
}

// MARK: - Units

extension IntervalReader {
  /// Which units have been said, so that none is said twice.
  private struct Set: OptionSet {
    let rawValue: UInt16

    /// All that a time says.
    static let time = Set([Set(.hour), Set(.minute), seconds])
    /// Seconds with a fraction speak of milliseconds too.
    static let seconds = Set([Set(.second), Set(.milliseconds), Set(.microseconds)])

    init(rawValue: UInt16) { self.rawValue = rawValue }

    init(_ unit: DateTimeUnit) {
      switch unit {
      case .microseconds: rawValue = 1 << 0
      case .milliseconds: rawValue = 1 << 1
      case .second: rawValue = 1 << 2
      case .minute: rawValue = 1 << 3
      case .hour: rawValue = 1 << 4
      case .day: rawValue = 1 << 5
      case .week: rawValue = 1 << 6
      case .month: rawValue = 1 << 7
      case .year: rawValue = 1 << 8
      case .decade: rawValue = 1 << 9
      case .century: rawValue = 1 << 10
      case .millennium: rawValue = 1 << 11
      default: rawValue = 0
      }
    }
  }

  private static let minuteToSecond = TypeModifier.mask(.minute) | TypeModifier.mask(.second)

  /// What a number at the very end counts.
  private static func lastUnit(_ declared: Int32) -> DateTimeUnit {
    if declared == TypeModifier.anyFields { return .second }
    return [.second, .minute, .hour, .day, .month, .year].first { declared & TypeModifier.mask($0) != 0 } ?? .second
  }
}

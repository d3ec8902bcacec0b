/// `int2`, `int4`, `int8`: decimal digits with an optional sign; PostgreSQL 15 knows neither `0x` nor `1_000`.
extension TextForm {
  /// 22P02 for what is no number, 22003 for one that the type does not hold.
  /// - Parameter type: one of `.int2`, `.int4`, `.int8`.
  public static func parseInteger(_ bytes: UnsafeBufferPointer<UInt8>, as type: TypeID = .int8) throws(Failure) -> Int64 {
    let lower = lowest(type)
    let end = bytes.count
    var i = 0
    while i < end, isSpace(bytes[i]) { i &+= 1 }
    var isNegative = false
    if i < end, bytes[i] == UInt8(ascii: "-") || bytes[i] == UInt8(ascii: "+") {
      isNegative = bytes[i] == UInt8(ascii: "-")
      i &+= 1
    }

    // Counted downwards, because there is one more negative number. An overflow is reported before what comes after it is looked at.
    let digits = i
    var value: Int64 = 0
    while i < end, isDigit(bytes[i]) {
      let (tens, overflow) = value.multipliedReportingOverflow(by: 10)
      let (next, underflow) = tens.subtractingReportingOverflow(Int64(bytes[i] &- 0x30))
      if overflow || underflow || next < lower { throw outOfRange(bytes, as: name(type)) }
      value = next
      i &+= 1
    }

    let hasDigits = i > digits
    while i < end, isSpace(bytes[i]) { i &+= 1 }
    guard hasDigits, i == end else { throw malformed(bytes, as: name(type)) }
    if isNegative { return value }
    if value == lower { throw outOfRange(bytes, as: name(type)) }
    return -value
  }

  @inline(__always)
  private static func lowest(_ type: TypeID) -> Int64 {
    switch type {
    case .int2: Int64(Int16.min)
    case .int4: Int64(Int32.min)
    default: Int64.min
    }
  }

  private static func name(_ type: TypeID) -> String { type == .int2 ? "smallint" : type == .int4 ? "integer" : "bigint" }

  /// Appends what the output function of any of the three prints.
  public static func appendInteger(_ value: Int64, to text: inout [UInt8]) {
    if value < 0 { text.append(UInt8(ascii: "-")) }
    appendDigits(value.magnitude, to: &text)
  }

  /// Decimal digits, with zeros before them to fill `width`, which is at most 20.
  @inline(__always)
  static func appendDigits(_ value: UInt64, width: Int = 1, to text: inout [UInt8]) {
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 20) { digits in
      var rest = value
      var i = 20
      while rest != 0 || i > 20 - width {
        let (tenth, digit) = rest.quotientAndRemainder(dividingBy: 10)
        i &-= 1
        digits[i] = 0x30 &+ UInt8(truncatingIfNeeded: digit)
        rest = tenth
      }
      text.append(contentsOf: UnsafeBufferPointer(rebasing: digits[i...]))
    }
  }
}

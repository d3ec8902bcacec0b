#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// Reading `float8` and `float4`. Nearly all numbers have few digits and a small exponent and are one exact division or multiplication away;
/// the rest (long ones, hexadecimal ones, `NaN(…)`, `inf`) go to C's `strtod`, because that is what PostgreSQL does.
///
/// The process is assumed to leave C's numeric locale alone.
extension TextForm {
  /// 22P02 for what is no number, 22003 for one that overflows, or that is not zero and underflows to it.
  public static func parseFloat(_ bytes: UnsafeBufferPointer<UInt8>) throws(Failure) -> Double {
    if let value = shortDecimal(bytes) { return value }
    return try parse(bytes, as: "double precision") { strtod($0, $1) }
  }

  /// The same for `float4`: the value as a `Double`. It is rounded once, not by way of a `Double`.
  public static func parseFloat4(_ bytes: UnsafeBufferPointer<UInt8>) throws(Failure) -> Double {
    // Unless the double is just half-way between two floats, the decimal is on the same side of every such middle.
    if let value = shortDecimal(bytes), value == 0 || 1e-30...1e30 ~= abs(value) && value.bitPattern & 0x1FFF_FFFF != 1 << 28 {
      return Double(Float(value))
    }
    return try parse(bytes, as: "real") { Double(strtof($0, $1)) }
  }

  private typealias Reader = (UnsafePointer<CChar>, UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Double

  private static func parse(_ bytes: UnsafeBufferPointer<UInt8>, as type: String, _ reader: Reader) throws(Failure) -> Double {
    let text = trimmed(bytes)
    guard !text.isEmpty, isText(text) else { throw malformed(bytes, as: type) }
    let (value, length, error) = read(text, reader)
    if error == ERANGE, value == 0 || value.isInfinite { throw outOfRange(bytes, as: type) }
    guard length == text.count else { throw malformed(bytes, as: type) }
    return value
  }

  /// C's reader wants a zero at the end: the value, how many bytes it took, and `errno`.
  private static func read(
    _ text: UnsafeBufferPointer<UInt8>, _ reader: Reader
  ) -> (value: Double, length: Int, error: Int32) {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: text.count + 1) { copy in
      for i in text.indices { copy[i] = CChar(bitPattern: text[i]) }
      copy[text.count] = 0
      guard let start = copy.baseAddress else { return (0, 0, 0) }
      var end: UnsafeMutablePointer<CChar>?
      errno = 0
      let value = reader(start, &end)
      return (value, (end ?? start) - start, errno)
    }
  }

  /// `[-+]digits[.digits][e[-+]digits]` with at most 18 digits that make a number below 2⁵³, times a power of ten that is a double
  /// itself: both are exact, so that one rounding remains. Nil for everything else.
  private static func shortDecimal(_ bytes: UnsafeBufferPointer<UInt8>) -> Double? {
    let end = bytes.count
    var i = 0
    let isNegative = i < end && bytes[i] == UInt8(ascii: "-")
    if isNegative { i &+= 1 }

    var number: UInt64 = 0
    let first = i
    while i < end, isDigit(bytes[i]) {
      number = number &* 10 &+ UInt64(bytes[i] &- 0x30)
      i &+= 1
    }
    var digits = i - first
    var exponent = 0
    if i < end, bytes[i] == UInt8(ascii: ".") {
      i &+= 1
      let point = i
      while i < end, isDigit(bytes[i]) {
        number = number &* 10 &+ UInt64(bytes[i] &- 0x30)
        i &+= 1
      }
      exponent = point - i
      digits += i - point
    }
    guard 1...18 ~= digits, number < 1 << 53 else { return nil }

    if i < end, isLetter(bytes[i], UInt8(ascii: "e")) {
      i &+= 1
      let isDown = i < end && bytes[i] == UInt8(ascii: "-")
      if isDown || i < end && bytes[i] == UInt8(ascii: "+") { i &+= 1 }
      guard 1...3 ~= end - i else { return nil }
      var power = 0
      while i < end, isDigit(bytes[i]) {
        power = power &* 10 &+ Int(bytes[i] &- 0x30)
        i &+= 1
      }
      exponent += isDown ? -power : power
    }
    guard i == end, -22...22 ~= exponent else { return nil }
    let magnitude = exponent < 0 ? Double(number) / powerOfTen(-exponent) : Double(number) * powerOfTen(exponent)
    return isNegative ? -magnitude : magnitude
  }

  /// Ten to a power up to 22, the highest that is a double exactly.
  private static func powerOfTen(_ exponent: Int) -> Double {
    var power = 1.0
    var rest = exponent
    var factor = 10.0
    while rest > 0 {
      if rest & 1 == 1 { power *= factor }
      factor *= factor
      rest >>= 1
    }
    return power
  }
}

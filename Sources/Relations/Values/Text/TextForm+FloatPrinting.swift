#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// Printing `float8` and `float4`: as few digits as read back as the same number, the nearest such digits to it, with an exponent when it
/// is below -4 or above 14, for `float4` above 5.
///
/// Swift's own description gives such digits too, and differs in two rare cases, where PostgreSQL is stricter:
/// - Digits that lie exactly half-way to the next number read back as this one only because its last bit is even. PostgreSQL does not
///   rely on that and takes other digits, or one more.
/// - When two candidates are equally near, PostgreSQL takes the even one.
/// Both are found by counting factors of two, and such numbers are searched for digits one length after the other.
extension TextForm {
  /// Appends what the output function prints with `extra_float_digits` at 1.
  public static func appendFloat(_ value: Double, to text: inout [UInt8]) { append(value, to: &text) }

  /// - Parameter value: the value of a `float4`.
  public static func appendFloat4(_ value: Double, to text: inout [UInt8]) { append(Float(value), to: &text) }

  private static func append<Value: PrintedFloat>(_ value: Value, to text: inout [UInt8]) {
    if value.isNaN {
      text.append(contentsOf: "NaN".utf8)
      return
    }
    if value.sign == .minus { text.append(UInt8(ascii: "-")) }
    if value.isInfinite {
      text.append(contentsOf: "Infinity".utf8)
    } else if value == 0 {
      text.append(UInt8(ascii: "0"))
    } else {
      shortest(value.magnitude).append(wholeDigits: Value.wholeDigits, to: &text)
    }
  }

  private static func shortest(_ value: some PrintedFloat) -> Decimal {
    let decimal = Decimal(describing: value)
    return decimal.mayBeHalfway(value) ? searched(value) : decimal
  }

  private static func searched<Value: PrintedFloat>(_ value: Value) -> Decimal {
    for length in 1..<Value.mostDigits {
      let nearest = Decimal(rounding: value, to: length)
      if nearest.isInside(value) { return nearest.withoutZeros }
      // The numbers below a power of two lie closer together than those above: the nearest digits may be too far below, the next ones fit.
      let above = Decimal(digits: nearest.digits + 1, exponent: nearest.exponent)
      if value.isPowerOfTwo, above.isInside(value) { return above.withoutZeros }
    }
    return Decimal(rounding: value, to: Value.mostDigits).withoutZeros
  }
}

/// What printing asks of a binary format.
private protocol PrintedFloat: BinaryFloatingPoint, LosslessStringConvertible {
  /// So many digits tell all numbers apart.
  static var mostDigits: Int { get }
  /// The most digits in front of the point without an exponent.
  static var wholeDigits: Int { get }
  /// A positive finite number as a whole number times 2^exponent.
  var integerParts: (significand: UInt64, exponent: Int) { get }
  /// Whether the numbers below lie closer together than those above, or would if there were any.
  var isPowerOfTwo: Bool { get }
  var exact: Double { get }
  /// C's reader for the format.
  static func read(_ text: UnsafePointer<CChar>) -> Self
}

extension Double: PrintedFloat {
  static var mostDigits: Int { 17 }
  static var wholeDigits: Int { 15 }
  var isPowerOfTwo: Bool { significandBitPattern == 0 }
  var exact: Double { self }
  static func read(_ text: UnsafePointer<CChar>) -> Double { strtod(text, nil) }

  fileprivate var integerParts: (significand: UInt64, exponent: Int) {
    let isNormal = exponentBitPattern != 0
    let significand = significandBitPattern | (isNormal ? 1 << 52 : 0)
    return (significand, Int(isNormal ? exponentBitPattern : 1) - 1_075)
  }
}

extension Float: PrintedFloat {
  static var mostDigits: Int { 9 }
  static var wholeDigits: Int { 6 }
  var isPowerOfTwo: Bool { significandBitPattern == 0 }
  var exact: Double { Double(self) }
  static func read(_ text: UnsafePointer<CChar>) -> Float { strtof(text, nil) }

  fileprivate var integerParts: (significand: UInt64, exponent: Int) {
    let isNormal = exponentBitPattern != 0
    let significand = UInt64(significandBitPattern | (isNormal ? 1 << 23 : 0))
    return (significand, Int(isNormal ? exponentBitPattern : 1) - 150)
  }
}

/// A positive number `digits` × 10^`exponent`, with at most 17 digits.
private struct Decimal {
  var digits: UInt64
  var exponent: Int
}

extension Decimal {
  /// The digits of Swift's description, such as `150.25`, `5e-324`, `1.5e+16`.
  init(describing value: some PrintedFloat) {
    var description = value.description
    self = description.withUTF8 { Decimal(reading: $0) }.withoutZeros
  }

  /// The nearest number of so many digits, half to even.
  init(rounding value: some PrintedFloat, to length: Int) {
    self = withUnsafeTemporaryAllocation(of: CChar.self, capacity: 32) { buffer in
      let count = withVaList([Int32(length - 1), value.exact]) { vsnprintf(buffer.baseAddress, 32, "%.*e", $0) }
      return buffer.withMemoryRebound(to: UInt8.self) { Decimal(reading: UnsafeBufferPointer(rebasing: $0[..<Int(count)])) }
    }
  }

  private init(reading text: UnsafeBufferPointer<UInt8>) {
    digits = 0
    exponent = 0
    var afterPoint = 0
    var i = 0
    while i < text.count, text[i] != UInt8(ascii: "e") {
      if text[i] == UInt8(ascii: ".") {
        afterPoint = 1
      } else {
        digits = digits &* 10 &+ UInt64(text[i] &- 0x30)
        exponent -= afterPoint
      }
      i += 1
    }
    if i < text.count {
      let isDown = text[i + 1] == UInt8(ascii: "-")
      let power = text[(i + 2)...].reduce(0) { $0 * 10 + Int($1 &- 0x30) }
      exponent += isDown ? -power : power
    }
  }

  var withoutZeros: Decimal {
    var decimal = self
    while decimal.digits != 0, decimal.digits % 10 == 0 {
      decimal.digits /= 10
      decimal.exponent += 1
    }
    return decimal
  }
}

extension Decimal {
  /// A cheap necessary condition for either rare case. With `value` = odd × 2^t, a tie between neighbours means value = (digits ± ½) ×
  /// 10^exponent, so that t + 1 = exponent. Half-way to another double means digits × 10^exponent = odd × 2^(e - 1), or 2^(e - 2)
  /// below a power of two, where 2^e is the unit of the last bit.
  func mayBeHalfway(_ value: some PrintedFloat) -> Bool {
    let (significand, e) = value.integerParts
    let twos = digits.trailingZeroBitCount + exponent
    return e + significand.trailingZeroBitCount + 1 == exponent || twos == e - 1 || twos == e - 2
  }

  /// Whether this reads back as `value`, and would whichever way halves were rounded.
  func isInside<Value: PrintedFloat>(_ value: Value) -> Bool {
    guard reading(as: Value.self) == value else { return false }
    let (significand, e) = value.integerParts
    // Half-way up is (2m + 1) × 2^(e - 1), half-way down (2m - 1) × 2^(e - 1), below a power of two (4m - 1) × 2^(e - 2).
    let isPowerOfTwo = value.isPowerOfTwo && value.isNormal && value != .leastNormalMagnitude
    let down = isPowerOfTwo ? (4 * significand - 1, e - 2) : (2 * significand - 1, e - 1)
    return !equals(odd: 2 * significand + 1, twos: e - 1) && !equals(odd: down.0, twos: down.1)
  }

  private func reading<Value: PrintedFloat>(as _: Value.Type) -> Value {
    withVaList([digits, Int32(exponent)]) { arguments in
      withUnsafeTemporaryAllocation(of: CChar.self, capacity: 48) { buffer in
        _ = vsnprintf(buffer.baseAddress, 48, "%llue%d", arguments)
        return buffer.baseAddress.map { Value.read($0) } ?? .nan
      }
    }
  }

  /// Whether this is exactly `odd` × 2^`twos`: the twos must agree, and the odd parts with the fives on their side.
  private func equals(odd: UInt64, twos: Int) -> Bool {
    let shift = digits.trailingZeroBitCount
    guard shift + exponent == twos else { return false }
    let own = digits >> UInt64(shift)
    return exponent >= 0 ? own.timesFive(exponent) == odd : odd.timesFive(-exponent) == own
  }
}

extension UInt64 {
  /// Times a power of five; nil when that is more than 64 bits.
  fileprivate func timesFive(_ power: Int) -> UInt64? {
    var product = self
    for _ in 0..<power {
      let (next, overflow) = product.multipliedReportingOverflow(by: 5)
      if overflow { return nil }
      product = next
    }
    return product
  }
}

extension Decimal {
  func append(wholeDigits: Int, to text: inout [UInt8]) {
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 20) { buffer in
      var start = 20
      var rest = digits
      while rest != 0 {
        start -= 1
        buffer[start] = 0x30 + UInt8(truncatingIfNeeded: rest % 10)
        rest /= 10
      }
      append(UnsafeBufferPointer(rebasing: buffer[start...]), wholeDigits, to: &text)
    }
  }

  private func append(_ digits: UnsafeBufferPointer<UInt8>, _ wholeDigits: Int, to text: inout [UInt8]) {
    let point = UInt8(ascii: ".")
    let zero = UInt8(ascii: "0")
    let scientific = exponent + digits.count - 1
    switch scientific {
    case -4..<0:
      text.append(contentsOf: [zero, point])
      text.append(contentsOf: repeatElement(zero, count: -scientific - 1))
      text.append(contentsOf: digits)
    case 0..<wholeDigits:
      let whole = min(scientific + 1, digits.count)
      text.append(contentsOf: digits[..<whole])
      text.append(contentsOf: repeatElement(zero, count: scientific + 1 - whole))
      guard whole < digits.count else { return }
      text.append(point)
      text.append(contentsOf: digits[whole...])
    default:
      text.append(digits[0])
      if digits.count > 1 {
        text.append(point)
        text.append(contentsOf: digits[1...])
      }
      text.append(contentsOf: scientific < 0 ? "e-".utf8 : "e+".utf8)
      TextForm.appendDigits(UInt64(scientific.magnitude), width: 2, to: &text)
    }
  }
}

extension TextForm {
  /// C's `%.*f`.
  public static func fixedPoint(_ value: Double, places: Int) -> [UInt8] {
    // The largest number has 309 digits.
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 400 + places) { buffer in
      let count = withVaList([Int32(places), value]) { vsnprintf(buffer.baseAddress!, buffer.count, "%.*f", $0) }
      return buffer[..<Int(count)].map { UInt8(bitPattern: $0) }
    }
  }
}

/// Reading what PostgreSQL's `numeric` input takes: digits with an optional sign, point and exponent, `NaN`, `Infinity` and
/// `inf` in any case, white space around it.
extension Numeric {
  /// Reads UTF-8 text.
  public init(parsing text: UnsafeBufferPointer<UInt8>) throws(SQLError) {
    // Columns print plain numbers; everything else is somebody's own spelling.
    if let plain = Inline(plain: text) {
      self.init(plain)
    } else {
      var reader = NumericReader(text)
      self = try reader.read()
    }
  }

  /// Reads UTF-8 text.
  public init(parsing text: [UInt8]) throws(SQLError) {
    let result = text.withUnsafeBufferPointer { bytes in Result { () throws(SQLError) in try Numeric(parsing: bytes) } }
    self = try result.get()
  }

  /// Reads text.
  public init(_ text: String) throws(SQLError) { try self.init(parsing: Array(text.utf8)) }
}

extension Numeric.Inline {
  /// Reads `-123.45`: at most nineteen digits, one point at most, a minus or nothing before them, nothing else.
  @inline(__always)
  init?(plain text: UnsafeBufferPointer<UInt8>) {
    let count = text.count
    guard count > 0, count <= 21, let base = text.baseAddress else { return nil }
    let isNegative = base[0] == UInt8(ascii: "-")
    var index = isNegative ? 1 : 0
    var value: UInt64 = 0
    var point = -1
    while index < count {
      let digit = base[index] &- UInt8(ascii: "0")
      if digit <= 9 {
        value = value &* 10 &+ UInt64(digit)
      } else {
        guard digit == UInt8(ascii: ".") &- UInt8(ascii: "0"), point < 0 else { return nil }
        point = index
      }
      index += 1
    }
    let digits = count - (isNegative ? 1 : 0) - (point < 0 ? 0 : 1)
    guard digits > 0, digits <= 19 else { return nil }
    self.init(magnitude: UInt128(value), isNegative: isNegative, scale: point < 0 ? 0 : Int32(count - point - 1))
  }
}

/// Reads a number of any form from the left to the right.
private struct NumericReader {
  private let text: UnsafeBufferPointer<UInt8>
  private var index = 0

  init(_ text: UnsafeBufferPointer<UInt8>) { self.text = text }

  mutating func read() throws(SQLError) -> Numeric {
    skipSpace()
    if let special = readSpecial() {
      try expectEnd()
      return special
    }
    let isNegative = readSign()
    let digits = try readDigits()
    let exponent = try readExponent()
    try expectEnd()
    return try number(digits, exponent: exponent, isNegative: isNegative)
  }

  private var invalid: SQLError { .invalidNumeric(String(decoding: text, as: UTF8.self)) }

  private var current: UInt8? { index < text.count ? text[index] : nil }

  private mutating func skipSpace() {
    while let byte = current, byte == UInt8(ascii: " ") || 9...13 ~= byte { index += 1 }
  }

  private func expectEnd() throws(SQLError) {
    var rest = self
    rest.skipSpace()
    guard rest.current == nil else { throw invalid }
  }

  private mutating func readSpecial() -> Numeric? {
    if read(word: "nan") { return Numeric.nan }
    let start = index
    let isNegative = readSign()
    if read(word: "infinity") || read(word: "inf") { return isNegative ? Numeric.negativeInfinity : Numeric.infinity }
    index = start
    return nil
  }

  private mutating func read(word: StaticString) -> Bool {
    guard text.count - index >= word.utf8CodeUnitCount else { return false }
    for offset in 0..<word.utf8CodeUnitCount where text[index + offset] | 0x20 != word.utf8Start[offset] { return false }
    index += word.utf8CodeUnitCount
    return true
  }

  /// Returns whether there was a minus.
  private mutating func readSign() -> Bool {
    guard current == UInt8(ascii: "-") || current == UInt8(ascii: "+") else { return false }
    defer { index += 1 }
    return current == UInt8(ascii: "-")
  }

  /// The digits without zeros in front, as a range of the text that may contain the point, and how many are behind the point.
  private mutating func readDigits() throws(SQLError) -> (range: Range<Int>, count: Int, scale: Int) {
    var start: Int?
    var (any, count, scale, hasPoint) = (false, 0, 0, false)
    while let byte = current {
      if UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte {
        any = true
        if start == nil && byte != UInt8(ascii: "0") { start = index }
        if start != nil { count += 1 }
        if hasPoint { scale += 1 }
      } else if byte == UInt8(ascii: "."), !hasPoint {
        hasPoint = true
      } else {
        break
      }
      index += 1
    }
    guard any else { throw invalid }
    return ((start ?? index)..<index, count, scale)
  }

  private mutating func readExponent() throws(SQLError) -> Int {
    guard let byte = current, byte | 0x20 == UInt8(ascii: "e") else { return 0 }
    index += 1
    skipSpace()  // PostgreSQL reads the exponent with C's strtol, which skips white space.
    let isNegative = readSign()
    let start = index
    var exponent = 0
    while let byte = current, UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte {
      exponent = min(exponent * 10 + Int(byte - UInt8(ascii: "0")), 1 << 40)
      index += 1
    }
    guard index > start else { throw invalid }
    guard exponent < Int(Int32.max / 2) else { throw .numericOverflow }
    return isNegative ? -exponent : exponent
  }

  private func number(
    _ digits: (range: Range<Int>, count: Int, scale: Int), exponent: Int, isNegative: Bool
  ) throws(SQLError) -> Numeric {
    let scale = max(digits.scale - exponent, 0)
    guard scale <= Numeric.maximumScale else { throw .numericOverflow }
    guard digits.count > 0 else { return Numeric(coefficient: 0, scale: scale) }
    let zeros = scale - (digits.scale - exponent)
    guard digits.count + zeros - scale <= Numeric.maximumIntegerDigits else { throw .numericOverflow }
    if digits.count + zeros <= Numeric.inlineDigits {
      let magnitude = word(digits.range) &* PowersOfTen.wide(zeros)
      return Numeric(Numeric.Inline(magnitude: magnitude, isNegative: isNegative, scale: Int32(scale)))
    }
    let magnitude = Magnitude(digits: digits.count, text[digits.range]).shiftedUp(zeros)
    return Numeric(unchecked: UnboundedDecimal(magnitude, scale: scale, isNegative: isNegative))
  }

  private func word(_ range: Range<Int>) -> UInt128 {
    var value: UInt128 = 0
    for byte in text[range] where byte != UInt8(ascii: ".") { value = value &* 10 &+ UInt128(byte - UInt8(ascii: "0")) }
    return value
  }
}

extension Magnitude {
  /// Reads `count` digits from text that has nothing else but perhaps a point in it.
  fileprivate init(digits count: Int, _ text: Slice<UnsafeBufferPointer<UInt8>>) {
    var limbs = [UInt32](repeating: 0, count: (count + Self.digitsPerLimb - 1) / Self.digitsPerLimb)
    var place = count
    for byte in text where byte != UInt8(ascii: ".") {
      place -= 1
      let limb = place / Self.digitsPerLimb
      limbs[limb] = limbs[limb] * 10 + UInt32(byte - UInt8(ascii: "0"))
    }
    self.init(limbs: limbs)
  }
}

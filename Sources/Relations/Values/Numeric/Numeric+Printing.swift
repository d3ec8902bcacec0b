/// Printing as PostgreSQL prints: every digit that the scale promises, never an exponent.
extension Numeric {
  /// Appends the UTF-8 text.
  public func append(to text: inout [UInt8]) {
    switch form {
    case .inline(let number): number.append(to: &text)
    case .big(let number): number.append(to: &text)
    case .special(.nan): text.append(contentsOf: "NaN".utf8)
    case .special(.infinity): text.append(contentsOf: "Infinity".utf8)
    case .special(.negativeInfinity): text.append(contentsOf: "-Infinity".utf8)
    }
  }
}

extension Numeric: CustomStringConvertible {
  /// The text that PostgreSQL prints.
  public var description: String {
    if case .inline(let number) = form, number.scale <= Inline.shortScale {
      return number.withShortText { String(decoding: $0, as: UTF8.self) }
    }
    var text: [UInt8] = []
    append(to: &text)
    return String(decoding: text, as: UTF8.self)
  }
}

extension Numeric.Inline {
  /// Up to this scale the text takes no more than `shortLength` bytes.
  static var shortScale: Int32 { 40 }
  static var shortLength: Int { 44 }

  fileprivate func append(to text: inout [UInt8]) {
    guard scale <= Self.shortScale else { return UnboundedDecimal(self).append(to: &text) }
    withShortText { text.append(contentsOf: $0) }
  }

  @inline(__always)
  fileprivate func withShortText<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Self.shortLength) { buffer in
      let count = writeShort(into: buffer)
      return body(UnsafeBufferPointer(rebasing: buffer[..<count]))
    }
  }

  /// Writes the text to the start of the buffer and returns its length.
  @inline(__always)
  fileprivate func writeShort(into buffer: UnsafeMutableBufferPointer<UInt8>) -> Int {
    precondition(buffer.count >= Self.shortLength && scale <= Self.shortScale)
    var writer = DigitWriter(buffer.baseAddress!)
    let magnitude = self.magnitude
    if isNegative { writer.append(UInt8(ascii: "-")) }
    if magnitude.highWord == 0 && scale <= 19 {
      let (whole, fraction) = magnitude.lowWord.quotientAndRemainder(dividingBy: PowersOfTen.word(Int(scale)))
      writer.append(whole, minimum: 1)
      if scale > 0 {
        writer.append(UInt8(ascii: "."))
        writer.append(fraction, minimum: Int(scale))
      }
    } else {
      writeWide(magnitude, &writer)
    }
    return writer.end - buffer.baseAddress!
  }

  private func writeWide(_ magnitude: UInt128, _ writer: inout DigitWriter) {
    let digits = max(magnitude.decimalDigitCount, Int(scale) + 1)
    let (upper, low) = magnitude.divided(by: PowersOfTen.word(18))
    let (high, middle) = upper.divided(by: PowersOfTen.word(18))
    let start = writer.end
    writer.append(high.lowWord, minimum: max(digits - 36, 0))
    writer.append(middle, minimum: min(max(digits - 18, 0), 18))
    writer.append(low, minimum: min(digits, 18))
    guard scale > 0 else { return }
    // The digits behind the point move over to make room for it.
    let point = start + (writer.end - start - Int(scale))
    (point + 1).update(from: point, count: Int(scale))
    point.pointee = UInt8(ascii: ".")
    writer.end += 1
  }
}

/// Writes digits to memory that has room for them.
private struct DigitWriter {
  var end: UnsafeMutablePointer<UInt8>

  init(_ start: UnsafeMutablePointer<UInt8>) { end = start }

  @inline(__always)
  mutating func append(_ byte: UInt8) {
    end.pointee = byte
    end += 1
  }

  /// Writes a number with zeros in front of it up to `minimum` digits; zero itself takes no digits.
  @inline(__always)
  mutating func append(_ value: UInt64, minimum: Int) {
    let digits = max(UInt128(value).decimalDigitCount, minimum)
    var rest = value
    var place = end + digits
    end = place
    var left = digits
    // Two digits a step, because each step waits for the one before.
    while left >= 2 {
      let quotient = rest / 100
      let pair = UInt8(truncatingIfNeeded: rest &- quotient &* 100)
      rest = quotient
      place -= 2
      let tens = pair / 10
      place[0] = UInt8(ascii: "0") &+ tens
      place[1] = UInt8(ascii: "0") &+ (pair &- tens &* 10)
      left -= 2
    }
    if left == 1 { (place - 1).pointee = UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: rest % 10) }
  }
}

extension UnboundedDecimal {
  fileprivate func append(to text: inout [UInt8]) {
    if isNegative { text.append(UInt8(ascii: "-")) }
    let digits = magnitude.digitCount
    // As many zeros as it takes to have one digit before the point.
    var left = max(digits, Int(scale) + 1)
    let point = Int(scale)
    func append(_ digit: UInt8) {
      if left == point { text.append(UInt8(ascii: ".")) }
      text.append(UInt8(ascii: "0") + digit)
      left -= 1
    }
    text.reserveCapacity(text.count + left + 2)
    while left > digits { append(0) }
    magnitude.forEachDigit(append)
  }
}

#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// Reads an interval as ISO 8601 writes it: `P1Y2M3W4DT5H6M7S`, `P0001-02-03T04:05:06`, `P00010203T040506`.
///
/// The numbers are C's floating point numbers, exponents and all, as PostgreSQL reads them here.
struct ISOIntervalReader {
  private let text: UnsafePointer<CChar>
  private let count: Int
  private var position = 1
  private var sum = IntervalFields()

  private struct Number {
    var whole: Int64
    var fraction: Double
    /// How many digits it begins with.
    var width: Int
  }

  static func read(_ bytes: UnsafeBufferPointer<UInt8>) throws(IntervalFields.Refusal) -> IntervalFields {
    guard bytes.count >= 2, bytes[0] == UInt8(ascii: "P"), !bytes.contains(0) else { throw .malformed }
    let result = withUnsafeTemporaryAllocation(of: CChar.self, capacity: bytes.count + 1) { text in
      for i in bytes.indices { text[i] = CChar(bitPattern: bytes[i]) }
      text[bytes.count] = 0
      return Result { () throws(IntervalFields.Refusal) in
        var reader = ISOIntervalReader(text.baseAddress!, bytes.count)
        try reader.readDate()
        return reader.sum
      }
    }
    return try result.get()
  }

  private init(_ text: UnsafePointer<CChar>, _ count: Int) {
    self.text = text
    self.count = count
  }

  /// Zero at the end.
  private var next: UInt8 { UInt8(bitPattern: text[position]) }

  private mutating func take(_ byte: Unicode.Scalar) -> Bool {
    guard next == UInt8(ascii: byte) else { return false }
    position += 1
    return true
  }

  private mutating func number() throws(IntervalFields.Refusal) -> Number {
    guard TextForm.isDigit(next) || next == UInt8(ascii: "-") || next == UInt8(ascii: ".") else { throw .malformed }
    let start = text + position
    var end: UnsafeMutablePointer<CChar>?
    errno = 0
    let value = strtod(start, &end)
    let length = end.map { UnsafePointer($0) - start } ?? 0
    guard length > 0, errno == 0 else { throw .malformed }
    guard abs(value) <= 1e15 else { throw .overflow }
    var width = 0
    let digits = start + (next == UInt8(ascii: "-") ? 1 : 0)
    while TextForm.isDigit(UInt8(bitPattern: digits[width])) { width += 1 }
    position += length
    let whole = value.rounded(.towardZero)
    return Number(whole: Int64(whole), fraction: value - whole, width: width)
  }
}

// MARK: - Before the T

extension ISOIntervalReader {
  private mutating func readDate() throws(IntervalFields.Refusal) {
    var hasField = false
    while position < count {
      if take("T") { return try readTime() }
      let number = try number()
      let unit = next
      if position < count { position += 1 }
      switch unit {
      case UInt8(ascii: "Y"): try sum.add(number.whole, number.fraction, .year)
      case UInt8(ascii: "M"): try sum.add(number.whole, number.fraction, .month)
      case UInt8(ascii: "W"): try sum.add(number.whole, number.fraction, .week)
      case UInt8(ascii: "D"): try sum.add(number.whole, number.fraction, .day)
      case UInt8(ascii: "T"), 0:
        if number.width == 8 && !hasField {
          try sum.add(number.whole / 10_000, 0, .year)
          try sum.add(number.whole / 100 % 100, 0, .month)
          try sum.add(number.whole % 100, number.fraction, .day)
        } else {
          if hasField { throw .malformed }
          try sum.add(number.whole, number.fraction, .year)
        }
        return unit == 0 ? () : try readTime()
      case UInt8(ascii: "-"):
        if hasField { throw .malformed }
        try sum.add(number.whole, number.fraction, .year)
        return try readMonthAndDay()
      default: throw .malformed
      }
      hasField = true
    }
  }

  private mutating func readMonthAndDay() throws(IntervalFields.Refusal) {
    for (unit, isLast) in [(DateTimeUnit.month, false), (.day, true)] {
      let number = try number()
      try sum.add(number.whole, number.fraction, unit)
      if position == count { return }
      if take("T") { return try readTime() }
      if isLast || !take("-") { throw .malformed }
    }
  }
}

// MARK: - Behind the T

extension ISOIntervalReader {
  private mutating func readTime() throws(IntervalFields.Refusal) {
    var hasField = false
    while position < count {
      if take("T") {
        hasField = false
        continue
      }
      let number = try number()
      let unit = next
      if position < count { position += 1 }
      switch unit {
      case UInt8(ascii: "H"): try sum.add(number.whole, number.fraction, .hour)
      case UInt8(ascii: "M"): try sum.add(number.whole, number.fraction, .minute)
      case UInt8(ascii: "S"): try sum.add(number.whole, number.fraction, .second)
      case 0 where number.width == 6 && !hasField:
        try sum.add(number.whole / 10_000, 0, .hour)
        try sum.add(number.whole / 100 % 100, 0, .minute)
        try sum.add(number.whole % 100, 0, .second)
        return try sum.add(0, number.fraction, .microseconds)
      case 0, UInt8(ascii: ":"):
        if hasField { throw .malformed }
        try sum.add(number.whole, number.fraction, .hour)
        return unit == 0 ? () : try readMinuteAndSecond()
      default: throw .malformed
      }
      hasField = true
    }
  }

  private mutating func readMinuteAndSecond() throws(IntervalFields.Refusal) {
    for (unit, isLast) in [(DateTimeUnit.minute, false), (.second, true)] {
      let number = try number()
      try sum.add(number.whole, number.fraction, unit)
      if position == count { return }
      if isLast || !take(":") { throw .malformed }
    }
  }
}

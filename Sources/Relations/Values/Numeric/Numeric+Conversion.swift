import Glibc

/// Casts to and from the other number types.
extension Numeric {
  /// SQL's cast to `smallint`: the nearest whole number, halves away from zero.
  public func toInt16() throws(SQLError) -> Int16 { try whole(Int16.self, "smallint") }
  /// SQL's cast to `integer`: the nearest whole number, halves away from zero.
  public func toInt32() throws(SQLError) -> Int32 { try whole(Int32.self, "integer") }
  /// SQL's cast to `bigint`: the nearest whole number, halves away from zero.
  public func toInt64() throws(SQLError) -> Int64 { try whole(Int64.self, "bigint") }

  private func whole<Integer: FixedWidthInteger>(_: Integer.Type, _ type: String) throws(SQLError) -> Integer {
    if isNaN { throw .cannotConvert("NaN", to: type) }
    if isInfinite { throw .cannotConvert("infinity", to: type) }
    guard let rounded = try rounded(to: 0, .halfAwayFromZero).coefficient, let result = Integer(exactly: rounded) else {
      throw .outOfRange(type)
    }
    return result
  }
}

extension Numeric {
  /// SQL's cast to `double precision`: the nearest there is, and an error if that is an infinity, or zero for what is not zero.
  public func toDouble() throws(SQLError) -> Double {
    switch form {
    case .inline(let number):
      if let exact = number.double { return exact }
      return try parsedDouble()
    case .big: return try parsedDouble()
    case .special: return standIn
    }
  }

  private func parsedDouble() throws(SQLError) -> Double {
    var text: [UInt8] = []
    append(to: &text)
    text.append(0)
    let result = text.withUnsafeBufferPointer { bytes in
      bytes.withMemoryRebound(to: CChar.self) { strtod($0.baseAddress!, nil) }
    }
    if result.isInfinite || (result == 0 && !isZero) { throw .doubleOutOfRange(description) }
    return result
  }

  /// SQL's cast from `double precision`, which keeps 15 significant digits, and from `real`, which keeps 6.
  public init(converting value: Double, digits: Int32 = 15) throws(SQLError) {
    if digits == 15, let short = Inline(short: value) {
      self.init(short)
    } else if value.isNaN {
      self = .nan
    } else if value.isInfinite {
      self = value < 0 ? .negativeInfinity : .infinity
    } else {
      self = try Numeric(parsing: Self.printed(value, digits))
    }
  }

  /// C's `%g`.
  private static func printed(_ value: Double, _ digits: Int32) -> [UInt8] {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 32) { buffer in
      let count = withVaList([digits, value]) { vsnprintf(buffer.baseAddress!, buffer.count, "%.*g", $0) }
      return buffer[..<Int(count)].map { UInt8(bitPattern: $0) }
    }
  }
}

extension Numeric.Inline {
  /// The fifteen significant digits of a float that has few behind the point, as amounts of money do.
  ///
  /// A whole number below 10^15 over a power of ten is a decimal of at most 15 digits, and the division finds the float nearest to it.
  /// If that is the given float, these are the digits, because no other decimal of 15 digits has the same nearest float.
  fileprivate init?(short value: Double) {
    for places in 0...4 {
      let unit = Double(PowersOfTen.word(places))
      let coefficient = (value * unit).rounded()
      guard abs(coefficient) < 1e15 else { return nil }
      if coefficient / unit == value {
        self.init(Int128(Int64(coefficient)), scale: Int32(places))
        return
      }
    }
    return nil
  }

  /// The nearest float, where one division of two floats that are exact finds it.
  fileprivate var double: Double? {
    guard scale <= 19, magnitude <= 1 << 53 else { return nil }
    let value = Double(Int64(truncatingIfNeeded: coefficient))
    return scale == 0 ? value : value / Double(PowersOfTen.word(Int(scale)))
  }
}

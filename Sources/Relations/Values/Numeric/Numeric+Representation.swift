/// The representation as bytes, for fingerprints and storage: different bytes for whatever prints differently.
///
///     0x00                 NaN
///     0x01                 -Infinity
///     0x02                 Infinity
///     0x40 | s << 5 | n    a coefficient below 10^38: scale (2), magnitude of the coefficient (n)
///     0x80 | s << 5        any other coefficient: scale (2), count of limbs (2), limbs (4 each), base 10^9
///
/// `s` is 1 for negative numbers, `n` is in `0...16`. All numbers are unsigned and little-endian; a magnitude takes as few bytes and
/// limbs as it can. Each form tells its own length, and a number has one form only, so the encoding is injective and no encoding is
/// the start of another.
extension Numeric {
  /// Appends the bytes.
  public func appendRepresentation(to bytes: inout [UInt8]) {
    switch form {
    case .special(.nan): bytes.append(Tag.nan)
    case .special(.negativeInfinity): bytes.append(Tag.negativeInfinity)
    case .special(.infinity): bytes.append(Tag.infinity)
    case .inline(let number): number.appendRepresentation(to: &bytes)
    case .big(let number): number.appendRepresentation(to: &bytes)
    }
  }

  /// Reads what `appendRepresentation(to:)` wrote and removes it from the front of `bytes`; `nil`, with `bytes` as they were, if
  /// they do not begin with the encoding of a number.
  public init?(representation bytes: inout ArraySlice<UInt8>) {
    var rest = bytes
    guard let tag = rest.popFirst(), let number = Self.read(tag, &rest) else { return nil }
    self = number
    bytes = rest
  }

  /// Reads what `appendRepresentation(to:)` wrote; `nil` if that is not the encoding of a number and nothing else.
  public init?(representation bytes: [UInt8]) {
    var rest = bytes[...]
    self.init(representation: &rest)
    guard rest.isEmpty else { return nil }
  }
}

private enum Tag {
  static let nan: UInt8 = 0
  static let negativeInfinity: UInt8 = 1
  static let infinity: UInt8 = 2
  static let inline: UInt8 = 0x40
  static let big: UInt8 = 0x80
  static let negative: UInt8 = 0x20
  static let length: UInt8 = 0x1F
}

extension Numeric.Inline {
  fileprivate func appendRepresentation(to bytes: inout [UInt8]) {
    let magnitude = self.magnitude
    let length = (128 - magnitude.leadingZeroBitCount + 7) / 8
    bytes.append(Tag.inline | (isNegative ? Tag.negative : 0) | UInt8(length))
    bytes.append(UInt64(scale), length: 2)
    bytes.append(magnitude.lowWord, length: min(length, 8))
    bytes.append(magnitude.highWord, length: max(length - 8, 0))
  }
}

extension UnboundedDecimal {
  fileprivate func appendRepresentation(to bytes: inout [UInt8]) {
    bytes.append(Tag.big | (isNegative ? Tag.negative : 0))
    bytes.append(UInt64(scale), length: 2)
    bytes.append(UInt64(magnitude.limbs.count), length: 2)
    for limb in magnitude.limbs { bytes.append(UInt64(limb), length: 4) }
  }
}

extension Numeric {
  /// Refuses what the writer does not write, so that two different sequences of bytes never read as the same number.
  fileprivate static func read(_ tag: UInt8, _ bytes: inout ArraySlice<UInt8>) -> Numeric? {
    switch tag {
    case Tag.nan: return .nan
    case Tag.negativeInfinity: return .negativeInfinity
    case Tag.infinity: return .infinity
    default: break
    }
    guard let scale = bytes.popNumber(length: 2), scale <= Numeric.maximumScale else { return nil }
    let isNegative = tag & Tag.negative != 0
    if tag & ~(Tag.negative | Tag.length) == Tag.inline {
      return readInline(length: Int(tag & Tag.length), isNegative, Int32(scale), &bytes)
    }
    return tag & ~Tag.negative == Tag.big ? readBig(isNegative, Int(scale), &bytes) : nil
  }

  private static func readInline(length: Int, _ isNegative: Bool, _ scale: Int32, _ bytes: inout ArraySlice<UInt8>) -> Numeric? {
    guard length <= 16, let low = bytes.popNumber(length: min(length, 8)), let high = bytes.popNumber(length: max(length - 8, 0))
    else { return nil }
    let magnitude = UInt128(high: high, low: low)
    guard magnitude < inlineLimit, (128 - magnitude.leadingZeroBitCount + 7) / 8 == length, !(isNegative && length == 0)
    else { return nil }
    return Numeric(Inline(magnitude: magnitude, isNegative: isNegative, scale: scale))
  }

  private static func readBig(_ isNegative: Bool, _ scale: Int, _ bytes: inout ArraySlice<UInt8>) -> Numeric? {
    guard let count = bytes.popNumber(length: 2), bytes.count >= Int(count) * 4 else { return nil }
    var limbs: [UInt32] = []
    limbs.reserveCapacity(Int(count))
    for _ in 0..<count {
      guard let limb = bytes.popNumber(length: 4), limb < Magnitude.base else { return nil }
      limbs.append(UInt32(limb))
    }
    guard limbs.last != 0 else { return nil }
    let number = UnboundedDecimal(Magnitude(limbs: limbs), scale: scale, isNegative: isNegative)
    guard number.magnitude.digitCount > inlineDigits, number.exponent <= maximumIntegerDigits else { return nil }
    return Numeric(unchecked: number)
  }
}

extension [UInt8] {
  @inline(__always)
  fileprivate mutating func append(_ number: UInt64, length: Int) {
    var rest = number
    for _ in 0..<length {
      append(UInt8(truncatingIfNeeded: rest))
      rest = rest &>> 8
    }
  }
}

extension ArraySlice<UInt8> {
  fileprivate mutating func popNumber(length: Int) -> UInt64? {
    guard count >= length else { return nil }
    let number = prefix(length).reversed().reduce(0 as UInt64) { $0 &<< 8 | UInt64($1) }
    removeFirst(length)
    return number
  }
}

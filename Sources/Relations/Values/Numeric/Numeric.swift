/// PostgreSQL's `numeric`: an exact decimal number of any precision, NaN, or an infinity, as PostgreSQL 15 computes with it.
///
/// A finite number is a whole coefficient and a scale, which says how many of the coefficient's digits are behind the point and so
/// how many are printed: 1.0 and 1.00 are equal, but they are not identical.
///
/// Shaped for: amounts, prices and counts by the million. Nearly all of them have a coefficient of at most 38 digits and lie
/// inline, in 24 bytes that are copied, compared and added without touching the heap. What does not fit, up to PostgreSQL's
/// limits of 131 072 digits before and 16 383 behind the point, is kept in decimal limbs behind a reference.
///
/// Guarantee: a number that fits inline is inline, so that there is one representation of every coefficient and scale.
public struct Numeric: Sendable {
  enum Form: Sendable {
    case inline(Inline)
    case big(UnboundedDecimal)
    case special(Special)
  }

  /// A coefficient below 10^38 in two words, which keeps the alignment, and with it a `Numeric` in an array, at eight bytes.
  struct Inline: Equatable, Sendable {
    let low: UInt64
    let high: UInt64
    let scale: Int32

    @inline(__always)
    init(_ coefficient: Int128, scale: Int32) {
      assert(coefficient.magnitude < Numeric.inlineLimit && 0...Int32(Numeric.maximumScale) ~= scale)
      low = UInt64(truncatingIfNeeded: coefficient)
      high = UInt64(truncatingIfNeeded: coefficient &>> 64)
      self.scale = scale
    }

    @inline(__always)
    var coefficient: Int128 { Int128(truncatingIfNeeded: UInt128(high: high, low: low)) }
  }

  /// What is not a number in the narrower sense, in the order in which it sorts above all numbers; negative infinity sorts below.
  enum Special: Sendable {
    case negativeInfinity, infinity, nan
  }

  let form: Form

  @inline(__always)
  init(_ inline: Inline) { form = .inline(inline) }

  @inline(__always)
  init(_ special: Special) { form = .special(special) }

  private init(big number: UnboundedDecimal) { form = .big(number) }
}

// MARK: - Limits

extension Numeric {
  /// How many digits may be behind the point.
  public static let maximumScale = 16383
  /// How many digits may be before the point.
  public static let maximumIntegerDigits = 131_072

  /// A coefficient of more digits is not kept inline.
  static var inlineDigits: Int { 38 }
  /// 10^38
  @inline(__always)
  static var inlineLimit: UInt128 { UInt128(high: 5_421_010_862_427_522_170, low: 687_399_551_400_673_280) }
}

// MARK: - Making one

extension Numeric {
  /// Zero, printed `0`.
  public static let zero = Numeric(0)
  /// Not a number; equal to itself and greater than everything else.
  public static let nan = Numeric(.nan)
  /// Greater than every number.
  public static let infinity = Numeric(.infinity)
  /// Less than every number.
  public static let negativeInfinity = Numeric(.negativeInfinity)

  /// A whole number, with scale zero.
  @inline(__always)
  public init(_ value: Int64) { self.init(Inline(Int128(value), scale: 0)) }

  /// `coefficient` × 10^-`scale`, printed with `scale` digits behind the point.
  /// - Precondition: `scale` is in `0...maximumScale`.
  public init(coefficient: Int128, scale: Int) {
    precondition(0...Self.maximumScale ~= scale, "a numeric has at most \(Self.maximumScale) digits behind the point")
    if coefficient.magnitude < Self.inlineLimit {
      self.init(Inline(coefficient, scale: Int32(scale)))
    } else {
      self.init(big: UnboundedDecimal(Magnitude(coefficient.magnitude), scale: scale, isNegative: coefficient < 0))
    }
  }

  /// The number in its one representation; refuses what is beyond PostgreSQL's limits.
  init(_ number: UnboundedDecimal) throws(SQLError) {
    guard number.scale <= Int32(Self.maximumScale), number.exponent <= Self.maximumIntegerDigits else { throw .numericOverflow }
    self.init(unchecked: number)
  }

  /// The number in its one representation.
  /// - Precondition: it is within PostgreSQL's limits.
  init(unchecked number: UnboundedDecimal) {
    assert(number.scale <= Int32(Self.maximumScale) && number.exponent <= Self.maximumIntegerDigits)
    if let magnitude = number.magnitude.inlineValue {
      let coefficient = Int128(truncatingIfNeeded: magnitude)
      form = .inline(Inline(number.isNegative ? -coefficient : coefficient, scale: number.scale))
    } else {
      form = .big(number)
    }
  }
}

// MARK: - Asking about one

extension Numeric {
  /// Whether it is NaN.
  public var isNaN: Bool { if case .special(.nan) = form { true } else { false } }

  /// Whether it is one of the two infinities.
  public var isInfinite: Bool {
    switch form {
    case .special(.infinity), .special(.negativeInfinity): true
    default: false
    }
  }

  /// Whether it is a number: neither NaN nor an infinity.
  public var isFinite: Bool { if case .special = form { false } else { true } }

  /// Whether it is zero, of whatever scale.
  public var isZero: Bool { if case .inline(let number) = form { number.low | number.high == 0 } else { false } }

  /// How many digits are printed behind the point; `nil` for NaN and the infinities. This is SQL's `scale()`.
  public var scale: Int? {
    switch form {
    case .inline(let number): Int(number.scale)
    case .big(let number): Int(number.scale)
    case .special: nil
    }
  }

  /// -1, 0 or 1; 1 for NaN too, which sorts above everything.
  public var signum: Int {
    switch form {
    case .inline(let number): Int(truncatingIfNeeded: number.coefficient.signum())
    case .big(let number): number.isNegative ? -1 : 1
    case .special(let special): special == .negativeInfinity ? -1 : 1
    }
  }

  /// The number times 10^`scale`, if it lies inline, that is, if the product is below 10^38.
  public var coefficient: Int128? { if case .inline(let number) = form { number.coefficient } else { nil } }

  /// The number times 10^`places`, if that is whole and fits: how a column of scaled integers holds it.
  public func scaled(to places: Int) -> Int64? {
    guard case .inline(let number) = form else { return scaledBig(to: places) }
    if Int(number.scale) == places { return Int64(exactly: number.coefficient) }
    guard let same = number.rescaled(to: places) else { return nil }
    return Int64(exactly: same)
  }

  private func scaledBig(to places: Int) -> Int64? {
    // Only zeros can make a number of more than 38 digits fit into 19; without them it may do so at a smaller scale.
    guard let trimmed = trimmedScale.coefficient, let scale = trimmedScale.scale, scale <= places else { return nil }
    return Numeric(coefficient: trimmed, scale: scale).scaled(to: places)
  }

  /// The number as the slow paths take it; `nil` for NaN and the infinities.
  var unbounded: UnboundedDecimal? {
    switch form {
    case .inline(let number): UnboundedDecimal(number)
    case .big(let number): number
    case .special: nil
    }
  }
}

extension UnboundedDecimal {
  init(_ number: Numeric.Inline) {
    let coefficient = number.coefficient
    self.init(Magnitude(coefficient.magnitude), scale: Int(number.scale), isNegative: coefficient < 0)
  }
}

// MARK: - Inline rescaling

extension Numeric.Inline {
  @inline(__always)
  var magnitude: UInt128 { coefficient.magnitude }
  @inline(__always)
  var isNegative: Bool { high >> 63 != 0 }

  @inline(__always)
  init(magnitude: UInt128, isNegative: Bool, scale: Int32) {
    let coefficient = Int128(truncatingIfNeeded: magnitude)
    self.init(isNegative ? 0 &- coefficient : coefficient, scale: scale)
  }

  /// The coefficient at another scale; `nil` if digits would be lost, or if there would be more than 38.
  func rescaled(to places: Int) -> Int128? {
    let up = places - Int(scale)
    if up >= 0 { return Self.shiftedUp(coefficient, up) }
    if low | high == 0 { return 0 }
    guard up >= -Numeric.inlineDigits else { return nil }
    let (quotient, remainder) = magnitude.divided(by: PowersOfTen.wide(-up))
    guard remainder == 0 else { return nil }
    return isNegative ? -Int128(quotient) : Int128(quotient)
  }

  /// `coefficient` × 10^`places` if that is below 10^38.
  @inline(__always)
  static func shiftedUp(_ coefficient: Int128, _ places: Int) -> Int128? {
    guard let magnitude = shiftedUp(coefficient.magnitude, places) else { return nil }
    return coefficient < 0 ? 0 &- Int128(truncatingIfNeeded: magnitude) : Int128(truncatingIfNeeded: magnitude)
  }

  /// `magnitude` × 10^`places` if that is below 10^38.
  @inline(__always)
  static func shiftedUp(_ magnitude: UInt128, _ places: Int) -> UInt128? {
    if magnitude.highWord == 0 && places <= 19 {
      let (high, low) = magnitude.lowWord.multipliedFullWidth(by: PowersOfTen.word(places))
      let product = UInt128(high: high, low: low)
      return product < Numeric.inlineLimit ? product : nil
    }
    return shiftedUpWide(magnitude, places)
  }

  static func shiftedUpWide(_ magnitude: UInt128, _ places: Int) -> UInt128? {
    if magnitude == 0 { return 0 }
    guard magnitude.decimalDigitCount + places <= Numeric.inlineDigits else { return nil }
    return magnitude &* PowersOfTen.wide(places)
  }
}

/// A sum of row hashes, modulo 2¹²⁸: what a cell keeps of the rows that entered and left a footprint.
///
/// Sums add in any order and from any number of machines, and what cancels leaves zero. Two words instead of one of 128 bits,
/// because a million cells should not pay for 16-byte alignment.
public struct Fingerprint: Hashable, Sendable, BitwiseCopyable {
  /// The less significant half.
  public var low: UInt64
  /// The more significant half.
  public var high: UInt64

  @inlinable @inline(__always)
  public init(low: UInt64, high: UInt64) {
    self.low = low
    self.high = high
  }

  /// The sum of nothing.
  public static let zero = Fingerprint(low: 0, high: 0)

  /// Whether nothing has changed on balance.
  @inlinable public var isZero: Bool { low | high == 0 }
}

// MARK: - Adding

extension Fingerprint: AdditiveArithmetic {
  @usableFromInline @inline(__always)
  init(_ number: UInt128) {
    self.init(low: UInt64(truncatingIfNeeded: number), high: UInt64(truncatingIfNeeded: number &>> 64))
  }

  @usableFromInline @inline(__always)
  var number: UInt128 { UInt128(high) &<< 64 | UInt128(low) }

  /// The sum modulo 2¹²⁸.
  @inlinable @inline(__always)
  public static func + (a: Fingerprint, b: Fingerprint) -> Fingerprint { Fingerprint(a.number &+ b.number) }

  /// The difference modulo 2¹²⁸.
  @inlinable @inline(__always)
  public static func - (a: Fingerprint, b: Fingerprint) -> Fingerprint { Fingerprint(a.number &- b.number) }

  /// What `a` added to gives zero.
  @inlinable @inline(__always)
  public static prefix func - (a: Fingerprint) -> Fingerprint { Fingerprint(0 &- a.number) }

  /// A row that comes `weight` times, or leaves as often when that is negative; modulo 2¹²⁸.
  @inlinable @inline(__always)
  public static func * (a: Fingerprint, weight: Int64) -> Fingerprint {
    Fingerprint(a.number &* UInt128(truncatingIfNeeded: Int128(weight)))
  }
}

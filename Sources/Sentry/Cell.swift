import Relations

/// The net change of what a footprint can see, in constant size: how many rows came on balance, and the sum of their keyed hashes.
///
/// It is linear: changes that cancel give zero, their order does not matter, sums of parts add up. A cell that is zero says that
/// nothing visible has changed on balance, but for a chance of 2⁻¹²⁸ times the largest power of two that divides all weights.
public struct Cell: Hashable, Sendable, BitwiseCopyable {
  /// How many rows came, less those that went. Modulo 2⁶⁴: the fingerprint of rows alone would do, the count is for answers.
  public var count: Int64
  /// The sum of the rows' hashes, each as often as it came.
  public var fingerprint: Fingerprint

  @inlinable @inline(__always)
  public init(count: Int64, fingerprint: Fingerprint) {
    self.count = count
    self.fingerprint = fingerprint
  }

  /// Nothing has changed.
  public static let zero = Cell(count: 0, fingerprint: .zero)

  /// Whether nothing has changed on balance.
  @inlinable public var isZero: Bool { count == 0 && fingerprint.isZero }
}

extension Cell: AdditiveArithmetic {
  @inlinable @inline(__always)
  public static func + (a: Cell, b: Cell) -> Cell { Cell(count: a.count &+ b.count, fingerprint: a.fingerprint + b.fingerprint) }

  @inlinable @inline(__always)
  public static func - (a: Cell, b: Cell) -> Cell { Cell(count: a.count &- b.count, fingerprint: a.fingerprint - b.fingerprint) }
}

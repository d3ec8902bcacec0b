import Relations

/// The net change of what a footprint can see, in constant size: how many rows came on balance, and the sum of their keyed hashes.
///
/// It is linear: changes that cancel give zero, their order does not matter, sums of parts add up. A cell that is zero says that
/// nothing visible has changed on balance, but for a chance of 2⁻¹²⁸ times the largest power of two that divides all weights.
public struct Cell: Hashable, Sendable, BitwiseCopyable {
  public var count: Int64
  public var fingerprint: Fingerprint

  public init(count: Int64, fingerprint: Fingerprint) {
    self.count = count
    self.fingerprint = fingerprint
  }

  public static let zero = Cell(count: 0, fingerprint: .zero)
}

extension Cell {
  public static func + (a: Cell, b: Cell) -> Cell { Cell(count: a.count + b.count, fingerprint: a.fingerprint + b.fingerprint) }
  public static func - (a: Cell, b: Cell) -> Cell { Cell(count: a.count - b.count, fingerprint: a.fingerprint - b.fingerprint) }
}

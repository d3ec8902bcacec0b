/// placeholder
public struct Numeric: Sendable {
  public init(coefficient: Int128, scale: Int) {}
  public static let zero = Numeric(coefficient: 0, scale: 0)
  public var isFinite: Bool { true }
  public var scale: Int { 0 }
  public func scaled(to scale: Int) -> Int64? { nil }
}

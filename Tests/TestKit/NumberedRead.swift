import Relations

/// A read that follows from its number: of a numbered history's rows with keys in a range.
public struct NumberedRead: Hashable, Sendable {
  public static let template = "SELECT * FROM numbered WHERE id >= $1 AND id < $2"
  public static let types: [SQLType] = [.int4, .int4]
  public let keys: Range<Int>

  public init(_ number: Int) {
    var random = SplitMix64(seed: UInt64(number) &* 7919)
    let lower = Int.random(in: 0..<300, using: &random)
    keys = lower..<lower + Int.random(in: 1...4, using: &random)
  }

  /// In the row encoding.
  public var constants: [UInt8] {
    RowEncoding(Self.types).encode([.integer(Int64(keys.lowerBound)), .integer(Int64(keys.upperBound))])
  }
}

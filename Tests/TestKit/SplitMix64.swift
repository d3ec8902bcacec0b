/// Random numbers from a seed, the same on every machine: what a test generates can be generated again.
///
/// A counter that strides through all 64-bit numbers, each one mixed. Any seed is as good as any other, neighbours included.
public struct SplitMix64: RandomNumberGenerator, Sendable {
  private var counter: UInt64

  /// Equal seeds give equal sequences.
  public init(seed: UInt64) { counter = seed }

  public mutating func next() -> UInt64 {
    counter &+= 0x9E37_79B9_7F4A_7C15
    var z = counter
    z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
    return z ^ z >> 31
  }
}

/// Random numbers that are the same in every run.
struct Generator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  /// All 64 bits.
  mutating func next() -> UInt64 { (0..<4).reduce(0) { word, _ in word << 16 | next(below: 1 << 16) } }

  mutating func next(below bound: UInt64) -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return (state >> 33) % bound
  }
}

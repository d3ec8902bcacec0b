import Relations
import TestKit
import Testing

@testable import Sentry

/// A summary never denies a key that was put in, and seldom claims another.
@Suite struct KeySummaryTests {
  private let secret = FingerprintKey((0..<16).map { UInt8($0 * 3) })

  @Test(arguments: Cases.seeds(12)) func `no key is denied, whatever the types, sizes and seals`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let kind = Int(seed % 4)
    var summary = KeySummary(secret: secret, sealing: [1, 64, 700, 5000][Int.random(in: 0..<4, using: &random)])
    var archive = MemoryKeyArchive()
    var asked: Set<Int64> = []
    for turn in 0..<12 {
      let numbers = (0..<[0, 1, 50, 900].randomElement(using: &random)!).map { _ in number(kind, &random) }
      asked.formUnion(numbers)
      try summary.insert(keys(numbers, kind), &archive)
      if turn % 5 == 3 { try summary.seal(&archive) }
      if turn == 6 {
        let bytes = summary.checkpoint
        summary = try KeySummary(checkpoint: bytes, secret: secret)
        #expect(summary.checkpoint == bytes, "\(Cases.replay(seed))")
      }
      let all = asked.sorted()
      #expect(summary.mayContain(keys(all, kind)).isAllTrue, "\(Cases.replay(seed))")
      let others = (0..<2000).map { _ in number(kind, &random) }.filter { !asked.contains($0) }
      let confirmed = try summary.contains(keys(others + all.prefix(300), kind), archive)
      for (place, number) in (others + all.prefix(300)).enumerated() {
        #expect(confirmed[place] == asked.contains(number), "\(Cases.replay(seed))")
      }
    }
  }

  @Test func `segments together claim at most one in a thousand, in twelve bits a key`() throws {
    var random = SplitMix64(seed: 5)
    var summary = KeySummary(secret: secret, sealing: 1 << 13)
    var archive = MemoryKeyArchive()
    // Several sizes, so that there are several segments.
    let keyCount = 1 << 18 + 5 << 13
    for _ in 0..<32 {
      let numbers = (0..<keyCount / 32).map { _ in Int64(bitPattern: random.next() << 1) }
      try summary.insert(Batch([Column(.int8, .integers(numbers))]), &archive)
    }
    #expect(summary.segmentCount >= 2)
    let others = (0..<400_000).map { _ in Int64(bitPattern: random.next() << 1 | 1) }
    let claimed = summary.mayContain(Batch([Column(.int8, .integers(others))])).trueCount
    #expect(claimed < 440, "\(claimed) of 400 000")
    // Small segments have some more slots a key than large ones.
    #expect(summary.sealedBytes * 8 < 14 * summary.count)
  }

  @Test func `dense integers are exact`() throws {
    var summary = KeySummary(secret: secret, sealing: 1 << 15)
    var archive = MemoryKeyArchive()
    let even = (0..<196_608 as Range<Int64>).map { 2 * $0 - 131_072 }
    try summary.insert(Batch([Column(.int8, .integers(even))]), &archive)
    try summary.seal(&archive)
    let all = (-140_000..<280_000 as Range<Int64>).map { $0 }
    let found = summary.mayContain(Batch([Column(.int8, .integers(all))]))
    let wrong = all.indices.count { found[$0] != (all[$0] % 2 == 0 && -131_072 <= all[$0] && all[$0] < 262_144) }
    #expect(wrong == 0)
    #expect(summary.count == 196_608 && summary.sealedBytes * 8 < 3 * 196_608)
  }

  @Test func `equal keys are one key`() throws {
    var summary = KeySummary(secret: secret)
    var archive = MemoryKeyArchive()
    let type = SQLType.numeric
    try summary.insert(Batch([Column(type, [.numeric(try Numeric("1.0"))])]), &archive)
    for _ in 0..<2 {
      let asked = Batch([Column(type, [.numeric(try Numeric("1.00")), .numeric(try Numeric("1.01"))])])
      #expect(summary.mayContain(asked) == Bitmap(words: [1], count: 2))
      try summary.seal(&archive)
    }
  }

  // MARK: - Keys of several types

  private func number(_ kind: Int, _ random: inout SplitMix64) -> Int64 {
    Int64.random(in: kind == 0 ? 0...20_000 : -1_000_000_000...1_000_000_000, using: &random)
  }

  private func keys(_ numbers: [Int64], _ kind: Int) -> Batch {
    switch kind {
    case 0, 1: Batch([Column(.int8, .integers(numbers))])
    case 2: Batch([Column(.text, .bytes(ByteColumn(numbers.map { Array("key \($0)".utf8) })))])
    default:
      Batch([
        Column(.int4, .integers(numbers.map { $0 >> 16 })),
        Column(.text, .bytes(ByteColumn(numbers.map { Array("\($0 & 0xFFFF)".utf8) }))),
      ])
    }
  }
}

import TestKit
import Testing

@testable import Relations

@Suite struct ZSetTests {
  private static let orders: [SQLType] = [.int8, .text]

  private static func zset(_ rows: [(Int64, String, Int64)]) -> ZSet {
    ZSet(orders, rows.map { (row: [.integer($0.0), .text($0.1)], weight: $0.2) })
  }

  @Test func `an update that is undone cancels`() {
    let update = Self.zset([(7, "apac", -1), (7, "emea", 1)])
    #expect((update + -update).consolidated().isEmpty)
    #expect(update + -update == ZSet(Self.orders))
    #expect(update.consolidated().named == update.named)
  }

  @Test func `rows keep the order of their first occurrence`() {
    let zset = Self.zset([(3, "c", 1), (1, "a", 1), (3, "c", -2), (2, "b", 1), (1, "a", -1), (2, "b", 4)])
    #expect(zset.consolidated().named == Self.zset([(3, "c", -1), (2, "b", 5)]).named)
  }

  @Test func `a row of weight zero is no row`() {
    #expect(Self.zset([(1, "a", 0)]).consolidated().isEmpty)
    #expect(Self.zset([(1, "a", 0)]) == ZSet(Self.orders))
  }

  @Test func `numbers that print differently are different rows`() {
    let ones = [Numeric(coefficient: 10, scale: 1), Numeric(coefficient: 100, scale: 2)]
    let zset = ZSet([.numeric], [(row: [.numeric(ones[0])], weight: 1), (row: [.numeric(ones[1])], weight: -1)])
    #expect(zset.consolidated().count == 2)
    let zeros = ZSet([.float8], [(row: [.float(0)], weight: 1), (row: [.float(-0.0)], weight: -1)])
    #expect(zeros.consolidated().count == 2)
    let nans = ZSet([.float8], [(row: [.float(.nan)], weight: 1), (row: [.float(-.nan)], weight: -1)])
    #expect(nans.consolidated().isEmpty)
  }

  @Test func `one number is one row however its column is stored`() {
    let decimals = ZSet(Batch([Column(.numeric, .decimals([150, 250], scale: 2))]))
    let numerics = ZSet(
      Batch([Column(.numeric, .numerics([Numeric(coefficient: 150, scale: 2), Numeric(coefficient: 250, scale: 2)]))]))
    #expect(decimals == numerics)
    #expect(decimals - numerics == ZSet([.numeric]))
  }

  @Test func `what is under a null does not count`() {
    var nulls = Bitmap(repeating: false, count: 80)
    for row in 0..<40 { nulls[row] = true }
    let zset = ZSet(
      Batch([Column(.int8, .integers((0..<80).map { Int64($0 < 40 ? $0 : 0) }), nulls: nulls)]),
      weights: (0..<80).map { $0 % 2 == 0 ? 3 : -1 })
    #expect(zset.consolidated().named == ["null × 40", "0 × 40"])
  }

  @Test func `a batch without columns has one row many times`() {
    #expect(ZSet(Batch([], count: 100)).consolidated().weights == [100])
    #expect(ZSet(Batch([], count: 5), weights: [1, -1, 2, -2, 0]).consolidated().isEmpty)
  }

  @Test func `types are part of a Z-set`() {
    #expect(ZSet([.int8]) != ZSet([.text]))
    #expect(ZSet([.int8]) != ZSet([.int8, .int8]))
    #expect(ZSet([.int8]).types == [.int8])
  }

  @Test func `sums project to sums`() {
    let zset = Self.zset([(1, "x", 1), (2, "x", 2), (3, "y", 5)])
    #expect(
      zset.projecting([1]).consolidated().named
        == ZSet([.text], [(row: [.text("x")], weight: 3), (row: [.text("y")], weight: 5)]).named)
    #expect(zset.projecting([]).consolidated().weights == [8])
    #expect(zset.filtered(by: Bitmap(words: [0b101], count: 3)).weights == [1, 5])
    #expect(zset.scaled(by: -3).weights == [-3, -6, -15])
  }

  @Test func `weights that overflow trap`() async {
    await #expect(processExitsWith: .failure) {
      let rows = Batch([Column(.int8, .integers([1, 1]))])
      _ = ZSet(rows, weights: [.max, 1]).consolidated()
    }
    await #expect(processExitsWith: .failure) {
      let rows = Batch([Column(.int8, .integers(Array(repeating: 1, count: 100)))])
      _ = ZSet(rows, weights: Array(repeating: .max / 50, count: 100)).consolidated()
    }
    await #expect(processExitsWith: .failure) {
      _ = -ZSet(Batch([], count: 1), weights: [.min])
    }
  }

  @Test(arguments: Cases.seeds(60))
  func `consolidates as a dictionary of rows does`(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    let types = GeneratedRows.types(.random(in: 0...4, using: &random), using: &random)
    let zset = GeneratedRows.zset(types, count: GeneratedRows.count(using: &random), using: &random)
    let expected = NaiveZSet(zset).consolidated
    #expect(zset.consolidated(salt: random.next()).named == expected, "\(Cases.replay(seed))")
    #expect(zset.consolidated().named == expected, "whatever the salt; \(Cases.replay(seed))")
  }

  @Test(arguments: Cases.seeds(30))
  func `does not trust hashes`(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    let types = GeneratedRows.types(.random(in: 1...3, using: &random), using: &random)
    let zset = GeneratedRows.zset(types, count: .random(in: 0...300, using: &random), using: &random)
    let mask = [0, 1, 3, 7 << 61].randomElement(using: &random)! as UInt64
    let hashes = zset.rows.hashes(.representation, salt: 0).map { $0 & mask }
    #expect(zset.consolidated(hashes: hashes).named == NaiveZSet(zset).consolidated, "\(Cases.replay(seed))")
  }

  @Test(arguments: Cases.seeds(30))
  func `adds, negates and compares as dictionaries of rows do`(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    let types = GeneratedRows.types(.random(in: 1...3, using: &random), using: &random)
    let parts = (0..<3).map { _ in GeneratedRows.zset(types, count: .random(in: 0...80, using: &random), using: &random) }
    let sum = ZSet.sum(parts)
    #expect(sum.named == parts.flatMap(\.named), "\(Cases.replay(seed))")
    #expect(sum == parts[2] + parts[0] + parts[1], "\(Cases.replay(seed))")
    #expect((parts[0] - parts[1] == parts[2]) == (NaiveZSet(parts[0] - parts[1]) == NaiveZSet(parts[2])), "\(Cases.replay(seed))")
    #expect(parts[0].scaled(by: 3) - parts[0] - parts[0] == parts[0], "\(Cases.replay(seed))")
    let shuffled = parts[0].picking((0..<Int32(parts[0].count)).shuffled(using: &random))
    #expect(shuffled == parts[0], "\(Cases.replay(seed))")
    #expect(shuffled.consolidated() == parts[0], "\(Cases.replay(seed))")
  }
}

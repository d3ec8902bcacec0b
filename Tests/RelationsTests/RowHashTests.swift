import TestKit
import Testing

@testable import Relations

@Suite struct RowHashTests {
  private let key = FingerprintKey((0..<16).map { UInt8($0 * 7) })

  @Test(arguments: Cases.seeds(10))
  func `a batch has the fingerprints of its rows`(seed: UInt64) throws {
    var cases = EncodingCases(seed: seed)
    let types = (0..<cases.below(5)).map { _ in EncodingCases.types[cases.below(EncodingCases.types.count)] }
    let count = [0, 1, 2, 3, 255, 256, 257, 515][cases.below(8)]
    let batch = Batch(try types.map { Column($0, try cases.values(count, of: $0)) }, count: count)
    let expected = (0..<count).map { key.fingerprint(of: RowEncoding(types).encode(batch[$0])) }
    #expect(batch.fingerprints(key: key) == expected, "\(Cases.replay(seed))")

    let rows = count == 0 ? [] : (0..<333).map { _ in Int32(cases.below(count)) }
    #expect(batch.fingerprints(of: rows, key: key) == rows.map { expected[Int($0)] }, "\(Cases.replay(seed))")

    let weights = (0..<count).map { _ in [1, -1, 5, .max, .min, 0, Int64(cases.below(100))][cases.below(7)] }
    var cell = Fingerprint(low: .max, high: 7)
    batch.addFingerprints(weights: weights, key: key, to: &cell)
    var slow = UInt128(7) << 64 + UInt128(UInt64.max)
    for row in 0..<count { slow = slow &+ expected[row].number &* UInt128(truncatingIfNeeded: weights[row]) }
    #expect(cell.number == slow, "\(Cases.replay(seed))")

    batch.addFingerprints(of: rows, weights: weights, key: key, to: &cell)
    for row in rows { slow = slow &+ expected[Int(row)].number &* UInt128(truncatingIfNeeded: weights[Int(row)]) }
    #expect(cell.number == slow, "\(Cases.replay(seed))")
  }

  @Test func `changes that cancel leave zero, in any order`() {
    let batch = Batch([Column(.int4, (0..<100).map { .integer(Int64($0)) })])
    var cell = Fingerprint.zero
    batch.addFingerprints(weights: Array(repeating: 3, count: 100), key: key, to: &cell)
    #expect(!cell.isZero)
    batch.addFingerprints(of: (0..<100).reversed(), weights: Array(repeating: -1, count: 100), key: key, to: &cell)
    #expect(!cell.isZero)
    batch.addFingerprints(weights: Array(repeating: -2, count: 100), key: key, to: &cell)
    #expect(cell.isZero)
  }

  @Test func `another projection and another key are other hashes`() {
    let batch = Batch([Column(.int4, [.integer(1)]), Column(.int4, [.integer(1)])])
    let hashes = [
      batch.fingerprints(key: key)[0], batch.fingerprints(columns: [0], key: key)[0], batch.fingerprints(columns: [], key: key)[0],
      batch.fingerprints(key: FingerprintKey(Array(repeating: 0, count: 16)))[0],
    ]
    #expect(Set(hashes).count == 4)
  }

  @Test func `sums are a group`() {
    var random = SplitMix64(seed: 1)
    for _ in 0..<1_000 {
      let (a, b) = (Fingerprint(low: random.next(), high: random.next()), Fingerprint(low: random.next(), high: random.next()))
      let (v, w) = (Int64(bitPattern: random.next()), Int64(bitPattern: random.next()) >> 40)
      #expect(a + b == b + a && (a + b) - b == a && (a - a).isZero && a + -a == .zero)
      #expect(a * w + a * v == a * (w &+ v) || w.addingReportingOverflow(v).overflow)
      #expect(a * w + b * w == (a + b) * w && a * -1 == -a && a * 1 == a && (a * 0).isZero)
    }
  }

  @Test func `the key does not show`() {
    var dumped = ""
    dump(key, to: &dumped)
    #expect("\(key)" == "FingerprintKey(secret)" && String(reflecting: key) == "FingerprintKey(secret)")
    #expect(!dumped.contains("low") && !dumped.contains("\(key.low)"))
  }
}

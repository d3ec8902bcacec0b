import Relations
import TestKit
import Testing

@testable import Sentry

/// Between any two cuts lies what was added there since both were put in.
@Suite struct CutTreeTests {
  @Test(arguments: Cases.seeds(40)) func `sums between cuts are those of a plain list`(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    func pick(_ count: Int) -> Int { Int.random(in: 0..<count, using: &random) }
    let layout = PayloadLayout(hasFingerprint: pick(2) == 0, sums: pick(3))
    let domain = [8, 100, 5000][pick(3)]
    let isAscending = pick(4) == 0
    var tree = CutTree(layout)
    var intervals: [Interval] = []
    var highest = 0
    func cut() -> UInt128 {
      highest += 1
      return UInt128(isAscending ? highest : pick(domain)) << 60
    }
    for _ in 0..<60 {
      switch pick(8) {
      case 0, 1:
        let added = 1 + [0, 5, 40, 400][pick(4)]
        let pairs = (0..<added).map { _ in [cut(), cut()].sorted() }
        var ids: [UInt32] = []
        if pick(2) == 0 {
          tree.insert(pairs.flatMap { $0 }, into: &ids)
        } else {
          for key in pairs.joined() { ids.append(tree.insert(key)) }
        }
        for (index, pair) in pairs.enumerated() {
          var interval = Interval(pair[0], pair[1], ids[2 * index], ids[2 * index + 1], layout)
          interval.baseline = interval.current(tree)
          intervals.append(interval)
        }
      case 2 where !intervals.isEmpty:
        for _ in 0..<min(intervals.count, [1, 20, 300][pick(3)]) {
          let gone = intervals.remove(at: pick(intervals.count))
          tree.release(gone.lower)
          tree.release(gone.upper)
        }
        if pick(2) == 0 { tree.compactIfWorthwhile() }
      default:
        var cursor = CutCursor()
        for _ in 0..<pick(30) {
          let key = UInt128(pick(isAscending ? highest + 2 : domain)) << 60 | UInt128(pick(2))
          let payload = (0..<layout.words).map { _ in random.next() }
          payload.withUnsafeBufferPointer { cursor.add($0.baseAddress!, at: key, to: tree) }
          for index in intervals.indices { intervals[index].expect(payload, at: key) }
        }
      }
      if pick(4) == 0 { check(intervals, tree, "\(Cases.replay(seed))") }
    }
    check(intervals, tree, "\(Cases.replay(seed))")
  }

  private func check(_ intervals: [Interval], _ tree: borrowing CutTree, _ comment: String) {
    var prefixes = FlatArray<UInt64>()
    tree.prefixes(into: &prefixes)
    for interval in intervals {
      var changed = interval.current(tree)
      interval.subtract(interval.baseline, from: &changed)
      #expect(changed == interval.expected, "\(comment)")
      var swept = interval.prefix(prefixes, interval.upper)
      interval.subtract(interval.prefix(prefixes, interval.lower), from: &swept)
      interval.subtract(interval.baseline, from: &swept)
      #expect(swept == interval.expected, "\(comment)")
    }
  }
}

/// What one read would keep, and what it should see.
private struct Interval {
  let first: UInt128
  let end: UInt128
  let lower: UInt32
  let upper: UInt32
  let layout: PayloadLayout
  var baseline: [UInt64]
  var expected: [UInt64]

  init(_ first: UInt128, _ end: UInt128, _ lower: UInt32, _ upper: UInt32, _ layout: PayloadLayout) {
    (self.first, self.end, self.lower, self.upper, self.layout) = (first, end, lower, upper, layout)
    baseline = Array(repeating: 0, count: layout.words)
    expected = baseline
  }

  mutating func expect(_ payload: [UInt64], at key: UInt128) {
    guard first <= key && key < end else { return }
    expected.withUnsafeMutableBufferPointer { layout.add(payload, to: $0.baseAddress!) }
  }

  func current(_ tree: borrowing CutTree) -> [UInt64] {
    var (upper, lower) = (Array(repeating: 0 as UInt64, count: layout.words), Array(repeating: 0 as UInt64, count: layout.words))
    upper.withUnsafeMutableBufferPointer { tree.addPrefix(of: self.upper, to: $0.baseAddress!) }
    lower.withUnsafeMutableBufferPointer { tree.addPrefix(of: self.lower, to: $0.baseAddress!) }
    subtract(lower, from: &upper)
    return upper
  }

  func prefix(_ prefixes: borrowing FlatArray<UInt64>, _ id: UInt32) -> [UInt64] {
    (0..<layout.words).map { prefixes[Int(id) * layout.words + $0] }
  }

  func subtract(_ words: [UInt64], from total: inout [UInt64]) {
    total.withUnsafeMutableBufferPointer { layout.subtract(words, from: $0.baseAddress!) }
  }
}

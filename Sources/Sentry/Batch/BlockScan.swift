import Relations

/// Changes side by side as vectors, compared with each read's interval in blocks of four: no order, no branch, no search.
///
/// Shaped for few changes and many reads, or many changes and few reads, where sorting would cost more than looking. A fingerprint is
/// added up in three parts, each a vector of words: the halves of its low word apart, so that no carry is lost between lanes.
struct BlockScan {
  /// By signed comparison, which is what processors have.
  private let keys: [Int64]
  private let counts: [Int64]
  private let fingerprints: Parts?
  private let commonHash: Fingerprint

  private typealias Lanes = SIMD4<Int64>
  private typealias Words = SIMD4<UInt64>
  private static var side: Int { 4 }

  private struct Parts {
    var low: [UInt64] = []
    var middle: [UInt64] = []
    var high: [UInt64] = []
  }

  /// - Parameter rows: by group.
  init(_ rows: [Int32], _ intervals: Intervals?, _ contributions: Contributions) {
    keys = rows.map { row in intervals.map { Int64(bitPattern: $0.keys[Int(row)] ^ 1 << 63) } ?? 0 }
    counts = rows.map { contributions.weights[Int($0)] }
    commonHash = contributions.commonHash ?? .zero
    fingerprints = contributions.hashes(of: rows).map { hashes in
      var parts = Parts()
      for (place, row) in rows.enumerated() {
        let change = hashes[place] * contributions.weights[Int(row)]
        parts.low.append(change.low & 0xFFFF_FFFF)
        parts.middle.append(change.low >> 32)
        parts.high.append(change.high)
      }
      return parts
    }
  }

  /// What some of the rows come to whose key is in an interval.
  func cell(_ range: Range<Int>, first: UInt64, last: UInt64) -> Cell {
    let (first, last) = (Int64(bitPattern: first ^ 1 << 63), Int64(bitPattern: last ^ 1 << 63))
    let count = Int64(bitPattern: sum(counts, range, first, last))
    guard let fingerprints else { return Cell(count: count, fingerprint: commonHash * count) }
    let low = UInt128(sum(fingerprints.low, range, first, last)) &+ UInt128(sum(fingerprints.middle, range, first, last)) << 32
    let high = sum(fingerprints.high, range, first, last) &+ UInt64(truncatingIfNeeded: low >> 64)
    return Cell(count: count, fingerprint: Fingerprint(low: UInt64(truncatingIfNeeded: low), high: high))
  }

  @inline(__always)
  private func sum<Word: FixedWidthInteger>(_ words: [Word], _ range: Range<Int>, _ first: Int64, _ last: Int64) -> UInt64 {
    keys.withUnsafeBytes { keys in
      words.withUnsafeBytes { words in
        var total = Words.zero
        var place = range.lowerBound
        while place &+ Self.side <= range.upperBound {
          let block = keys.loadUnaligned(fromByteOffset: 8 &* place, as: Lanes.self)
          let isInside = (block .>= first) .& (block .<= last)
          let added = words.loadUnaligned(fromByteOffset: 8 &* place, as: Words.self)
          total &+= Words.zero.replacing(with: added, where: isInside)
          place &+= Self.side
        }
        var sum = total.wrappedSum()
        while place < range.upperBound && !Planted.bug("a block that is not full is not scanned") {
          let key = keys.loadUnaligned(fromByteOffset: 8 &* place, as: Int64.self)
          if first <= key && key <= last { sum &+= words.loadUnaligned(fromByteOffset: 8 &* place, as: UInt64.self) }
          place &+= 1
        }
        return sum
      }
    }
  }
}

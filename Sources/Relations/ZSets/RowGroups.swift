import Glibc

/// Which rows are the same, judged by their hashes, and what their weights add up to.
///
/// Shaped for a million rows with a handful of changes each. A table of all of them would miss the cache at every probe; so rows
/// are first dealt out by the top bits of their hashes into parts whose tables fit the second-level cache, and each part is
/// grouped by itself. Dealing keeps the order of rows, so that the first of a group is the first of the batch.
///
///     hashes ──count, deal──▶ entries (hash, row, weight), part by part ──probe──▶ first[row], total[first]
///
/// Equal hashes are taken for equal rows here. The caller looks at the rows themselves, column by column, which is cheaper than
/// row by row, and takes an exact path in the one case in 2⁶⁴ where hashes lied.
struct RowGroups {
  /// For each row the first row with its hash.
  let firsts: [Int32]
  /// For each first row the sum of its group's weights; elsewhere anything.
  let totals: [Int64]

  init(hashes: [UInt64], weights: [Int64]) {
    let count = hashes.count
    precondition(count == weights.count && count <= Int32.max, "each row has a hash and a weight")
    var totals: [Int64] = []
    firsts = [Int32](unsafeUninitializedCapacity: count) { firsts, filled in
      totals = [Int64](unsafeUninitializedCapacity: count) { totals, filled in
        hashes.withUnsafeBufferPointer { hashes in
          weights.withUnsafeBufferPointer { weights in
            group(hashes, weights, firsts.baseAddress!, totals.baseAddress!)
          }
        }
        filled = count
      }
      filled = count
    }
    self.totals = totals
  }
}

/// One row on its way into a part.
private struct Entry: BitwiseCopyable {
  let hash: UInt64
  let row: Int32
  /// The row's weight, or `beyond`. Carried along because looking it up would miss the cache.
  let weight: Int32

  static let beyond = Int32.min

  @inline(__always)
  init(_ hash: UInt64, _ row: Int, _ weight: Int64) {
    // Zero marks a free place in tables.
    self.hash = hash == 0 ? 1 : hash
    self.row = Int32(truncatingIfNeeded: row)
    self.weight = Int32(exactly: weight) ?? Entry.beyond
  }
}

/// Rows per part, on average. Tables of twice as many places of 12 bytes stay in the second-level cache.
private let rowsPerPart = 8192

private func group(
  _ hashes: UnsafeBufferPointer<UInt64>, _ weights: UnsafeBufferPointer<Int64>, _ firsts: UnsafeMutablePointer<Int32>,
  _ totals: UnsafeMutablePointer<Int64>
) {
  let count = hashes.count
  var bits: UInt64 = 0
  while count >> Int(bits) > rowsPerPart { bits += 1 }
  let entries = UnsafeMutablePointer<Entry>.allocate(capacity: count)
  defer { entries.deallocate() }
  let ends = deal(hashes, weights, bits, entries)
  let largest = zip(ends, [0] + ends).map { $0 - $1 }.max() ?? 0
  var table = ProbeTable(capacity: largest)
  defer { table.deallocate() }
  var start = 0
  for end in ends {
    table.clear(for: end - start)
    for entry in UnsafeBufferPointer(start: entries + start, count: end - start) {
      let weight = entry.weight == Entry.beyond ? weights[Int(entry.row)] : Int64(entry.weight)
      let first = table.first(entry)
      firsts[Int(entry.row)] = first
      if first == entry.row { totals[Int(first)] = weight } else { totals[Int(first)] += weight }
    }
    start = end
  }
}

/// Deals rows into 2^`bits` parts by the top bits of their hashes. Returns where each part ends.
private func deal(
  _ hashes: UnsafeBufferPointer<UInt64>, _ weights: UnsafeBufferPointer<Int64>, _ bits: UInt64,
  _ entries: UnsafeMutablePointer<Entry>
) -> [Int] {
  var ends = [Int](repeating: 0, count: 1 << Int(bits))
  let shift = 64 &- bits  // A shift by 64 gives zero: one part.
  ends.withUnsafeMutableBufferPointer { ends in
    for hash in hashes { ends[Int(truncatingIfNeeded: hash >> shift)] &+= 1 }
    var start = 0
    for part in ends.indices { (ends[part], start) = (start, start + ends[part]) }
    for row in 0..<hashes.count {
      let part = Int(truncatingIfNeeded: hashes[row] >> shift)
      entries[ends[part]] = Entry(hashes[row], row, weights[row])
      ends[part] &+= 1
    }
  }
  return ends
}

/// Open addressing, one table for all parts in turn.
private struct ProbeTable {
  private let hashes: UnsafeMutablePointer<UInt64>
  private let rows: UnsafeMutablePointer<Int32>
  private var mask = 0

  init(capacity: Int) {
    let places = ProbeTable.places(for: capacity)
    hashes = .allocate(capacity: places)
    rows = .allocate(capacity: places)
  }

  /// Twice as many as rows, a power of two.
  private static func places(for count: Int) -> Int { 16 << (Int.bitWidth - (count >> 3).leadingZeroBitCount) }

  func deallocate() {
    hashes.deallocate()
    rows.deallocate()
  }

  mutating func clear(for count: Int) {
    let places = ProbeTable.places(for: count)
    mask = places - 1
    memset(hashes, 0, places * MemoryLayout<UInt64>.size)
  }

  /// The row that came first with this hash: the entry's own, if none did.
  @inline(__always)
  func first(_ entry: Entry) -> Int32 {
    var place = Int(truncatingIfNeeded: entry.hash) & mask
    while true {
      let hash = hashes[place]
      if hash == entry.hash { return rows[place] }
      if hash == 0 {
        hashes[place] = entry.hash
        rows[place] = entry.row
        return entry.row
      }
      place = (place &+ 1) & mask
    }
  }
}

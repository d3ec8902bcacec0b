import Glibc

/// Which rows are the same, judged by their hashes, and what their weights add up to.
///
/// Shaped for a million rows with a handful of changes each. A table of all of them would miss the cache at every probe; so rows
/// are first dealt out by the top bits of their hashes into parts whose tables fit the second-level cache, and each part is
/// grouped by itself. Dealing keeps the order of rows, so that the first of a group is the first of the batch.
///
///     hashes ──count, deal──▶ entries (hash, row, weight), part by part ──probe──▶ first[row], entries (total, row)
///
/// Sums are kept where the hashes were: fresh memory costs more here than work does.
///
/// Equal hashes are taken for equal rows. The caller looks at the rows themselves, column by column, which is cheaper than row by
/// row, and takes an exact path in the one case in 2⁶⁴ where hashes lied.
struct RowGroups: ~Copyable {
  /// For each row the first row with its hash.
  let firsts: [Int32]
  /// Each row with the sum of its group's weights if it is the group's first, else with zero. In the order of the parts.
  private let entries: UnsafeMutableBufferPointer<Entry>

  init(hashes: [UInt64], weights: [Int64]) {
    let count = hashes.count
    precondition(count == weights.count && count <= Int32.max, "each row has a hash and a weight")
    let entries = UnsafeMutableBufferPointer<Entry>.allocate(capacity: count)
    firsts = [Int32](unsafeUninitializedCapacity: count) { firsts, filled in
      hashes.withUnsafeBufferPointer { hashes in
        weights.withUnsafeBufferPointer { weights in group(hashes, weights, entries, firsts) }
      }
      filled = count
    }
    self.entries = entries
  }

  deinit { entries.deallocate() }

  /// Which rows are the first of a group whose weights do not cancel, and these sums, in the order of rows.
  func survivors() -> (rows: Bitmap, weights: [Int64]) {
    var words = [UInt64](repeating: 0, count: Bitmap.words(for: firsts.count))
    words.withUnsafeMutableBufferPointer { words in
      for entry in entries where entry.total != 0 { words[Int(entry.row >> 6)] |= 1 << UInt64(entry.row & 63) }
    }
    // How many survivors are before each word, so that each sum finds its place.
    var before: [Int] = []
    before.reserveCapacity(words.count)
    var survivors = 0
    for word in words {
      before.append(survivors)
      survivors += word.nonzeroBitCount
    }
    let weights = [Int64](unsafeUninitializedCapacity: survivors) { weights, filled in
      for entry in entries where entry.total != 0 {
        let earlier = words[Int(entry.row >> 6)] & (1 << UInt64(entry.row & 63) - 1)
        weights[before[Int(entry.row >> 6)] &+ earlier.nonzeroBitCount] = entry.total
      }
      filled = survivors
    }
    return (Bitmap(words: words, count: firsts.count), weights)
  }
}

/// One row on its way into a part, and in it.
private struct Entry: BitwiseCopyable {
  /// The row's hash until its part is grouped, then the sum of the weights of its group.
  private var word: UInt64
  let row: Int32
  /// The row's weight, or `beyond`. Carried along because looking it up would miss the cache.
  let weight: Int32

  static let beyond = Int32.min

  @inline(__always)
  init(_ hash: UInt64, _ row: Int, _ weight: Int64) {
    // Zero marks a free place in tables.
    word = hash == 0 ? 1 : hash
    self.row = Int32(truncatingIfNeeded: row)
    self.weight = Int32(exactly: weight) ?? Entry.beyond
  }

  var hash: UInt64 { word }
  var total: Int64 {
    get { Int64(bitPattern: word) }
    set { word = UInt64(bitPattern: newValue) }
  }
}

/// Rows per part, on average. Entries of 16 bytes and tables of twice as many places of 12 stay in the second-level cache.
private let rowsPerPart = 8192

private func group(
  _ hashes: UnsafeBufferPointer<UInt64>, _ weights: UnsafeBufferPointer<Int64>, _ entries: UnsafeMutableBufferPointer<Entry>,
  _ firsts: UnsafeMutableBufferPointer<Int32>
) {
  var bits: UInt64 = 0
  while hashes.count >> Int(bits) > rowsPerPart { bits += 1 }
  let ends = deal(hashes, weights, bits, entries)
  var table = ProbeTable(capacity: zip(ends, [0] + ends).map { $0 - $1 }.max() ?? 0)
  var start = 0
  for end in ends {
    table.clear(for: end - start)
    for index in start..<end {
      let entry = entries[index]
      let weight = entry.weight == Entry.beyond ? weights[Int(entry.row)] : Int64(entry.weight)
      let first = table.first(entry.hash, Int32(truncatingIfNeeded: index))
      entries[index].total = 0
      entries[Int(first)].total += weight
      firsts[Int(entry.row)] = entries[Int(first)].row
    }
    start = end
  }
}

/// Deals rows into 2^`bits` parts by the top bits of their hashes. Returns where each part ends.
private func deal(
  _ hashes: UnsafeBufferPointer<UInt64>, _ weights: UnsafeBufferPointer<Int64>, _ bits: UInt64,
  _ entries: UnsafeMutableBufferPointer<Entry>
) -> [Int] {
  var ends = [Int](repeating: 0, count: 1 << Int(bits))
  let shift = 64 &- bits  // A shift by 64 gives zero: one part.
  ends.withUnsafeMutableBufferPointer { ends in
    for hash in hashes { ends[Int(truncatingIfNeeded: hash >> shift)] &+= 1 }
    var start = 0
    for part in ends.indices { (ends[part], start) = (start, start + ends[part]) }
    for row in 0..<hashes.count {
      let part = Int(truncatingIfNeeded: hashes[row] >> shift)
      entries.initializeElement(at: ends[part], to: Entry(hashes[row], row, weights[row]))
      ends[part] &+= 1
    }
  }
  return ends
}

/// Open addressing, one table for all parts in turn.
private struct ProbeTable: ~Copyable {
  private let hashes: UnsafeMutablePointer<UInt64>
  private let entries: UnsafeMutablePointer<Int32>
  private var mask = 0

  init(capacity: Int) {
    let places = ProbeTable.places(for: capacity)
    hashes = .allocate(capacity: places)
    entries = .allocate(capacity: places)
  }

  deinit {
    hashes.deallocate()
    entries.deallocate()
  }

  /// Twice as many as rows, a power of two.
  private static func places(for count: Int) -> Int { 16 << (Int.bitWidth - (count >> 3).leadingZeroBitCount) }

  mutating func clear(for count: Int) {
    let places = ProbeTable.places(for: count)
    mask = places - 1
    memset(hashes, 0, places * MemoryLayout<UInt64>.size)
  }

  /// The entry that came first with this hash: the given one, if none did.
  @inline(__always)
  func first(_ hash: UInt64, _ entry: Int32) -> Int32 {
    var place = Int(truncatingIfNeeded: hash) & mask
    while true {
      let there = hashes[place]
      if there == hash { return entries[place] }
      if there == 0 {
        hashes[place] = hash
        entries[place] = entry
        return entry
      }
      place = (place &+ 1) & mask
    }
  }
}

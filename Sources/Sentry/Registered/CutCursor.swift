/// A place in a tree of cuts that moves: changes that come in about the order of their keys need not each go down from the root.
///
/// It keeps the path to a gap, and of each level the keys for which that path is right. The next key climbs to where it is right
/// again and goes down from there: one comparison if it falls into the same gap, and whole paths only between parts of the tree.
struct CutCursor {
  private var steps = InlineArray<12, Step>(repeating: Step(first: 1, end: 0, place: 0))

  /// Level 0 is the gap among the leaves. For keys `first..<end`; none at the start.
  private struct Step: BitwiseCopyable {
    var first: UInt128
    var end: UInt128
    var place: Int
  }
}

extension CutCursor {
  /// Adds to the gap that a key falls into, and to all sums that take it in. What lies before all cuts is seen by nobody.
  ///
  /// - Precondition: no cuts were put in or taken out since the cursor was made.
  @inline(__always)
  mutating func add(_ payload: UnsafePointer<UInt64>, at key: UInt128, to tree: borrowing CutTree) {
    if tree.root < 0 { return }
    if !(steps[0].first <= key && key < steps[0].end) && !seek(key, tree) { return }
    let layout = tree.layout
    layout.add(payload, to: tree.gaps.base + steps[0].place &* layout.words)
    var level = 1
    while level <= tree.height {
      layout.add(payload, to: tree.sums.base + steps[level].place &* layout.words)
      level &+= 1
    }
  }

  /// Finds the gap of a key; false if there is none.
  private mutating func seek(_ key: UInt128, _ tree: borrowing CutTree) -> Bool {
    let fanOut = CutTree.fanOut
    var level = 1
    while level <= tree.height && !(steps[level].first <= key && key < steps[level].end) { level &+= 1 }
    let isAtRoot = level > tree.height
    var node = isAtRoot ? Int(tree.root) : Int(tree.children[steps[level].place])
    var end = isAtRoot ? .max : steps[level].end
    while level > 0 {
      level &-= 1
      let base = node &* fanOut
      let keys = (level == 0 ? tree.keys.base : tree.separators.base) + base
      let count = Int(level == 0 ? tree.leafCounts[node] : tree.innerCounts[node])
      let slot = CutTree.rank(keys, count, key) &- 1
      if slot < 0 {
        steps[level].end = 0
        return false
      }
      end = slot &+ 1 < count ? keys[slot &+ 1] : end
      steps[level] = Step(first: keys[slot], end: end, place: base &+ slot)
      if level > 0 { node = Int(tree.children[base &+ slot]) }
    }
    return true
  }
}

/// About the order of many changes by group and key, so that those that fall near each other are handled together.
///
/// Shaped for some thousand changes: a radix sort of single words, which have as many bits of the key as there is room for. Near is
/// enough, because a cursor finds its way from anywhere.
struct NearOrder: ~Copyable {
  private var words = FlatArray<UInt64>()
  private var spare = FlatArray<UInt64>()
  private var placeBits: UInt64 = 0

  private static var few: Int { 64 }
  private static var digitBits: UInt64 { 8 }

  /// Whether there is an order; else as they come.
  private(set) var isSorted = false

  /// The place at a rank.
  @inline(__always)
  subscript(rank: Int) -> Int { isSorted ? Int(words[rank] & (1 &<< placeBits &- 1)) : rank }

  mutating func sort(_ count: Int, groups: UnsafePointer<Int32>, keys: UnsafePointer<UInt64>) {
    isSorted = count >= Self.few
    if !isSorted { return }
    var (least, greatest, lastGroup) = (UInt64.max, 0 as UInt64, 0 as Int32)
    for place in 0..<count {
      least = min(least, keys[place])
      greatest = max(greatest, keys[place])
      lastGroup = max(lastGroup, groups[place])
    }
    placeBits = UInt64(Int.bitWidth - count.leadingZeroBitCount)
    let groupBits = UInt64(32 - UInt32(bitPattern: lastGroup).leadingZeroBitCount)
    let keyBits = UInt64(64 - (greatest - least).leadingZeroBitCount)
    let dropped = max(placeBits + groupBits + keyBits, 64) - 64
    let groupShift = placeBits + keyBits - dropped
    words.removeAll()
    words.append(repeating: 0, count: count)
    spare.removeAll()
    spare.append(repeating: 0, count: count)
    for place in 0..<count {
      let group = UInt64(UInt32(bitPattern: groups[place]))
      // The shift is that of all bits if there is one group.
      words.base[place] =
        (groupBits == 0 ? 0 : group &<< groupShift) | ((keys[place] - least) >> dropped) << placeBits | UInt64(place)
    }
    var shift = placeBits
    while shift < groupShift + groupBits {
      sortByDigit(shift)
      swap(&words, &spare)
      shift += Self.digitBits
    }
  }

  private func sortByDigit(_ shift: UInt64) {
    let count = words.count
    let (from, to) = (words.base, spare.base)
    withUnsafeTemporaryAllocation(of: Int.self, capacity: 1 << Self.digitBits) { next in
      next.update(repeating: 0)
      let mask = (1 as UInt64) << Self.digitBits - 1
      for place in 0..<count { next[Int(from[place] &>> shift & mask)] &+= 1 }
      var start = 0
      for digit in 0..<next.count {
        let size = next[digit]
        next[digit] = start
        start += size
      }
      for place in 0..<count {
        let digit = Int(from[place] &>> shift & mask)
        to[next[digit]] = from[place]
        next[digit] &+= 1
      }
    }
  }
}

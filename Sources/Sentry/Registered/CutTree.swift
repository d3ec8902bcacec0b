/// Running sums between cuts of an ordered line: an order-statistics tree whose nodes hold sums.
///
/// Reads ask for what lies from one cut to another, and put their end points here as cuts. A change adds along one path from the
/// root to the gap that it falls into, however many reads take that gap in; a read subtracts two prefixes.
///
///     inner                 c₀: Σ        c₃: Σ         c₆: Σ
///                         ┌───┘            │             └───┐
///     leaves       c₀ │ c₁ │ c₂     c₃ │ c₄ │ c₅     c₆ │ c₇ │ c₈
///                     gaps: what lies from a cut up to the next one
///
/// Shaped for 10⁶ cuts, put in by the hundred thousand or one by one, in any order or ascending, and 10⁶ changes a second.
///
/// A new cut splits a gap; what has been added up there stays on its left, and whoever puts the cut in takes its sums from there on.
/// Cuts that nobody refers to any more stay until many have gathered.
struct CutTree: ~Copyable {
  let layout: PayloadLayout
  private(set) var root: Int32 = -1
  /// Levels of inner nodes above the leaves.
  private(set) var height = 0
  private(set) var firstLeaf: Int32 = -1

  // Leaves: `fanOut` cuts each.
  var keys = FlatArray<UInt128>()
  var ids = FlatArray<UInt32>()
  var gaps = FlatArray<UInt64>()
  var leafCounts = FlatArray<Int32>()
  var leafParents = FlatArray<Int32>()
  var nextLeaves = FlatArray<Int32>()

  // Inner nodes: `fanOut` children each, the least cut of each child, the sum of its gaps.
  var separators = FlatArray<UInt128>()
  var children = FlatArray<Int32>()
  var sums = FlatArray<UInt64>()
  var innerCounts = FlatArray<Int32>()
  var innerParents = FlatArray<Int32>()

  // Cuts by number: where they are, and how often they are referred to.
  var locations = FlatArray<UInt32>()
  var references = FlatArray<UInt32>()
  private var freeIDs: [UInt32] = []
  private(set) var deadCount = 0

  static var fanOut: Int { 32 }

  init(_ layout: PayloadLayout) { self.layout = layout }
}

extension CutTree {
  /// Cuts that are in the tree, dead ones included.
  var cutCount: Int { locations.count - freeIDs.count }

  @inline(__always)
  private func gap(_ place: Int) -> Words { gaps.base + place &* layout.words }
  @inline(__always)
  private func sum(_ place: Int) -> Words { sums.base + place &* layout.words }

  /// How many of the first keys are not above a key.
  @inline(__always)
  static func rank(_ keys: UnsafeMutablePointer<UInt128>, _ count: Int, _ key: UInt128) -> Int {
    var start = 0
    var rest = count
    while rest > 0 {
      let half = rest >> 1
      let goesRight = keys[start &+ half] <= key
      start = goesRight ? start &+ half &+ 1 : start
      rest = goesRight ? rest &- half &- 1 : half
    }
    return start
  }
}

// MARK: - Changes and sums

extension CutTree {
  /// Adds up all that lies before a cut.
  func addPrefix(of id: UInt32, to total: Words) {
    let location = Int(locations[Int(id)])
    let leaf = location / Self.fanOut
    for place in leaf * Self.fanOut..<location { layout.add(gap(place), to: total) }
    var node = Int32(leaf)
    var parent = leafParents[leaf]
    while parent >= 0 {
      var place = Int(parent) * Self.fanOut
      while children[place] != node {
        layout.add(sum(place), to: total)
        place += 1
      }
      node = parent
      parent = innerParents[Int(parent)]
    }
  }

  /// What lies before each cut, by the cut's number: one pass over the leaves.
  func prefixes(into words: inout FlatArray<UInt64>) {
    words.removeAll()
    words.append(repeating: 0, count: locations.count * layout.words)
    withUnsafeTemporaryAllocation(of: UInt64.self, capacity: layout.words) { running in
      let running = running.baseAddress!
      layout.clear(running)
      var leaf = firstLeaf
      while leaf >= 0 {
        let base = Int(leaf) * Self.fanOut
        for place in base..<base + Int(leafCounts[Int(leaf)]) {
          (words.base + Int(ids[place]) &* layout.words).update(from: running, count: layout.words)
          layout.add(gap(place), to: running)
        }
        leaf = nextLeaves[Int(leaf)]
      }
    }
  }

  func key(of id: UInt32) -> UInt128 { keys[Int(locations[Int(id)])] }
}

// MARK: - Putting cuts in

extension CutTree {
  /// The number of a cut, which is put in if it is new, and is referred to once more.
  mutating func insert(_ key: UInt128) -> UInt32 {
    if root < 0 {
      root = newLeaf()
      firstLeaf = root
    }
    var node = root
    for _ in 0..<height {
      let base = Int(node) * Self.fanOut
      let slot = max(0, Self.rank(separators.base + base, Int(innerCounts[Int(node)]), key) - 1)
      if key < separators[base + slot] { separators[base + slot] = key }
      node = children[base + slot]
    }
    let count = Int(leafCounts[Int(node)])
    let slot = Self.rank(keys.base + Int(node) * Self.fanOut, count, key)
    if slot > 0 && keys[Int(node) * Self.fanOut + slot - 1] == key {
      let id = ids[Int(node) * Self.fanOut + slot - 1]
      refer(to: id)
      return id
    }
    let id = newID()
    if count < Self.fanOut {
      put(key, id, in: node, at: slot)
    } else {
      // Ascending cuts fill their leaves; others leave room on both sides.
      let kept = slot == count && nextLeaves[Int(node)] < 0 ? count : count / 2
      let right = splitLeaf(node, keeping: kept, before: key)
      // A root that has just grown knows of the cuts that were there, and this one may be less.
      let least = Int(root) * Self.fanOut
      if key < separators[least] { separators[least] = key }
      if slot > kept || kept == count { put(key, id, in: right, at: slot - kept) } else { put(key, id, in: node, at: slot) }
    }
    return id
  }

  mutating func refer(to id: UInt32) {
    if references[Int(id)] == 0 { deadCount -= 1 }
    references[Int(id)] += 1
  }

  /// Takes back one reference. The cut stays until `compact`.
  mutating func release(_ id: UInt32) {
    references[Int(id)] -= 1
    if references[Int(id)] == 0 { deadCount += 1 }
  }

  private mutating func newID() -> UInt32 {
    if let id = freeIDs.popLast() {
      references[Int(id)] = 1
      return id
    }
    locations.append(0)
    references.append(1)
    return UInt32(locations.count - 1)
  }

  private mutating func newLeaf() -> Int32 {
    keys.append(repeating: 0, count: Self.fanOut)
    ids.append(repeating: 0, count: Self.fanOut)
    gaps.append(repeating: 0, count: Self.fanOut * layout.words)
    leafCounts.append(0)
    leafParents.append(-1)
    nextLeaves.append(-1)
    return Int32(leafCounts.count - 1)
  }

  private mutating func newInner() -> Int32 {
    separators.append(repeating: 0, count: Self.fanOut)
    children.append(repeating: -1, count: Self.fanOut)
    sums.append(repeating: 0, count: Self.fanOut * layout.words)
    innerCounts.append(0)
    innerParents.append(-1)
    return Int32(innerCounts.count - 1)
  }

  /// - Precondition: the leaf has room.
  private func put(_ key: UInt128, _ id: UInt32, in leaf: Int32, at slot: Int) {
    let base = Int(leaf) * Self.fanOut
    let count = Int(leafCounts[Int(leaf)])
    let moved = count - slot
    (keys.base + base + slot + 1).update(from: keys.base + base + slot, count: moved)
    (ids.base + base + slot + 1).update(from: ids.base + base + slot, count: moved)
    gap(base + slot + 1).update(from: gap(base + slot), count: moved * layout.words)
    keys[base + slot] = key
    ids[base + slot] = id
    layout.clear(gap(base + slot))
    leafCounts[Int(leaf)] = Int32(count + 1)
    for place in base + slot...base + count { locations[Int(ids[place])] = UInt32(place) }
  }

  /// Moves the cuts from a slot on to a new leaf on the right, which is to take `key` if it stays empty.
  private mutating func splitLeaf(_ leaf: Int32, keeping kept: Int, before key: UInt128) -> Int32 {
    let right = newLeaf()
    let (base, target) = (Int(leaf) * Self.fanOut, Int(right) * Self.fanOut)
    let moved = Int(leafCounts[Int(leaf)]) - kept
    (keys.base + target).update(from: keys.base + base + kept, count: moved)
    (ids.base + target).update(from: ids.base + base + kept, count: moved)
    gap(target).update(from: gap(base + kept), count: moved * layout.words)
    leafCounts[Int(leaf)] = Int32(kept)
    leafCounts[Int(right)] = Int32(moved)
    for place in target..<target + moved { locations[Int(ids[place])] = UInt32(place) }
    nextLeaves[Int(right)] = nextLeaves[Int(leaf)]
    nextLeaves[Int(leaf)] = right
    let words = layout.words
    withUnsafeTemporaryAllocation(of: UInt64.self, capacity: words) { total in
      let total = total.baseAddress!
      layout.clear(total)
      for place in target..<target + moved { layout.add(gap(place), to: total) }
      insertChild(right, moved > 0 ? keys[target] : key, total, after: leaf, parent: leafParents[Int(leaf)], level: 1)
    }
    return right
  }

  /// Hangs a new node in beside the one that it was split from; `total` has been moved from that one's sum.
  private mutating func insertChild(
    _ child: Int32, _ separator: UInt128, _ total: Words, after sibling: Int32, parent: Int32, level: Int
  ) {
    guard parent >= 0 else { return growRoot(sibling, child, separator, total) }
    var parent = parent
    var slot = slot(of: sibling, in: parent)
    // First the split, so that the sums that it moves are whole.
    if Int(innerCounts[Int(parent)]) == Self.fanOut {
      let kept = slot == Self.fanOut - 1 ? Self.fanOut - 1 : Self.fanOut / 2
      let right = splitInner(parent, keeping: kept, level: level + 1)
      if slot >= kept {
        parent = right
        slot -= kept
      }
    }
    let base = Int(parent) * Self.fanOut
    let count = Int(innerCounts[Int(parent)])
    let moved = count - slot - 1
    layout.subtract(total, from: sum(base + slot))
    (separators.base + base + slot + 2).update(from: separators.base + base + slot + 1, count: moved)
    (children.base + base + slot + 2).update(from: children.base + base + slot + 1, count: moved)
    sum(base + slot + 2).update(from: sum(base + slot + 1), count: moved * layout.words)
    separators[base + slot + 1] = separator
    children[base + slot + 1] = child
    layout.clear(sum(base + slot + 1))
    layout.add(total, to: sum(base + slot + 1))
    innerCounts[Int(parent)] = Int32(count + 1)
    setParent(of: child, to: parent, level: level)
  }

  private func slot(of child: Int32, in parent: Int32) -> Int {
    let base = Int(parent) * Self.fanOut
    var slot = 0
    while children[base + slot] != child { slot += 1 }
    return slot
  }

  private func setParent(of child: Int32, to parent: Int32, level: Int) {
    if level == 1 { leafParents[Int(child)] = parent } else { innerParents[Int(child)] = parent }
  }

  private mutating func splitInner(_ node: Int32, keeping kept: Int, level: Int) -> Int32 {
    let right = newInner()
    let (base, target) = (Int(node) * Self.fanOut, Int(right) * Self.fanOut)
    let moved = Int(innerCounts[Int(node)]) - kept
    (separators.base + target).update(from: separators.base + base + kept, count: moved)
    (children.base + target).update(from: children.base + base + kept, count: moved)
    sum(target).update(from: sum(base + kept), count: moved * layout.words)
    innerCounts[Int(node)] = Int32(kept)
    innerCounts[Int(right)] = Int32(moved)
    for place in target..<target + moved { setParent(of: children[place], to: right, level: level - 1) }
    withUnsafeTemporaryAllocation(of: UInt64.self, capacity: layout.words) { total in
      let total = total.baseAddress!
      layout.clear(total)
      for place in target..<target + moved { layout.add(sum(place), to: total) }
      insertChild(right, separators[target], total, after: node, parent: innerParents[Int(node)], level: level)
    }
    return right
  }

  /// The root was split: a new one has both halves.
  private mutating func growRoot(_ left: Int32, _ right: Int32, _ separator: UInt128, _ rightTotal: Words) {
    let top = newInner()
    let base = Int(top) * Self.fanOut
    let isLeaf = height == 0
    innerCounts[Int(top)] = 2
    children[base] = left
    children[base + 1] = right
    separators[base] = isLeaf ? keys[Int(left) * Self.fanOut] : separators[Int(left) * Self.fanOut]
    separators[base + 1] = separator
    let (leftBase, count) = (Int(left) * Self.fanOut, Int(isLeaf ? leafCounts[Int(left)] : innerCounts[Int(left)]))
    for place in leftBase..<leftBase + count { layout.add(isLeaf ? gap(place) : sum(place), to: sum(base)) }
    layout.add(rightTotal, to: sum(base + 1))
    height += 1
    setParent(of: left, to: top, level: height)
    setParent(of: right, to: top, level: height)
    root = top
  }
}

// MARK: - Building anew

extension CutTree {
  /// Puts many cuts in, which are referred to once more each, and says what their numbers are.
  ///
  /// - Complexity: a merge if they are many, compared with those that are there.
  mutating func insert(_ wanted: [UInt128], into numbers: inout [UInt32]) {
    numbers.reserveCapacity(numbers.count + wanted.count)
    guard wanted.count > 64 && wanted.count > cutCount / 8 else {
      for key in wanted { numbers.append(insert(key)) }
      return
    }
    let order = CutOrder.sorted(wanted)
    var found = [UInt32](repeating: 0, count: wanted.count)
    rebuild(adding: wanted, order) { found[$0] = $1 }
    numbers += found
  }

  /// Drops cuts that nobody refers to. Sums between the others stay as they are.
  mutating func compactIfWorthwhile() {
    if deadCount > 64 && deadCount > cutCount / 2 { rebuild(adding: [], []) { _, _ in } }
  }

  private struct Cut {
    var key: UInt128
    var id: UInt32
  }

  private mutating func rebuild(adding wanted: [UInt128], _ order: [Int32], _ number: (Int, UInt32) -> Void) {
    var cuts: [Cut] = []
    cuts.reserveCapacity(cutCount + wanted.count)
    var payloads = FlatArray<UInt64>(capacity: (cutCount + wanted.count) * layout.words)
    var next = 0
    // New cuts up to the next one that is there: each is born with nothing, and equal ones are one.
    func addNew(_ tree: inout CutTree, below limit: UInt128?) {
      while next < order.count, limit.map({ wanted[Int(order[next])] < $0 }) ?? true {
        let key = wanted[Int(order[next])]
        if let last = cuts.last, last.key == key {
          tree.refer(to: last.id)
        } else {
          cuts.append(Cut(key: key, id: tree.newID()))
          payloads.append(repeating: 0, count: tree.layout.words)
        }
        number(Int(order[next]), cuts[cuts.count - 1].id)
        next += 1
      }
    }
    var leaf = firstLeaf
    while leaf >= 0 {
      let base = Int(leaf) * Self.fanOut
      for place in base..<base + Int(leafCounts[Int(leaf)]) {
        addNew(&self, below: keys[place])
        let id = ids[place]
        let isWanted = next < order.count && wanted[Int(order[next])] == keys[place]
        if references[Int(id)] == 0 && !isWanted {
          // What lay behind it lies behind the cut before, or is seen by nobody.
          if !cuts.isEmpty { layout.add(gap(place), to: payloads.base + (cuts.count - 1) * layout.words) }
          freeIDs.append(id)
          deadCount -= 1
          continue
        }
        cuts.append(Cut(key: keys[place], id: id))
        payloads.append(repeating: 0, count: layout.words)
        layout.add(gap(place), to: payloads.base + (cuts.count - 1) * layout.words)
      }
      leaf = nextLeaves[Int(leaf)]
    }
    addNew(&self, below: nil)
    build(cuts, payloads)
  }

  /// Fills nodes to three quarters.
  private mutating func build(_ cuts: [Cut], _ payloads: borrowing FlatArray<UInt64>) {
    do {
      keys.removeAll()
      ids.removeAll()
      gaps.removeAll()
      leafCounts.removeAll()
      leafParents.removeAll()
      nextLeaves.removeAll()
      separators.removeAll()
      children.removeAll()
      sums.removeAll()
      innerCounts.removeAll()
      innerParents.removeAll()
    }
    (root, firstLeaf, height) = (-1, -1, 0)
    if cuts.isEmpty { return }
    let filled = Self.fanOut * 3 / 4
    for start in stride(from: 0, to: cuts.count, by: filled) {
      let leaf = newLeaf()
      if leaf > 0 { nextLeaves[Int(leaf) - 1] = leaf }
      let base = Int(leaf) * Self.fanOut
      let end = min(start + filled, cuts.count)
      for index in start..<end {
        keys[base + index - start] = cuts[index].key
        ids[base + index - start] = cuts[index].id
        locations[Int(cuts[index].id)] = UInt32(base + index - start)
      }
      gap(base).update(from: payloads.base + start * layout.words, count: (end - start) * layout.words)
      leafCounts[Int(leaf)] = Int32(end - start)
    }
    firstLeaf = 0
    var level = 0..<Int32(leafCounts.count)
    while level.count > 1 {
      level = buildLevel(over: level, filled)
      height += 1
    }
    root = level.lowerBound
  }

  private mutating func buildLevel(over nodes: Range<Int32>, _ filled: Int) -> Range<Int32> {
    let isOverLeaves = height == 0
    let first = Int32(innerCounts.count)
    for start in stride(from: nodes.lowerBound, to: nodes.upperBound, by: filled) {
      let inner = newInner()
      let base = Int(inner) * Self.fanOut
      let end = min(start + Int32(filled), nodes.upperBound)
      for node in start..<end {
        let slot = base + Int(node - start)
        let from = Int(node) * Self.fanOut
        children[slot] = node
        separators[slot] = isOverLeaves ? keys[from] : separators[from]
        let count = Int(isOverLeaves ? leafCounts[Int(node)] : innerCounts[Int(node)])
        for place in from..<from + count { layout.add(isOverLeaves ? gap(place) : sum(place), to: sum(slot)) }
        setParent(of: node, to: inner, level: height + 1)
      }
      innerCounts[Int(inner)] = Int32(end - start)
    }
    return first..<Int32(innerCounts.count)
  }
}

import Relations

/// Reads of a part whose owners want to be told when what they see changes, by the group in which they look.
///
/// A step marks the groups into which something fell, once each; whoever asks walks the reads of those groups alone. So a change pays
/// for its groups and not for the reads that see it.
struct GroupWatch: ~Copyable {
  /// The first read of each group, and of each read's probe those before and behind it; -1 where there is none.
  private var heads = FlatArray<Int32>()
  private var next = FlatArray<Int32>()
  private var previous = FlatArray<Int32>()
  private var isMarked = FlatArray<Bool>()
  private var marked = FlatArray<Int32>()
  /// Something came that all reads may see.
  private(set) var isAllMarked = false
  private(set) var isUsed = false
}

extension GroupWatch {
  /// Something fell into these groups.
  mutating func mark(_ groups: UnsafePointer<Int32>, _ count: Int) {
    for index in 0..<count {
      let group = Int(groups[index])
      if group >= isMarked.count || isMarked[group] { continue }
      isMarked[group] = true
      marked.append(Int32(group))
    }
  }

  mutating func markAll() { isAllMarked = isUsed }

  /// Forgets what was marked.
  mutating func clear() {
    for index in 0..<marked.count where !Planted.bug("a group is marked once and for all") { isMarked[Int(marked[index])] = false }
    marked.removeAll()
    isAllMarked = false
  }

  /// Says of each marked group's reads at which link they hang.
  func forEachMarked(_ body: (_ link: Int) -> Void) {
    for index in 0..<marked.count {
      var link = heads[Int(marked[index])]
      while link >= 0 {
        body(Int(link))
        link = next[Int(link)]
      }
    }
  }

  /// Hangs a read's probe into a group.
  mutating func insert(_ link: Int, into group: Int32) {
    isUsed = true
    if heads.count <= Int(group) {
      heads.append(repeating: -1, count: Int(group) + 1 - heads.count)
      isMarked.append(repeating: false, count: heads.count - isMarked.count)
    }
    if next.count <= link {
      next.append(repeating: -1, count: link + 1 - next.count)
      previous.append(repeating: -1, count: next.count - previous.count)
    }
    let head = heads[Int(group)]
    next[link] = head
    previous[link] = -1
    if head >= 0 { previous[Int(head)] = Int32(link) }
    heads[Int(group)] = Int32(link)
  }

  /// - Precondition: it hangs there.
  mutating func remove(_ link: Int, from group: Int32) {
    if previous[link] >= 0 { next[Int(previous[link])] = next[link] } else { heads[Int(group)] = next[link] }
    if next[link] >= 0 { previous[Int(next[link])] = previous[link] }
  }
}

extension WatchedTemplate {
  /// Hangs a read's probes into their groups, or takes them out.
  func link(_ place: Int, _ isIn: Bool) {
    if states[place] != .watching || shape.form == .deferred { return }
    for probe in 0..<shape.probesPerRead {
      guard let group = group(of: place, probe) else { continue }
      let link = place * shape.probesPerRead + probe
      if isIn { watch.insert(link, into: group) } else { watch.remove(link, from: group) }
    }
  }

  /// The group in which a read's probe looks; nil if it looks nowhere.
  private func group(of place: Int, _ probe: Int) -> Int32? {
    let index = place * referencesPerRead + (shape.form == .ranged ? 2 * probe : probe)
    guard references[index] != Self.nowhere else { return nil }
    if shape.form == .hashed { return Int32(bitPattern: references[index]) }
    return Int32(truncatingIfNeeded: tree.key(of: references[index]) >> 64)
  }

  /// Whether changes that a read sees are told by its groups.
  func isTold(_ place: Int) -> Bool { states[place] == .watching && shape.form != .deferred }
}

/// Reads of a template whose owners want to be told.
final class FlipWatch {
  private var states = FlatArray<State>()
  /// Those that no group tells of, and those that were not asked after yet.
  private var others: Set<Int> = []
  private var fresh: Set<Int> = []
  private(set) var count = 0

  private enum State: UInt8, BitwiseCopyable { case none, unchanged, changed }

  func subscribe(_ place: Int, _ template: RegisteredTemplate) {
    if states.count <= place { states.append(repeating: .none, count: place + 1 - states.count) }
    if states[place] != .none { return }
    states[place] = .unchanged
    count += 1
    fresh.insert(place)
    if template.parts.allSatisfy({ $0.watched.isTold(place) }) {
      for part in template.parts { part.watched.link(place, true) }
    } else {
      others.insert(place)
    }
  }

  /// - Precondition: the read is still registered.
  func unsubscribe(_ place: Int, _ template: RegisteredTemplate) {
    if place >= states.count || states[place] == .none { return }
    states[place] = .none
    count -= 1
    fresh.remove(place)
    if others.remove(place) == nil { for part in template.parts { part.watched.link(place, false) } }
  }

  /// The places of reads whose state is another than when this was last asked.
  ///
  /// - Precondition: the template is up to date.
  func flips(_ template: RegisteredTemplate) -> (changed: [Int], returned: [Int]) {
    if count == 0 { return ([], []) }
    let asked = candidates(template)
    for part in template.parts { part.watched.watch.clear() }
    fresh = []
    let isSwept = asked.count > 64 && asked.count > template.placeCount / 16
    if isSwept { template.sweep() }
    var flips: (changed: [Int], returned: [Int]) = ([], [])
    withUnsafeTemporaryAllocation(of: UInt64.self, capacity: template.layout.words) { words in
      for place in asked {
        template.difference(place, swept: isSwept, in: words.baseAddress!)
        let isChanged = !template.layout.isZero(words.baseAddress!)
        if isChanged == (states[place] == .changed) || (!isChanged && Planted.bug("nobody is told of a return")) { continue }
        states[place] = isChanged ? .changed : .unchanged
        if isChanged { flips.changed.append(place) } else { flips.returned.append(place) }
      }
    }
    return flips
  }

  private func candidates(_ template: RegisteredTemplate) -> [Int] {
    if template.parts.contains(where: { $0.watched.watch.isAllMarked }) {
      return (0..<states.count).filter { states[$0] != .none }
    }
    var found = others.union(fresh)
    for part in template.parts {
      let perRead = part.watched.shape.probesPerRead
      part.watched.watch.forEachMarked { found.insert($0 / perRead) }
    }
    return found.sorted()
  }
}

// MARK: - Writing down and reading back

extension FlipWatch {
  /// What was marked since somebody last asked is written as not asked after yet.
  func write(to writer: inout CheckpointWriter, _ template: RegisteredTemplate) {
    writer.write(states.count)
    for place in 0..<states.count { writer.write(states[place].rawValue) }
    writer.write(candidates(template).filter { !others.contains($0) })
  }

  /// - Precondition: nobody has subscribed, and the template's reads are there.
  func read(from reader: inout CheckpointReader, _ template: RegisteredTemplate) throws(CheckpointError) {
    let known = try reader.readAll { reader throws(CheckpointError) in
      guard let state = State(rawValue: try reader.read()) else { throw .corrupt }
      return state
    }
    let fresh = try reader.readNumbers(Int.self)
    states.append(repeating: .none, count: known.count)
    for (place, state) in known.enumerated() where state != .none {
      guard place < template.placeCount, template.isRegistered(place) else { throw .corrupt }
      subscribe(place, template)
      states[place] = state
    }
    self.fresh = Set(fresh)
    for part in template.parts { part.watched.watch.clear() }
  }
}

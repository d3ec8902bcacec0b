/// Numbers for pairs of a group and a key that somebody asks for: a step of the way from a row's values to those who watch for them.
///
/// Shaped for a million pairs that stay for weeks, probed a million times a second by rows most of which nobody watches. Open
/// addressing; numbers are small, dense and used again.
final class PairIndex {
  private var entries: UnsafeMutableBufferPointer<Entry>
  private var keys = FlatArray<UInt64>()
  private var groups = FlatArray<Int32>()
  private var references = FlatArray<UInt32>()
  private var free: [Int32] = []

  private struct Entry: BitwiseCopyable {
    var key: UInt64
    var group: Int32
    /// -1 marks a free place.
    var id: Int32
  }

  init() {
    entries = .allocate(capacity: 16)
    entries.initialize(repeating: Entry(key: 0, group: 0, id: -1))
  }

  deinit { entries.deallocate() }

  /// Numbers are below.
  var end: Int { keys.count }
  private var count: Int { keys.count - free.count }

  @inline(__always)
  private func home(_ group: Int32, _ key: UInt64) -> Int {
    let (high, low) = (key ^ UInt64(truncatingIfNeeded: group) &* 0x9E37_79B9_7F4A_7C15)
      .multipliedFullWidth(by: 0xD6E8_FEB8_6659_FD93)
    return Int(truncatingIfNeeded: high ^ low) & (entries.count &- 1)
  }

  /// Where the pair is, or the free place where it would be.
  @inline(__always)
  private func place(_ group: Int32, _ key: UInt64) -> Int {
    var place = home(group, key)
    while true {
      let entry = entries[place]
      if entry.id < 0 || (entry.key == key && entry.group == group) { return place }
      place = (place &+ 1) & (entries.count &- 1)
    }
  }
}

extension PairIndex {
  /// Keeps the rows whose pair is known, and puts its number in place of the group. Returns how many are left.
  func narrow(
    _ rows: UnsafeMutablePointer<Int32>, _ groups: UnsafeMutablePointer<Int32>, _ keys: UnsafePointer<UInt64>, _ count: Int
  )
    -> Int
  {
    var kept = 0
    for index in 0..<count {
      let id = entries[place(groups[index], keys[index])].id
      rows[kept] = rows[index]
      groups[kept] = id
      kept &+= id < 0 ? 0 : 1
    }
    return kept
  }

  /// The pair's number, which is referred to once more.
  func insert(_ group: Int32, _ key: UInt64) -> (id: Int32, isNew: Bool) {
    if (count + 1) * 2 > entries.count { grow() }
    let place = place(group, key)
    if entries[place].id >= 0 {
      references[Int(entries[place].id)] += 1
      return (entries[place].id, false)
    }
    let id = newID(group, key)
    entries[place] = Entry(key: key, group: group, id: id)
    return (id, true)
  }

  private func newID(_ group: Int32, _ key: UInt64) -> Int32 {
    if let id = free.popLast() {
      keys[Int(id)] = key
      groups[Int(id)] = group
      references[Int(id)] = 1
      return id
    }
    keys.append(key)
    groups.append(group)
    references.append(1)
    return Int32(keys.count - 1)
  }

  /// Takes back one reference, and says which group the pair belongs to. A pair without references is forgotten: then `key` is its key.
  func release(_ id: Int32) -> (group: Int32, key: UInt64?) {
    let (group, key) = (groups[Int(id)], keys[Int(id)])
    references[Int(id)] -= 1
    if references[Int(id)] > 0 { return (group, nil) }
    remove(place(group, key))
    free.append(id)
    return (group, key)
  }

  /// Frees a place, and moves those up that were pushed behind it.
  private func remove(_ place: Int) {
    let mask = entries.count - 1
    var hole = place
    var next = (hole + 1) & mask
    while entries[next].id >= 0 {
      let home = home(entries[next].group, entries[next].key)
      if (next - home) & mask >= (next - hole) & mask {
        entries[hole] = entries[next]
        hole = next
      }
      next = (next + 1) & mask
    }
    entries[hole].id = -1
  }

  private func grow() {
    let old = entries
    entries = .allocate(capacity: 2 * old.count)
    entries.initialize(repeating: Entry(key: 0, group: 0, id: -1))
    for entry in old where entry.id >= 0 { entries[place(entry.group, entry.key)] = entry }
    old.deallocate()
  }
}

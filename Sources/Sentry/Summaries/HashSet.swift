/// Hashes, exactly: the latest keys of a summary.
struct HashSet: Sendable {
  private var slots: [UInt64] = []
  /// Zero marks a free slot, so that it is kept apart.
  private var hasZero = false
  private(set) var count = 0
}

extension HashSet {
  /// Whether it is new.
  mutating func insert(_ hash: UInt64) -> Bool {
    if hash == 0 {
      defer { hasZero = true }
      count += hasZero ? 0 : 1
      return !hasZero
    }
    if (count + 1) * 2 > slots.count { grow() }
    let place = place(hash)
    if slots[place] == hash { return false }
    slots[place] = hash
    count += 1
    return true
  }

  func contains(_ hash: UInt64) -> Bool {
    if hash == 0 { return hasZero }
    return !slots.isEmpty && slots[place(hash)] == hash
  }

  private func place(_ hash: UInt64) -> Int {
    var place = Int(truncatingIfNeeded: hash) & (slots.count - 1)
    while slots[place] != 0 && slots[place] != hash { place = (place + 1) & (slots.count - 1) }
    return place
  }

  private mutating func grow() {
    let old = slots
    slots = Array(repeating: 0, count: max(64, 2 * old.count))
    for hash in old where hash != 0 { slots[place(hash)] = hash }
  }
}

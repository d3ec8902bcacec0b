/// Numbers pairs of a small number and a key, in the order in which they first come: how several equalities become one.
///
/// Open addressing over flat memory. Exact: keys are compared, not only their hashes. Most of what is looked for is not there: of that,
/// nearly all is seen in a few bits a pair, which stay in the nearest memory.
struct PairTable: ~Copyable {
  private var entries: UnsafeMutableBufferPointer<Entry>
  /// A bit is set where the hash of some pair points to.
  private var presence: UnsafeMutableBufferPointer<UInt64>
  private(set) var count = 0

  private struct Entry: BitwiseCopyable {
    var key: UInt64
    var group: Int32
    /// -1 marks a free place.
    var id: Int32
  }

  init(capacity: Int) {
    let places = 16 << (Int.bitWidth - (capacity >> 3).leadingZeroBitCount)
    entries = .allocate(capacity: places)
    entries.initialize(repeating: Entry(key: 0, group: 0, id: -1))
    presence = .allocate(capacity: places >> 3)
    presence.initialize(repeating: 0)
  }

  deinit {
    entries.deallocate()
    presence.deallocate()
  }

  @inline(__always)
  private func hash(_ group: Int32, _ key: UInt64) -> UInt64 {
    let (high, low) = (key ^ UInt64(truncatingIfNeeded: group) &* 0x9E37_79B9_7F4A_7C15)
      .multipliedFullWidth(by: 0xD6E8_FEB8_6659_FD93)
    return high ^ low
  }

  @inline(__always)
  private func place(_ hash: UInt64) -> Int { Int(truncatingIfNeeded: hash) & (entries.count &- 1) }

  /// Where a pair's bit is: eight bits for each place of the table.
  @inline(__always)
  private func bit(_ hash: UInt64) -> (word: Int, mask: UInt64) {
    (Int(truncatingIfNeeded: hash &>> 32) & (presence.count &- 1), 1 &<< (hash &>> 26))
  }

  /// The number of the pair, or -1.
  @inline(__always)
  func find(_ group: Int32, _ key: UInt64) -> Int32 {
    let hash = hash(group, key)
    let bit = bit(hash)
    if presence[bit.word] & bit.mask == 0 { return -1 }
    var place = place(hash)
    while true {
      let entry = entries[place]
      if entry.id < 0 || (entry.key == key && entry.group == group) { return entry.id }
      place = (place &+ 1) & (entries.count &- 1)
    }
  }

  /// The number of the pair, which is the next one if the pair is new.
  ///
  /// - Precondition: there are no more pairs than the table was made for.
  @inline(__always)
  mutating func insert(_ group: Int32, _ key: UInt64) -> Int32 {
    let hash = hash(group, key)
    var place = place(hash)
    while true {
      let entry = entries[place]
      if entry.id < 0 {
        let bit = bit(hash)
        presence[bit.word] |= bit.mask
        entries[place] = Entry(key: key, group: group, id: Int32(truncatingIfNeeded: count))
        count &+= 1
        return Int32(truncatingIfNeeded: count &- 1)
      }
      if entry.key == key && entry.group == group { return entry.id }
      place = (place &+ 1) & (entries.count &- 1)
    }
  }
}

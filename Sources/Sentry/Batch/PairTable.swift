/// Numbers pairs of a small number and a key, in the order in which they first come: how several equalities become one.
///
/// Open addressing over flat memory. Exact: keys are compared, not only their hashes.
struct PairTable: ~Copyable {
  private var entries: UnsafeMutableBufferPointer<Entry>
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
  }

  deinit { entries.deallocate() }

  @inline(__always)
  private func place(_ group: Int32, _ key: UInt64) -> Int {
    let (high, low) = (key ^ UInt64(truncatingIfNeeded: group) &* 0x9E37_79B9_7F4A_7C15)
      .multipliedFullWidth(by: 0xD6E8_FEB8_6659_FD93)
    return Int(truncatingIfNeeded: high ^ low) & (entries.count &- 1)
  }

  /// The number of the pair, or -1.
  @inline(__always)
  func find(_ group: Int32, _ key: UInt64) -> Int32 {
    var place = place(group, key)
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
    var place = place(group, key)
    while true {
      let entry = entries[place]
      if entry.id < 0 {
        entries[place] = Entry(key: key, group: group, id: Int32(truncatingIfNeeded: count))
        count &+= 1
        return Int32(truncatingIfNeeded: count &- 1)
      }
      if entry.key == key && entry.group == group { return entry.id }
      place = (place &+ 1) & (entries.count &- 1)
    }
  }
}

#if canImport(Glibc)
  import Glibc
#endif

/// Numbers for byte strings that reads ask for, so that text is compared once and numbers from there on.
///
/// Exact: bytes are compared, not only hashed. A number stays for as long as its template does.
final class ByteInterner {
  private var entries: UnsafeMutableBufferPointer<Entry>
  private var ends = FlatArray<Int>()
  private var heap = FlatArray<UInt8>()
  private let salt: UInt64

  /// Of what no row has.
  static let none = UInt64.max

  private struct Entry: BitwiseCopyable {
    var hash: UInt32
    /// -1 marks a free place.
    var id: Int32
  }

  /// - Parameter salt: what those who choose the strings do not know.
  init(salt: UInt64) {
    self.salt = salt
    entries = .allocate(capacity: 64)
    entries.initialize(repeating: Entry(hash: 0, id: -1))
  }

  deinit { entries.deallocate() }
}

extension ByteInterner {
  /// The number of a string, or `none`.
  @inline(__always)
  func find(_ bytes: UnsafeBufferPointer<UInt8>) -> UInt64 {
    let hash = hash(bytes)
    let entry = entries[place(bytes, hash)]
    return entry.id < 0 ? Self.none : UInt64(UInt32(bitPattern: entry.id))
  }

  /// The number of a string, which it gets if it has none.
  func intern(_ bytes: UnsafeBufferPointer<UInt8>) -> UInt64 {
    if (ends.count + 1) * 2 > entries.count { grow() }
    let hash = hash(bytes)
    let place = place(bytes, hash)
    if entries[place].id < 0 {
      entries[place] = Entry(hash: UInt32(truncatingIfNeeded: hash), id: Int32(ends.count))
      for byte in bytes { heap.append(byte) }
      ends.append(heap.count)
    }
    return UInt64(UInt32(bitPattern: entries[place].id))
  }

  @inline(__always)
  private func place(_ bytes: UnsafeBufferPointer<UInt8>, _ hash: UInt64) -> Int {
    var place = Int(truncatingIfNeeded: hash &>> 32) & (entries.count &- 1)
    while true {
      let entry = entries[place]
      if entry.id < 0 || (entry.hash == UInt32(truncatingIfNeeded: hash) && equals(Int(entry.id), bytes)) { return place }
      place = (place &+ 1) & (entries.count &- 1)
    }
  }

  @inline(__always)
  private func equals(_ id: Int, _ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    let start = id == 0 ? 0 : ends[id &- 1]
    if ends[id] &- start != bytes.count { return false }
    return bytes.count == 0 || memcmp(heap.base + start, bytes.baseAddress!, bytes.count) == 0
  }

  @inline(__always)
  private func hash(_ bytes: UnsafeBufferPointer<UInt8>) -> UInt64 {
    var hash = salt ^ UInt64(truncatingIfNeeded: bytes.count) &* 0x9E37_79B9_7F4A_7C15
    var place = 0
    while place < bytes.count {
      let rest = UnsafeBufferPointer(rebasing: bytes[place..<min(place &+ 8, bytes.count)])
      var word: UInt64 = 0
      if rest.count == 8 {
        word = UnsafeRawPointer(rest.baseAddress!).loadUnaligned(as: UInt64.self)
      } else {
        for byte in rest { word = word << 8 | UInt64(byte) }
      }
      let (high, low) = (hash ^ word).multipliedFullWidth(by: 0xD6E8_FEB8_6659_FD93)
      hash = high ^ low
      place &+= 8
    }
    return hash ^ hash &>> 29
  }

  private func grow() {
    let old = entries
    entries = .allocate(capacity: 2 * old.count)
    entries.initialize(repeating: Entry(hash: 0, id: -1))
    for entry in old where entry.id >= 0 {
      let start = entry.id == 0 ? 0 : ends[Int(entry.id) - 1]
      let bytes = UnsafeBufferPointer(start: UnsafePointer(heap.base) + start, count: ends[Int(entry.id)] - start)
      entries[place(bytes, hash(bytes))] = entry
    }
    old.deallocate()
  }
}

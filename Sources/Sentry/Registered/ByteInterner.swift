#if canImport(Glibc)
  import Glibc
#endif

/// Numbers for byte strings that reads ask for, so that text is compared once and numbers from there on.
///
/// Shaped for codes, names and states: up to sixteen bytes are two words, compared and hashed as such; longer strings are hashed and
/// compared byte by byte besides. Exact. A string that nobody refers to any more is forgotten, and its number used again.
final class ByteInterner {
  private var entries: UnsafeMutableBufferPointer<Entry>
  /// By number.
  private var strings = FlatArray<Interned>()
  private var free: [Int32] = []
  private var heap = FlatArray<UInt8>()
  /// Bytes on the heap of strings that were forgotten.
  private var lost = 0
  private let salt: UInt64

  /// Of what no row has.
  static let none = UInt64.max

  private struct Entry: BitwiseCopyable {
    var head: UInt64
    var tail: UInt64
    var length: UInt32
    /// -1 marks a free place.
    var id: Int32
  }

  private struct Interned: BitwiseCopyable {
    var start: Int
    var length: Int
    var references: Int
  }

  /// - Parameter salt: what those who choose the strings do not know.
  init(salt: UInt64) {
    self.salt = salt
    entries = .allocate(capacity: 64)
    entries.initialize(repeating: Entry(head: 0, tail: 0, length: 0, id: -1))
  }

  deinit { entries.deallocate() }
}

/// A string as it is looked for.
private struct Sought {
  let bytes: UnsafeBufferPointer<UInt8>
  /// The first eight bytes, and the last eight of more.
  let head: UInt64
  let tail: UInt64

  @inline(__always)
  init(_ bytes: UnsafeBufferPointer<UInt8>) {
    self.bytes = bytes
    if bytes.count > 8 {
      let base = UnsafeRawPointer(bytes.baseAddress!)
      head = base.loadUnaligned(as: UInt64.self)
      tail = base.loadUnaligned(fromByteOffset: bytes.count &- 8, as: UInt64.self)
    } else {
      var head: UInt64 = 0
      for byte in bytes { head = head << 8 | UInt64(byte) }
      self.head = head
      tail = 0
    }
  }
}

extension ByteInterner {
  /// The number of a string, or `none`.
  @inline(__always)
  func find(_ bytes: UnsafeBufferPointer<UInt8>) -> UInt64 {
    let id = entries[place(Sought(bytes))].id
    return id < 0 ? Self.none : UInt64(UInt32(bitPattern: id))
  }

  /// The number of a string, which it gets if it has none, and which is referred to once more.
  func intern(_ bytes: UnsafeBufferPointer<UInt8>) -> UInt64 {
    if (strings.count - free.count + 1) * 2 > entries.count { grow() }
    let sought = Sought(bytes)
    let place = place(sought)
    if entries[place].id >= 0 {
      strings.base[Int(entries[place].id)].references += 1
    } else {
      entries[place] = Entry(head: sought.head, tail: sought.tail, length: UInt32(bytes.count), id: newID(bytes))
    }
    return UInt64(UInt32(bitPattern: entries[place].id))
  }

  private func newID(_ bytes: UnsafeBufferPointer<UInt8>) -> Int32 {
    let string = Interned(start: heap.count, length: bytes.count, references: 1)
    for byte in bytes { heap.append(byte) }
    if let id = free.popLast() {
      strings[Int(id)] = string
      return id
    }
    strings.append(string)
    return Int32(strings.count - 1)
  }

  @inline(__always)
  private func place(_ sought: Sought) -> Int {
    var place = Int(truncatingIfNeeded: hash(sought)) & (entries.count &- 1)
    while true {
      let entry = entries[place]
      if entry.id < 0 || isSame(entry, sought) { return place }
      place = (place &+ 1) & (entries.count &- 1)
    }
  }

  @inline(__always)
  private func isSame(_ entry: Entry, _ sought: Sought) -> Bool {
    guard entry.head == sought.head, entry.tail == sought.tail, Int(entry.length) == sought.bytes.count else { return false }
    return sought.bytes.count <= 16
      || memcmp(heap.base + strings[Int(entry.id)].start, sought.bytes.baseAddress!, sought.bytes.count) == 0
  }

  @inline(__always)
  private func hash(_ sought: Sought) -> UInt64 {
    var hash = mixed(salt ^ sought.head, UInt64(truncatingIfNeeded: sought.bytes.count) ^ 0xD6E8_FEB8_6659_FD93)
    hash = mixed(hash ^ sought.tail, 0x9E37_79B9_7F4A_7C15)
    if sought.bytes.count > 16 {
      var place = 8
      while place &+ 8 < sought.bytes.count {
        let word = UnsafeRawPointer(sought.bytes.baseAddress!).loadUnaligned(fromByteOffset: place, as: UInt64.self)
        hash = mixed(hash ^ word, 0xD6E8_FEB8_6659_FD93)
        place &+= 8
      }
    }
    return hash
  }

  @inline(__always)
  private func mixed(_ a: UInt64, _ b: UInt64) -> UInt64 {
    let (high, low) = a.multipliedFullWidth(by: b | 1)
    return high ^ low
  }

  private func grow() {
    let old = entries
    entries = .allocate(capacity: 2 * old.count)
    entries.initialize(repeating: Entry(head: 0, tail: 0, length: 0, id: -1))
    for entry in old where entry.id >= 0 { entries[place(sought(entry.id))] = entry }
    old.deallocate()
  }

  private func sought(_ id: Int32) -> Sought { Sought(bytes(id)) }

  private func bytes(_ id: Int32) -> UnsafeBufferPointer<UInt8> {
    let string = strings[Int(id)]
    return UnsafeBufferPointer(start: UnsafePointer(heap.base) + string.start, count: string.length)
  }
}

// MARK: - Forgetting

extension ByteInterner {
  /// Refers to a number once more.
  func retain(_ number: UInt64) { strings.base[Int(number)].references += 1 }

  /// Takes back one reference to a number.
  func release(_ number: UInt64) {
    let id = Int32(bitPattern: UInt32(truncatingIfNeeded: number))
    strings.base[Int(id)].references -= 1
    if strings[Int(id)].references > 0 { return }
    remove(place(sought(id)))
    lost += strings[Int(id)].length
    strings.base[Int(id)].length = 0
    free.append(id)
    if lost > 1 << 12 && lost * 2 > heap.count { compact() }
  }

  /// Frees a place, and moves those up that were pushed behind it.
  private func remove(_ place: Int) {
    let mask = entries.count - 1
    var hole = place
    var next = (hole + 1) & mask
    while entries[next].id >= 0 {
      let home = Int(truncatingIfNeeded: hash(sought(entries[next].id))) & mask
      if (next - home) & mask >= (next - hole) & mask {
        entries[hole] = entries[next]
        hole = next
      }
      next = (next + 1) & mask
    }
    entries[hole].id = -1
  }

  private func compact() {
    var kept = FlatArray<UInt8>(capacity: heap.count - lost)
    for id in 0..<strings.count {
      let bytes = bytes(Int32(id))
      strings.base[id].start = kept.count
      for byte in bytes { kept.append(byte) }
    }
    heap = kept
    lost = 0
  }
}

// MARK: - Writing down and reading back

extension ByteInterner {
  /// The strings by number, with how often each is referred to; nothing for numbers that are free.
  var contents: [(bytes: [UInt8], references: Int)?] {
    (0..<strings.count).map { id in
      strings[id].references > 0 ? (Array(bytes(Int32(id))), strings[id].references) : nil
    }
  }

  /// - Precondition: nothing has been interned.
  func restore(_ contents: [(bytes: [UInt8], references: Int)?]) {
    for (id, string) in contents.enumerated() {
      guard let string else {
        strings.append(Interned(start: 0, length: 0, references: 0))
        continue
      }
      strings.append(Interned(start: heap.count, length: string.bytes.count, references: string.references))
      for byte in string.bytes { heap.append(byte) }
      while (id + 1) * 2 > entries.count { growEmpty() }
    }
    for id in 0..<strings.count {
      guard strings[id].references > 0 else {
        free.append(Int32(id))
        continue
      }
      let sought = sought(Int32(id))
      entries[place(sought)] = Entry(head: sought.head, tail: sought.tail, length: UInt32(strings[id].length), id: Int32(id))
    }
  }

  private func growEmpty() {
    let larger = 2 * entries.count
    entries.deallocate()
    entries = .allocate(capacity: larger)
    entries.initialize(repeating: Entry(head: 0, tail: 0, length: 0, id: -1))
  }
}

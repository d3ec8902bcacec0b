/// Finds the range of places that share a name: open addressing over the places where a new name begins.
struct NameIndex: Sendable {
  private struct Group {
    /// Of the name, to pass by most others without comparing bytes.
    var hash: UInt32 = 0
    var first: UInt32 = 0
    var count: UInt32 = 0
  }

  private let names: [TextSlice]
  private var groups: [Group]
  private let mask: Int

  /// - Precondition: equal names are neighbours.
  init(_ names: [TextSlice], in bytes: [UInt8]) {
    self.names = names
    var capacity = 16
    while capacity < names.count * 2 { capacity *= 2 }
    mask = capacity - 1
    groups = [Group](repeating: Group(), count: capacity)
    bytes.withUnsafeBufferPointer { bytes in
      var first = 0
      while first < names.count {
        let name = UnsafeBufferPointer(rebasing: bytes[names[first].range])
        var end = first + 1
        while end < names.count, Self.areEqual(UnsafeBufferPointer(rebasing: bytes[names[end].range]), name) { end += 1 }
        let hash = Self.hash(name)
        var slot = Int(hash) & mask
        while groups[slot].count > 0 { slot = (slot + 1) & mask }
        groups[slot] = Group(hash: hash, first: UInt32(first), count: UInt32(end - first))
        first = end
      }
    }
  }

  /// The places of a name; empty if there are none.
  func places(of name: String, in bytes: [UInt8]) -> Range<Int> {
    var name = name
    return name.withUTF8 { name in
      bytes.withUnsafeBufferPointer { bytes in
        let hash = Self.hash(name)
        var slot = Int(hash) & mask
        while groups[slot].count > 0 {
          let group = groups[slot]
          if group.hash == hash, Self.areEqual(UnsafeBufferPointer(rebasing: bytes[names[Int(group.first)].range]), name) {
            return Int(group.first)..<Int(group.first + group.count)
          }
          slot = (slot + 1) & mask
        }
        return 0..<0
      }
    }
  }

  /// FNV-1a: names are short, and nobody hostile chooses them.
  private static func hash(_ name: UnsafeBufferPointer<UInt8>) -> UInt32 {
    var hash: UInt32 = 2_166_136_261
    for byte in name { hash = (hash ^ UInt32(byte)) &* 16_777_619 }
    return hash
  }

  private static func areEqual(_ a: UnsafeBufferPointer<UInt8>, _ b: UnsafeBufferPointer<UInt8>) -> Bool {
    guard a.count == b.count else { return false }
    for i in 0..<a.count where a[i] != b[i] { return false }
    return true
  }
}

/// Finds a place by PostgreSQL's number. Those of built-in objects are below 10 000: a table of that length answers at once.
struct NumberIndex: Sendable {
  private static let denseLimit: UInt32 = 10_000

  /// One more than the place; 0 where there is nothing.
  private var dense: [UInt16] = []
  private var sparse: [UInt32: Int] = [:]

  init(_ numbers: [UInt32]) {
    for (place, number) in numbers.enumerated() {
      if number < Self.denseLimit, place < Int(UInt16.max) {
        if dense.isEmpty { dense = [UInt16](repeating: 0, count: Int(Self.denseLimit)) }
        dense[Int(number)] = UInt16(place + 1)
      } else {
        sparse[number] = place
      }
    }
  }

  func place(of number: UInt32) -> Int? {
    if number < Self.denseLimit, !dense.isEmpty, dense[Int(number)] != 0 { return Int(dense[Int(number)]) - 1 }
    return sparse.isEmpty ? nil : sparse[number]
  }
}

import Relations

#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// `position` and `starts_with`.
extension TextKernels {
  static let searching: [(String, Kernel)] = [
    ("textpos", Kernel { a in a.withTexts(0, 1) { texts, sought in a.numbered { texts[$0].position(of: sought[$0]) } } }),
    (
      "text_starts_with",
      Kernel { a in a.withTexts(0, 1) { texts, prefixes in a.asked { texts[$0].starts(withBytes: prefixes[$0]) } } }
    ),
  ]
}

extension UnsafeBufferPointer<UInt8> {
  /// Which character another text starts at, counted from 1; 0 if it is not in here.
  fileprivate func position(of other: UnsafeBufferPointer<UInt8>) -> Int {
    guard let offset = firstOffset(of: other, from: 0) else { return 0 }
    return UnsafeBufferPointer(rebasing: self[..<offset]).characterCount + 1
  }

  /// Where other bytes are first found. What is well-formed UTF-8 is only found where a character starts.
  ///
  /// Looks at eight places at a time for the first and the last byte that is sought, and compares where both are.
  func firstOffset(of other: UnsafeBufferPointer<UInt8>, from start: Int) -> Int? {
    guard other.count <= count &- start else { return nil }
    guard let sought = other.baseAddress, let base = baseAddress, other.count > 0 else { return start }
    let end = count &- other.count &+ 1
    let first = 0x0101_0101_0101_0101 &* UInt64(sought[0])
    let last = 0x0101_0101_0101_0101 &* UInt64(sought[other.count &- 1])
    var place = start
    while place &+ 8 <= end {
      let differing = (base.word(at: place) ^ first) | (base.word(at: place &+ other.count &- 1) ^ last)
      // Bit 7 of every byte that is zero; a borrow may set it in others too.
      var hits = (differing &- 0x0101_0101_0101_0101) & ~differing & 0x8080_8080_8080_8080
      while hits != 0 {
        let hit = place &+ hits.trailingZeroBitCount &>> 3
        if memcmp(base + hit, sought, other.count) == 0 { return hit }
        hits &= hits &- 1
      }
      place &+= 8
    }
    while place < end {
      if base[place] == sought[0] && memcmp(base + place, sought, other.count) == 0 { return place }
      place &+= 1
    }
    return nil
  }

  @inline(__always)
  func starts(withBytes prefix: UnsafeBufferPointer<UInt8>) -> Bool {
    guard prefix.count <= count else { return false }
    guard let a = baseAddress, let b = prefix.baseAddress else { return true }
    return memcmp(a, b, prefix.count) == 0
  }

  @inline(__always)
  func ends(withBytes suffix: UnsafeBufferPointer<UInt8>) -> Bool {
    guard suffix.count <= count else { return false }
    return UnsafeBufferPointer(rebasing: self[(count - suffix.count)...]).starts(withBytes: suffix)
  }
}

extension UnsafePointer<UInt8> {
  /// Eight bytes, the first one lowest.
  @inline(__always)
  func word(at offset: Int) -> UInt64 {
    UInt64(littleEndian: UnsafeRawPointer(self).loadUnaligned(fromByteOffset: offset, as: UInt64.self))
  }
}

#if canImport(Glibc)
  import Glibc
#endif

extension UnsafeRawBufferPointer {
  /// Negative, zero or positive as the bytes sort, the shorter of two that begin alike being the lesser.
  @inline(__always)
  func compare(_ other: UnsafeRawBufferPointer) -> Int {
    let common = Swift.min(count, other.count)
    if common > 0 {
      let order = memcmp(baseAddress!, other.baseAddress!, common)
      if order != 0 { return Int(order) }
    }
    return count - other.count
  }
}

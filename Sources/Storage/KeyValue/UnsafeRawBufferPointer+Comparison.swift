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

extension [UInt8] {
  /// Lends the bytes to somebody who may throw.
  @inline(__always)
  func lend<Value>(_ body: (UnsafeRawBufferPointer) throws(StoreError) -> Value) throws(StoreError) -> Value {
    try withUnsafeBytes { bytes -> Result<Value, StoreError> in
      do throws(StoreError) { return .success(try body(bytes)) } catch { return .failure(error) }
    }.get()
  }
}

import Relations

/// What every value in the store is wrapped in, so that damage is an error that names the value and never "no change".
///
///     checksum (8)   SipHash-2-4 of the rest, under a key made from the value's own key: so a value under another one's key is damaged
///     form (1)       the version of what follows, for each kind of value on its own
///     the value
///
/// Not a secret: it is against disks, not against people.
enum StoredValue {
  static let headerCount = 9

  static func wrap(_ value: [UInt8], form: UInt8, key: [UInt8]) -> [UInt8] {
    var wrapped = [UInt8](unsafeUninitializedCapacity: value.count + headerCount) { buffer, filled in
      buffer[8] = form
      _ = UnsafeMutableBufferPointer(rebasing: buffer[headerCount...]).update(fromContentsOf: value)
      filled = value.count + headerCount
    }
    let checksum = checksum(of: wrapped, key: key)
    for i in 0..<8 { wrapped[i] = UInt8(truncatingIfNeeded: checksum >> UInt64(8 * i)) }
    return wrapped
  }

  /// - Parameter what: what the value is, for the message.
  static func unwrap(
    _ wrapped: [UInt8], form: UInt8, key: [UInt8], _ what: @autoclosure () -> String
  ) throws(StoreError) -> ArraySlice<UInt8> {
    guard wrapped.count >= headerCount else { throw .corrupt(named(what(), key), why: "it is too short") }
    let stored = (0..<8).reduce(UInt64(0)) { $0 | UInt64(wrapped[$1]) << UInt64(8 * $1) }
    guard stored == checksum(of: wrapped, key: key) else {
      throw .corrupt(named(what(), key), why: "its checksum is another one")
    }
    guard wrapped[8] == form else { throw .corrupt(named(what(), key), why: "it has form \(wrapped[8])") }
    return wrapped[headerCount...]
  }

  /// Reads a value whose checksum is right; what else may be wrong in it is damage too.
  static func read<Value>(
    _ wrapped: [UInt8], form: UInt8, key: [UInt8], _ what: @autoclosure () -> String,
    _ read: (inout ByteReader) throws(ByteReader.Failure) -> Value
  ) throws(StoreError) -> Value {
    var reader = ByteReader(try unwrap(wrapped, form: form, key: key, what()))
    do throws(ByteReader.Failure) {
      let value = try read(&reader)
      try reader.finish()
      return value
    } catch {
      throw .corrupt(named(what(), key), why: error.why)
    }
  }

  static func named(_ what: String, _ key: [UInt8]) -> String {
    "\(what) (key \(key.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()))"
  }

  private static func checksum(of wrapped: [UInt8], key: [UInt8]) -> UInt64 {
    let own = FingerprintKey(repeatElement(0x50, count: 16)).fingerprint(of: key)
    return wrapped.withUnsafeBytes {
      FingerprintKey(words: own.low, own.high).fingerprint(of: UnsafeRawBufferPointer(rebasing: $0[8...])).low
    }
  }
}

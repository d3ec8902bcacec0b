/// The secret of a store's fingerprints. Whoever knows it can make rows whose hashes cancel, so it never leaves the store
/// and is not printed.
public struct FingerprintKey: Sendable {
  /// The 16 bytes as two little-endian words.
  let low: UInt64
  let high: UInt64

  /// - Precondition: there are 16 bytes; they should come from the system's random source.
  public init(_ bytes: some Collection<UInt8>) {
    precondition(bytes.count == 16, "a fingerprint key has 16 bytes")
    let words = bytes.enumerated().reduce(into: (0, 0) as (UInt64, UInt64)) { words, byte in
      let bits = UInt64(byte.element) << UInt64(8 * (byte.offset & 7))
      if byte.offset < 8 { words.0 |= bits } else { words.1 |= bits }
    }
    (low, high) = words
  }

  /// The two words.
  public init(words low: UInt64, _ high: UInt64) {
    self.low = low
    self.high = high
  }
}

extension FingerprintKey: CustomStringConvertible, CustomReflectable {
  /// Not the secret.
  public var description: String { "FingerprintKey(secret)" }
  /// Not the secret either.
  public var customMirror: Mirror { Mirror(self, children: []) }
}

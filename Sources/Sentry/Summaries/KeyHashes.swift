import Relations

/// Hashes of keys, by equality class: keys that are equal have equal hashes, whatever types they are of.
struct KeyHashes {
  /// What those who choose the keys do not know: else they could have a summary say yes to everything.
  private let salt: UInt64
  private let finish: UInt64

  init(_ secret: FingerprintKey) {
    let words = secret.fingerprint(of: Array("row keys".utf8))
    (salt, finish) = (words.low, words.high | 1)
  }
}

extension KeyHashes {
  /// Of keys that are one integer each.
  @inline(__always)
  func hash(_ integer: Int64) -> UInt64 {
    var hash = UInt64(bitPattern: integer) ^ salt
    hash = (hash ^ hash &>> 32) &* 0xD6E8_FEB8_6659_FD93
    hash = (hash ^ hash &>> 32) &* finish
    return hash ^ hash &>> 29
  }

  /// Of encoded keys, which are whole words and a rest.
  func hash(_ key: UnsafeRawBufferPointer) -> UInt64 {
    var hash = salt ^ UInt64(key.count) &* 0x9E37_79B9_7F4A_7C15
    var place = 0
    while place + 8 <= key.count {
      hash = mixed(hash, key.loadUnaligned(fromByteOffset: place, as: UInt64.self))
      place += 8
    }
    var rest: UInt64 = 0
    while place < key.count {
      rest = rest << 8 | UInt64(key[place])
      place += 1
    }
    return mixed(mixed(hash, rest), finish)
  }

  @inline(__always)
  private func mixed(_ hash: UInt64, _ word: UInt64) -> UInt64 {
    let (high, low) = (hash ^ word).multipliedFullWidth(by: finish)
    return (high ^ low) &+ salt
  }
}

/// Keys of many rows, as they are kept: integers where the key is one, else in the key encoding.
public enum KeyRun: Sendable {
  case integers([Int64])
  case encoded(EncodedRows)

  /// - Parameter keys: the key's columns, none of them null where the key is one integer.
  init(_ keys: Batch) {
    if keys.columns.count == 1, case .integers(let integers) = keys.columns[0].storage, keys.columns[0].nulls == nil {
      self = .integers(integers)
    } else {
      self = .encoded(keys.keys(columns: Array(keys.columns.indices)))
    }
  }

  public var count: Int {
    switch self {
    case .integers(let integers): integers.count
    case .encoded(let rows): rows.count
    }
  }

  func hashes(_ hashing: KeyHashes) -> [UInt64] {
    switch self {
    case .integers(let integers):
      return [UInt64](unsafeUninitializedCapacity: integers.count) { out, filled in
        integers.withUnsafeBufferPointer { integers in
          for index in 0..<integers.count { out[index] = hashing.hash(integers[index]) }
        }
        filled = integers.count
      }
    case .encoded(let rows):
      return rows.withUnsafeBytes { bytes in
        (0..<rows.count).map { hashing.hash(UnsafeRawBufferPointer(rebasing: bytes[rows.range(of: $0)])) }
      }
    }
  }
}

#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// The secure hash algorithms of FIPS 180-4. Their constants are bits of the roots of primes, and are computed as such.
enum SHA256 {
  enum Variant { case sha224, sha256 }

  static func digest(of message: UnsafeBufferPointer<UInt8>, _ variant: Variant) -> [UInt8] {
    var state = variant == .sha256 ? start256 : start224
    for block in SHAPadding.blocks(message, size: 64, lengthSize: 8) {
      var words = (0..<16).map { i in (0..<4).reduce(UInt32(0)) { $0 << 8 | UInt32(block[4 * i + $1]) } }
      for i in 16..<64 {
        let (a, b) = (words[i - 15], words[i - 2])
        let s0 = a.rotated(7) ^ a.rotated(18) ^ a >> 3
        let s1 = b.rotated(17) ^ b.rotated(19) ^ b >> 10
        words.append(words[i - 16] &+ s0 &+ words[i - 7] &+ s1)
      }
      var s = state
      for i in 0..<64 {
        let mixed = s[4].rotated(6) ^ s[4].rotated(11) ^ s[4].rotated(25)
        let first = s[7] &+ mixed &+ (s[4] & s[5] ^ ~s[4] & s[6]) &+ rounds[i] &+ words[i]
        let major = s[0] & s[1] ^ s[0] & s[2] ^ s[1] & s[2]
        let second = (s[0].rotated(2) ^ s[0].rotated(13) ^ s[0].rotated(22)) &+ major
        s = [first &+ second, s[0], s[1], s[2], s[3] &+ first, s[4], s[5], s[6]]
      }
      for i in 0..<8 { state[i] = state[i] &+ s[i] }
    }
    let bytes = state.flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> UInt32(24 - 8 * $0)) } }
    return variant == .sha256 ? bytes : Array(bytes[..<28])
  }

  private static let start256 = SHAPrimes.all[..<8].map { UInt32(truncatingIfNeeded: SHAPrimes.squareRoot($0) >> 32) }
  private static let start224 = SHAPrimes.all[8..<16].map { UInt32(truncatingIfNeeded: SHAPrimes.squareRoot($0)) }
  private static let rounds = SHAPrimes.all[..<64].map { UInt32(truncatingIfNeeded: SHAPrimes.cubeRoot($0) >> 32) }
}

/// The same over words of twice the size.
enum SHA512 {
  enum Variant { case sha384, sha512 }

  static func digest(of message: UnsafeBufferPointer<UInt8>, _ variant: Variant) -> [UInt8] {
    var state = variant == .sha512 ? start512 : start384
    for block in SHAPadding.blocks(message, size: 128, lengthSize: 16) {
      var words = (0..<16).map { i in (0..<8).reduce(UInt64(0)) { $0 << 8 | UInt64(block[8 * i + $1]) } }
      for i in 16..<80 {
        let (a, b) = (words[i - 15], words[i - 2])
        let s0 = a.rotated(1) ^ a.rotated(8) ^ a >> 7
        let s1 = b.rotated(19) ^ b.rotated(61) ^ b >> 6
        words.append(words[i - 16] &+ s0 &+ words[i - 7] &+ s1)
      }
      var s = state
      for i in 0..<80 {
        let mixed = s[4].rotated(14) ^ s[4].rotated(18) ^ s[4].rotated(41)
        let first = s[7] &+ mixed &+ (s[4] & s[5] ^ ~s[4] & s[6]) &+ rounds[i] &+ words[i]
        let major = s[0] & s[1] ^ s[0] & s[2] ^ s[1] & s[2]
        let second = (s[0].rotated(28) ^ s[0].rotated(34) ^ s[0].rotated(39)) &+ major
        s = [first &+ second, s[0], s[1], s[2], s[3] &+ first, s[4], s[5], s[6]]
      }
      for i in 0..<8 { state[i] = state[i] &+ s[i] }
    }
    let bytes = state.flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> UInt64(56 - 8 * $0)) } }
    return variant == .sha512 ? bytes : Array(bytes[..<48])
  }

  private static let start512 = SHAPrimes.all[..<8].map(SHAPrimes.squareRoot)
  private static let start384 = SHAPrimes.all[8..<16].map(SHAPrimes.squareRoot)
  private static let rounds = SHAPrimes.all.map(SHAPrimes.cubeRoot)
}

private enum SHAPadding {
  /// The message, a one bit, zeros, and the length in bits, in blocks.
  static func blocks(_ message: UnsafeBufferPointer<UInt8>, size: Int, lengthSize: Int) -> [ArraySlice<UInt8>] {
    var padded = Array(message) + [0x80]
    while (padded.count + lengthSize) % size != 0 { padded.append(0) }
    padded += Array(repeating: 0, count: lengthSize - 8)
    padded += (0..<8).map { UInt8(truncatingIfNeeded: (message.count << 3) >> (56 - 8 * $0)) }
    return stride(from: 0, to: padded.count, by: size).map { ArraySlice(Array(padded[$0..<$0 + size])) }
  }
}

private enum SHAPrimes {
  /// The first eighty.
  static let all: [UInt64] = (2...409).filter { n in !(2..<n).contains { $0 * $0 <= n && n % $0 == 0 } }.map { UInt64($0) }

  /// The first 64 bits of the fraction of the square root: the greatest r with (r / 2⁶⁴)² ≤ n, less its whole part.
  static func squareRoot(_ n: UInt64) -> UInt64 { fraction { r in wide(r, r).isAtMost(n, 128) } }
  static func cubeRoot(_ n: UInt64) -> UInt64 {
    fraction { r in
      let square = wide(r, r)
      return square.times(r).isAtMost(n, 192)
    }
  }

  /// Finds the greatest number of 64 bits of fraction and a few before the point that is not too great.
  private static func fraction(_ fits: ([UInt64]) -> Bool) -> UInt64 {
    var root: [UInt64] = [0, 0]
    for bit in stride(from: 69, through: 0, by: -1) {
      root[bit / 64] |= 1 << UInt64(bit % 64)
      if !fits(root) { root[bit / 64] &= ~(1 << UInt64(bit % 64)) }
    }
    return root[0]
  }

  private static func wide(_ a: [UInt64], _ b: [UInt64]) -> [UInt64] { a.times(b) }
}

extension [UInt64] {
  /// The product of two numbers, least significant word first.
  fileprivate func times(_ other: [UInt64]) -> [UInt64] {
    var product = [UInt64](repeating: 0, count: count + other.count)
    for i in indices {
      var carry: UInt64 = 0
      for j in other.indices {
        let (high, low) = self[i].multipliedFullWidth(by: other[j])
        let (sum, first) = product[i + j].addingReportingOverflow(low)
        let (whole, second) = sum.addingReportingOverflow(carry)
        product[i + j] = whole
        carry = high &+ (first ? 1 : 0) &+ (second ? 1 : 0)
      }
      product[i + other.count] = carry
    }
    return product
  }

  /// Whether the number is at most n × 2^shift.
  fileprivate func isAtMost(_ n: UInt64, _ shift: Int) -> Bool {
    let word = shift / 64
    if self[(word + 1)...].contains(where: { $0 != 0 }) { return false }
    if self[word] != n { return self[word] < n }
    return !self[..<word].contains { $0 != 0 }
  }
}

extension FixedWidthInteger where Self: UnsignedInteger {
  fileprivate func rotated(_ bits: Self) -> Self { self >> bits | self << (Self(Self.bitWidth) - bits) }
}

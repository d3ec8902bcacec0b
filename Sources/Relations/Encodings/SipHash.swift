/// SipHash-2-4 with 128 bits of output: the pseudo-random function behind fingerprints.
///
/// Shaped for millions of messages of 10 to 100 bytes. One message is a chain of dependent steps that leaves half of the
/// processor idle, so rows are hashed in pairs, step by step side by side (a fifth to a quarter faster, measured; four
/// lanes run out of registers). Loads are unaligned words.
struct SipHash {
  private var a: UInt64
  private var b: UInt64
  private var c: UInt64
  private var d: UInt64

  @inline(__always)
  init(_ key: FingerprintKey) {
    a = key.low ^ 0x736f_6d65_7073_6575
    b = key.high ^ 0x646f_7261_6e64_6f6d ^ 0xEE
    c = key.low ^ 0x6c79_6765_6e65_7261
    d = key.high ^ 0x7465_6462_7974_6573
  }

  @inline(__always)
  private mutating func round() {
    a = a &+ b
    c = c &+ d
    b = rotated(b, 13) ^ a
    d = rotated(d, 16) ^ c
    a = rotated(a, 32) &+ d
    c = c &+ b
    d = rotated(d, 21) ^ a
    b = rotated(b, 17) ^ c
    c = rotated(c, 32)
  }

  private var folded: UInt64 { @inline(__always) get { a ^ b ^ c ^ d } }
}

@inline(__always)
private func rotated(_ word: UInt64, _ bits: UInt64) -> UInt64 { word &<< bits | word &>> (64 &- bits) }

// MARK: - One message

extension SipHash {
  /// The hash of one message.
  static func hash(_ message: UnsafeRawBufferPointer, _ key: FingerprintKey) -> Fingerprint {
    var tail = UInt64(truncatingIfNeeded: message.count) << 56
    for i in message.count & ~7..<message.count { tail |= UInt64(message[i]) << UInt64(8 * (i & 7)) }
    var state = SipHash(key)
    for i in stride(from: 0, to: message.count & ~7, by: 8) { state.add(word(message.baseAddress!, i)) }
    state.add(tail)
    return state.finish()
  }

  /// The hash of one message in a place where the seven bytes behind it may be read too.
  @inline(__always)
  static func hash(_ message: UnsafeRawPointer, _ count: Int, _ key: FingerprintKey) -> Fingerprint {
    var state = SipHash(key)
    state.add(message, from: 0, to: count & ~7)
    state.add(tail(message, count))
    return state.finish()
  }

  @inline(__always)
  private mutating func add(_ word: UInt64) {
    d ^= word
    round()
    round()
    a ^= word
  }

  @inline(__always)
  private mutating func add(_ message: UnsafeRawPointer, from start: Int, to end: Int) {
    var i = start
    while i < end {
      add(word(message, i))
      i &+= 8
    }
  }

  @inline(__always)
  private mutating func finish() -> Fingerprint {
    c ^= 0xEE
    for _ in 0..<4 { round() }
    let low = folded
    b ^= 0xDD
    for _ in 0..<4 { round() }
    return Fingerprint(low: low, high: folded)
  }
}

@inline(__always)
private func word(_ message: UnsafeRawPointer, _ offset: Int) -> UInt64 {
  UInt64(littleEndian: message.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
}

/// The last word: up to seven bytes and, on top, the length modulo 256.
@inline(__always)
private func tail(_ message: UnsafeRawPointer, _ count: Int) -> UInt64 {
  let mask = (1 as UInt64) &<< UInt64(truncatingIfNeeded: 8 &* (count & 7)) &- 1
  return word(message, count & ~7) & mask | UInt64(truncatingIfNeeded: count) &<< 56
}

// MARK: - Two messages side by side

extension SipHash {
  /// The hashes of two messages in places where the seven bytes behind them may be read too.
  @inline(__always)
  static func hash(
    _ first: UnsafeRawPointer, _ firstCount: Int, _ second: UnsafeRawPointer, _ secondCount: Int, _ key: FingerprintKey
  ) -> (Fingerprint, Fingerprint) {
    var x = SipHash(key)
    var y = x
    let common = min(firstCount, secondCount) & ~7
    var i = 0
    while i < common {
      add(word(first, i), to: &x, word(second, i), to: &y)
      i &+= 8
    }
    x.add(first, from: common, to: firstCount & ~7)
    y.add(second, from: common, to: secondCount & ~7)
    add(tail(first, firstCount), to: &x, tail(second, secondCount), to: &y)
    return finish(&x, &y)
  }

  @inline(__always)
  private static func add(_ p: UInt64, to x: inout SipHash, _ q: UInt64, to y: inout SipHash) {
    x.d ^= p
    y.d ^= q
    rounds(2, &x, &y)
    x.a ^= p
    y.a ^= q
  }

  @inline(__always)
  private static func rounds(_ count: Int, _ x: inout SipHash, _ y: inout SipHash) {
    for _ in 0..<count {
      x.round()
      y.round()
    }
  }

  @inline(__always)
  private static func finish(_ x: inout SipHash, _ y: inout SipHash) -> (Fingerprint, Fingerprint) {
    x.c ^= 0xEE
    y.c ^= 0xEE
    rounds(4, &x, &y)
    let lows = (x.folded, y.folded)
    x.b ^= 0xDD
    y.b ^= 0xDD
    rounds(4, &x, &y)
    return (Fingerprint(low: lows.0, high: x.folded), Fingerprint(low: lows.1, high: y.folded))
  }
}

#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// The message digest of RFC 1321, which people use to make keys out of texts.
enum MD5 {
  /// Four words, their bytes in little-endian order.
  struct Digest {
    var a: UInt32 = 0x6745_2301
    var b: UInt32 = 0xEFCD_AB89
    var c: UInt32 = 0x98BA_DCFE
    var d: UInt32 = 0x1032_5476
  }

  static func digest(of message: UnsafeBufferPointer<UInt8>) -> Digest {
    var digest = Digest()
    var offset = 0
    while offset + 64 <= message.count {
      digest.take(UnsafeRawPointer(message.baseAddress! + offset))
      offset += 64
    }
    // The rest, a one bit, zeros, and the length in bits at the end of a block.
    let rest = message.count - offset
    let size = rest < 56 ? 64 : 128
    withUnsafeTemporaryAllocation(byteCount: 128, alignment: 8) { padded in
      padded.initializeMemory(as: UInt8.self, repeating: 0)
      if rest > 0 { padded.copyMemory(from: UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(message)[offset...])) }
      padded[rest] = 0x80
      padded.storeBytes(of: UInt64(message.count).littleEndian << 3, toByteOffset: size - 8, as: UInt64.self)
      for block in stride(from: 0, to: size, by: 64) { digest.take(UnsafeRawPointer(padded.baseAddress! + block)) }
    }
    return digest
  }

  /// `floor(2³² × |sin(i)|)`, i from 1 on, as the algorithm is defined.
  fileprivate static let sines: [UInt32] = (1...64).map { UInt32(abs(sin(Double($0))) * 4_294_967_296) }
  fileprivate static let rotations: [[UInt32]] = [[7, 12, 17, 22], [5, 9, 14, 20], [4, 11, 16, 23], [6, 10, 15, 21]]
}

extension MD5.Digest {
  /// One block of 64 bytes.
  fileprivate mutating func take(_ block: UnsafeRawPointer) {
    var next = self
    for step in 0..<64 {
      let (mixed, place) = next.mixed(step)
      let word = UInt32(littleEndian: block.loadUnaligned(fromByteOffset: 4 * place, as: UInt32.self))
      let sum = next.a &+ mixed &+ MD5.sines[step] &+ word
      let rotation = MD5.rotations[step >> 4][step & 3]
      let rotated = sum << rotation | sum >> (32 - rotation)
      next = MD5.Digest(a: next.d, b: next.b &+ rotated, c: next.b, d: next.c)
    }
    self = MD5.Digest(a: a &+ next.a, b: b &+ next.b, c: c &+ next.c, d: d &+ next.d)
  }

  /// What a step makes of three words, and which word of the block it adds.
  private func mixed(_ step: Int) -> (mixed: UInt32, place: Int) {
    switch step >> 4 {
    case 0: (b & c | ~b & d, step)
    case 1: (d & b | ~d & c, (5 * step + 1) & 15)
    case 2: (b ^ c ^ d, (3 * step + 5) & 15)
    default: (c ^ (b | ~d), 7 * step & 15)
    }
  }
}

/// A set of 64-bit hashes in about twelve bits each: says of every hash that is in it that it is, and of few others.
///
/// A four-wise binary fuse filter (Graf and Lemire): a hash has four slots near each other, and the exclusive or of what is in them is
/// the hash's fingerprint. Made once from all hashes; 1.08 slots a hash when there are many. Fingerprints of `bits` bits are packed,
/// and a hash that was not put in is taken for one that was with a chance of 2^-bits.
///
///     slots  ├─ segment ─┼─ segment ─┼─ segment ─┼─ segment ─┤ …       hash → h₀ anywhere, h₁ h₂ h₃ in the next three segments
struct FuseFilter: Sendable {
  let bits: Int
  let count: Int
  private let seed: UInt64
  private let shape: Shape
  /// Slots of `bits` bits, the least significant bit of a byte first, and some bytes so that words can be read at each.
  private let slots: [UInt8]

  private struct Shape: Sendable {
    let segmentLength: UInt64
    let lengthMask: UInt64
    let spread: UInt64
    let slotCount: Int

    init(_ count: Int) {
      let size = Double(max(count, 2))
      let length = 1 << min(18, max(2, Int(logarithm(size) / logarithm(2.91) - 0.5)))
      let factor = max(1.075, 0.77 + 0.305 * logarithm(600_000) / logarithm(size))
      let wanted = count <= 1 ? 0 : Int(size * factor)
      let segments = max(1, (wanted + length - 1) / length - 3)
      segmentLength = UInt64(length)
      lengthMask = UInt64(length - 1)
      spread = UInt64(segments * length)
      slotCount = (segments + 3) * length
    }

    /// The slots of a hash.
    @inline(__always)
    func places(_ hash: UInt64) -> (UInt64, UInt64, UInt64, UInt64) {
      let first = hash.multipliedFullWidth(by: spread).high
      let second = first &+ segmentLength
      let third = second &+ segmentLength
      return (
        first, second ^ (hash &>> 36 & lengthMask), third ^ (hash &>> 18 & lengthMask),
        (third &+ segmentLength) ^ (hash & lengthMask)
      )
    }
  }
}

/// The natural logarithm, without a library of mathematics: of numbers above one, by halves.
private func logarithm(_ number: Double) -> Double {
  let fraction = number.significand
  // ln((1 + x) / (1 - x)) = 2 (x + x³/3 + x⁵/5 + …), with x at most a third.
  let x = (fraction - 1) / (fraction + 1)
  var (sum, power) = (0.0, x)
  for odd in stride(from: 1.0, to: 40, by: 2) {
    sum += power / odd
    power *= x * x
  }
  return Double(number.exponent) * 0.693_147_180_559_945_3 + 2 * sum
}

@inline(__always)
private func mixed(_ hash: UInt64, _ seed: UInt64) -> UInt64 {
  let (high, low) = (hash ^ seed).multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15)
  let folded = (high ^ low) &* 0xD6E8_FEB8_6659_FD93
  return folded ^ folded &>> 32
}

@inline(__always)
private func fingerprint(_ hash: UInt64, _ bits: Int) -> UInt64 {
  ((hash ^ hash &>> 40) &* 0xFF51_AFD7_ED55_8CCD) &>> UInt64(64 &- bits)
}

// MARK: - Asking

extension FuseFilter {
  var byteCount: Int { slots.count }

  /// Marks the hashes that may be in it: `found` has a byte for each, and keeps what is marked.
  func mark(_ hashes: UnsafeBufferPointer<UInt64>, _ found: UnsafeMutablePointer<UInt8>) {
    if count == 0 { return }
    let (shape, bits, seed) = (shape, UInt64(bits), seed)
    let mask = (1 as UInt64) &<< bits &- 1
    slots.withUnsafeBytes { slots in
      let base = slots.baseAddress!
      @inline(__always) func slot(_ place: UInt64) -> UInt64 {
        let bit = place &* bits
        return UInt64(base.loadUnaligned(fromByteOffset: Int(bit &>> 3), as: UInt32.self)) &>> (bit & 7)
      }
      for index in 0..<hashes.count {
        let hash = mixed(hashes[index], seed)
        let (a, b, c, d) = shape.places(hash)
        let sum = (slot(a) ^ slot(b) ^ slot(c) ^ slot(d) ^ fingerprint(hash, Int(bits))) & mask
        found[index] |= sum == 0 ? 1 : 0
      }
    }
  }
}

// MARK: - Making

extension FuseFilter {
  /// - Parameter hashes: any, also several times.
  init(_ hashes: consuming [UInt64], bits: Int) {
    precondition(1...16 ~= bits, "a fingerprint has one to sixteen bits")
    self.bits = bits
    RadixSort.sort(&hashes)
    // What is there twice could never be told apart.
    var unique = 0
    for index in hashes.indices where index == 0 || hashes[index] != hashes[unique - 1] {
      hashes[unique] = hashes[index]
      unique += 1
    }
    hashes.removeLast(hashes.count - unique)
    count = unique
    let shape = Shape(unique)
    self.shape = shape
    var seed: UInt64 = 0x7263_6E65_7274_7921
    while true {
      if let packed = Self.packed(hashes, shape, seed, bits) {
        self.seed = seed
        slots = packed
        return
      }
      // One try in thousands fails; for very few hashes one in dozens.
      seed = mixed(seed, 0x9E37_79B9)
    }
  }

  /// nil if the hashes cannot be told apart with this seed.
  private static func packed(_ hashes: [UInt64], _ shape: Shape, _ seed: UInt64, _ bits: Int) -> [UInt8]? {
    // In the order of their first slots, so that memory is walked through and not jumped about in.
    var ordered = hashes.map { mixed($0, seed) }
    RadixSort.sort(&ordered)
    guard let order = Peeling(ordered, shape.slotCount, shape.places).order else { return nil }
    var values = [UInt16](repeating: 0, count: shape.slotCount)
    values.withUnsafeMutableBufferPointer { values in
      for (hash, choice) in order.reversed() {
        let places = shape.places(hash)
        let all = values[Int(places.0)] ^ values[Int(places.1)] ^ values[Int(places.2)] ^ values[Int(places.3)]
        let chosen = Int(choice == 0 ? places.0 : choice == 1 ? places.1 : choice == 2 ? places.2 : places.3)
        // Its own slot is still empty.
        values[chosen] = all ^ UInt16(truncatingIfNeeded: fingerprint(hash, bits))
      }
    }
    var packed = [UInt8](repeating: 0, count: (shape.slotCount * bits + 7) / 8 + 4)
    for place in 0..<values.count {
      let bit = place * bits
      let word = UInt32(values[place]) << UInt32(bit & 7)
      packed[bit >> 3] |= UInt8(truncatingIfNeeded: word)
      packed[bit >> 3 + 1] |= UInt8(truncatingIfNeeded: word >> 8)
      packed[bit >> 3 + 2] |= UInt8(truncatingIfNeeded: word >> 16)
    }
    return packed
  }
}

/// Takes hashes away one by one that have a slot to themselves, until none is left: in the reverse order each can be given its slot.
private struct Peeling {
  /// nil if some are left.
  let order: [(hash: UInt64, choice: UInt8)]?

  /// A slot: how many hashes have it, times four, and the exclusive or of their choices and of themselves.
  private struct Slot: BitwiseCopyable {
    var hashes: UInt64 = 0
    var tally: UInt32 = 0
  }

  init(_ hashes: [UInt64], _ slotCount: Int, _ places: (UInt64) -> (UInt64, UInt64, UInt64, UInt64)) {
    var slots = FlatArray<Slot>()
    slots.append(repeating: Slot(), count: slotCount)
    @inline(__always) func toggle(_ place: UInt64, _ choice: UInt32, _ hash: UInt64, _ change: UInt32) {
      let slot = slots.base + Int(place)
      // The choices are the two lowest bits, which no sum of fours touches.
      slot.pointee.tally = (slot.pointee.tally &+ change) ^ choice
      slot.pointee.hashes ^= hash
    }
    for hash in hashes {
      let (a, b, c, d) = places(hash)
      toggle(a, 0, hash, 4)
      toggle(b, 1, hash, 4)
      toggle(c, 2, hash, 4)
      toggle(d, 3, hash, 4)
    }
    var alone = FlatArray<UInt32>()
    for place in 0..<slotCount where slots.base[place].tally >> 2 == 1 { alone.append(UInt32(place)) }
    var order: [(hash: UInt64, choice: UInt8)] = []
    order.reserveCapacity(hashes.count)
    while let place = alone.popLast() {
      let slot = slots.base[Int(place)]
      if slot.tally >> 2 != 1 { continue }
      let (hash, choice) = (slot.hashes, slot.tally & 3)
      order.append((hash, UInt8(choice)))
      let (a, b, c, d) = places(hash)
      @inline(__always) func leave(_ place: UInt64, _ other: UInt32) {
        toggle(place, other, hash, 0 &- 4)
        if other != choice && slots.base[Int(place)].tally >> 2 == 1 { alone.append(UInt32(place)) }
      }
      leave(a, 0)
      leave(b, 1)
      leave(c, 2)
      leave(d, 3)
    }
    self.order = order.count == hashes.count ? order : nil
  }
}

// MARK: - Writing down and reading back

extension FuseFilter {
  func write(to writer: inout CheckpointWriter) {
    writer.write(bits)
    writer.write(count)
    writer.write(seed)
    writer.write(slots)
  }

  init(from reader: inout CheckpointReader) throws(CheckpointError) {
    bits = try reader.readCount()
    count = try reader.readCount()
    seed = try reader.read()
    slots = try reader.readBytes()
    guard 1...16 ~= bits, count <= slots.count * 8 else { throw .corrupt }
    shape = Shape(count)
    guard slots.count == (shape.slotCount * bits + 7) / 8 + 4 else { throw .corrupt }
  }
}

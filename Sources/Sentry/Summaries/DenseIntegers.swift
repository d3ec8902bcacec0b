import Relations

/// Integers of which many lie near each other, exactly: a bitmap for each stretch of 65 536 that is dense enough.
struct DenseIntegers: Sendable {
  private var places: [Int64: Int] = [:]
  private var words: [UInt64] = []
  private(set) var count = 0

  private static let stretchBits: Int64 = 16
  static let stretchWords = 1 << 10
  /// From here on a bitmap takes less than a filter.
  static let enough = 1 << 16 / 12

  @inline(__always)
  static func stretch(_ integer: Int64) -> Int64 { integer >> stretchBits }
}

extension DenseIntegers {
  var byteCount: Int { words.count * 8 }
  var isEmpty: Bool { words.isEmpty }

  /// Whether a stretch has a bitmap.
  func has(_ stretch: Int64) -> Bool { places[stretch] != nil }

  /// Puts an integer in; its stretch gets a bitmap if it has none.
  mutating func insert(_ integer: Int64) {
    let stretch = Self.stretch(integer)
    let place = places[stretch] ?? words.count
    if place == words.count {
      places[stretch] = place
      words += repeatElement(0, count: Self.stretchWords)
    }
    let (word, bit) = (place + Int(integer & 0xFFFF) >> 6, UInt64(integer & (Planted.bug("a bitmap has 32 bits a word") ? 31 : 63)))
    count += Int(~words[word] >> bit & 1)
    words[word] |= 1 << bit
  }

  /// Marks the integers that are in it.
  func mark(_ integers: UnsafeBufferPointer<Int64>, _ found: UnsafeMutablePointer<UInt8>) {
    if words.isEmpty { return }
    // Changed keys come near each other more often than not.
    var (known, place): (Int64?, Int?) = (nil, nil)
    words.withUnsafeBufferPointer { words in
      for index in 0..<integers.count {
        let integer = integers[index]
        if Self.stretch(integer) != known {
          known = Self.stretch(integer)
          place = places[Self.stretch(integer)]
        }
        guard let place else { continue }
        found[index] |= UInt8(words[place &+ Int(integer & 0xFFFF) &>> 6] &>> UInt64(integer & 63) & 1)
      }
    }
  }
}

// MARK: - Writing down and reading back

extension DenseIntegers {
  func write(to writer: inout CheckpointWriter) {
    let stretches = places.sorted { $0.value < $1.value }
    writer.write(stretches.map(\.key))
    writer.write(words)
    writer.write(count)
  }

  init(from reader: inout CheckpointReader) throws(CheckpointError) {
    let stretches = try reader.readNumbers(Int64.self)
    words = try reader.readNumbers()
    count = try reader.readCount()
    guard words.count == stretches.count * Self.stretchWords, Set(stretches).count == stretches.count else { throw .corrupt }
    for (index, stretch) in stretches.enumerated() { places[stretch] = index * Self.stretchWords }
  }
}

/// Reads the files of the tz database (RFC 8536), version 2 and later:
///
///     header · 32-bit data · header · 64-bit data · "\n" rule "\n"
///
///     header   "TZif" version (1) zeros (15) then six counts of 4 bytes, in the order of `Counts`
///     data     transitions · their types · types: offset (4) isDST (1) abbreviation (1) · abbreviations · leaps · flags
///
/// All numbers are big-endian. The 32-bit data is skipped. Files with leap seconds are refused, as PostgreSQL refuses them.
extension Zone {
  /// - Returns: nil when the bytes are not such a file.
  public init?(name: String, file: [UInt8]) {
    var reader = Reader(bytes: file)
    guard let old = reader.header(), old.version >= UInt8(ascii: "2"), reader.skip(old.size(timeWidth: 4)),
      let counts = reader.header(), counts.leaps == 0, counts.types > 0
    else { return nil }

    guard let moments = reader.moments(counts.transitions), let indices = reader.take(counts.transitions),
      let types = reader.types(counts.types), indices.allSatisfy({ Int($0) < types.count }),
      reader.skip(counts.abbreviations + counts.standardFlags + counts.utcFlags)
    else { return nil }
    guard zip(moments, moments.dropFirst()).allSatisfy({ $0 < $1 }) else { return nil }

    var rule: ZoneRule?
    if let footer = reader.footer(), !footer.isEmpty {
      guard let parsed = ZoneRule(parsing: footer) else { return nil }
      rule = parsed
    }
    self.init(name: name, initial: types[0], transitions: moments, offsets: indices.map { types[Int($0)] }, rule: rule)
  }

  private struct Counts {
    var version: UInt8
    var utcFlags, standardFlags, leaps, transitions, types, abbreviations: Int

    func size(timeWidth: Int) -> Int {
      transitions * (timeWidth + 1) + types * 6 + abbreviations + leaps * (timeWidth + 4) + standardFlags + utcFlags
    }
  }

  private struct Reader {
    let bytes: [UInt8]
    var position = 0

    mutating func take(_ count: Int) -> ArraySlice<UInt8>? {
      guard count <= bytes.count - position else { return nil }
      defer { position += count }
      return bytes[position..<position + count]
    }

    mutating func skip(_ count: Int) -> Bool { take(count) != nil }

    mutating func header() -> Counts? {
      guard let magic = take(4), magic.elementsEqual("TZif".utf8), let version = take(1)?.first, skip(15) else { return nil }
      let counts = (0..<6).compactMap { _ in take(4).map { Int(bigEndian($0)) } }
      guard counts.count == 6, counts.allSatisfy({ $0 < 1 << 20 }) else { return nil }
      return Counts(
        version: version, utcFlags: counts[0], standardFlags: counts[1], leaps: counts[2], transitions: counts[3], types: counts[4],
        abbreviations: counts[5])
    }

    mutating func moments(_ count: Int) -> [Int64]? {
      guard let raw = take(8 * count) else { return nil }
      return stride(from: raw.startIndex, to: raw.endIndex, by: 8).map { Int64(bitPattern: bigEndian(raw[$0..<$0 + 8])) }
    }

    /// Of a type only the offset matters here; whether it is called daylight saving, and how it is abbreviated, does not.
    mutating func types(_ count: Int) -> [Int32]? {
      guard let raw = take(6 * count) else { return nil }
      return stride(from: raw.startIndex, to: raw.endIndex, by: 6).map { Int32(truncatingIfNeeded: bigEndian(raw[$0..<$0 + 4])) }
    }

    mutating func footer() -> ArraySlice<UInt8>? {
      guard take(1)?.first == UInt8(ascii: "\n"), let end = bytes[position...].firstIndex(of: UInt8(ascii: "\n")) else {
        return nil
      }
      return take(end - position)
    }

    private func bigEndian(_ raw: ArraySlice<UInt8>) -> UInt64 { raw.reduce(0) { $0 << 8 | UInt64($1) } }
  }
}

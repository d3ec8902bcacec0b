/// Keys back into values, as far as equality sees them: a numeric comes with no more scale than it needs, a `char(n)` without
/// its blanks, an interval in months as far as it has them.
extension KeyEncoding {
  /// The keys as a batch.
  public func decode(_ keys: EncodedRows) throws(EncodingError) -> Batch {
    var builders = types.map(ColumnBuilder.init)
    for row in 0..<keys.count {
      let values = try decode(keys[row], row: row)
      for field in types.indices { builders[field].append(values[field]) }
    }
    return Batch(builders.map { $0.finish() }, count: keys.count)
  }

  /// One key, boxed.
  public func decode(_ key: some Collection<UInt8>) throws(EncodingError) -> [Value] { try decode(Array(key)[...], row: 0) }

  private func decode(_ key: ArraySlice<UInt8>, row: Int) throws(EncodingError) -> [Value] {
    var reader = KeyReader(bytes: key, next: key.startIndex)
    var values: [Value] = []
    for field in types.indices {
      let start = reader.next
      do throws(KeyReader.Failure) {
        values.append(try reader.read(types[field], orders[field]))
      } catch {
        throw EncodingError(error.reason, row: row, field: field)
      }
      // Reading is lenient; what it lets through must be what would have been written.
      var written: [UInt8] = []
      Self.append(values[field], types[field], orders[field], to: &written)
      if !key[start..<reader.next].elementsEqual(written) { throw EncodingError(.malformed, row: row, field: field) }
    }
    if reader.next != key.endIndex { throw EncodingError(.excess, row: row, field: types.count) }
    return values
  }
}

/// Reads the fields of one key.
private struct KeyReader {
  let bytes: ArraySlice<UInt8>
  var next: Int
  /// What every byte is combined with.
  private var flip: UInt8 = 0

  struct Failure: Error {
    let reason: EncodingError.Reason
    static let truncated = Failure(reason: .truncated)
    static let malformed = Failure(reason: .malformed)
  }

  init(bytes: ArraySlice<UInt8>, next: Int) {
    self.bytes = bytes
    self.next = next
  }

  mutating func read(_ type: SQLType, _ order: KeyOrder) throws(Failure) -> Value {
    guard next < bytes.endIndex else { throw .truncated }
    if bytes[next] == order.null {
      next += 1
      return .null
    }
    flip = UInt8(truncatingIfNeeded: order.flip)
    switch type.id.layout {
    case .bits: return .bool(try byte() == KeyByte.value)
    case .integers: return .integer(try integer(type.id))
    case .floats: return .float(try float(type.id))
    case .numerics: return .numeric(try numeric())
    case .uuids: return .uuid(UInt128(high: try word(after: KeyByte.value), low: try number(8)))
    case .intervals: return .interval(try interval())
    case .bytes: return .bytes(try text())
    }
  }

  private mutating func byte() throws(Failure) -> UInt8 {
    guard next < bytes.endIndex else { throw .truncated }
    next += 1
    return bytes[next - 1] ^ flip
  }

  private mutating func number(_ length: Int) throws(Failure) -> UInt64 {
    var number: UInt64 = 0
    for _ in 0..<length { number = number << 8 | UInt64(try byte()) }
    return number
  }

  private mutating func word(after first: UInt8) throws(Failure) -> UInt64 {
    guard try byte() == first else { throw .malformed }
    return try number(8)
  }

  private mutating func integer(_ type: TypeID) throws(Failure) -> Int64 {
    let first = Int(try byte())
    let length = first < 0x80 ? 0x7F - first : first - 0x80
    guard length <= 8 else { throw .malformed }
    let low = try number(length)
    let integer = Int64(bitPattern: first < 0x80 ? low | ~0 << UInt64(8 * length) : low)
    guard type.integers.contains(integer) else { throw .malformed }
    guard type != .timetz || ZonedTime(packed: integer).isValid else { throw .malformed }
    return integer
  }

  private mutating func float(_ type: TypeID) throws(Failure) -> Double {
    let position = try word(after: KeyByte.value)
    let float = Double(bitPattern: position >> 63 == 0 ? ~position : position ^ 1 << 63)
    guard type != .float4 || float.isFloat4 else { throw .malformed }
    return float
  }

  private mutating func interval() throws(Failure) -> Interval {
    let key = UInt128(high: try word(after: KeyByte.value), low: try number(8))
    let span = Int128(bitPattern: key ^ 1 << 127)
    guard Interval.spans.contains(span) else { throw .malformed }
    return Interval(span: span)
  }

  private mutating func text() throws(Failure) -> [UInt8] {
    var text: [UInt8] = []
    while true {
      switch try byte() {
      case KeyByte.endOfText: return text
      case KeyByte.lowEscape: text.append(try byte() &- 1)
      case KeyByte.highEscape: text.append(try byte() &- 1 &+ KeyByte.highEscape)
      case let byte: text.append(byte)
      }
    }
  }
}

// MARK: - Numerics

extension KeyReader {
  private mutating func numeric() throws(Failure) -> Numeric {
    var first = try byte()
    switch first {
    case KeyByte.value: return .zero
    case KeyWriter.nan: return .nan
    case KeyWriter.infinity: return .infinity
    case ~KeyWriter.infinity: return .negativeInfinity
    default: break
    }
    var text: [UInt8] = []
    if first < KeyByte.value {
      text.append(UInt8(ascii: "-"))
      flip = ~flip
      first = ~first
    }
    let exponent = try exponent(first)
    var pair: UInt8
    var digits = 0
    repeat {
      pair = try byte()
      guard pair < 200 else { throw .malformed }
      text.append(UInt8(ascii: "0") + pair / 20)
      text.append(UInt8(ascii: "0") + pair / 2 % 10)
      digits += 2
    } while pair & 1 != 0
    // Half a pair at the end would print as scale.
    if text.last == UInt8(ascii: "0") {
      text.removeLast()
      digits -= 1
    }
    text += "e\(2 * exponent - digits)".utf8
    do throws(SQLError) { return try Numeric(parsing: text) } catch { throw .malformed }
  }

  private mutating func exponent(_ first: UInt8) throws(Failure) -> Int {
    switch first {
    case KeyWriter.smallExponent, KeyWriter.largeExponent: return Int(try number(3)) - KeyWriter.exponentBias
    case KeyWriter.firstExponent..<KeyWriter.largeExponent:
      return Int(first - KeyWriter.firstExponent) + KeyWriter.exponents.lowerBound
    default: throw .malformed
    }
  }
}

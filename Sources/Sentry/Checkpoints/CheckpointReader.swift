import Relations

/// Takes apart what `CheckpointWriter` wrote. A checksum has been compared before, so that what is wrong here was written wrong: it
/// throws all the same, and never reads beyond the end.
struct CheckpointReader {
  private let bytes: ArraySlice<UInt8>
  private var place: Int

  init(_ bytes: ArraySlice<UInt8>) {
    self.bytes = bytes
    place = bytes.startIndex
  }

  var isAtEnd: Bool { place == bytes.endIndex }

  private mutating func take(_ count: Int) throws(CheckpointError) -> Range<Int> {
    guard count >= 0, count <= bytes.endIndex - place else { throw .corrupt }
    defer { place += count }
    return place..<place + count
  }

  mutating func read<Number: FixedWidthInteger & BitwiseCopyable>(_: Number.Type = Number.self) throws(CheckpointError) -> Number {
    let range = try take(MemoryLayout<Number>.size)
    let number = bytes.withUnsafeBytes { all in
      all.loadUnaligned(fromByteOffset: range.lowerBound - bytes.startIndex, as: Number.self)
    }
    return Number(littleEndian: number)
  }

  mutating func readBit() throws(CheckpointError) -> Bool {
    switch try read(UInt8.self) {
    case 0: false
    case 1: true
    default: throw .corrupt
    }
  }

  mutating func readCount() throws(CheckpointError) -> Int {
    guard let count = Int(exactly: try read(UInt64.self)) else { throw .corrupt }
    return count
  }

  mutating func readAll<Element>(_ body: (inout CheckpointReader) throws(CheckpointError) -> Element) throws(CheckpointError)
    -> [Element]
  {
    let count = try readCount()
    // Whatever an element is, it has a byte: no corrupt count reserves memory.
    guard count <= bytes.endIndex - place else { throw .corrupt }
    var elements: [Element] = []
    elements.reserveCapacity(count)
    for _ in 0..<count { elements.append(try body(&self)) }
    return elements
  }

  mutating func readBytes() throws(CheckpointError) -> [UInt8] { Array(bytes[try take(try readCount())]) }

  mutating func readArray<Number: FixedWidthInteger & BitwiseCopyable>(_: Number.Type = Number.self) throws(CheckpointError)
    -> FlatArray<Number>
  {
    let count = try readCount()
    let (size, overflow) = count.multipliedReportingOverflow(by: MemoryLayout<Number>.size)
    if overflow { throw .corrupt }
    let range = try take(size)
    var array = FlatArray<Number>(capacity: count)
    array.append(repeating: 0, count: count)
    bytes.withUnsafeBytes { all in
      for index in 0..<count {
        let offset = range.lowerBound - bytes.startIndex + index * MemoryLayout<Number>.size
        array[index] = Number(littleEndian: all.loadUnaligned(fromByteOffset: offset, as: Number.self))
      }
    }
    return array
  }

  mutating func readNumbers<Number: FixedWidthInteger & BitwiseCopyable>(_: Number.Type = Number.self) throws(CheckpointError)
    -> [Number]
  {
    let array = try readArray(Number.self)
    return Array(UnsafeBufferPointer(start: array.base, count: array.count))
  }
}

// MARK: - Values of the house

extension CheckpointReader {
  mutating func readType() throws(CheckpointError) -> SQLType {
    let oid: UInt32 = try read()
    return SQLType(TypeID(oid), modifier: try read())
  }

  mutating func readValue(_ type: SQLType) throws(CheckpointError) -> Value {
    let bytes = try readBytes()
    do { return try RowEncoding([type]).decode(bytes)[0] } catch { throw .corrupt }
  }

  mutating func readColumns() throws(CheckpointError) -> (columns: [Column], rows: Int) {
    let types = try readAll { reader throws(CheckpointError) in try reader.readType() }
    let rows = try readCount()
    let ends = try readNumbers(Int.self)
    let bytes = try readBytes()
    guard ends.count == rows, ends.last ?? 0 == bytes.count, zip(ends, ends.dropFirst()).allSatisfy({ $0 <= $1 }) else {
      throw .corrupt
    }
    if types.isEmpty { return ([], rows) }
    var encoded = EncodedRows(minimumCapacity: rows, bytes: bytes.count)
    var start = 0
    for end in ends {
      guard end >= start else { throw .corrupt }
      encoded.append(bytes[start..<end])
      start = end
    }
    do { return (try RowEncoding(types).decode(encoded).columns, rows) } catch { throw .corrupt }
  }
}

import Relations

/// Puts numbers and arrays of them into bytes, the least significant byte first. `Specs/checkpoint.md` says in what order.
struct CheckpointWriter {
  private(set) var bytes: [UInt8] = []

  init() {}

  mutating func write<Number: FixedWidthInteger & BitwiseCopyable>(_ number: Number) {
    withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) }
  }

  mutating func write(_ bit: Bool) { bytes.append(bit ? 1 : 0) }

  mutating func write(_ count: Int) { write(UInt64(count)) }

  /// How many there are, and one after the other.
  mutating func write<Element>(all elements: some Collection<Element>, _ body: (inout CheckpointWriter, Element) -> Void) {
    write(elements.count)
    for element in elements { body(&self, element) }
  }

  mutating func write(_ text: [UInt8]) {
    write(text.count)
    bytes += text
  }

  mutating func write<Number: FixedWidthInteger & BitwiseCopyable>(numbers: UnsafeBufferPointer<Number>) {
    write(numbers.count)
    #if _endian(little)
      bytes.append(contentsOf: UnsafeRawBufferPointer(numbers))
    #else
      for number in numbers { write(number) }
    #endif
  }

  mutating func write<Number: FixedWidthInteger & BitwiseCopyable>(_ array: borrowing FlatArray<Number>) {
    write(numbers: UnsafeBufferPointer(start: array.base, count: array.count))
  }

  mutating func write<Number: FixedWidthInteger & BitwiseCopyable>(_ numbers: [Number]) {
    numbers.withUnsafeBufferPointer { write(numbers: $0) }
  }
}

// MARK: - Values of the house

extension CheckpointWriter {
  mutating func write(_ type: SQLType) {
    write(type.id.oid)
    write(type.modifier)
  }

  mutating func write(_ value: Value, _ type: SQLType) { write(RowEncoding([type]).encode([value])) }

  /// Columns of as many rows each, row by row.
  mutating func write(_ columns: [Column], rows: Int) {
    write(all: columns) { $0.write($1.type) }
    write(rows)
    let encoded = Batch(columns, count: rows).encoded()
    write(encoded.ends)
    encoded.withUnsafeBytes { bytes in
      write(bytes.count)
      self.bytes.append(contentsOf: bytes)
    }
  }
}

// MARK: - Head and checksum

extension CheckpointWriter {
  /// What was written, between a head and a checksum.
  func sealed(_ magic: [UInt8], _ version: UInt32, _ key: FingerprintKey) -> [UInt8] {
    var writer = CheckpointWriter()
    writer.bytes = magic
    writer.bytes.reserveCapacity(bytes.count + 64)
    writer.write(version)
    writer.write(key.mark)
    writer.write(bytes)
    let sum = key.fingerprint(of: bytes)
    writer.write(sum.low)
    writer.write(sum.high)
    return writer.bytes
  }
}

extension CheckpointReader {
  /// At the beginning of what lies between the head and the checksum.
  init(sealed bytes: [UInt8], _ magic: [UInt8], _ version: UInt32, _ key: FingerprintKey) throws(CheckpointError) {
    guard bytes.starts(with: magic) else { throw .notACheckpoint }
    var head = CheckpointReader(bytes[magic.count...])
    let own: UInt32 = try head.read()
    guard own == version else { throw .version(own) }
    guard try head.read(UInt64.self) == key.mark else { throw .otherSecret }
    let body = try head.readBytes()
    let sum = Fingerprint(low: try head.read(), high: try head.read())
    guard head.isAtEnd, sum == key.fingerprint(of: body) || Planted.bug("a checksum is not compared") else { throw .corrupt }
    self.init(body[...])
  }
}

extension FingerprintKey {
  /// Tells secrets apart, and nothing of them.
  fileprivate var mark: UInt64 { fingerprint(of: Array("checkpoint".utf8)).low }
}

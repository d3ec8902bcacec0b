import Relations

/// Puts the framing of stored values together: numbers, lengths and bytes. Rows and keys in it are in their own encodings.
///
/// A number takes seven bits a byte, the least significant first, the top bit set in all bytes but the last.
struct ByteWriter {
  private(set) var bytes: [UInt8] = []

  init(minimumCapacity: Int = 0) { bytes.reserveCapacity(minimumCapacity) }

  mutating func write(byte: UInt8) { bytes.append(byte) }

  @inline(__always)
  mutating func write(_ number: UInt64) {
    var rest = number
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest &>>= 7
    }
    bytes.append(UInt8(truncatingIfNeeded: rest))
  }

  @inline(__always)
  mutating func write(_ number: Int) { write(UInt64(number)) }

  /// A number of either sign: twice it, or twice it complemented plus one.
  mutating func write(signed number: Int64) { write(UInt64(bitPattern: number &<< 1 ^ number &>> 63)) }

  /// Bytes as they are.
  mutating func write(raw other: some Sequence<UInt8>) { bytes.append(contentsOf: other) }

  @inline(__always)
  mutating func write(raw other: UnsafeRawBufferPointer) { bytes.append(contentsOf: other) }

  /// The length, then the bytes.
  mutating func write(_ other: [UInt8]) {
    write(other.count)
    bytes.append(contentsOf: other)
  }

  mutating func write(_ text: String) { write(Array(text.utf8)) }

  mutating func write(_ position: Position) { write(position.number) }

  /// Zero, or one and what there is.
  mutating func write<Value>(_ value: Value?, _ write: (inout ByteWriter, Value) -> Void) {
    guard let value else { return self.write(byte: 0) }
    self.write(byte: 1)
    write(&self, value)
  }

  mutating func write<Element>(_ list: [Element], _ write: (inout ByteWriter, Element) -> Void) {
    self.write(list.count)
    for element in list { write(&self, element) }
  }
}

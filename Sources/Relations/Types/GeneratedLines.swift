/// Reads the generated tables: lines of fields, a space between them. The workload is one pass over some 170 kB when the process
/// first resolves a name, so fields are ranges of the bytes and nothing is allocated for them.
package struct GeneratedLines: ~Copyable {
  package let bytes: [UInt8]
  private var position = 0

  package init(_ text: StaticString) {
    bytes = Array(UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  /// Whether all lines have been read.
  package var isAtEnd: Bool { position >= bytes.count }

  /// Whether the current line has a further field.
  package var hasField: Bool { position < bytes.count && bytes[position] != Self.newline }

  /// The next field of the current line, without the space after it.
  package mutating func field() -> Range<Int> {
    let start = position
    while position < bytes.count, bytes[position] != Self.space, bytes[position] != Self.newline { position += 1 }
    let end = position
    assert(end > start, "a generated line is short of a field")
    if position < bytes.count, bytes[position] == Self.space { position += 1 }
    return start..<end
  }

  /// The next field, a decimal number.
  package mutating func number() -> UInt32 { Self.number(bytes, field()) }

  /// Goes to the next line.
  package mutating func endLine() {
    assert(!hasField, "a generated line has a field too many")
    if position < bytes.count { position += 1 }
  }

  package static func number(_ bytes: [UInt8], _ range: Range<Int>) -> UInt32 {
    var value: UInt32 = 0
    for i in range {
      assert((0x30...0x39).contains(bytes[i]), "a generated number has other than digits")
      value = value * 10 + UInt32(bytes[i] &- 0x30)
    }
    return value
  }

  private static let space: UInt8 = 0x20
  private static let newline: UInt8 = 0x0A
}

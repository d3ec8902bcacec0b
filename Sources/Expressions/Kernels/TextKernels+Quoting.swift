import Relations

/// `quote_ident`, `quote_literal` and `quote_nullable`.
extension TextKernels {
  static let quoting: [(String, Kernel)] = [
    ("quote_ident", Kernel { a in a.withText(0) { texts in a.write { row, writer in writer.append(identifier: texts[row]) } } }),
    ("quote_literal", Kernel { a in a.withText(0) { texts in a.write { row, writer in writer.append(quoted: texts[row]) } } }),
    (
      "quote_nullable",
      Kernel { a in
        let nulls = a.operands[0].nulls
        return a.withText(0) { texts in
          a.write { row, writer in
            if nulls?[row] == true { writer.append("NULL") } else { writer.append(quoted: texts[row]) }
          }
        }
      }
    ),
  ]
}

extension TextWriter {
  mutating func append(identifier name: UnsafeBufferPointer<UInt8>) {
    if Identifier.isBare(name) { return append(name) }
    append(UInt8(ascii: "\""))
    append(name, doubling: UInt8(ascii: "\""), and: UInt8(ascii: "\""))
    append(UInt8(ascii: "\""))
  }

  /// Backslashes are doubled too, and announced by an `E`.
  mutating func append(quoted text: UnsafeBufferPointer<UInt8>) {
    if text.contains(UInt8(ascii: "\\")) { append(UInt8(ascii: "E")) }
    append(UInt8(ascii: "'"))
    append(text, doubling: UInt8(ascii: "'"), and: UInt8(ascii: "\\"))
    append(UInt8(ascii: "'"))
  }

  private mutating func append(_ text: UnsafeBufferPointer<UInt8>, doubling one: UInt8, and other: UInt8) {
    for byte in text {
      if byte == one || byte == other { append(byte) }
      append(byte)
    }
  }
}

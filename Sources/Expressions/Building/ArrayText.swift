import Relations

/// PostgreSQL's text form of an array of one dimension: `{1,NULL,"a, b"}`.
public enum ArrayText {
  /// The elements' texts; nil is NULL.
  ///
  /// - Throws: 22P02 for what is no array; `unsupported` for more dimensions and for bounds.
  public static func elements(_ text: String) throws(Failure) -> [String?] {
    var reader = Reader(bytes: Array(text.utf8))
    return try reader.array()
  }

  private struct Reader {
    let bytes: [UInt8]
    var position = 0

    mutating func array() throws(Failure) -> [String?] {
      skipSpace()
      if peek == UInt8(ascii: "[") { throw .unsupported("an array with bounds") }
      guard take(UInt8(ascii: "{")) else { throw malformed }
      skipSpace()
      var elements: [String?] = []
      if take(UInt8(ascii: "}")) { return try ended(elements) }
      while true {
        elements.append(try element())
        skipSpace()
        if take(UInt8(ascii: "}")) { return try ended(elements) }
        guard take(UInt8(ascii: ",")) else { throw malformed }
      }
    }

    private mutating func ended(_ elements: [String?]) throws(Failure) -> [String?] {
      skipSpace()
      guard position == bytes.count else { throw malformed }
      return elements
    }

    private mutating func element() throws(Failure) -> String? {
      skipSpace()
      switch peek {
      case UInt8(ascii: "{"): throw .unsupported("an array of several dimensions")
      case UInt8(ascii: "\""): return try quoted()
      default: return try plain()
      }
    }

    private mutating func quoted() throws(Failure) -> String {
      position += 1
      var text: [UInt8] = []
      while let byte = next() {
        switch byte {
        case UInt8(ascii: "\""): return String(decoding: text, as: UTF8.self)
        case UInt8(ascii: "\\"):
          guard let escaped = next() else { throw malformed }
          text.append(escaped)
        default: text.append(byte)
        }
      }
      throw malformed
    }

    /// Without quotes, the space around it does not count; `NULL` is none then.
    private mutating func plain() throws(Failure) -> String? {
      var text: [UInt8] = []
      var length = 0
      var isEscaped = false
      while let byte = peek, byte != UInt8(ascii: ","), byte != UInt8(ascii: "}") {
        position += 1
        if byte == UInt8(ascii: "{") || byte == UInt8(ascii: "\"") { throw malformed }
        if byte == UInt8(ascii: "\\") {
          guard let escaped = next() else { throw malformed }
          text.append(escaped)
          length = text.count
          isEscaped = true
        } else {
          text.append(byte)
          if !Self.isSpace(byte) { length = text.count }
        }
      }
      guard length > 0 else { throw malformed }
      let trimmed = String(decoding: text[..<length], as: UTF8.self)
      return !isEscaped && trimmed.uppercased() == "NULL" ? nil : trimmed
    }

    private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func next() -> UInt8? {
      guard let byte = peek else { return nil }
      position += 1
      return byte
    }

    private mutating func take(_ byte: UInt8) -> Bool {
      guard peek == byte else { return false }
      position += 1
      return true
    }

    private mutating func skipSpace() { while let byte = peek, Self.isSpace(byte) { position += 1 } }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }

    private var malformed: Failure {
      .raised(SQLError(.invalidTextRepresentation, "malformed array literal: \"\(String(decoding: bytes, as: UTF8.self))\""))
    }
  }
}

import Relations

/// A statement that somebody recorded elsewhere: whether it is a read, and with which parameters it was run.
enum RecordedQuestion {
  /// Whether a statement asks something: by its first word. What else it may do, binding says.
  static func isRead(_ statement: some Sequence<UInt8>) -> Bool {
    let word = String(
      decoding: statement.prefix { ($0 | 0x20) &- UInt8(ascii: "a") < 26 }.map { $0 | 0x20 }, as: UTF8.self)
    return ["select", "with", "values", "table"].contains(word) || statement.first { _ in true } == UInt8(ascii: "(")
  }

  /// The first statement of a text, without comments in front and the semicolon behind; nil if there is none, or more than one.
  static func only(_ text: String) -> String? {
    var text = text
    return text.withUTF8 { bytes in
      var splitter = StatementSplitter(bytes)
      do throws(Fault) {
        guard let first = try splitter.next(), try splitter.next() == nil else { return nil }
        return String(decoding: bytes[first.range], as: UTF8.self)
      } catch { return nil }
    }
  }

  /// The greatest number of a parameter that a statement has, outside of quotes and comments: `$3`.
  static func parameterCount(_ statement: String) -> Int {
    var greatest = 0
    var inQuotes: UInt8?
    var number: Int?
    for byte in statement.utf8 {
      if let quote = inQuotes {
        if byte == quote { inQuotes = nil }
      } else if byte == UInt8(ascii: "'") || byte == UInt8(ascii: "\"") {
        inQuotes = byte
        number = nil
      } else if byte == UInt8(ascii: "$") {
        number = 0
      } else if let digits = number, byte &- 0x30 <= 9, digits < 100_000 {
        number = digits * 10 + Int(byte - 0x30)
        greatest = max(greatest, number!)
      } else {
        number = nil
      }
    }
    return greatest
  }

  /// `parameters: $1 = '100', $2 = NULL`, as PostgreSQL logs them; nil for anything else.
  static func parameters(_ detail: String) -> [Scalar]? {
    let bytes = Array(detail.utf8)
    guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")) else { return nil }
    guard String(decoding: bytes[..<colon], as: UTF8.self).lowercased() == "parameters" else { return nil }
    var reader = ParameterReader(bytes: bytes, at: colon + 1)
    return reader.all()
  }

  /// Reads a list of parameters.
  private struct ParameterReader {
    let bytes: [UInt8]
    var at: Int

    mutating func all() -> [Scalar]? {
      var values: [Scalar] = []
      repeat {
        guard take(" $\(values.count + 1) = "), let value = value() else { return nil }
        values.append(value)
      } while take(",")
      return at == bytes.count ? values : nil
    }

    private mutating func take(_ text: String) -> Bool {
      guard bytes[at...].starts(with: text.utf8) else { return false }
      at += text.utf8.count
      return true
    }

    private mutating func value() -> Scalar? {
      if take("NULL") { return .null }
      guard take("'") else { return nil }
      var text: [UInt8] = []
      while at < bytes.count {
        if bytes[at] == UInt8(ascii: "'") {
          guard at + 1 < bytes.count, bytes[at + 1] == UInt8(ascii: "'") else {
            at += 1
            return .text(String(decoding: text, as: UTF8.self))
          }
          at += 1
        }
        text.append(bytes[at])
        at += 1
      }
      return nil
    }
  }
}

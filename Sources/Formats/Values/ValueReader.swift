import Relations

/// Reads values from their slices straight into columns: no box, no copy and no floating point in between.
///
/// What a value may be written as is the same for all types: `null` is NULL; a string is PostgreSQL's text form; a number is the text of
/// its digits; true and false are `bool`; an array is the value of an array type; arrays and objects are documents for `json` and
/// `jsonb`.
struct ValueReader {
  /// The session in which moments without an offset were written.
  let style: TextStyle
  /// Bytes that values take beyond those they were written with. Some few bytes stand for very many (`1e131071`, blanks of a `char(n)`),
  /// and who fills a batch has to know.
  var expansion = 0

  init(style: TextStyle) { self.style = style }

  /// Why a value was not read. Nothing was appended then.
  enum Refusal: Error {
    /// It is of a shape that the column cannot have.
    case shape(String, advice: String)
    /// The text is not read, by PostgreSQL or by us.
    case failure(Failure)
  }
}

// MARK: - Appending

extension ValueReader {
  /// Appends a value that stands in `base`.
  @inline(__always)
  mutating func append(
    _ token: JSONToken, _ base: UnsafePointer<UInt8>, _ column: ColumnReader, to builder: inout ImageColumnBuilder
  ) throws(Refusal) {
    if token.kind == .number || (token.kind == .string && !token.isEscaped) {
      return try append(text: token.bytes(base), column, to: &builder)
    }
    try appendOther(token, base, column, to: &builder)
  }

  @inline(never)
  private mutating func appendOther(
    _ token: JSONToken, _ base: UnsafePointer<UInt8>, _ column: ColumnReader, to builder: inout ImageColumnBuilder
  ) throws(Refusal) {
    switch token.kind {
    case .null: builder.appendNull()
    case .unread: builder.appendAbsent()
    case .true where column.form == .bool: builder.append(bool: true)
    case .false where column.form == .bool: builder.append(bool: false)
    default:
      let text = try text(of: token, base, column)
      try text.withUnsafeBufferPointer { text throws(Refusal) in try append(text: text, column, to: &builder) }
    }
  }

  @inline(__always)
  private mutating func append(
    text: UnsafeBufferPointer<UInt8>, _ column: ColumnReader, to builder: inout ImageColumnBuilder
  ) throws(Refusal) {
    do throws(Failure) {
      switch column.form {
      case .bool: builder.append(bool: try TextForm.parseBool(text))
      case .integer: builder.append(integer: try TextForm.parseInteger(text, as: column.type.id))
      case .float4: builder.append(float: try TextForm.parseFloat4(text))
      case .float8: builder.append(float: try TextForm.parseFloat(text))
      case .numeric:
        if let (coefficient, scale) = Self.decimal(text), column.holds(digits: text.count, scale: scale) {
          builder.append(decimal: coefficient, scale: scale)
        } else {
          builder.append(numeric: try numeric(text, column))
        }
      case .uuid: builder.append(uuid: try TextForm.parseUUID(text))
      case .date, .time, .timetz, .timestamp, .timestamptz: builder.append(integer: try moment(text, column))
      case .interval: builder.append(interval: try TextForm.parseInterval(text, as: column.type))
      case .text where text.count <= column.limit: builder.append(bytes: text)
      case .printed: builder.append(bytes: text)
      case .text, .padded, .bytea, .json, .jsonb, .array, .reprinted:
        let stored = try stored(text, column)
        stored.withUnsafeBufferPointer { builder.append(bytes: $0) }
      }
    } catch { throw .failure(error) }
  }
}

// MARK: - Texts that become something else

extension ValueReader {
  /// Whether a value would be read. What PostgreSQL refuses comes up when it is appended.
  mutating func reads(_ token: JSONToken, _ base: UnsafePointer<UInt8>, _ column: ColumnReader) -> String? {
    guard token.kind != .null, token.kind != .unread else { return nil }
    do throws(Refusal) {
      let isPlain = token.kind == .number || (token.kind == .string && !token.isEscaped)
      if isPlain { try read(token.bytes(base), column) } else { try readOther(token, base, column) }
    } catch {
      if case .failure(.unsupported(let reason)) = error { return reason }
    }
    return nil
  }

  private mutating func readOther(
    _ token: JSONToken, _ base: UnsafePointer<UInt8>, _ column: ColumnReader
  ) throws(Refusal) {
    let text = try text(of: token, base, column)
    try text.withUnsafeBufferPointer { text throws(Refusal) in try read(text, column) }
  }

  private mutating func read(_ text: UnsafeBufferPointer<UInt8>, _ column: ColumnReader) throws(Refusal) {
    do throws(Failure) {
      switch column.form {
      case .date, .time, .timetz, .timestamp, .timestamptz: _ = try moment(text, column)
      case .interval: _ = try TextForm.parseInterval(text, as: column.type)
      case .json, .jsonb, .reprinted: _ = try stored(text, column)
      default: break
      }
    } catch { throw .failure(error) }
  }

  /// Days, microseconds, or what `ZonedTime` packs.
  @inline(__always)
  private func moment(_ text: UnsafeBufferPointer<UInt8>, _ column: ColumnReader) throws(Failure) -> Int64 {
    switch column.form {
    case .date: try TextForm.parseDate(text)
    case .time: TimeRange.rounded(try TextForm.parseTime(text), to: column.type.modifier)
    case .timetz: try TextForm.parseTimeTZ(text, zone: style.zone).rounded(to: column.type.modifier).packed
    case .timestamp: TimestampRange.rounded(try TextForm.parseTimestamp(text), to: column.type.modifier)
    default: TimestampRange.rounded(try TextForm.parseTimestampTZ(text, zone: style.zone), to: column.type.modifier)
    }
  }

  @inline(never)
  private mutating func stored(_ text: UnsafeBufferPointer<UInt8>, _ column: ColumnReader) throws(Failure) -> [UInt8] {
    let stored: [UInt8]
    switch column.form {
    case .jsonb: stored = try document(text)
    case .json:
      stored = try TextForm.parseJSON(text)
    case .array: stored = try array(text, column)
    case .reprinted:
      guard case .bytes(let bytes) = try Value(parsing: text, as: column.type, style: style) else {
        throw .unsupported("a value of type \(column.type.description)")
      }
      stored = bytes
    case .bytea: stored = try TextForm.parseBytea(text)
    default: stored = try TextForm.parseString(text, as: column.type)
    }
    expansion += max(0, stored.count - text.count)
    return stored
  }

  /// `1e131071` is eight bytes, and 131 072 when it is printed.
  static let longest = 1 << 24

  private func document(_ text: UnsafeBufferPointer<UInt8>) throws(Failure) -> [UInt8] {
    let stored = try TextForm.parseJSONB(text)
    guard stored.count <= Self.longest else { throw .unsupported("jsonb of more than \(Self.longest) bytes") }
    return stored
  }

  /// What is not understood is stored as it came.
  private func array(_ text: UnsafeBufferPointer<UInt8>, _ column: ColumnReader) throws(Failure) -> [UInt8] {
    guard column.type.id.isEvaluated else { return Array(text) }
    return try TextForm.parseArray(text, as: column.type, style: style).stored(as: column.type)
  }

  /// Numbers that are long, or written in an unusual way.
  @inline(never)
  private mutating func numeric(_ text: UnsafeBufferPointer<UInt8>, _ column: ColumnReader) throws(Failure) -> Numeric {
    let value = try TextForm.parseNumeric(text, as: column.type)
    if text.contains(where: { $0 | 0x20 == UInt8(ascii: "e") }) {
      var printed: [UInt8] = []
      TextForm.appendNumeric(value, to: &printed)
      expansion += printed.count
    }
    return value
  }

  /// `-123.45`: at most 18 digits, of which one at least is on each side of the point, if there is one.
  @inline(__always)
  private static func decimal(_ text: UnsafeBufferPointer<UInt8>) -> (coefficient: Int64, scale: Int)? {
    guard let base = text.baseAddress, text.count > 0, text.count <= 18 else { return nil }
    let first = base[0] == UInt8(ascii: "-") ? 1 : 0
    var value: Int64 = 0
    var point = -1
    for i in first..<text.count {
      let digit = base[i] &- 0x30
      if digit <= 9 {
        value = value &* 10 &+ Int64(digit)
      } else {
        guard base[i] == UInt8(ascii: "."), point < 0, i > first else { return nil }
        point = i
      }
    }
    guard base[text.count &- 1] &- 0x30 <= 9 else { return nil }
    return (first == 1 ? -value : value, point < 0 ? 0 : text.count &- 1 &- point)
  }
}

extension ColumnReader {
  /// Whether a number of at most so many digits is stored in the column as it is.
  @inline(__always)
  fileprivate func holds(digits: Int, scale own: Int) -> Bool { scale == nil || (scale == own && digits <= limit) }
}

// MARK: - Values that are not written as texts

extension ValueReader {
  /// The text form of a value: with escapes resolved, of a boolean, of a document or an array.
  private mutating func text(
    of token: JSONToken, _ base: UnsafePointer<UInt8>, _ column: ColumnReader
  ) throws(Refusal) -> [UInt8] {
    switch (token.kind, column.form) {
    case (.number, _), (.string, _): return try Self.text(of: token, base)
    case (.true, .json), (.true, .jsonb), (.false, .json), (.false, .jsonb): return Array(token.bytes(base))
    case (.true, .printed) where column.inner.id == .bool: return Array("t".utf8)
    case (.false, .printed) where column.inner.id == .bool: return Array("f".utf8)
    case (.array, .json), (.array, .jsonb), (.object, .json), (.object, .jsonb): return Array(token.bytes(base))
    case (.array, .array):
      do throws(Failure) {
        var array = ArrayText(element: column.inner, style: style)
        let text = try array.text(of: token, base)
        expansion += text.count
        return text
      } catch { throw .failure(error) }
    default:
      throw .shape(
        "\(token.kind) is no value of type \(column.type)", advice: "write PostgreSQL's text form of the value as a string")
    }
  }

  /// A string without its escapes, or the digits of a number.
  static func text(of token: JSONToken, _ base: UnsafePointer<UInt8>) throws(Refusal) -> [UInt8] {
    guard token.isEscaped else { return Array(token.bytes(base)) }
    var text: [UInt8] = []
    text.reserveCapacity(Int(token.length))
    if JSONText.unescape(token.bytes(base), to: &text) != nil {
      throw .shape(
        "an escape in the string stands for no text (U+0000, or half a surrogate pair)",
        advice: "PostgreSQL's text cannot hold it: write what the database has")
    }
    return text
  }
}

/// One value to and from its text. Columns are read and printed by the functions of `TextForm` directly.
extension Value {
  /// Reads what PostgreSQL's input function of the type reads, with the type's modifier applied as storing does it.
  ///
  /// - Parameters:
  ///   - bytes: the text, without quotes or escapes; NULL is not a text.
  ///   - type: a type that is not evaluated keeps the bytes as they are.
  public init(parsing bytes: UnsafeBufferPointer<UInt8>, as type: SQLType, style: TextStyle) throws(Failure) {
    switch type.id {
    case .bool: self = .bool(try TextForm.parseBool(bytes))
    case .int2, .int4, .int8: self = .integer(try TextForm.parseInteger(bytes, as: type.id))
    case .float4: self = .float(try TextForm.parseFloat4(bytes))
    case .float8: self = .float(try TextForm.parseFloat(bytes))
    case .numeric: self = .numeric(try TextForm.parseNumeric(bytes, as: type))
    case .uuid: self = .uuid(try TextForm.parseUUID(bytes))
    case .date: self = .integer(try TextForm.parseDate(bytes))
    case .time: self = .integer(TimeRange.rounded(try TextForm.parseTime(bytes), to: type.modifier))
    case .timetz: self = .integer(try TextForm.parseTimeTZ(bytes, zone: style.zone).rounded(to: type.modifier).packed)
    case .timestamp:
      self = .integer(TimestampRange.rounded(try TextForm.parseTimestamp(bytes), to: type.modifier))
    case .timestamptz:
      self = .integer(TimestampRange.rounded(try TextForm.parseTimestampTZ(bytes, zone: style.zone), to: type.modifier))
    case .interval: self = .interval(try TextForm.parseInterval(bytes, as: type))
    case .bytea: self = .bytes(try TextForm.parseBytea(bytes))
    case .jsonb: self = .bytes(try TextForm.parseJSONB(bytes))
    case .json: self = .bytes(try TextForm.parseJSON(bytes))
    case .inet, .cidr: self = .bytes(try TextForm.parseNetwork(bytes, as: type.id).stored(as: type.id))
    case .jsonpath: self = .bytes(try TextForm.parseJSONPath(bytes))
    default:
      if let element = type.id.rangeElement.map({ SQLType($0) }) {
        self = .bytes(try TextForm.parseRange(bytes, of: element, style: style).stored(of: element))
      } else if let element = type.id.rangedElement.map({ SQLType($0) }) {
        self = .bytes(try TextForm.parseMultirange(bytes, of: element, style: style).stored(of: element))
      } else if type.id.isComposed, type.id.isEvaluated {
        self = .bytes(try TextForm.parseArray(bytes, as: type, style: style).stored(as: type))
      } else {
        self = .bytes(try TextForm.parseString(bytes, as: type))
      }
    }
  }

  /// The same for a text at hand.
  public init(parsing text: String, as type: SQLType, style: TextStyle) throws(Failure) {
    try self.init(parsing: Array(text.utf8), as: type, style: style)
  }

  /// The same for bytes at hand.
  public init(parsing bytes: [UInt8], as type: SQLType, style: TextStyle) throws(Failure) {
    let result = bytes.withUnsafeBufferPointer { bytes in
      Result { () throws(Failure) in try Value(parsing: bytes, as: type, style: style) }
    }
    self = try result.get()
  }
}

extension Value {
  /// Appends what the type's output function prints. NULL is not a text.
  public func append(as type: SQLType, style: TextStyle, to text: inout [UInt8]) {
    switch self {
    case .null: preconditionFailure("NULL has no text")
    case .bool(let value): TextForm.appendBool(value, to: &text)
    case .integer(let value): appendInteger(value, as: type.id, style: style, to: &text)
    case .float(let value) where type.id == .float4: TextForm.appendFloat4(value, to: &text)
    case .float(let value): TextForm.appendFloat(value, to: &text)
    case .numeric(let value): TextForm.appendNumeric(value, to: &text)
    case .uuid(let value): TextForm.appendUUID(value, to: &text)
    case .interval(let value): TextForm.appendInterval(value, to: &text)
    case .bytes(let bytes) where type.id == .bytea: bytes.withUnsafeBufferPointer { TextForm.appendBytea($0, to: &text) }
    // A `cidr` that is called an `inet`.
    case .bytes(let bytes) where type.id == .inet && bytes.contains(UInt8(ascii: "/")):
      let value = bytes.withUnsafeBufferPointer { try? NetworkValue(stored: $0) }
      text += value?.stored(as: .inet) ?? bytes
    // Whatever else is in an array prints the same in all sessions.
    case .bytes(let bytes) where style.zone.name != TextStyle.stored.zone.name && type.id.holdsMoments:
      bytes.withUnsafeBufferPointer { appendMoments($0, as: type, style: style, to: &text) }
    case .bytes(let bytes): text.append(contentsOf: bytes)
    }
  }

  /// The printed form, nil for NULL.
  public func text(as type: SQLType, style: TextStyle) -> String? {
    if isNull { return nil }
    var text: [UInt8] = []
    append(as: type, style: style, to: &text)
    return String(decoding: text, as: UTF8.self)
  }

  /// What is stored as it prints under another zone.
  private func appendMoments(_ stored: UnsafeBufferPointer<UInt8>, as type: SQLType, style: TextStyle, to text: inout [UInt8]) {
    if type.id.rangeElement != nil, let range = try? RangeValue(stored: stored, of: .timestamptz) {
      TextForm.appendRange(range, of: .timestamptz, style: style, to: &text)
    } else if type.id.rangedElement != nil, let value = try? MultirangeValue(stored: stored, of: .timestamptz) {
      TextForm.appendMultirange(value, of: .timestamptz, style: style, to: &text)
    } else if type.id.arrayElement != nil, let array = try? ArrayValue(stored: stored, as: type) {
      TextForm.appendArray(array, as: type, style: style, to: &text)
    } else {
      text.append(contentsOf: stored)
    }
  }

  private func appendInteger(_ value: Int64, as type: TypeID, style: TextStyle, to text: inout [UInt8]) {
    switch type {
    case .date: TextForm.appendDate(value, to: &text)
    case .time: TextForm.appendTime(value, to: &text)
    case .timetz: TextForm.appendTimeTZ(ZonedTime(packed: value), to: &text)
    case .timestamp: TextForm.appendTimestamp(value, to: &text)
    case .timestamptz: TextForm.appendTimestampTZ(value, zone: style.zone, to: &text)
    default: TextForm.appendInteger(value, to: &text)
    }
  }
}

extension TypeID {
  /// Whether there are moments in its values, which print by the session's zone.
  fileprivate var holdsMoments: Bool {
    if rangedElement == .timestamptz { return true }
    guard let element = arrayElement else { return false }
    return element == .timestamptz || element.rangedElement == .timestamptz
  }
}

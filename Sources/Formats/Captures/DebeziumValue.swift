import Relations

/// What Debezium makes of PostgreSQL's values, back to PostgreSQL's text.
///
/// How a value is written depends on the connector's settings, and only the schema part of a message says which they were. Without it what
/// is written is taken for what it is where it can be nothing else; the rest is not known, because a moment read in milliseconds that
/// was in microseconds would be another one. Some values Debezium does not tell at all: a `timetz` without its offset, an `interval` as a
/// number.
struct DebeziumValue {
  /// What a value stands for.
  enum Meaning {
    /// The text or the digits are PostgreSQL's.
    case asWritten
    case text([UInt8])
    /// An unchanged TOAST value, which the server did not tell.
    case unchanged
    /// It is there, and what it is is not said.
    case unknown(StaticString)
  }

  /// How a value was written, as the schema part says.
  struct Semantics: Hashable {
    /// The type of the bytes: `int32`, `string`, `struct`, ….
    var type = ""
    /// What they mean: `io.debezium.time.Date`, ….
    var name: String?
    /// `Decimal`'s.
    var scale: Int?
  }

  let token: JSONToken
  let base: UnsafePointer<UInt8>
  let column: ColumnReader
  /// nil without a schema part.
  let semantics: Semantics?
}

extension DebeziumValue {
  /// The values for which nothing needs to be done, which are nearly all, at one glance.
  @inline(__always)
  static func isPlain(_ token: JSONToken, _ base: UnsafePointer<UInt8>, _ column: ColumnReader) -> Bool {
    if column.isDeclared { return false }
    return switch (token.kind, column.form) {
    case (.null, _), (.number, .integer), (.number, .float8), (.number, .float4), (.true, .bool), (.false, .bool): true
    case (.string, .text), (.string, .padded), (.string, .json), (.string, .jsonb), (.string, .timestamptz), (.string, .uuid):
      token.length < 26 || !token.isText(unavailable, base)
    default: false
    }
  }

  static let unavailable: StaticString = "__debezium_unavailable_value"
  private static let unavailableBytes: StaticString = "X19kZWJleml1bV91bmF2YWlsYWJsZV92YWx1ZQ=="
  /// The same in arrays: as a text, and as the codes of its characters.
  private static let unavailableTexts: StaticString = "[\"__debezium_unavailable_value\"]"
  private static let unavailableCodes: StaticString =
    "[95,95,100,101,98,101,122,105,117,109,95,117,110,97,118,97,105,108,97,98,108,101,95,118,97,108,117,101]"

  /// What the value stands for.
  func meaning() throws(Fault) -> Meaning {
    switch token.kind {
    case .null, .unread: return .asWritten
    case .string where token.isText(Self.unavailable, base) || token.isText(Self.unavailableBytes, base): return .unchanged
    case .array where token.isText(Self.unavailableTexts, base) || token.isText(Self.unavailableCodes, base): return .unchanged
    default: break
    }
    if column.isDeclared { return column.form == .array ? try array() : try printed() }
    switch column.form {
    case .bool, .integer, .float4, .float8, .uuid, .text, .padded, .json, .jsonb: return .asWritten
    case .numeric: return try numeric()
    case .date: return try date()
    case .time: return time()
    case .timestamp: return timestamp()
    case .timestamptz: return token.kind == .string ? .asWritten : .unknown("Debezium wrote a moment in a way that is not known")
    case .timetz: return .unknown("Debezium tells a time without its offset")
    case .interval:
      return token.kind == .string && isPeriod
        ? .asWritten : .unknown("Debezium writes intervals as numbers, in which a month has so many seconds")
    case .array: return try array()
    case .bytea, .printed, .reprinted: return try printed()
    }
  }

  private var isPeriod: Bool { token.bytes(base).first == UInt8(ascii: "P") }
}

// MARK: - Numbers

extension DebeziumValue {
  private func numeric() throws(Fault) -> Meaning {
    switch token.kind {
    case .object: return try variableScale()
    case .number:
      // As a double: what has at most 15 digits comes back from it.
      let isShort = column.type.precisionAndScale.map { $0.precision <= 15 } ?? false
      return isShort ? .asWritten : .unknown("Debezium wrote a decimal number as a floating point number")
    case .string: break
    default: return .asWritten
    }
    if let semantics {
      guard semantics.type == "bytes" else { return .asWritten }
      return decimal(try token.text(base), scale: semantics.scale)
    }
    let text = token.bytes(base)
    let isNumber = text.allSatisfy { $0 &- 0x30 <= 9 || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".") }
    let hasPoint = text.contains(UInt8(ascii: "."))
    if (isNumber && hasPoint) || text.count % 4 != 0 || text.contains(UInt8(ascii: "-")) { return .asWritten }
    guard let scale = column.scale else { return .asWritten }  // Without one, bytes come with theirs.
    if isNumber, scale == 0 { return .unknown("a text of Debezium's is digits or base64 alike: keep the schema part") }
    return decimal(Array(text), scale: scale)
  }

  private func decimal(_ text: [UInt8], scale: Int?) -> Meaning {
    guard let scale, let bytes = Base64.decoded(text), let digits = Self.digits(bytes, scale: scale) else {
      return .unknown("a decimal number of Debezium's is not read")
    }
    return .text(digits)
  }

  /// `{"scale":2,"value":"Ow=="}`.
  private func variableScale() throws(Fault) -> Meaning {
    var scanner = JSONScanner(again: token, base)
    var scale: Int?
    var value: JSONToken?
    try scanner.fields { key, scanner throws(Fault) in
      let field = try scanner.value()
      if key.isText("scale", base) { scale = Int(String(decoding: field.bytes(base), as: UTF8.self)) }
      if key.isText("value", base), field.kind == .string { value = field }
    }
    guard let value else { return .unknown("a decimal number of Debezium's is not read") }
    return decimal(try value.text(base), scale: scale)
  }

  /// The number of a two's complement, most significant byte first, times 10^-`scale`.
  private static func digits(_ bytes: [UInt8], scale: Int) -> [UInt8]? {
    guard !bytes.isEmpty, bytes.count <= 1 << 8, 0...16_383 ~= scale else { return nil }
    let isNegative = bytes[0] >= 0x80
    var rest = bytes
    if isNegative {
      rest = rest.map { ~$0 }
      for i in rest.indices.reversed() {
        rest[i] &+= 1
        if rest[i] != 0 { break }
      }
      // The smallest number of all is its own complement: then the first byte is 0x80 still, and right.
    }
    var digits: [UInt8] = []  // The last one first.
    while rest.contains(where: { $0 != 0 }) {
      var remainder = 0
      for i in rest.indices {
        let dividend = remainder << 8 | Int(rest[i])
        rest[i] = UInt8(dividend / 10)
        remainder = dividend % 10
      }
      digits.append(0x30 + UInt8(remainder))
    }
    while digits.count <= scale { digits.append(0x30) }
    if scale > 0 { digits.insert(UInt8(ascii: "."), at: scale) }
    if isNegative { digits.append(UInt8(ascii: "-")) }
    return digits.reversed()
  }
}

// MARK: - Days and moments

extension DebeziumValue {
  private var integer: Int64? {
    token.kind == .number ? Int64(String(decoding: token.bytes(base), as: UTF8.self)) : nil
  }

  private func date() throws(Fault) -> Meaning {
    if token.kind == .string {
      let text = try token.text(base)
      return text.last == UInt8(ascii: "Z") ? .text(text.dropLast()) : .asWritten
    }
    guard let days = integer, abs(days) < 1 << 31 else { return .unknown("a date of Debezium's is not read") }
    let own = days - TimestampRange.unixEpoch / 86_400
    guard own >= DateRange.first, own <= DateRange.last else { return .unknown("a date of Debezium's is out of range") }
    var text: [UInt8] = []
    TextForm.appendDate(own, to: &text)
    return .text(text)
  }

  /// How many of the written units are a microsecond (negative) or how many microseconds one is; nil if that is not known.
  private func unit(_ names: [(String, Int64)]) -> Int64? {
    guard let name = semantics?.name else { return nil }
    return names.first { $0.0 == name }?.1
  }

  /// Whether milliseconds tell the whole value.
  private var isCoarse: Bool { 0...3 ~= column.type.modifier }

  private func microseconds(_ value: Int64, _ unit: Int64) -> Int64? {
    if unit < 0 { return value % -unit == 0 ? value / -unit : nil }
    if unit == 1_000, !isCoarse { return nil }  // Digits were cut off.
    let (product, overflow) = value.multipliedReportingOverflow(by: unit)
    return overflow ? nil : product
  }

  private func time() -> Meaning {
    guard let value = integer else { return .asWritten }
    let names: [(String, Int64)] = [
      ("io.debezium.time.Time", 1_000), ("io.debezium.time.MicroTime", 1), ("io.debezium.time.NanoTime", -1_000),
      ("org.apache.kafka.connect.data.Time", 1_000),
    ]
    // Past the milliseconds of a day it is no number of milliseconds; nanoseconds are past the microseconds of a day, or just begun.
    let unit = semantics == nil ? (86_400_000...86_400_000_000 ~= value ? 1 : nil) : unit(names)
    guard let unit, let time = microseconds(value, unit), 0...86_400_000_000 ~= time else {
      return value == 0 ? .text(Array("00:00:00".utf8)) : .unknown("a time of Debezium's has no unit: keep the schema part")
    }
    var text: [UInt8] = []
    TextForm.appendTime(time, to: &text)
    return .text(text)
  }

  private func timestamp() -> Meaning {
    guard let value = integer else { return .asWritten }
    let names: [(String, Int64)] = [
      ("io.debezium.time.Timestamp", 1_000), ("io.debezium.time.MicroTimestamp", 1), ("io.debezium.time.NanoTimestamp", -1_000),
      ("org.apache.kafka.connect.data.Timestamp", 1_000),
    ]
    // Between 1973 and 5138 a number of microseconds can be nothing else: milliseconds would be past 5138, nanoseconds in early 1970.
    let isMicroseconds = value.magnitude >= 100_000_000_000_000 && value.magnitude < 100_000_000_000_000_000
    let unit = semantics == nil ? (isMicroseconds ? 1 : nil) : unit(names)
    let epoch = TimestampRange.unixEpoch * TimestampRange.microsecondsPerSecond
    guard let unit, let moment = microseconds(value, unit), moment >= TimestampRange.first + epoch,
      moment < 9_223_372_036_000_000_000
    else { return .unknown("a moment of Debezium's has no unit, or not all of its digits: keep the schema part") }
    var text: [UInt8] = []
    TextForm.appendTimestamp(moment - epoch, to: &text)
    return .text(text)
  }
}

// MARK: - Everything else

extension DebeziumValue {
  /// Arrays whose elements are written as they are.
  private func array() throws(Fault) -> Meaning {
    guard token.kind == .array else { return .unknown("an array of Debezium's is not read") }
    switch column.inner.id {
    case .bool, .int2, .int4, .int8, .text, .varchar, .float8: return .asWritten
    default: return .unknown("the elements of an array of Debezium's are not read")
    }
  }

  /// Values that are kept as PostgreSQL prints them.
  private func printed() throws(Fault) -> Meaning {
    if column.isOpaque { return .unknown("Debezium writes values of the user's own types in its own way") }
    switch column.inner.id {
    case .bytea where !column.isDeclared: return try bytes()
    case .bool, .int2, .int4, .int8, .text, .varchar, .uuid, .json, .jsonb, Self.oid, Self.character, Self.name, Self.xml:
      return token.kind == .object || token.kind == .array ? .unknown("a document of Debezium's is not read") : .asWritten
    case let type where type >= .firstUserDefined || Self.texts.contains(type):
      return token.kind == .string ? .asWritten : .unknown("Debezium writes values of this type in its own way")
    case Self.bit where token.kind == .true: return .text([UInt8(ascii: "1")])
    case Self.bit where token.kind == .false: return .text([UInt8(ascii: "0")])
    default: return .unknown("Debezium writes values of this type in its own way")
    }
  }

  private static let (oid, character, name, xml, bit) = (TypeID(26), TypeID(18), TypeID(19), TypeID(142), TypeID(1560))
  /// Networks, and ranges: as PostgreSQL prints them.
  private static let texts: [TypeID] = [650, 869, 774, 829, 3904, 3906, 3908, 3910, 3912, 3926].map { TypeID($0) }

  private func bytes() throws(Fault) -> Meaning {
    guard token.kind == .string, semantics?.type ?? "bytes" == "bytes" else {
      return .unknown("Debezium wrote bytes in a way that the schema part does not tell")
    }
    let text = try token.text(base)
    let isHexadecimal = text.count % 2 == 0 && text.allSatisfy { JSONText.hexadecimal($0) != nil }
    if semantics == nil, isHexadecimal, !text.isEmpty { return .unknown("a text of Debezium's is base64 or hexadecimal alike") }
    guard let bytes = Base64.decoded(text) else { return .unknown("bytes of Debezium's are no base64") }
    return .text(Array("\\x".utf8) + bytes.flatMap { [Self.digit($0 >> 4), Self.digit($0 & 15)] })
  }

  private static func digit(_ nibble: UInt8) -> UInt8 { nibble < 10 ? 0x30 + nibble : 0x57 + nibble }
}

/// Base64 as RFC 4648 has it, with its padding.
enum Base64 {
  static func decoded(_ text: [UInt8]) -> [UInt8]? {
    guard text.count % 4 == 0 else { return nil }
    let padding = text.suffix(2).count { $0 == UInt8(ascii: "=") }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.count / 4 * 3)
    var word: UInt32 = 0
    for (index, letter) in text.enumerated() {
      let isPadding = index >= text.count - padding && letter == UInt8(ascii: "=")
      guard let value = isPadding ? 0 : value(letter) else { return nil }
      word = word << 6 | UInt32(value)
      if index % 4 == 3 {
        bytes += [UInt8(word >> 16 & 255), UInt8(word >> 8 & 255), UInt8(word & 255)]
        word = 0
      }
    }
    bytes.removeLast(padding)
    return bytes
  }

  private static func value(_ letter: UInt8) -> UInt8? {
    switch letter {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): letter - UInt8(ascii: "A")
    case UInt8(ascii: "a")...UInt8(ascii: "z"): letter - UInt8(ascii: "a") + 26
    case UInt8(ascii: "0")...UInt8(ascii: "9"): letter - UInt8(ascii: "0") + 52
    case UInt8(ascii: "+"): 62
    case UInt8(ascii: "/"): 63
    default: nil
    }
  }
}

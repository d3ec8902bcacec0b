import Formats
import Relations

/// A JSON document to be printed: fields in the order in which they were given.
enum JSON {
  case scalar(Scalar)
  case array([JSON])
  case object([(name: String, value: JSON?)])

  static func text(_ text: String) -> JSON { .scalar(.text(text)) }
  static func number(_ number: Int) -> JSON { .scalar(.number(String(number))) }
}

extension JSON: CustomStringConvertible {
  /// On one line. Fields without a value are left out.
  var description: String {
    var text: [UInt8] = []
    write(to: &text)
    return String(decoding: text, as: UTF8.self)
  }

  /// Appends that line.
  func write(to text: inout [UInt8]) {
    switch self {
    case .scalar(let scalar): scalar.write(to: &text)
    case .array(let elements):
      text.append(UInt8(ascii: "["))
      for (place, element) in elements.enumerated() {
        if place > 0 { text.append(UInt8(ascii: ",")) }
        element.write(to: &text)
      }
      text.append(UInt8(ascii: "]"))
    case .object(let fields):
      text.append(UInt8(ascii: "{"))
      var isFirst = true
      for field in fields {
        guard let value = field.value else { continue }
        if !isFirst { text.append(UInt8(ascii: ",")) }
        isFirst = false
        TextForm.appendJSONString(field.name.utf8, to: &text)
        text.append(UInt8(ascii: ":"))
        value.write(to: &text)
      }
      text.append(UInt8(ascii: "}"))
    }
  }
}

extension JSON {
  /// A value as logs, answers and verdicts have it: as text, but for what JSON has itself.
  init(_ value: Value, _ type: SQLType, _ style: TextStyle = TextStyle()) {
    switch (value, type.id) {
    case (.null, _): self = .scalar(.null)
    case (.bool(let bit), _): self = .scalar(.bool(bit))
    case (.integer(let integer), .int2), (.integer(let integer), .int4), (.integer(let integer), .int8):
      // Counts are int8, and people compare them with what they recorded; beyond 2⁵³ clients would round them.
      self = abs(integer) < 1 << 53 ? .scalar(.number(String(integer))) : .text(String(integer))
    default: self = .text(value.text(as: type, style: style) ?? "")
    }
  }

  /// A moment in microseconds from 2000-01-01 UTC, as `2026-05-30T12:00:00Z`.
  init(moment: Int64) {
    let text = Value.integer(moment).text(as: .timestamp, style: TextStyle()) ?? ""
    self = .text(text.replacing(" ", with: "T") + "Z")
  }
}

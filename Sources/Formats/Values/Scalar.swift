import Relations

/// A value whose type nobody has said yet: a parameter, a cell of an answer. Binding the read's SQL says the type, and only then is it
/// read.
public enum Scalar: Sendable {
  case null
  case bool(Bool)
  /// The digits as they were written; never a binary floating point number.
  case number(String)
  /// PostgreSQL's text form.
  case text(String)
  /// A JSON array or object, as it was written.
  case document(String)
}

/// By bytes, because `String` takes differently encoded texts for equal.
extension Scalar: Hashable {
  public static func == (a: Scalar, b: Scalar) -> Bool {
    switch (a, b) {
    case (.null, .null): true
    case (.bool(let a), .bool(let b)): a == b
    case (.number(let a), .number(let b)), (.text(let a), .text(let b)), (.document(let a), .document(let b)):
      a.utf8.elementsEqual(b.utf8)
    default: false
    }
  }

  public func hash(into hasher: inout Hasher) {
    switch self {
    case .null: hasher.combine(0 as UInt8)
    case .bool(let value): hasher.combine(value)
    case .number(let text), .text(let text), .document(let text): ExactText(text).hash(into: &hasher)
    }
  }
}

extension Scalar: CustomStringConvertible {
  /// As JSON.
  public var description: String {
    var json: [UInt8] = []
    write(to: &json)
    return String(decoding: json, as: UTF8.self)
  }

  /// Appends it as JSON.
  public func write(to json: inout [UInt8]) {
    switch self {
    case .null: json += "null".utf8
    case .bool(let value): json += (value ? "true" : "false").utf8
    case .number(let text), .document(let text): json += text.utf8
    case .text(let text): TextForm.appendJSONString(text.utf8, to: &json)
    }
  }
}

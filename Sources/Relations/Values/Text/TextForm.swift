/// How PostgreSQL writes and reads values, one file of functions per type:
///
/// - `parse…` reads bytes: what PostgreSQL takes for the value, it takes; what PostgreSQL refuses, it refuses with the same SQLSTATE.
///   For dates and times, where PostgreSQL takes nearly everything, it takes what is printed and ISO 8601, and calls the rest unsupported.
/// - `append…` writes what the type's output function writes, with nothing around it.
///
/// These are the functions that loading and printing by the million call directly: bytes in, a machine word out, no allocation
/// unless the text is refused (or unusual, for `float8`). They do not look for `NULL`, quotes or escapes.
public enum TextForm {}

extension TextForm {
  /// What C's `isspace` calls white space, PostgreSQL skips around most values.
  @inlinable @inline(__always)
  static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte &- 9 < 5 }

  @inlinable @inline(__always)
  static func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }

  /// The text without the white space around it.
  @inlinable
  static func trimmed(_ bytes: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8> {
    var start = 0
    var end = bytes.count
    while start < end, isSpace(bytes[start]) { start &+= 1 }
    while end > start, isSpace(bytes[end &- 1]) { end &-= 1 }
    return UnsafeBufferPointer(rebasing: bytes[start..<end])
  }
}

/// Refusals are rare and built away from the fast paths.
extension TextForm {
  /// 22P02, unless the bytes are not even text.
  @inline(never)
  static func malformed(_ bytes: UnsafeBufferPointer<UInt8>, as type: String) -> Failure {
    refusal(.invalidTextRepresentation, "invalid input syntax for type \(type): \(quoted(bytes))", bytes)
  }

  /// 22003, unless the bytes are not even text.
  @inline(never)
  static func outOfRange(_ bytes: UnsafeBufferPointer<UInt8>, as type: String) -> Failure {
    refusal(.numericValueOutOfRange, "\(quoted(bytes)) is out of range for type \(type)", bytes)
  }

  static func refusal(_ state: SQLState, _ message: @autoclosure () -> String, _ bytes: UnsafeBufferPointer<UInt8>) -> Failure {
    isText(bytes) ? .raised(SQLError(state, message())) : notText
  }

  static func quoted(_ bytes: UnsafeBufferPointer<UInt8>) -> String {
    // A megabyte of refused text is not worth a megabyte of message.
    let shown = String(decoding: bytes.prefix(100), as: UTF8.self)
    return bytes.count > 100 ? "\"\(shown)…\"" : "\"\(shown)\""
  }
}

#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// A JSON value as a slice of the line that it stands in: nothing is copied, converted or rounded.
struct JSONToken: BitwiseCopyable {
  /// In bytes. A line has less than 4 GiB. Of a string, what is between the quotes; of everything else, all of it.
  var start: UInt32
  var length: UInt32
  var kind: Kind
  /// Whether a string has a backslash in it, and must be unescaped to be read.
  var isEscaped: Bool

  enum Kind: UInt8, BitwiseCopyable {
    case null, `false`, `true`, number, string, array, object
    /// Nothing that the file says: a value that is there and that we cannot read, see `UnreadValue`.
    case unread
  }
}

extension JSONToken {
  @inline(__always)
  init(_ kind: Kind, from start: Int, to end: Int, isEscaped: Bool = false) {
    self.init(
      start: UInt32(truncatingIfNeeded: start), length: UInt32(truncatingIfNeeded: end &- start), kind: kind, isEscaped: isEscaped)
  }

  var offset: Int { Int(start) }

  /// The slice of the bytes that were scanned.
  @inline(__always)
  func bytes(_ base: UnsafePointer<UInt8>) -> UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(start: base + Int(start), count: Int(length))
  }

  /// Whether a string's bytes are these, escapes not resolved.
  @inline(__always)
  func isText(_ text: StaticString, _ base: UnsafePointer<UInt8>) -> Bool {
    Int(length) == text.utf8CodeUnitCount && memcmp(base + Int(start), text.utf8Start, text.utf8CodeUnitCount) == 0
  }

  /// Where a message about the value points: at a string's quote.
  var place: Int { kind == .string ? offset - 1 : offset }
}

extension JSONToken.Kind: CustomStringConvertible {
  /// With its article, for messages.
  var description: String {
    switch self {
    case .null: "null"
    case .false, .true: "a boolean"
    case .number: "a number"
    case .string: "a string"
    case .array: "an array"
    case .object: "an object"
    case .unread: "nothing"
    }
  }
}

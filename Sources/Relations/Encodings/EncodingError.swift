/// Bytes that are not what an encoder wrote: where, and in what way.
public struct EncodingError: Error, Hashable, Sendable {
  /// In what way bytes are wrong.
  public enum Reason: Hashable, Sendable {
    /// The row ends inside a field, or before it.
    case truncated
    /// The row goes on behind its last field.
    case excess
    /// The field is of a form, or holds a value, that no encoder writes for the type.
    case malformed
  }

  /// In what way the bytes are wrong.
  public let reason: Reason
  /// Which of the rows that were decoded, from zero.
  public let row: Int
  /// Which of its fields, from zero; the number of fields if it is what follows them.
  public let field: Int

  /// - Parameter field: the number of fields for what follows them.
  public init(_ reason: Reason, row: Int = 0, field: Int) {
    self.reason = reason
    self.row = row
    self.field = field
  }
}

extension EncodingError: CustomStringConvertible {
  /// For logs.
  public var description: String { "encoded row \(row), field \(field): \(reason)" }
}

import Relations

/// Why a text is refused: what PostgreSQL would say of it, and where.
public struct SQLTextError: Error, Hashable, Sendable {
  /// The SQLSTATE and the message.
  public let error: SQLError
  /// Nil where PostgreSQL gives no position either.
  public let position: TextPosition?
  /// The line with a caret under the place, as psql shows it, on two lines; nil without a position.
  public let excerpt: String?
  public let detail: String?
  public let hint: String?
  /// The byte of the text, for who knows where the text itself is.
  let byte: Int?

  /// An error at a byte of the text.
  public init(
    _ state: SQLState, _ message: String, at byte: Int?, in text: String, detail: String? = nil, hint: String? = nil
  ) {
    error = SQLError(state, message)
    self.byte = byte
    let place = byte.map { Excerpt(text, byte: $0) }
    position = place?.position
    excerpt = place?.description
    self.detail = detail
    self.hint = hint
  }

  /// An error about the text as a whole.
  public init(_ error: SQLError) {
    self.error = error
    byte = nil
    position = nil
    excerpt = nil
    detail = nil
    hint = nil
  }

  public var state: SQLState { error.state }
  public var message: String { error.message }
}

extension SQLTextError: CustomStringConvertible {
  public var description: String {
    [error.description, excerpt, detail.map { "DETAIL: " + $0 }, hint.map { "HINT: " + $0 }].compactMap { $0 }.joined(
      separator: "\n")
  }
}

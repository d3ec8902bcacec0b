/// What the server, or the way to it, had to object.
public struct PostgresError: Error, Sendable, Hashable {
  /// Five characters, the only part that code may rely on. Class `08` where the connection failed and the server could not say.
  public let sqlState: String
  /// The primary message, one line, in the server's language.
  public let message: String
  public let detail: String?
  public let hint: String?
  /// Where in the statement, in characters from 1.
  public let position: Int?

  /// An error as it came, or one found on this side of the wire.
  public init(sqlState: String, message: String, detail: String? = nil, hint: String? = nil, position: Int? = nil) {
    self.sqlState = sqlState
    self.message = message
    self.detail = detail
    self.hint = hint
    self.position = position
  }
}

extension PostgresError {
  /// No connection came about (`08001`).
  public static let cannotConnect = "08001"
  /// The connection broke, and whether the last statement took effect is not known (`08006`).
  public static let connectionFailure = "08006"
}

extension PostgresError: CustomStringConvertible {
  /// On one line, for logs and failed tests.
  public var description: String {
    var text = "ERROR \(sqlState): \(message)"
    if let position { text += " (at character \(position))" }
    if let detail { text += "; \(detail)" }
    if let hint { text += "; hint: \(hint)" }
    return text
  }
}

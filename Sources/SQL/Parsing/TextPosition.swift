/// A place in a text, as people and PostgreSQL's protocol count: from one, in characters.
public struct TextPosition: Hashable, Sendable {
  /// From the start of the text.
  public let character: Int
  public let line: Int
  /// From the start of the line.
  public let column: Int

  public init(character: Int, line: Int, column: Int) {
    self.character = character
    self.line = line
    self.column = column
  }
}

extension TextPosition: CustomStringConvertible {
  public var description: String { "line \(line), column \(column)" }
}

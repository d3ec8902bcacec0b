import Formats
import Relations

extension RecordedRead {
  /// A read that a program hands over, and no file.
  ///
  /// - Parameters:
  ///   - parameters: for `$1`, `$2`, …, as PostgreSQL writes them; nil for NULL.
  ///   - id: by which it is known again; nil: by its content.
  ///   - answer: what came back, in PostgreSQL's text form; nil if that is not known.
  public init(
    _ sql: String, _ parameters: [String?] = [], on branch: String? = nil, id: String? = nil, at position: Position? = nil,
    answer: [[String?]]? = nil
  ) {
    self.init(sql, place: FormatError.Place("program", line: 1, column: 1))
    self.parameters = parameters.map { $0.map { .text($0) } ?? .null }
    (self.branch, self.id, at) = (branch, id, position)
    self.answer = answer.map { .rows($0.map { $0.map { $0.map { .text($0) } ?? .null } }) }
  }
}

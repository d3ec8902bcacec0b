/// Why a file was refused: where, what is wrong with it, and what to do about it.
public struct FormatError: Error, Hashable, Sendable {
  /// Stable, for programs.
  public let code: Code
  /// Where the reader stood.
  public let place: Place
  /// What is wrong, in a sentence's words.
  public let problem: String
  /// What would make it right.
  public let advice: String

  /// An error at a place.
  public init(_ code: Code, _ place: Place, _ problem: String, advice: String) {
    self.code = code
    self.place = place
    self.problem = problem
    self.advice = advice
  }

  /// The kinds of errors. What tells them apart is what one does about them.
  public enum Code: String, Hashable, Sendable, CaseIterable {
    /// The operating system did not give us the bytes.
    case unreadable
    /// More than we are willing to hold in memory at once.
    case tooLarge = "too-large"
    /// Not UTF-8, or with U+0000 in it.
    case encoding
    /// Not JSON, or not CSV.
    case syntax
    /// A field twice in one object.
    case duplicateField = "duplicate-field"
    /// A field, column or word that the format or the table does not have.
    case unknownName = "unknown-name"
    /// Something that must be there is not.
    case missing
    /// Something of another shape than the format has there.
    case shape
    /// A text that PostgreSQL refuses as a value of the column's type.
    case value
    /// Positions that do not increase, or are written in two ways.
    case order
    /// Something that may be there once is there twice: a read's id, a branch.
    case duplicate
  }

  /// A place in a file.
  public struct Place: Hashable, Sendable {
    /// The file's name as the user gave it.
    public let file: String
    /// From 1.
    public let line: Int
    /// From 1, in characters.
    public let column: Int

    /// A line and a column of a file, both counted from 1.
    public init(_ file: String, line: Int, column: Int) {
      self.file = file
      self.line = line
      self.column = column
    }
  }
}

extension FormatError: CustomStringConvertible {
  /// `changes.ndjson:3:17: there is no field "psition": did you mean "position"?`
  public var description: String { "\(place): \(problem): \(advice)" }
}

extension FormatError.Place: CustomStringConvertible {
  public var description: String { "\(file):\(line):\(column)" }
}

/// An error whose place is still an offset into the line at hand, because only the reader knows file and line.
struct Fault: Error {
  let code: FormatError.Code
  /// In bytes, from the start of the line.
  let offset: Int
  let problem: String
  let advice: String

  init(_ code: FormatError.Code, at offset: Int, _ problem: String, advice: String) {
    self.code = code
    self.offset = offset
    self.problem = problem
    self.advice = advice
  }

  /// The fault in its file. A column is a character: whoever looks for it has an editor that counts those.
  func placed(in line: Line, of file: String) -> FormatError {
    let before = line.bytes.prefix(max(0, min(offset, line.bytes.count)))
    // A row of CSV may span lines.
    let number = line.number + before.reduce(0) { $0 + ($1 == 0x0A ? 1 : 0) }
    let start = before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
    let column = 1 + before[start...].reduce(0) { $0 + ($1 & 0xC0 == 0x80 ? 0 : 1) }
    return FormatError(code, FormatError.Place(file, line: number, column: column), problem, advice: advice)
  }
}

import Relations

/// Reads questions from a format that is not ours: a line or a row at a time, or all of a text.
protocol QuestionDecoder {
  /// Takes a line.
  mutating func decode(_ line: Line, _ file: String) throws(FormatError) -> [RecordedRead]
  /// The file ends here.
  mutating func finish(_ file: String) throws(FormatError) -> [RecordedRead]
  /// What whoever reads the questions should know.
  func notes(_ file: String) -> [String]
}

/// Statements that were passed over, by why.
struct PassedOverStatements {
  var notReads = 0
  var severalInOne = 0
  var withoutParameters = 0

  func notes(_ file: String) -> [String] {
    [
      notReads > 0 ? "\(file): \(notReads) statements are no reads and were passed over" : nil,
      severalInOne > 0 ? "\(file): \(severalInOne) entries have several statements and were passed over" : nil,
      withoutParameters > 0
        ? "\(file): \(withoutParameters) statements were passed over: the values of their parameters are not in the file" : nil,
    ].compactMap { $0 }
  }

  /// The read that a recorded statement is, if it is one.
  mutating func read(_ text: String, _ parameters: [Scalar], _ place: FormatError.Place) -> RecordedRead? {
    guard let statement = RecordedQuestion.only(text) else {
      severalInOne += 1
      return nil
    }
    guard RecordedQuestion.isRead(statement.utf8) else {
      notReads += 1
      return nil
    }
    guard RecordedQuestion.parameterCount(statement) <= parameters.count else {
      withoutParameters += 1
      return nil
    }
    var read = RecordedRead(statement, place: place)
    read.parameters = parameters
    return read
  }
}

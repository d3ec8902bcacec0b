import Relations

/// A table with a column `query`, as `\copy (SELECT … FROM pg_stat_statements) TO … CSV HEADER` writes it. Columns `params` (a JSON array, or
/// `$1 = 'x', …`), `read`, `branch` and `unit` are read where there are any; a statement whose parameters are not told is passed over.
struct TabledQuestions: QuestionDecoder {
  private var rows: CSVRows
  private var names: [String]?
  private var passedOver = PassedOverStatements()

  init(longest: Int) { rows = CSVRows(longest: longest) }

  func notes(_ file: String) -> [String] { passedOver.notes(file) }

  mutating func decode(_ line: Line, _ file: String) throws(FormatError) -> [RecordedRead] {
    guard let row = try rows.take(line, file) else { return [] }
    guard let names else {
      names = row.fields.map { $0?.lowercased() ?? "" }
      return []
    }
    guard row.fields.count == names.count else {
      throw FormatError(
        .shape, row.place, "the row has \(row.fields.count) fields, and the header \(names.count)",
        advice: "write a field for each column; quote fields with commas")
    }
    func field(_ wanted: String...) -> String? {
      names.firstIndex { wanted.contains($0) }.flatMap { row.fields[$0] }
    }
    guard let query = field("query") else { return [] }
    let parameters = try field("params", "parameters").map { text throws(FormatError) in
      guard let parameters = Self.parameters(text) else {
        throw FormatError(
          .value, row.place, "the parameters are no list",
          advice: "write a JSON array, or $1 = 'x', $2 = NULL as PostgreSQL logs them")
      }
      return parameters
    }
    guard var read = passedOver.read(query, parameters ?? [], row.place) else { return [] }
    (read.id, read.branch, read.unit) = (field("read"), field("branch"), field("unit"))
    return [read]
  }

  mutating func finish(_ file: String) throws(FormatError) -> [RecordedRead] {
    try rows.finish(file)
    return []
  }

  private static func parameters(_ text: String) -> [Scalar]? {
    if text.hasPrefix("$") { return RecordedQuestion.parameters("parameters: \(text)") }
    if text.lowercased().hasPrefix("parameters:") { return RecordedQuestion.parameters(text) }
    let bytes = Array(text.utf8) + repeatElement(0, count: 16)  // What a scanner wants to find behind its text.
    return bytes.withUnsafeBufferPointer { bytes in
      var scanner = JSONScanner(UnsafeBufferPointer(rebasing: bytes[..<(bytes.count - 16)]))
      do throws(Fault) {
        var values: [JSONToken] = []
        try scanner.tokens(to: &values)
        try scanner.end()
        var parameters: [Scalar] = []
        for value in values { parameters.append(try value.scalar(scanner.base)) }
        return parameters
      } catch { return nil }
    }
  }
}

import Relations

/// Entries of PostgreSQL's log that say which statements were run, with their parameters.
struct LoggedQuestions {
  private(set) var passedOver = PassedOverStatements()

  /// What an entry says.
  struct Entry {
    var message = ""
    var detail = ""
    var user = ""
    var session = ""
    var line: Int?
  }

  mutating func read(_ entry: Entry, _ place: FormatError.Place) -> RecordedRead? {
    guard let (statement, isExecution) = Self.statement(entry.message) else { return nil }
    let parameters = isExecution ? RecordedQuestion.parameters(entry.detail) ?? [] : []
    guard var read = passedOver.read(statement, parameters, place) else { return nil }
    read.session = entry.session.isEmpty ? nil : entry.session
    read.ordinal = entry.line
    return read
  }

  /// `statement: …`, `execute NAME: …`, or the same behind `duration: 0.123 ms  `. What was only parsed or bound was not run, and what was
  /// fetched in pieces was told before.
  private static func statement(_ message: String) -> (text: String, isExecution: Bool)? {
    var rest = message[...]
    if rest.hasPrefix("duration: "), let end = rest.range(of: " ms  ") { rest = rest[end.upperBound...] }
    if rest.hasPrefix("statement: ") { return (String(rest.dropFirst("statement: ".count)), false) }
    guard rest.hasPrefix("execute "), !rest.hasPrefix("execute fetch from "), let colon = rest.range(of: ": ") else { return nil }
    return (String(rest[colon.upperBound...]), true)
  }
}

extension Substring {
  /// Where a text is first.
  fileprivate func range(of text: String) -> Range<Index>? {
    indices.first { self[$0...].hasPrefix(text) }.map { $0..<index($0, offsetBy: text.count) }
  }
}

/// A log in CSV, as `log_destination = csvlog` writes it.
struct CSVLogQuestions: QuestionDecoder {
  private var rows: CSVRows
  private var logged = LoggedQuestions()

  init(longest: Int) { rows = CSVRows(longest: longest) }

  /// The places of the columns, which are the same from release 9.0 on; later ones have more behind them.
  private enum Column { static let (user, session, line, message, detail, least) = (1, 5, 6, 13, 14, 23) }

  func notes(_ file: String) -> [String] { logged.passedOver.notes(file) }

  mutating func decode(_ line: Line, _ file: String) throws(FormatError) -> [RecordedRead] {
    guard let row = try rows.take(line, file) else { return [] }
    guard row.fields.count >= Column.least else {
      throw FormatError(
        .shape, row.place, "the row has \(row.fields.count) fields, and a log of PostgreSQL's at least \(Column.least)",
        advice: "give the file as the server wrote it (log_destination = csvlog)")
    }
    let entry = LoggedQuestions.Entry(
      message: row.fields[Column.message] ?? "", detail: row.fields[Column.detail] ?? "", user: row.fields[Column.user] ?? "",
      session: row.fields[Column.session] ?? "", line: row.fields[Column.line].flatMap { Int($0) })
    return logged.read(entry, row.place).map { [$0] } ?? []
  }

  mutating func finish(_ file: String) throws(FormatError) -> [RecordedRead] {
    try rows.finish(file)
    return []
  }
}

/// A log in JSON, as `log_destination = jsonlog` writes it, an entry a line.
struct JSONLogQuestions: QuestionDecoder {
  private var logged = LoggedQuestions()

  func notes(_ file: String) -> [String] { logged.passedOver.notes(file) }

  mutating func decode(_ line: Line, _ file: String) throws(FormatError) -> [RecordedRead] {
    if line.isBlank { return [] }
    do throws(Fault) {
      var entry = LoggedQuestions.Entry()
      var scanner = JSONScanner(line.bytes)
      let base = scanner.base
      try scanner.fields { key, scanner throws(Fault) in
        let value = try scanner.value()
        if key.isText("message", base) { entry.message = try value.string(base, "message") }
        if key.isText("detail", base) { entry.detail = try value.string(base, "detail") }
        if key.isText("session_id", base) { entry.session = try value.string(base, "session_id") }
        if key.isText("line_num", base) { entry.line = try value.count(base, "line_num") }
      }
      try scanner.end()
      return logged.read(entry, FormatError.Place(file, line: line.number, column: 1)).map { [$0] } ?? []
    } catch { throw error.placed(in: line, of: file) }
  }

  mutating func finish(_ file: String) throws(FormatError) -> [RecordedRead] { [] }
}

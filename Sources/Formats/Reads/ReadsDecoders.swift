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

// MARK: - SQL

/// A text of SQL: each statement is a question. A comment in front of it may say how it is called, and whose it is: `-- name: r17`,
/// `-- branch: alice`, `-- unit: campaign`.
struct SQLQuestions: QuestionDecoder {
  private let text: CapturedTransaction
  private var range: Range<Int>?
  private var passedOver = PassedOverStatements()

  init(longest: Int) { text = CapturedTransaction(longest: longest) }

  func notes(_ file: String) -> [String] { passedOver.notes(file) }

  mutating func decode(_ line: Line, _ file: String) throws(FormatError) -> [RecordedRead] {
    do throws(Fault) {
      if let begun = range { range = begun.lowerBound..<(try text.add(continuation: line)) } else { range = try text.add(line) }
      return []
    } catch { throw text.error(error, file) }
  }

  mutating func finish(_ file: String) throws(FormatError) -> [RecordedRead] {
    guard let range else { return [] }
    var reads: [RecordedRead] = []
    do throws(Fault) {
      let bytes = text.bytes(range)
      var splitter = StatementSplitter(bytes)
      while let statement = try splitter.next() {
        guard RecordedQuestion.isRead(bytes[statement.range]) else {
          passedOver.notReads += 1
          continue
        }
        let offset = range.lowerBound + statement.range.lowerBound
        var read = RecordedRead(String(decoding: bytes[statement.range], as: UTF8.self), place: text.place(offset, file))
        guard RecordedQuestion.parameterCount(read.sql) == 0 else {
          throw Fault(
            .missing, at: offset, "the statement has parameters, whose values are not in the file",
            advice: "write the values in their places, or the reads as NDJSON with \"params\"")
        }
        for comment in statement.comments { Self.set(String(decoding: bytes[comment], as: UTF8.self), &read) }
        reads.append(read)
      }
      return reads
    } catch { throw text.error(error, file) }
  }

  private static func set(_ comment: String, _ read: inout RecordedRead) {
    let body = comment.utf8.drop { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "*") || $0 == 0x20 }
    guard let colon = body.firstIndex(of: UInt8(ascii: ":")) else { return }
    let end = body.lastIndex { ![0x20, 0x0D, UInt8(ascii: "*"), UInt8(ascii: "/")].contains($0) } ?? colon
    guard end > colon else { return }
    let value = String(body[body.index(after: colon)...end].drop { $0 == 0x20 }) ?? ""
    switch String(body[..<colon]) {
    case "name": read.id = value
    case "branch": read.branch = value
    case "unit": read.unit = value
    default: break
    }
  }
}

// MARK: - Logs of the server

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

// MARK: - Tables of statements

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

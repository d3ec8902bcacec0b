import Relations

/// Reads the lines of reads and branches.
struct ReadDecoder {
  private let readFields = FieldSet<ReadField>("a read")
  private let branchFields = FieldSet<BranchField>("a branch")
  private let conditionFields = FieldSet<ConditionField>("a \"holds_if\"")
  private let columnFields = FieldSet<ColumnField>("a column")
  private let errorFields = FieldSet<ErrorField>("an \"answer\"")

  private enum BranchField: String, CaseIterable { case branch, parent, fork }
  private enum ConditionField: String, CaseIterable { case within }
  private enum ColumnField: String, CaseIterable { case name, type }
  private enum ErrorField: String, CaseIterable { case error }
}

/// The fields of a read.
enum ReadField: String, CaseIterable {
  case read, branch, sql, params, askedAt = "asked_at", at, unit, answer, holdsIf = "holds_if", answerCount = "answer_count"
  case answerDigest = "answer_digest", columns, certificate, settings, session, ordinal
}

// MARK: - Branches

extension ReadDecoder {
  /// A declaration and how its position is written. Whether its parent is there is for who knows the others.
  func branch(_ scanner: inout JSONScanner, _ context: LineContext) throws(Fault) -> (BranchDeclaration, PositionForm) {
    let fields = try FoundFields.scan(&scanner, branchFields)
    try scanner.end()
    let base = scanner.base
    let example = "{\"branch\":\"alice\",\"parent\":\"main\",\"fork\":\"0/16B0000\"}"
    let token = try fields.required(.branch, example)
    let name = try token.name(base, "branch")
    if name == "main" {
      throw Fault(.duplicate, at: token.place, "main is not a branch", advice: "declare branches; main is there")
    }
    let parent = try fields[.parent].map { token throws(Fault) in try token.name(base, "parent") }
    let (fork, form) = try PositionText.read(try fields.required(.fork, example), base, "fork")
    return (
      BranchDeclaration(name: name, parent: parent ?? "main", fork: fork, place: context.place(token.place)), form
    )
  }
}

// MARK: - Reads

extension ReadDecoder {
  /// A read, how its position is written, and where its id stands.
  func read(
    _ scanner: inout JSONScanner, _ context: LineContext
  ) throws(Fault) -> (read: RecordedRead, form: PositionForm?, id: Int) {
    let fields = try FoundFields.scan(&scanner, readFields)
    try scanner.end()
    let base = scanner.base
    let sql = try fields.required(.sql, "{\"sql\":\"SELECT count(*) FROM orders\"}")
    var read = RecordedRead(try sql.name(base, "sql"), place: context.place(fields.start))
    func optional<R>(_ field: ReadField, _ take: (JSONToken, String) throws(Fault) -> R) throws(Fault) -> R? {
      guard let token = fields[field], token.kind != .null else { return nil }
      return try take(token, field.rawValue)
    }
    func name(_ token: JSONToken, _ name: String) throws(Fault) -> String { try token.name(base, name) }
    func count(_ token: JSONToken, _ name: String) throws(Fault) -> Int { try token.count(base, name) }

    read.id = try optional(.read, name)
    read.branch = try optional(.branch, name)
    read.parameters = try optional(.params) { token, name throws(Fault) in try scalars(token, base, name) } ?? []
    read.askedAt = try optional(.askedAt) { token, name throws(Fault) in try token.moment(base, name) }
    let at = try optional(.at) { token, name throws(Fault) in try PositionText.read(token, base, name) }
    read.at = at?.position
    read.unit = try optional(.unit, name)
    read.session = try optional(.session, name)
    read.ordinal = try optional(.ordinal, count)
    read.answer = try optional(.answer) { token, _ throws(Fault) in try answer(token, base) }
    read.answerCount = try optional(.answerCount, count)
    read.answerDigest = try optional(.answerDigest, name)
    read.columns = try optional(.columns) { token, name throws(Fault) in try columns(token, base, name) }
    read.certificate = try optional(.certificate) { token, _ throws(Fault) in try token.scalar(base) }
    read.settings = try optional(.settings) { token, _ throws(Fault) in try settings(token, base) } ?? []
    read.holdsIf = try optional(.holdsIf) { token, _ throws(Fault) in try condition(token, base) }
    try check(read, fields)
    return (read, at?.form, fields[.read]?.place ?? 0)
  }

  /// What the parts say about each other.
  private func check(_ read: RecordedRead, _ fields: FoundFields<ReadField>) throws(Fault) {
    guard case .rows(let rows)? = read.answer, let token = fields[.answer] else { return }
    if let width = rows.first?.count, let columns = read.columns, columns.count != width {
      throw Fault(
        .shape, at: token.place, "the answer's rows have \(width) values, and \"columns\" \(columns.count)",
        advice: "name each column of the answer once, in order")
    }
    if let count = read.answerCount, count != rows.count {
      throw Fault(
        .shape, at: token.place, "the answer has \(rows.count) rows, and \"answer_count\" says \(count)",
        advice: "record all rows, or leave \"answer\" out")
    }
  }

  private func scalars(_ token: JSONToken, _ base: UnsafePointer<UInt8>, _ name: String) throws(Fault) -> [Scalar] {
    var scalars: [Scalar] = []
    for element in try token.elements(base, name) { scalars.append(try element.scalar(base)) }
    return scalars
  }

  private func answer(_ token: JSONToken, _ base: UnsafePointer<UInt8>) throws(Fault) -> RecordedRead.Answer {
    if token.kind == .object { return try error(token, base) }
    var rows: [[Scalar]] = []
    for row in try token.elements(base, "answer") {
      guard row.kind == .array else { throw row.wrong("a row of the answer", "each row as an array: [[47]]") }
      rows.append(try scalars(row, base, "answer"))
      guard rows.last?.count == rows.first?.count else {
        throw Fault(
          .shape, at: row.place, "the answer's rows differ in length", advice: "write a value for each column, null for NULL")
      }
    }
    return .rows(rows)
  }

  private func error(_ token: JSONToken, _ base: UnsafePointer<UInt8>) throws(Fault) -> RecordedRead.Answer {
    let state = try token.fields(base, errorFields, "answer").required(.error, "{\"error\":\"22012\"}")
    let code = try state.name(base, "error")
    let isCode =
      code.utf8.count == 5
      && code.utf8.allSatisfy { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 || UInt8(ascii: "A")...UInt8(ascii: "Z") ~= $0 }
    guard isCode else {
      throw Fault(.value, at: state.place, "\"error\" is no SQLSTATE", advice: "write its five digits and capital letters")
    }
    return .error(SQLState(code))
  }

  private func columns(
    _ token: JSONToken, _ base: UnsafePointer<UInt8>, _ name: String
  ) throws(Fault) -> [RecordedRead.AnswerColumn] {
    var columns: [RecordedRead.AnswerColumn] = []
    for element in try token.elements(base, name) {
      if element.kind == .string {
        columns.append(RecordedRead.AnswerColumn(name: try element.string(base, name), type: nil))
      } else {
        let fields = try element.fields(base, columnFields, name)
        let type = try fields[.type].map { token throws(Fault) in try token.name(base, "type") }
        let name = try fields.required(.name, "{\"name\":\"total\",\"type\":\"numeric\"}").string(base, "name")
        columns.append(RecordedRead.AnswerColumn(name: name, type: type))
      }
    }
    return columns
  }

  /// Any setting may be named: which of them matter is not for a format to say.
  private func settings(_ token: JSONToken, _ base: UnsafePointer<UInt8>) throws(Fault) -> [RecordedRead.Setting] {
    guard token.kind == .object else { throw token.wrong("settings", "an object: {\"TimeZone\":\"Europe/Berlin\"}") }
    var scanner = JSONScanner(again: token, base)
    var settings: [RecordedRead.Setting] = []
    var names: Set<ExactText> = []
    try scanner.open(UInt8(ascii: "{"))
    if scanner.take(UInt8(ascii: "}")) { return settings }
    repeat {
      let key = try scanner.key()
      let name = try key.name(base, "settings")
      // PostgreSQL does not tell their capitals apart.
      guard names.insert(ExactText(name.lowercased())).inserted else { throw twice(key, name) }
      let value = try scanner.value()
      switch value.kind {
      case .string, .number:
        settings.append(RecordedRead.Setting(name: name, value: String(decoding: try value.text(base), as: UTF8.self)))
      case .true, .false: settings.append(RecordedRead.Setting(name: name, value: value.kind == .true ? "on" : "off"))
      default: throw value.wrong(name, "the setting's value as SHOW prints it")
      }
    } while try scanner.more(UInt8(ascii: "}"))
    return settings
  }

  private func condition(_ token: JSONToken, _ base: UnsafePointer<UInt8>) throws(Fault) -> RecordedRead.Condition {
    if token.kind == .string { return .sql(try token.name(base, "holds_if")) }
    let within = try token.fields(base, conditionFields, "holds_if").required(.within, "{\"within\":\"5%\"}")
    guard within.kind == .string || within.kind == .number else { throw within.wrong("within", "\"5%\", or an amount") }
    let text = String(decoding: try within.text(base), as: UTF8.self)
    let amount = text.hasSuffix("%") ? text.dropLast() : text[...]
    let isAmount = amount.utf8.first.map { $0 &- 0x30 <= 9 } == true && (try? Numeric(String(amount))) != nil
    guard isAmount else { throw Fault(.value, at: within.place, "\"within\" is no amount", advice: "write \"5%\", or an amount") }
    return .within(text)
  }
}

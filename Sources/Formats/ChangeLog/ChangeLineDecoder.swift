import Relations

/// Reads lines of a change log into batches, one line at a time.
///
/// Shaped for lines of some hundred bytes with a change or a few, and for any other. One pass over the bytes finds what is where and checks
/// the grammar; then the values go from their slices into typed columns. A line that is refused leaves half of itself behind: reading
/// ends there.
struct ChangeLineDecoder {
  var sink: ChangeSink
  private var tokens = ChangeTokens()
  private let lineFields = FieldSet<ChangeLineField>("a line of a change log")

  init(_ schema: Schema, _ options: ChangeLogOptions) { sink = ChangeSink(schema, options) }
}

/// The fields of a line.
enum ChangeLineField: String, CaseIterable {
  case position, committedAt = "committed_at", changes, branch, unit, session, intent, trigger, origin, event, sql, rewritten,
    tables
}

/// The fields of a trigger's mark.
enum TriggerField: String, CaseIterable { case name, hash }

/// What a line was.
enum DecodedLine {
  /// A transaction, which is pending now or was passed over.
  case transaction(branch: String?)
  case redelivered(Position, branch: String?, FormatError.Place)
  /// What is pending comes before it.
  case event(StreamEvent, branch: String?)
}

// MARK: - Lines

extension ChangeLineDecoder {
  /// Reads a line that is not blank.
  ///
  /// - Parameter ordinal: what stands for its position if it has none.
  mutating func decode(_ context: LineContext, ordinal: Int) throws(Fault) -> DecodedLine {
    var scanner = JSONScanner(context.line.bytes)
    tokens.removeAll()
    var fields = FoundFields<ChangeLineField>(start: scanner.at)
    try scanner.open(UInt8(ascii: "{"))
    if !scanner.take(UInt8(ascii: "}")) {
      repeat {
        let key = try scanner.key()
        let field = try lineFields.field(key, scanner.base)
        guard field == .changes, scanner.peek() == UInt8(ascii: "[") else {
          try fields.set(field, try scanner.value(), key: key)
          continue
        }
        let start = scanner.at
        try tokens.scanChanges(&scanner, &sink.directory, context)
        try fields.set(field, JSONToken(.array, from: start, to: scanner.at), key: key)
      } while try scanner.more(UInt8(ascii: "}"))
    }
    try scanner.end()
    if fields[.event] != nil { return try event(fields, scanner.base, context, ordinal: ordinal) }
    return try transaction(fields, scanner.base, context, ordinal: ordinal)
  }

  private mutating func transaction(
    _ fields: FoundFields<ChangeLineField>, _ base: UnsafePointer<UInt8>, _ context: LineContext, ordinal: Int
  ) throws(Fault) -> DecodedLine {
    let changes = try fields.required(.changes, "{\"position\":\"0/16B3748\",\"changes\":[…]}")
    guard changes.kind == .array else { throw changes.wrong("changes", "an array of changes") }
    try refuse(Self.eventFields, in: fields, of: "a transaction")
    let branch = try fields[.branch].map { token throws(Fault) in try token.name(base, "branch") }
    if branch == nil { try refuse(Self.branchFields, in: fields, of: "a transaction without \"branch\"") }

    let position = try self.position(fields, base, ordinal: ordinal)
    let header = Transaction.Header(
      position,
      committedAt: try fields[.committedAt].flatMap { token throws(Fault) in
        token.kind == .null ? nil : try token.moment(base, "committed_at")
      }, origin: try fields[.origin].map { token throws(Fault) in try token.string(base, "origin") })
    let writeContext = branch == nil ? WriteContext() : try self.writeContext(fields, base)

    return try sink.add(
      header, writeContext, branch: branch, tokens.changes, tokens.values, unknownColumn: tokens.unknownColumn, base,
      at: fields[.position]?.place ?? 0, context)
  }

  private static let eventFields: [ChangeLineField] = [.sql, .rewritten, .tables]
  private static let branchFields: [ChangeLineField] = [.unit, .session, .intent, .trigger]

  private func refuse(
    _ others: [ChangeLineField], in fields: FoundFields<ChangeLineField>, of what: String
  ) throws(Fault) {
    for field in others {
      guard let token = fields[field] else { continue }
      throw Fault(
        .unknownName, at: token.place, "\(what) has no field \"\(field.rawValue)\"",
        advice: field == .sql || field == .rewritten || field == .tables
          ? "say which \"event\" it is, or leave it out"
          : "a branch's write has \"branch\"; main's changes have no \(field.rawValue)")
    }
  }

  private mutating func position(
    _ fields: FoundFields<ChangeLineField>, _ base: UnsafePointer<UInt8>, ordinal: Int
  ) throws(Fault) -> Position {
    guard let token = fields[.position], token.kind != .null else {
      return try sink.position(ofLine: ordinal, at: fields.start)
    }
    let (position, own) = try PositionText.read(token, base, "position")
    try sink.keep(own, at: token.place)
    return position
  }
}

// MARK: - What a branch's writes say

extension ChangeLineDecoder {
  private func writeContext(
    _ fields: FoundFields<ChangeLineField>, _ base: UnsafePointer<UInt8>
  ) throws(Fault) -> WriteContext {
    WriteContext(
      unit: try fields[.unit].map { token throws(Fault) in try token.name(base, "unit") },
      session: try fields[.session].map { token throws(Fault) in try token.name(base, "session") },
      intent: try fields[.intent].map { token throws(Fault) in try token.scalar(base) },
      trigger: try fields[.trigger].map { token throws(Fault) in try TriggerMark(token, base) })
  }
}

extension TriggerMark {
  private static let fields = FieldSet<TriggerField>("a trigger")

  init(_ token: JSONToken, _ base: UnsafePointer<UInt8>) throws(Fault) {
    let fields = try token.fields(base, Self.fields, "trigger")
    let example = "{\"name\":\"audit_orders\",\"hash\":\"5f1d…\"}"
    name = try fields.required(.name, example).name(base, "name")
    hash = try fields.required(.hash, example).name(base, "hash")
  }
}

// MARK: - Events

extension ChangeLineDecoder {
  private mutating func event(
    _ fields: FoundFields<ChangeLineField>, _ base: UnsafePointer<UInt8>, _ context: LineContext, ordinal: Int
  ) throws(Fault) -> DecodedLine {
    let words = ["start", "schema", "map", "gap", "rewind"]
    let token = try fields.required(.event, "{\"position\":\"0/16B3748\",\"event\":\"gap\"}")
    guard token.kind == .string, let word = words.first(where: { $0.utf8.elementsEqual(token.bytes(base)) }) else {
      throw token.wrongWord(base, "event", words)
    }
    let allowed: [ChangeLineField] =
      switch word {
      case "schema": [.sql, .rewritten, .branch]
      case "start", "map": [.tables]
      default: [.branch]
      }
    for field in ChangeLineField.allCases where ![.event, .position].contains(field) && !allowed.contains(field) {
      guard let token = fields[field] else { continue }
      throw Fault(.unknownName, at: token.place, "the event \"\(word)\" has no field \"\(field.rawValue)\"", advice: "leave it out")
    }
    let position = try self.position(fields, base, ordinal: ordinal)
    let branch = try fields[.branch].map { token throws(Fault) in try token.name(base, "branch") }
    if word == "rewind" {
      sink.rewind(to: position, branch, context)
      return .event(.rewind(to: position), branch: branch)
    }
    try sink.admit(event: position, branch, at: fields[.position]?.place ?? 0)
    switch word {
    case "start": return .event(.start(try coverage(position, fields[.tables], base, context)), branch: nil)
    case "gap": return .event(.gap(before: position), branch: branch)
    case "map":
      return .event(.schemaChange(SchemaChange(position, try SchemaMap(fields[.tables], base, at: fields.start))), branch: nil)
    default: return .event(.schemaChange(try schemaChange(position, fields, base)), branch: branch)
    }
  }

  private func schemaChange(
    _ position: Position, _ fields: FoundFields<ChangeLineField>, _ base: UnsafePointer<UInt8>
  ) throws(Fault) -> SchemaChange {
    let sql = try fields.required(.sql, "\"sql\":\"ALTER TABLE orders ADD COLUMN note text\"").name(base, "sql")
    let rewritten = try fields[.rewritten].map { token throws(Fault) in try token.bool("rewritten") }
    return SchemaChange(position, sql: sql, rewritten: rewritten ?? true)
  }

  private mutating func coverage(
    _ position: Position, _ tables: JSONToken?, _ base: UnsafePointer<UInt8>, _ context: LineContext
  ) throws(Fault) -> Coverage {
    guard let tables, tables.kind != .null else { return Coverage(from: position, tables: nil) }
    var covered: Set<TableID> = []
    for name in try tables.elements(base, "tables") {
      if case .known(let index) = try sink.directory.find(name, base, context) {
        covered.insert(sink.directory.layouts[index].id)
      }
    }
    return Coverage(from: position, tables: covered)
  }
}

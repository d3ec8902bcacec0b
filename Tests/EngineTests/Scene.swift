import Engine
import Formats
import Queries
import Relations
import SQL

/// A small story, told as users tell it: definitions, main's rows, main's log, the branch's log, and what it asked.
///
///     var scene = try Scene("CREATE TABLE orders (…)", base: #"{"table":"orders","row":{…}}"#)
///     try scene.main(#"{"position":"0/20","changes":[…]}"#)
///     try scene.ask("SELECT count(*) FROM orders")
///     scene.verdicts
///
/// The base is at 0/10, where the branch `alice` forks if nothing else is said.
struct Scene {
  private(set) var engine: VerdictEngine
  private var count = 0

  /// - Parameters:
  ///   - base: its rows, a line each; nil for no base.
  ///   - collation: the database's; nil if the definitions tell it, or nobody.
  init(_ definitions: String, base: String? = nil, fork: Position = Position(0x10), collation: String? = "C") throws {
    var loader = SchemaLoader(Schema(collation: collation))
    try loader.load(definitions)
    engine = VerdictEngine(schema: loader.schema)
    if let base {
      var reader = try BaseReader(MemorySource("base", Array((#"{"position":"0/10"}"# + "\n" + base).utf8)), schema: engine.schema)
      var tables = BaseTables(at: reader.position)
      for table in engine.schema.allTables { tables.append([], to: table.id) }
      while let rows = try reader.next() { tables.append([rows.rows], to: rows.table) }
      engine.load(tables)
    }
    engine.declare("alice", fork: fork)
  }

  mutating func declare(_ branch: String, parent: String? = nil, fork: Position) {
    engine.declare(branch, parent: parent, fork: fork)
  }

  mutating func main(_ log: String) throws {
    for item in try Self.items(log, engine.mainSchema, MainNames(engine)) {
      switch item {
      case .transactions(let batch): try engine.append(batch.transactions)
      case .event(let event, _): engine.append(event)
      case .redelivered: break
      }
    }
  }

  mutating func write(_ log: String, branch: String = "alice") throws {
    for item in try Self.items(log, engine.schema(of: branch)) {
      switch item {
      case .transactions(let batch): engine.append(batch.transactions, branch: branch)
      case .event(let event, _): engine.append(event, branch: branch)
      case .redelivered: break
      }
    }
  }

  private static func items(_ log: String, _ schema: Schema, _ names: MainNames? = nil) throws -> [ChangeLogItem] {
    var names = names
    var reader = ChangeLogReader([MemorySource("log", Array(log.utf8))], schema: schema)
    var items: [ChangeLogItem] = []
    while let item = try reader.next() {
      items.append(item)
      guard case .event(let event, _) = item else { continue }
      if case .schemaChange = event { reader.passOverUnknownColumns() }
      if names?.take(event) ?? false { reader.use(names!.schema) }
    }
    return items
  }

  mutating func ask(
    _ sql: String, branch: String = "alice", zone: String = "UTC", answer: [[String?]]? = nil, askedAt: Int64? = nil,
    certificate: String? = nil
  ) throws {
    var read = RecordedRead(sql, place: FormatError.Place("reads", line: count + 1, column: 1))
    read.settings = [RecordedRead.Setting(name: "TimeZone", value: zone)]
    read.answer = answer.map { .rows($0.map { $0.map { $0.map { .text($0) } ?? .null } }) }
    read.askedAt = askedAt
    read.certificate = certificate.map { .text($0) }
    try engine.record(read, name: "r\(count)", branch: branch)
    count += 1
  }

  func verdicts(asOf: Position? = nil, clock: Int64? = nil) -> [Verdict] {
    var options = VerdictEngine.Options()
    options.asOf = asOf
    options.clock = clock
    return engine.verdicts(options).verdicts
  }

  /// The decisions, in the order in which the questions were asked.
  var decisions: [Verdict.Decision] { verdicts().map(\.decision) }
}

extension VerdictEngine {
  /// One story, one question, one decision.
  static func decision(
    _ definitions: String, base: String? = nil, main: String, writes: String? = nil, _ question: String
  ) throws -> Verdict.Decision {
    var scene = try Scene(definitions, base: base)
    try scene.main(main)
    if let writes { try scene.write(writes) }
    try scene.ask(question)
    return scene.decisions[0]
  }
}

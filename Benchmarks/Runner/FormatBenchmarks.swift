import Formats
import Relations

/// `Benchmarks formats [--megabytes N] [--json] [--quick]`: megabytes a second from bytes to columns, of every format of changes.
///
/// One workload for all: transactions with four changes of a table of orders, half of them updates whose old row is told.
struct FormatBenchmarks {
  private let bytes: Int
  private let isJSON: Bool

  init(_ arguments: [String]) {
    let megabytes = arguments.firstIndex(of: "--megabytes").flatMap { Int(arguments[$0 + 1]) }
    bytes = (megabytes ?? (arguments.contains("--quick") ? 4 : 64)) << 20
    isJSON = arguments.contains("--json")
  }

  func run() throws {
    var lines: [String] = []
    for format in OrderLog.Format.allCases {
      let text = OrderLog(format).text(bytes)
      var best = Double.infinity
      var changes = 0
      for _ in 0..<3 {
        let start = ProcessorTime.seconds
        changes = try read(text)
        best = min(best, ProcessorTime.seconds - start)
      }
      let rate = Double(text.count) / 1e6 / best
      lines.append(
        isJSON
          ? "\"\(format.rawValue)\":{\"megabytes_per_second\":\(rate),\"bar\":\(format.bar),\"changes_per_second\":\(Double(changes) / best)}"
          : "\(format.rawValue): \(Int(rate)) MB/s (bar \(Int(format.bar))), \(Int(Double(changes) / best / 1000)) thousand changes/s"
      )
    }
    print(isJSON ? "{\"formats\":{\(lines.joined(separator: ","))}}" : lines.joined(separator: "\n"))
  }

  /// How many changes there are.
  private func read(_ text: [UInt8]) throws -> Int {
    var log = ChangeLogReader([MemorySource("log", text)], schema: OrderLog.schema)
    var changes = 0
    while let item = try log.next() {
      if case .transactions(let batch) = item { changes += batch.transactions.tables.reduce(0) { $0 + $1.count } }
    }
    precondition(changes > 0 && log.unknownTables.isEmpty, "the changes were read")
    return changes
  }
}

/// A log of orders, as each format writes it.
struct OrderLog {
  let format: Format
  private var random = Generator(seed: 3)
  private var position: UInt64 = 1 << 24
  private var lastCommit: UInt64 = 1 << 23

  enum Format: String, CaseIterable {
    case own, wal2json1, wal2json2, debezium, debeziumWithSchema = "debezium_with_schema", testDecoding = "test_decoding"

    /// Megabytes a second.
    var bar: Double { self == .own ? 250 : 100 }
  }

  init(_ format: Format) { self.format = format }

  static let columns: [(name: String, type: SQLType, isText: Bool)] = [
    ("id", .int8, false), ("customer", .int4, false), ("total", .numeric(10, 2), false), ("status", .text, true),
    ("placed_at", .timestamptz, true), ("note", .text, true),
  ]

  static let schema: Schema = {
    var schema = Schema(collation: "C")
    let columns = Self.columns.enumerated().map { TableColumn(ColumnID(Int16($0 + 1)), Identifier($1.name), $1.type) }
    var table = Table(schema.newTableID(), QualifiedName("public", "orders"), columns: columns)
    table.primaryKey = UniqueKey("orders_pkey", [.column(columns[0].id)])
    table.replicaIdentity = .full
    schema.add(table)
    return schema
  }()

  func text(_ bytes: Int) -> [UInt8] {
    var log = self
    var text: [UInt8] = []
    text.reserveCapacity(bytes + 1 << 16)
    // So much of it, again and again at other positions, would not be a log: each transaction is made.
    while text.count < bytes { text += log.transaction().utf8 }
    return text
  }

  private mutating func row() -> [String] {
    let status = ["new", "paid", "packed", "shipped"][Int(random.next(below: 4))]
    return [
      "\(random.next(below: 1 << 30))", "\(random.next(below: 100_000))",
      "\(random.next(below: 100_000)).\(10 + random.next(below: 90))",
      status, "2026-05-01 10:\(10 + random.next(below: 50)):\(10 + random.next(below: 50)).123456+00",
      "note \(random.next(below: 1 << 20))",
    ]
  }

  private mutating func transaction() -> String {
    position += 4096
    let changes = (0..<4).map { index in (before: index % 2 == 0 ? nil : row(), after: row()) }
    let end = Position(position).text(.lsn)
    defer { lastCommit = position }
    switch format {
    case .own:
      let list = changes.map { before, after in
        "{\"table\":\"public.orders\",\"op\":\"\(before == nil ? "insert" : "update")\"\(before.map { ",\"before\":\(Self.object($0))" } ?? ""),\"after\":\(Self.object(after))}"
      }
      return "{\"position\":\"\(end)\",\"committed_at\":\"2026-05-01T10:00:00Z\",\"changes\":[\(list.joined(separator: ","))]}\n"
    case .wal2json1: return wal2json1(changes, end)
    case .wal2json2: return wal2json2(changes, end)
    case .debezium, .debeziumWithSchema: return debezium(changes)
    case .testDecoding: return testDecoding(changes, end)
    }
  }

  private typealias Changes = [(before: [String]?, after: [String])]

  private static func value(_ text: String, _ index: Int) -> String { columns[index].isText ? "\"\(text)\"" : text }

  private static func object(_ row: [String]) -> String {
    "{\(row.enumerated().map { "\"\(columns[$0].name)\":\(value($1, $0))" }.joined(separator: ","))}"
  }

  private static func names(_ field: String, _ types: String) -> String {
    "\"\(field)\":[\(columns.map { "\"\($0.name)\"" }.joined(separator: ","))],\"\(types)\":[\(columns.map { "\"\($0.type)\"" }.joined(separator: ","))]"
  }

  private static func values(_ row: [String]) -> String { row.enumerated().map { value($1, $0) }.joined(separator: ",") }

  private func wal2json1(_ changes: Changes, _ end: String) -> String {
    let list = changes.map { before, after in
      let key = before.map {
        ",\"oldkeys\":{\(Self.names("keynames", "keytypes")),\"keyvalues\":[\(Self.values($0))]}"
      }
      return
        "{\"kind\":\"\(before == nil ? "insert" : "update")\",\"schema\":\"public\",\"table\":\"orders\",\(Self.names("columnnames", "columntypes")),\"columnvalues\":[\(Self.values(after))]\(key ?? "")}"
    }
    return
      "{\"xid\":7,\"nextlsn\":\"\(end)\",\"timestamp\":\"2026-05-01 10:00:00+00\",\"change\":[\(list.joined(separator: ","))]}\n"
  }

  private func wal2json2(_ changes: Changes, _ end: String) -> String {
    func columns(_ row: [String]) -> String {
      row.enumerated().map {
        "{\"name\":\"\(Self.columns[$0].name)\",\"type\":\"\(Self.columns[$0].type)\",\"value\":\(Self.value($1, $0))}"
      }.joined(separator: ",")
    }
    let lines = changes.map { before, after in
      "{\"action\":\"\(before == nil ? "I" : "U")\",\"schema\":\"public\",\"table\":\"orders\",\"columns\":[\(columns(after))]\(before.map { ",\"identity\":[\(columns($0))]" } ?? "")}\n"
    }
    return "{\"action\":\"B\",\"nextlsn\":\"\(end)\"}\n\(lines.joined()){\"action\":\"C\",\"nextlsn\":\"\(end)\"}\n"
  }

  private func debezium(_ changes: Changes) -> String {
    changes.enumerated().map { index, change in
      let lsn = position - 100 + UInt64(index)
      let source =
        "{\"version\":\"2.7.0.Final\",\"connector\":\"postgresql\",\"name\":\"shop\",\"ts_ms\":1777629600000,\"snapshot\":\"false\",\"db\":\"shop\",\"sequence\":\"[\\\"\(lastCommit)\\\",\\\"\(lsn)\\\"]\",\"schema\":\"public\",\"table\":\"orders\",\"txId\":\(position),\"lsn\":\(lsn),\"xmin\":null}"
      let payload =
        "{\"before\":\(change.before.map(Self.object) ?? "null"),\"after\":\(Self.object(change.after)),\"source\":\(source),\"transaction\":null,\"op\":\"\(change.before == nil ? "c" : "u")\",\"ts_ms\":1777629600000}"
      return format == .debezium ? payload + "\n" : "{\"schema\":\(Self.messageSchema),\"payload\":\(payload)}\n"
    }.joined()
  }

  private static let messageSchema: String = {
    let fields = columns.map { "{\"type\":\"string\",\"optional\":true,\"field\":\"\($0.name)\"}" }.joined(separator: ",")
    let row = { (name: String) in
      "{\"type\":\"struct\",\"fields\":[\(fields)],\"optional\":true,\"name\":\"shop.public.orders.Value\",\"field\":\"\(name)\"}"
    }
    return
      "{\"type\":\"struct\",\"fields\":[\(row("before")),\(row("after")),{\"type\":\"string\",\"optional\":false,\"field\":\"op\"}],\"optional\":false,\"name\":\"shop.public.orders.Envelope\",\"version\":2}"
  }()

  private func testDecoding(_ changes: Changes, _ end: String) -> String {
    func columns(_ row: [String]) -> String {
      row.enumerated().map { " \(Self.columns[$0].name)[\(Self.columns[$0].type)]:\(Self.columns[$0].isText ? "'\($1)'" : $1)" }
        .joined()
    }
    let lines = changes.map { before, after in
      "\(end)|7|table public.orders: \(before.map { "UPDATE: old-key:\(columns($0)) new-tuple:" } ?? "INSERT:")\(columns(after))\n"
    }
    return "\(end)|7|BEGIN 7\n\(lines.joined())\(end)|7|COMMIT 7 (at 2026-05-01 10:00:00+00)\n"
  }
}

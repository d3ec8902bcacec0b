import Relations
import TestKit
import Testing

@testable import Formats

/// Debezium's messages: what they say, what they leave open, and where their transactions end.
@Suite struct DebeziumTests {
  private static let tables = CapturedTables("d")

  @Test(arguments: Cases.seeds(20))
  func `transactions come back`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    for (hasSchema, hasMetadata) in [(true, true), (true, false), (false, true)] {
      let transactions = try transactions(seed)
      var printer = DebeziumPrinter(Self.tables, hasSchema: hasSchema, hasMetadata: hasMetadata)
      for (index, transaction) in transactions.enumerated() { printer.append(transaction, number: 700 + index) }
      let read = try read(printer.lines, piece: Int.random(in: 1...500, using: &random))
      var expected = transactions.filter { !$0.changes.isEmpty }
      // The position of one that is followed by empty ones is theirs: nobody says where it ended.
      for index in expected.indices {
        let next = index + 1 < expected.count ? expected[index + 1].position : nil
        let before = transactions.last { transaction in next.map { transaction.position < $0 } ?? true }!.position
        let position = next == nil ? Position(expected[index].position.number) : before
        expected[index].header = .init(position, committedAt: expected[index].header.committedAt)
      }
      if !hasMetadata { expected.removeLast() }
      let ours = lines(read.transactions)
      #expect(ours == lines(expected.map(known)), "\(hasSchema) \(hasMetadata) \(Cases.replay(seed))")
      #expect(read.notes.isEmpty == (hasSchema && hasMetadata), "\(read.notes)")
    }
  }

  /// With values that Debezium tells, whatever the settings.
  private func transactions(_ seed: UInt64) throws -> [Transaction] {
    var random = SplitMix64(seed: seed)
    var generated = GeneratedLog(seed: seed)
    func image(_ table: Table, _ holes: Bool) -> RowImage {
      RowImage(
        table.columns.map { column in
          if column.name == "big", holes { return nil }
          if !column.isNotNull, Int.random(in: 0..<5, using: &random) == 0 { return .null }
          switch column.type.id {
          case .float4, .float8: return .float([0.5, -1e300, 3].randomElement(using: &random)!)
          case .numeric where column.type.modifier < 0:
            return .numeric(
              Numeric(
                coefficient: Int128(Int64.random(in: -1 << 50...1 << 50, using: &random)) << 40,
                scale: Int.random(in: 0...20, using: &random)))
          case .date: return .integer(.random(in: -100_000...100_000, using: &random))
          case .timestamp: return .integer(.random(in: 0...1 << 50, using: &random))
          case .timestamptz: return .integer(.random(in: 0...1 << 50, using: &random))
          case .time: return .integer(.random(in: 90_000_000...86_400_000_000, using: &random))
          case .bytea: return .bytes([0, 0xFF, 0x5C])
          case .timetz, .interval, TypeID(600), TypeID(1007), TypeID(1009), TypeID(1562): return .null
          case .int4: return .integer(.random(in: 1...1_000_000, using: &random))
          default: return generated.value(column.type)
          }
        })
    }
    return (1...8).map { index in
      let changes = (0..<Int.random(in: 0...4, using: &random)).map { _ -> Change in
        let table = Self.tables.schema.allTables.randomElement(using: &random)!
        let isFull = table.replicaIdentity == .full
        var before = image(table, false)
        if !isFull {
          before.columns = before.columns.indices.map { table.streamedIdentity!.contains($0) ? before.columns[$0] : nil }
        }
        switch Int.random(in: 0..<7, using: &random) {
        case 0...2: return Change(table.id, .insert(after: image(table, false)))
        case 3, 4: return Change(table.id, .update(before: before, after: image(table, true)))
        case 5: return Change(table.id, .delete(before: before))
        default: return Change(table.id, .truncate)
        }
      }
      return Transaction(.init(Position(UInt64(index) << 12), committedAt: Int64(index) * 1_000_000), changes)
    }
  }

  /// A whole old row in which all but the key is null may be the key alone.
  private func known(_ transaction: Transaction) -> Transaction {
    var transaction = transaction
    transaction.changes = transaction.changes.map { change in
      let table = Self.tables.schema[change.table]!
      guard table.replicaIdentity == .full, let before = change.before else { return change }
      let hasMore = before.columns.indices.contains { !table.isInKey($0) && !(before.columns[$0]?.isNull ?? true) }
      guard !hasMore else { return change }
      let key = RowImage(before.columns.indices.map { table.isInKey($0) ? before.columns[$0] : nil })
      if case .update(_, let after) = change.operation { return Change(table.id, .update(before: key, after: after)) }
      return Change(table.id, .delete(before: key))
    }
    return transaction
  }

  private func lines(_ transactions: [Transaction]) -> [String] {
    transactions.flatMap { transaction in
      ["\(transaction.position) \(transaction.header.committedAt ?? 0)"]
        + transaction.changes.map(\.completed).map { change in
          let table = Self.tables.schema[change.table]!
          return "  \(table.name) \([change.before, change.after].map { $0.map { Sample.describe($0, table) } ?? "-" })"
        }
    }
  }

  private func read(
    _ lines: [String], pins: [Position] = [], piece: Int = 100
  ) throws(FormatError) -> (transactions: [Transaction], notes: [String], unread: [UnreadValue]) {
    var options = ChangeLogOptions()
    options.pins = { pins }
    var log = ChangeLogReader(
      [MemorySource("f", lines.joined(separator: "\n").utf8, piece: piece)], schema: Self.tables.schema, options: options)
    var transactions: [Transaction] = []
    var unread: [UnreadValue] = []
    while let item = try log.next() {
      if case .transactions(let batch) = item {
        transactions += batch.transactions.boxed
        unread += batch.unread
      }
    }
    return (transactions, log.notes, unread)
  }

  @Test(arguments: Cases.seeds(10))
  func `no message does harm`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    for hasSchema in [true, false] {
      var printer = DebeziumPrinter(Self.tables, hasSchema: hasSchema, hasMetadata: true)
      for (index, transaction) in try transactions(seed).prefix(3).enumerated() { printer.append(transaction, number: index) }
      let valid = Array(printer.lines.joined(separator: "\n").utf8)
      for _ in 0..<100 {
        let text = Mutation.of(valid, using: &random)
        var log = ChangeLogReader(
          [MemorySource("f", text, piece: Int.random(in: 1...4000, using: &random))], schema: Self.tables.schema)
        do throws(FormatError) { while try log.next() != nil {} } catch {
          let lines = text.count { $0 == 0x0A } + 1
          #expect(1...lines ~= error.place.line && error.place.column >= 1, "\(error) \(Cases.replay(seed))")
        }
      }
    }
  }

  // MARK: Positions

  private func event(_ number: Int, _ lsn: Int, after commit: Int, _ table: String = "bare", more: String = "") -> String {
    #"{"before":null,"after":{"id":\#(lsn),"t":null,"n":1\#(more)},"source":{"connector":"postgresql","schema":"d","table":"\#(table)","txId":\#(number),"lsn":\#(lsn),"sequence":"[\"\#(commit)\",\"\#(lsn)\"]","ts_ms":1777629600000},"op":"c"}"#
  }

  private func refusal(_ lines: [String], pins: [Position] = []) -> String {
    do throws(FormatError) {
      _ = try read(lines, pins: pins)
      return "not refused"
    } catch { return "\(error.code.rawValue) \(error.place.line):\(error.place.column)" }
  }

  @Test func `a transaction ends where the next one says`() throws {
    let lines = [event(7, 100, after: 90), event(7, 110, after: 90), event(8, 105, after: 120), event(9, 130, after: 160)]
    #expect(try read(lines).transactions.map(\.position.number) == [120, 160])
    #expect(try read(lines).notes.contains { $0.contains("f:4:1: the transaction that begins here has no end") })
    // Between its last change and the next commit nobody knows whether it had ended.
    for pin in [111, 119] { #expect(refusal(lines, pins: [Position(UInt64(pin))]) == "order 1:1", "\(pin)") }
    for pin in [110, 120, 160, 90] {
      #expect(try read(lines, pins: [Position(UInt64(pin))]).transactions.count == 2, "\(pin)")
    }
  }

  @Test func `what comes again or in another order is refused`() {
    #expect(refusal([event(7, 100, after: 90), event(8, 130, after: 120), event(7, 100, after: 90)]) == "order 3:59")
    #expect(refusal([event(7, 110, after: 90), event(7, 100, after: 90)]) == "order 2:1")
    #expect(refusal([event(7, 110, after: 90), #"{"status":"END","id":"7:120","event_count":2}"#]) == "missing 2:1")
    #expect(refusal([event(7, 110, after: 90, more: #","x":1"#), event(8, 130, after: 120)]) == "unknown-name 1:49")
    #expect(refusal([event(7, 110, after: 90).replacing("\"postgresql\"", with: "\"oracle\"")]) == "shape 1:59")
    #expect(refusal([#"{"op":"c","after":{"id":1}}"#]) == "missing 1:1")
  }

  // MARK: Values

  /// One value of a column of `everything`, without a schema part.
  private func value(_ column: String, _ json: String) throws -> String {
    let line =
      #"{"before":null,"after":{"id":1,"\#(column)":\#(json)},"source":{"connector":"postgresql","schema":"d","table":"everything","txId":7,"lsn":100,"sequence":"[\"90\",\"100\"]"},"op":"c"}"#
    let (transactions, _, unread) = try read([line, event(8, 130, after: 120)])
    let table = Self.tables.table("everything")
    let index = table.index(of: Identifier(column))!
    guard let value = transactions[0].changes[0].after?.columns[index] else { return unread.isEmpty ? "absent" : "unread" }
    return value.text(as: table.types[index], style: TextStyle()) ?? "NULL"
  }

  @Test func `values that can be read in two ways are not known`() throws {
    for (column, json, expected) in [
      ("n2", #""O5g=""#, "152.56"), ("n2", #""1.50""#, "1.50"), ("n2", "1.5", "1.50"), ("n", "1.5", "unread"),
      ("n", #"{"scale":3,"value":"/w=="}"#, "-0.001"), ("n", #"{"value":"AIA=","scale":0}"#, "128"),
      ("n", #""12345.00""#, "12345.00"),
      ("ts", "1777629600000000", "2026-05-01 10:00:00"), ("ts", "1777629600000", "unread"), ("ts", "1777629600000000000", "unread"),
      ("d", "20574", "2026-05-01"), ("d", #""2026-05-01Z""#, "2026-05-01"), ("tm", "36000000000", "10:00:00"),
      ("tm", "36000000", "unread"),
      ("tz", #""2026-05-01T10:00:00.5Z""#, "2026-05-01 10:00:00.5+00"), ("tmz", #""10:00:00Z""#, "unread"),
      ("iv", "1000", "unread"),
      ("iv", #""P1Y2M3DT4H""#, "1 year 2 mons 3 days 04:00:00"), ("by", #""3q2+7w==""#, "\\xdeadbeef"),
      ("by", #""dead""#, "unread"),
      ("jb", #""{\"a\":1}""#, #"{"a": 1}"#), ("ia", "[1,null]", "{1,NULL}"), ("pt", #"{"x":1,"y":2}"#, "unread"),
      ("t", #""__debezium_unavailable_value""#, "absent"),
      ("t", "null", "NULL"), ("f8", #""NaN""#, "NaN"), ("b", "true", "t"), ("bits", #""BQ==""#, "unread"),
    ] {
      #expect(try value(column, json) == expected, "\(column) \(json)")
    }
  }

  @Test func `MySQL's transactions end right behind their last change`() throws {
    func event(_ gtid: String, _ position: Int, row: Int) -> String {
      #"{"schema":null,"payload":{"before":{"id":1,"t":"a","n":null},"after":{"id":1,"t":"b","n":null},"source":{"connector":"mysql","db":"d","table":"bare","server_id":1,"gtid":"\#(gtid)","file":"mysql-bin.000003","pos":\#(position),"row":\#(row),"ts_ms":1777629600000,"snapshot":"false"},"op":"u"}}"#
    }
    let read = try read([
      #"{"schema":null,"payload":{"before":null,"after":{"id":1},"source":{"connector":"mysql","db":"d","table":"bare","snapshot":"true"},"op":"r"}}"#,
      event("a:1", 400, row: 0), event("a:1", 400, row: 1), event("a:2", 700, row: 0),
      #"{"status":"END","id":"a:2","event_count":1}"#,
    ])
    #expect(read.transactions.map(\.position.number) == [3 << 32 | 401, 3 << 32 | 701])
    #expect(
      lines(read.transactions).dropFirst().first == #"  d.bare [" id=1 t=a n=NULL", " id=1 t=b n=NULL"]"#, "old rows are whole")
    #expect(read.notes.contains { $0.contains("1 rows of a snapshot") })
  }
}

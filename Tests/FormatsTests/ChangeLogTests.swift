import Relations
import TestKit
import Testing

@testable import Formats

@Suite struct ChangeLogTests {
  private func source(_ lines: String..., name: String = "f") -> MemorySource {
    MemorySource(name, lines.joined(separator: "\n").utf8)
  }

  // MARK: Round trips

  @Test(arguments: Cases.seeds(30))
  func `what is written is read`(seed: UInt64) throws {
    var log = GeneratedLog(seed: seed)
    let transactions = try log.transactions(40)
    var printer = ChangeLogPrinter(Sample.schema)
    for transaction in transactions { printer.append(transaction) }
    let text = printer.take()
    let expected = transactions.flatMap { Sample.describe($0) }
    #expect(Sample.read(MemorySource("f", text)) == expected, "\(Cases.replay(seed))")
    var small = ChangeLogOptions()
    small.batchBytes = 300
    #expect(Sample.read(MemorySource("f", text, piece: 7), options: small) == expected, "\(Cases.replay(seed))")
  }

  @Test(arguments: Cases.seeds(10))
  func `branches' writes and events are read as they are written`(seed: UInt64) throws {
    var log = GeneratedLog(seed: seed)
    var printer = ChangeLogPrinter(Sample.schema, form: .decimal)
    let context = WriteContext(unit: "u\"1", session: "s", intent: .number("1e3"), trigger: TriggerMark(name: "t", hash: "h"))
    var expected: [String] = []
    let start = StreamEvent.start(Coverage(from: Position(1), tables: [try Sample.table("orders").id]))
    printer.append(start)
    expected.append("start 0/1 table 1")
    for transaction in try log.transactions(10) {
      let events: [StreamEvent] = [
        .gap(before: transaction.position),
        .schemaChange(SchemaChange(transaction.position, sql: "ALTER \"x\"\n", rewritten: false)),
      ]
      let map = SchemaMap([
        SchemaMap.TableEntry(
          QualifiedName("a", "B \"c\""), QualifiedName("d"),
          columns: [SchemaMap.ColumnEntry("x\"", "y"), SchemaMap.ColumnEntry("z", nil)],
          keys: [SchemaMap.KeyEntry(["1", "é"], ["2", "\n"])]), SchemaMap.TableEntry(QualifiedName("e")),
      ])
      printer.append(.schemaChange(SchemaChange(transaction.position, map)))
      expected.append("\(StreamEvent.schemaChange(SchemaChange(transaction.position, map)))")
      for event in events {
        printer.append(event, branch: "alice")
        expected.append("\(event) of alice")
      }
      printer.append(transaction, branch: "alice", context)
      expected += Sample.describe(transaction, .decimal, "alice", context)
    }
    #expect(Sample.read(MemorySource("f", printer.take())) == expected, "\(Cases.replay(seed))")
  }

  // MARK: Pieces

  @Test func `borders of pieces are nowhere to be seen`() throws {
    for block in ["changes", "events", "writes", "unread"] {
      let text = Array(try Page.block(block).filter { $0.hasPrefix("{") }.joined(separator: "\r\n\n").utf8)
      let whole = Sample.read(MemorySource("f", text))
      #expect(!whole.contains { $0.hasPrefix("refused") })
      for border in 1..<text.count { #expect(Sample.read(SplitSource(text, at: border)) == whole, "\(block) split at \(border)") }
      for piece in 1..<40 { #expect(Sample.read(MemorySource("f", text, piece: piece)) == whole, "\(block) by \(piece)") }
    }
  }

  private struct SplitSource: ByteSource {
    let name = "f"
    private var parts: [ArraySlice<UInt8>]

    init(_ bytes: [UInt8], at border: Int) { parts = [bytes[..<border], bytes[border...]] }

    mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws(FormatError) -> Int {
      guard !parts.isEmpty else { return 0 }
      let part = parts.removeFirst()
      buffer.copyBytes(from: part.prefix(buffer.count))
      if part.count > buffer.count { parts.insert(part.dropFirst(buffer.count), at: 0) }
      return min(part.count, buffer.count)
    }
  }

  @Test func `long lines are read, too long ones refused`() {
    let text = String(repeating: "x", count: 3_000_000)
    let line = "{\"position\":\"1\",\"changes\":[{\"table\":\"orders\",\"op\":\"insert\",\"after\":{\"region\":\"\(text)\"}}]}"
    #expect(Sample.read(source(line, line)) == ["1", "  insert orders region=\(text)", "0/1 again at f:2:13"])
    var options = ChangeLogOptions()
    options.longestLine = 1 << 20
    #expect(
      Sample.read(source("{\"position\":\"0\",\"changes\":[]}", line), options: options).last?.hasPrefix(
        "refused: f:2:1: the line is longer") == true)
  }

  // MARK: Order

  @Test func `a transaction that comes again counts once`() {
    let a = "{\"position\":\"0/1\",\"changes\":[]}"
    let b = "{\"position\":\"0/2\",\"changes\":[{\"table\":\"orders\",\"op\":\"truncate\"}]}"
    #expect(Sample.read(source(a, a, a, b)) == ["0/1", "0/1 again at f:2:13", "0/1 again at f:3:13", "0/2", "  truncate orders"])
  }

  @Test func `timelines have their own order, and a rewind begins one again`() {
    #expect(
      Sample.read(
        source(
          "{\"position\":9,\"changes\":[]}", "{\"position\":5,\"branch\":\"b\",\"changes\":[]}", "{\"position\":10,\"changes\":[]}",
          "{\"position\":6,\"branch\":\"b\",\"changes\":[]}", "{\"position\":3,\"event\":\"rewind\"}",
          "{\"position\":4,\"changes\":[]}")
      ) == ["9", "10", "5 of b", "6 of b", "rewind(to: 0/3)", "4"])
    let refused = Sample.read(source("{\"position\":3,\"event\":\"rewind\"}", "{\"position\":3,\"changes\":[]}"))
    #expect(refused.last?.hasPrefix("refused: f:2:13") == true)
  }

  @Test func `what is not after a position is passed over, whatever columns it has`() throws {
    var options = ChangeLogOptions()
    options.after = Position(2)
    var log = ChangeLogReader(
      [
        source(
          "{\"position\":1,\"changes\":[{\"table\":\"orders\",\"op\":\"delete\",\"before\":{\"gone\":1}}]}",
          "{\"position\":2,\"changes\":[]}", "{\"position\":3,\"changes\":[]}")
      ], schema: Sample.schema, options: options)
    guard case .transactions(let batch)? = try log.next() else { throw PageTests.Unexpected() }
    #expect(batch.transactions.transactions.map(\.position) == [Position(3)])
    #expect(log.passedOver == 2)
  }

  @Test func `several files are one log`() {
    let first = source("{\"position\":1,\"event\":\"start\"}", "{\"position\":2,\"changes\":[]}", name: "a")
    let second = source("{\"position\":2,\"event\":\"start\"}", "{\"position\":3,\"changes\":[]}", name: "b")
    #expect(Sample.read([first, source("", name: "empty"), second]).filter { !$0.contains("start") } == ["2", "3"])
    #expect(Sample.read([second, first]).last?.hasPrefix("refused: a:1:13") == true)
  }

  @Test func `lines count where there are no positions`() throws {
    var log = ChangeLogReader(
      [source("{\"changes\":[]}", "", "{\"changes\":[]}"), source("{\"changes\":[]}")], schema: Sample.schema)
    var positions: [UInt64] = []
    while case .transactions(let batch)? = try log.next() { positions += batch.transactions.transactions.map(\.position.number) }
    #expect(positions == [1, 3, 4])
    #expect(log.countsLines && log.positionForm == .decimal)
  }

  // MARK: Tables

  @Test func `a table that the schema lacks is listed and passed over`() throws {
    var log = ChangeLogReader(
      [
        source(
          "{\"position\":1,\"changes\":[{\"table\":\"nope\",\"op\":\"insert\",\"after\":{\"x\":[{}]}},{\"op\":\"update\",\"after\":{\"a\":1},\"table\":\"nope\"},{\"table\":\"carts\",\"op\":\"truncate\",\"intent\":1}]}"
        )
      ], schema: Sample.schema)
    guard case .transactions(let batch)? = try log.next() else { throw PageTests.Unexpected() }
    #expect(Sample.describe(batch) == ["1", "  truncate carts", "  note 0 1 -"])
    #expect(log.unknownTables.map(\.name) == ["nope"])
  }

  @Test func `after a schema change another schema is used`() throws {
    var log = ChangeLogReader(
      [
        source(
          "{\"position\":1,\"changes\":[{\"table\":\"carts\",\"op\":\"insert\",\"after\":{\"id\":1}}]}",
          "{\"position\":2,\"event\":\"schema\",\"sql\":\"ALTER TABLE carts ADD COLUMN note text\"}",
          "{\"position\":3,\"changes\":[{\"table\":\"carts\",\"op\":\"insert\",\"after\":{\"id\":1,\"note\":\"n\"}}]}")
      ], schema: Sample.schema)
    let carts = try Sample.table("carts")
    var schema = Sample.schema
    schema.update(carts.id) { $0.replaceColumns($0.columns + [TableColumn(ColumnID(2), "note", .text)]) }
    var images: [RowImage] = []
    while let item = try log.next() {
      if case .event = item { log.use(schema) }
      if case .transactions(let batch) = item { images += batch.transactions.boxed.flatMap(\.changes).compactMap(\.after) }
    }
    #expect(images.map(\.columns.count) == [1, 2])
  }

  // MARK: Memory

  @Test func `few bytes do not become very many`() {
    var schema = Schema(collation: "C")
    let columns = [
      TableColumn(ColumnID(1), "c", .bpchar(10_000)), TableColumn(ColumnID(2), "j", SQLType(.jsonb)),
      TableColumn(ColumnID(3), "n", .numeric),
    ]
    schema.add(Table(schema.newTableID(), QualifiedName("public", "wide"), columns: columns))
    var options = ChangeLogOptions()
    options.greatestExpansion = 1 << 20
    for value in ["\"c\":\"x\"", "\"j\":[1e10000]", "\"n\":1e10000"] {
      let change = "{\"table\":\"wide\",\"op\":\"insert\",\"after\":{\(value)}}"
      for (times, fits) in [(90, true), (110, false)] {
        let line = "{\"position\":1,\"changes\":[\(Array(repeating: change, count: times).joined(separator: ","))]}"
        var log = ChangeLogReader([source(line)], schema: schema, options: options)
        let code: FormatError.Code?
        do throws(FormatError) {
          code = try log.next() == nil ? .missing : nil
        } catch { code = error.code }
        #expect(code == (fits ? nil : .tooLarge), "\(times) × \(value)")
      }
    }
  }

  @Test func `deep documents are refused, and as texts not read`() {
    let deep = String(repeating: "[", count: 100_000) + String(repeating: "]", count: 100_000)
    func line(_ value: String) -> String {
      "{\"position\":1,\"changes\":[{\"table\":\"everything\",\"op\":\"insert\",\"after\":{\"jb\":\(value)}}]}"
    }
    #expect(Sample.read(source(line(deep))).last?.contains("nested more than 1000 deep") == true)
    #expect(Sample.read(source(line("\"\(deep)\""))).last?.hasPrefix("  unread 14 ×1 at f:1:76: JSON that is nested") == true)
  }
}

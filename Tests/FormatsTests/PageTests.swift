import Relations
import Testing

@testable import Formats

@Suite struct PageTests {
  private func source(_ lines: [String]) -> MemorySource { MemorySource("f", lines.joined(separator: "\n").utf8) }

  @Test func `changes are read as the page says`() throws {
    #expect(Sample.read(source(try Page.block("changes"))) == (try Page.block("changes-read")))
  }

  @Test func `events are read in their places`() throws {
    var log = ChangeLogReader([source(try Page.block("events"))], schema: Sample.schema)
    var items: [ChangeLogItem] = []
    while let item = try log.next() { items.append(item) }
    try #require(items.count == 8)
    guard case .event(.start(let coverage), nil) = items[0], case .event(.schemaChange(let change), nil) = items[2],
      case .event(.schemaChange(let moved), nil) = items[4], case .event(.gap(let gap), nil) = items[5],
      case .event(.rewind(let rewind), nil) = items[6]
    else { throw Unexpected() }
    #expect(coverage == Coverage(from: Position(0x100), tables: [try Sample.table("orders").id, try Sample.table("carts").id]))
    #expect(change == SchemaChange(Position(0x120), sql: "ALTER TABLE orders ADD COLUMN note text", rewritten: false))
    let orders = SchemaMap.TableEntry(
      QualifiedName("public", "orders"), QualifiedName("sold"),
      columns: [SchemaMap.ColumnEntry("total", "sum"), SchemaMap.ColumnEntry("note", nil)])
    #expect(moved == SchemaChange(Position(0x125), SchemaMap([orders])))
    #expect(gap == Position(0x130) && rewind == Position(0x90))
    let transactions = [1, 3, 7].flatMap { Sample.describe(items[$0]) }
    #expect(transactions == ["0/110", "0/120", "0/98"])
    #expect(log.unknownTables.map(\.name) == ["gone"])
    #expect(log.unknownTables.map(\.place.column) == [71])
  }

  struct Unexpected: Error {}

  @Test func `branches' writes say what they are`() throws {
    #expect(
      Sample.read(source(try Page.block("writes"))) == [
        "0/300 of alice [\"campaign\", \"s1\", \"{\\\"add\\\":[\\\"total\\\"]}\", \"audit/5f1d\"]",
        "  update orders id=7 total=90.00 => id=7 total=95.00", "  note 0 \"assign\" -",
        "0/10 of bob", "  delete orders id=7", "  note 0 - cascade",
      ])
  }

  @Test func `what is not read is absent on both sides`() throws {
    let block = try Page.block("unread")
    var log = ChangeLogReader([source(block.filter { $0.hasPrefix("{") })], schema: Sample.schema)
    guard case .transactions(let batch)? = try log.next() else { throw Unexpected() }
    let table = try Sample.table("everything")
    let unread = batch.unread.map {
      "\(table.name) \(table.columns[$0.column].name) \($0.place.line):\($0.place.column) ×\($0.count)"
    }
    let changes = batch.transactions.boxed.flatMap(\.changes).map { Sample.describe($0).replacing(" everything", with: "") }
    #expect((unread + changes).map { "=> \($0)" } == block.filter { $0.hasPrefix("=>") })
  }

  @Test func `a base is read`() throws {
    var base = try BaseReader(source(try Page.block("base")), schema: Sample.schema)
    #expect(base.position == Position(0x16B_0000) && base.form == .lsn)
    var rows: [String] = []
    while let next = try base.next() { rows += describe(next) }
    #expect(rows == [" id=7 total=90.00 region=apac", " id=8 total=10.00 region=NULL", " id=1"])
  }

  @Test func `CSV is read`() throws {
    let orders = try Sample.table("orders")
    var csv = try CSVReader(source(try Page.block("csv")), table: orders, schema: Sample.schema)
    let rows = try #require(try csv.next())
    #expect(
      describe(rows) == [
        " id=7 total=90.00 region=apac", " id=8 total=10.00 region=NULL", " id=9 total=10.00 region=",
        " id=10 total=0.00 region=a \"quoted\", and\nbroken",
      ])
    #expect(try csv.next() == nil)
  }

  private func describe(_ rows: BaseRows) -> [String] {
    let table = Sample.schema[rows.table]!
    return rows.rows.rows.indices.map { row in
      Sample.describe(RowImage(rows.rows[row].enumerated().map { rows.absent[$0]?[row] == true ? nil : $1 }), table)
    }
  }

  @Test func `reads are read`() throws {
    var reader = ReadsReader(source(try Page.block("reads")), schema: Sample.schema)
    var reads: [RecordedRead] = []
    var others: [String] = []
    while let item = try reader.next() {
      switch item {
      case .read(let read): reads.append(read)
      case .branch(let branch): others.append("\(branch.name) \(branch.parent) \(branch.fork)")
      case .writes(let batch): others += Sample.describe(batch)
      case .event, .redelivered: others.append("?")
      }
    }
    #expect(
      others == ["alice main 0/16B0000", "child alice 0/300", "0/200 of alice", "  insert orders id=1 total=5.00 region=emea"])
    try #require(reads.count == 3)
    #expect(reads[0].id == "r17" && reads[0].branch == "alice" && reads[0].parameters == [.number("100")])
    #expect(reads[0].askedAt == 831_028_320_000_000 && reads[0].at == Position(0x300) && reads[0].unit == "campaign")
    #expect(reads[0].answer == .rows([[.number("47")]]) && reads[0].holdsIf == .sql("count < 50"))
    #expect(reads[1].id == nil && reads[1].branch == nil && reads[1].answer == .error(.divisionByZero))
    #expect(reads[2].answer == .rows([[.text("5.00"), .document("[\"a\"]")], [.null, .document("[]")]]))
    #expect(reads[2].answerCount == 2 && reads[2].answerDigest == "9f" && reads[2].certificate == .document("{\"k\":1}"))
    #expect(reads[2].columns?.map(\.name) == ["total", "tags"] && reads[2].columns?[1].type == "text[]")
    #expect(reads[2].settings.map { "\($0.name)=\($0.value)" } == ["TimeZone=Europe/Berlin", "search_path=app, public"])
    #expect(reads[2].session == "s1" && reads[2].ordinal == 3 && reads[2].holdsIf == .within("5%"))
  }
}

// MARK: - What is refused

extension PageTests {
  private func expect(_ expected: String, _ file: String, _ read: (MemorySource) throws(FormatError) -> Void) {
    do throws(FormatError) {
      try read(MemorySource("f", file.utf8))
      Issue.record("not refused: \(file)")
    } catch {
      #expect("\(error.code.rawValue) \(error.place.line):\(error.place.column)" == expected, "\(error)\n\(file)")
      #expect(!error.problem.isEmpty && !error.advice.isEmpty)
    }
  }

  @Test func `change logs are refused at the right place`() throws {
    for (expected, file) in try Page.refusals("refused-changes", beginsFile: { !$0.hasPrefix("{") }) {
      expect(expected, file) { source throws(FormatError) in
        var log = ChangeLogReader([source], schema: Sample.schema)
        while try log.next() != nil {}
      }
    }
  }

  @Test func `bases are refused at the right place`() throws {
    for (expected, file) in try Page.refusals("refused-base", beginsFile: { !$0.hasPrefix("{") }) {
      expect(expected, file) { source throws(FormatError) in
        var base = try BaseReader(source, schema: Sample.schema)
        while try base.next() != nil {}
      }
    }
  }

  @Test func `CSV is refused at the right place`() throws {
    let orders = try Sample.table("orders")
    let codes = FormatError.Code.allCases.map { $0.rawValue + " " }
    for (expected, file) in try Page.refusals("refused-csv", beginsFile: { line in codes.contains { line.hasPrefix($0) } }) {
      expect(expected, file) { source throws(FormatError) in
        var csv = try CSVReader(source, table: orders, schema: Sample.schema)
        while try csv.next() != nil {}
      }
    }
  }

  @Test func `reads are refused at the right place`() throws {
    for (expected, file) in try Page.refusals("refused-reads", beginsFile: { !$0.hasPrefix("{") }) {
      expect(expected, file) { source throws(FormatError) in
        var reads = ReadsReader(source, schema: Sample.schema)
        while try reads.next() != nil {}
      }
    }
  }
}

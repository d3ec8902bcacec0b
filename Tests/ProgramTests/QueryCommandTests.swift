import Glibc
import PostgreSQL
import TestKit
import Testing

@testable import premise

/// `premise query` beside psql: what is printed is the same to the byte.
@Suite struct QueryCommandTests {
  @Test func `csv is what psql prints, from a directory that it wrote`() throws {
    let files = try QueryFiles()
    for sql in Self.questions {
      let (ours, theirs) = (try files.premise(sql, "--format csv"), try files.psql(sql))
      #expect(ours == theirs, "\(sql)\n\(ours)\npsql:\n\(theirs)")
    }
  }

  @Test(arguments: Cases.seeds(2)) func `csv of any text is what psql prints`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let parts = ["a", ",", "\"", "\n", "\r", " ", "\\", "\\.", ".", "é", "\t", "''", "NULL"]
    let values = (0..<Cases.count(200)).map { _ in
      (0..<Int.random(in: 0..<4, using: &random)).map { _ in parts.randomElement(using: &random)! }.joined()
    }
    let rows = values.enumerated().map { "(\($0 + 100), E'\($1.replacing("\\", with: "\\\\").replacing("'", with: "''"))')" }
    let files = try QueryFiles(further: "INSERT INTO texts VALUES \(rows.joined(separator: ", "));")
    let sql = "SELECT id, t AS \"the \"\"text\"\", quoted\", t || ',' AS u FROM texts ORDER BY id"
    #expect(try files.premise(sql, "--format csv") == files.psql(sql), "\(Cases.replay(seed))")
  }

  static let questions = [
    "SELECT * FROM kinds ORDER BY id", "SELECT id, b, NOT b AS n FROM kinds ORDER BY id DESC",
    "SELECT sum(n), avg(n), avg(i), max(d), min(ts), count(*), bool_and(b) FROM kinds",
    "SELECT n / 3, f * 2, -i FROM kinds ORDER BY id",
    "SELECT t FROM texts WHERE false", "SELECT NULL, '', 'x,y', E'two\\nlines', '\\.'",
    "SELECT d + 1, ts - interval '1 day' FROM kinds ORDER BY id", "SELECT 1 AS \"a,b\", 2 AS \"q\"\"q\", 3",
    "SELECT i, count(*) FILTER (WHERE b) FROM kinds GROUP BY ROLLUP (i) ORDER BY GROUPING(i), 1 NULLS FIRST",
    "SELECT string_agg(t, ',' ORDER BY id), array_agg(id ORDER BY id) FROM texts",
    "SELECT k.id, x.t FROM kinds k LEFT JOIN texts x ON x.id = k.i ORDER BY 1, 2", "VALUES (1, 'a'), (2, NULL)",
  ]

  @Test(arguments: [
    "SELECT nothing FROM kinds", "SELECT * FROM nowhere", "SELECT 1 / 0", "SELEC 1", "SELECT 1 + true", "SELECT - t FROM texts",
    "SELECT lower(i) FROM kinds", "SELECT id + 1 FROM kinds WHERE t = (", "SELECT 1 LIMIT -1",
    "SELECT (SELECT id FROM kinds)", "SELECT sum(t) FROM texts", "SELECT 2147483647 + 1",
  ])
  func `an error prints as psql prints it and exits 2`(sql: String) throws {
    let files = try QueryFiles()
    let run = try RunningProgram.shell("\(files.command(sql, "--format csv")) 2>&1 >/dev/null")
    var lines: [String] = []
    while let line = run.readLine() { lines.append(line) }
    #expect(run.end() == 2)
    let theirs = try files.psql(sql, errors: true)
    #expect(lines.joined(separator: "\n") + "\n" == theirs, "\(lines)\npsql: \(theirs)")
  }

  @Test func `json and ndjson have numbers and truth as such and all else as text`() throws {
    let files = try QueryFiles()
    let sql = "SELECT i, n, b, x.t, d FROM kinds k LEFT JOIN texts x USING (id) WHERE id < 3 ORDER BY id"
    #expect(
      try files.premise(sql, "--format json")
        == #"{"columns":["i","n","b","t","d"],"types":["integer","numeric(10,2)","boolean","text","date"],"#
        + #""rows":[[1,"1.50",true,"a","2024-02-29"],[null,null,null,"x,y",null]]}"# + "\n")
    #expect(
      try files.premise(sql, "--format ndjson")
        == #"{"i":1,"n":"1.50","b":true,"t":"a","d":"2024-02-29"}"# + "\n" + #"{"i":null,"n":null,"b":null,"t":"x,y","d":null}"#
        + "\n")
    #expect(try files.premise("SELECT id FROM kinds WHERE id = 1", "--format table").contains("(1 row)"))
  }

  @Test func `text is ordered where the collation is stated, by the schema or by an option`() throws {
    let files = try QueryFiles()
    let sql = "SELECT t FROM texts WHERE id < 3 ORDER BY t"
    #expect(try files.premise(sql, "--format csv") == "t\na\n\"x,y\"\n")
    #expect(try files.premise(sql, "--format csv --collation C") == "t\na\n\"x,y\"\n")
    #expect(try files.premise(sql, "--format csv --collation en_US.UTF-8 2>&1").contains("'--collation' says \"en_US.UTF-8\""))
    try files.write("schema.sql", QueryFiles.schema)
    #expect(try files.premise(sql, "--format csv --collation C") == "t\na\n\"x,y\"\n")
    for option in ["", "--collation en_US.UTF-8"] {
      #expect(
        try files.premise(sql, "--format csv \(option) 2>&1")
          == "premise: not answered: text by a database collation that is not stated to be C (--collation) is not evaluated\n")
    }
    #expect(try files.premise("SELECT id FROM texts WHERE t = 'a'", "--format csv") == "id\n1\n")
  }

  @Test func `changes are laid over the base, up to a position`() throws {
    let files = try QueryFiles()
    try files.write("base.ndjson", #"{"position":"10"}"# + "\n" + #"{"table":"public.texts","row":{"id":1,"t":"a"}}"# + "\n")
    try files.write(
      "changes.ndjson",
      #"{"position":"11","changes":[{"table":"public.texts","op":"insert","after":{"id":2,"t":"b"}}]}"# + "\n"
        + #"{"position":"12","changes":[{"table":"public.texts","op":"delete","before":{"id":1,"t":"a"}}]}"# + "\n")
    let sql = "SELECT id FROM texts ORDER BY id"
    func ask(_ options: String) throws -> String {
      try files.output(
        "\(Program.directory)/premise query --schema $D/schema.sql --base $D/base.ndjson \(options) --format csv '\(sql)'")
    }
    #expect(try ask("") == "id\n1\n")
    #expect(try ask("--changes $D/changes.ndjson --as-of 11") == "id\n1\n2\n")
    #expect(try ask("--changes $D/changes.ndjson") == "id\n2\n")
    let clock = "--clock 2026-05-30T12:00:00Z"
    #expect(
      try files.output(
        "\(Program.directory)/premise query --schema $D/schema.sql --base $D/base.ndjson \(clock) --format csv 'SELECT now()'")
        == "now\n2026-05-30 12:00:00+00\n")
  }

  @Test func `on a terminal it tells how far it is, and Ctrl-C stops it at once`() throws {
    let files = try QueryFiles()
    try files.write(
      "base.ndjson",
      #"{"position":"10"}"# + "\n" + (1...1_200).map { #"{"table":"public.texts","row":{"id":\#($0),"t":"a"}}"# + "\n" }.joined())
    // Some hundred days of work; `script` is a terminal, and a byte 3 typed there is Ctrl-C.
    let sql = "SELECT count(*) FROM texts a, texts b, texts c, texts d WHERE a.id + b.id > c.id + d.id"
    let command = "\(Program.directory)/premise query --schema $D/schema.sql --base $D/base.ndjson --format csv \"\(sql)\""
      .replacing(
        "$D", with: files.directory)
    try files.write("ask.sh", command + "\n")
    let clock = ContinuousClock()
    let start = clock.now
    let run = try RunningProgram.shell(
      "D=\(files.directory); (sleep 3; printf '\\003'; sleep 60) | { timeout 100 script -qec \"sh $D/ask.sh\" /dev/null; echo over $?; }"
    )
    var output: [String] = []
    var stopped: Duration?
    while let line = run.readLine() {
      output.append(line)
      if line.contains("over ") {
        stopped = clock.now - start
        break
      }
    }
    _ = run.kill()
    let text = output.joined(separator: "\n")
    #expect(text.contains("answering: 1 s") && text.contains("over 130"), "\(text)")
    // The terminal is gone as soon as its program is.
    #expect(stopped.map { $0 < .seconds(40) } ?? false, "stopped after \(stopped.map { "\($0)" } ?? "ever")")
  }

  @Test func `on a terminal it tells how many rows it has read`() throws {
    let files = try QueryFiles()
    try files.write("base/public.texts.csv", "id,t\n" + String(repeating: "7,seven\n", count: 2_000_000))
    try files.write("ask.sh", files.command("SELECT count(*) FROM texts", "--format csv") + "\n")
    let run = try RunningProgram.shell("script -qec 'sh \(files.directory)/ask.sh' /dev/null </dev/null")
    var text = ""
    while let line = run.readLine() { text += line + "\n" }
    #expect(run.end() == 0)
    #expect(text.contains(" rows, ") && text.contains("2000000"), "\(text)")
  }

  @Test func `nobody is told how far it is where no terminal is`() throws {
    let files = try QueryFiles()
    #expect(try files.output("\(files.command("SELECT count(*) FROM kinds", "--format csv")) 2>&1") == "count\n3\n")
  }
}

/// Two tables in a database of their own, and the files that psql writes of them.
private final class QueryFiles {
  private let temporary: TemporaryDirectory
  private let database: String

  var directory: String { temporary.path }

  static let collation = "CREATE DATABASE kinds TEMPLATE template0 LOCALE_PROVIDER libc LOCALE 'C';\n"

  static let schema = """
    CREATE TABLE kinds (id int4 PRIMARY KEY, i int4, n numeric(10,2), f float8, b bool, d date, ts timestamp, tz timestamptz, c char(5),
      v varchar(9), iv interval, u uuid, t text);
    CREATE TABLE texts (id int4, t text);
    """

  static let rows = #"""
    INSERT INTO kinds VALUES
      (1, 1, 1.5, 0.1, true, '2024-02-29', '2024-01-01 12:30:00.5', '2024-07-01 00:00:00+02', 'ab', 'v', '1 mon 2 days', '00112233-4455-6677-8899-aabbccddeeff', 'x'),
      (2, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
      (3, -7, -1000.00, 'NaN', false, 'infinity', '0044-03-15 00:00:00 BC', '1999-12-31 23:59:59.999999+00', '', '', '-00:00:01', NULL, '');
    INSERT INTO texts VALUES (1, 'a'), (2, 'x,y'), (3, 'say "hi"'), (4, E'two\nlines'), (5, NULL), (6, ''), (7, ' '), (8, '\.'), (9, 'tab	');
    """#

  init(further: String = "") throws {
    temporary = try TemporaryDirectory()
    let cluster = try Cluster.shared()
    database = "query\(temporary.path.split(separator: ".").last!.lowercased().filter(\.isASCII))x\(getpid())"
    try cluster.execute("CREATE DATABASE \(database)")
    var session = try cluster.connect(database: database)
    try session.execute(Self.schema + Self.rows + further)
    try write("schema.sql", Self.collation + Self.schema)
    mkdir("\(directory)/base", 0o755)
    for table in ["kinds", "texts"] {
      _ = try output("\(try psqlCommand()) -c \"\\copy \(table) TO '\(directory)/base/public.\(table).csv' CSV HEADER\"")
    }
  }

  deinit {
    try? Cluster.shared().execute("DROP DATABASE \(database)")
  }

  func write(_ name: String, _ text: String) throws { try TextFile.write(text, to: "\(directory)/\(name)") }

  private func psqlCommand() throws -> String {
    "psql -X -q \"\(try Cluster.shared().conninfo(database: database).replacing("\"", with: "\\\""))\""
  }

  func command(_ sql: String, _ options: String) -> String {
    "\(Program.directory)/premise query --schema \(directory)/schema.sql --base \(directory)/base \(options) \(quoted(sql))"
  }

  func premise(_ sql: String, _ options: String) throws -> String { try output(command(sql, options)) }

  func psql(_ sql: String, errors: Bool = false) throws -> String {
    try output("\(try psqlCommand()) --csv -c \(quoted(sql))\(errors ? " 2>&1 >/dev/null" : "")")
  }

  private func quoted(_ text: String) -> String { "'" + text.replacing("'", with: "'\\''") + "'" }

  /// What a command prints, to the byte: through a file, because a line might end in more than a newline.
  func output(_ command: String) throws -> String {
    let path = "\(directory)/output"
    defer { unlink(path) }
    let run = try RunningProgram.shell("D=\(directory); (\(command)) > \(path) 2> \(path).err; cat \(path).err; rm \(path).err")
    var complaints: [String] = []
    while let line = run.readLine() { complaints.append(line) }
    _ = run.end()
    if !complaints.isEmpty { Issue.record("\(complaints.joined(separator: "\n"))") }
    return try TextFile.read(path)
  }
}

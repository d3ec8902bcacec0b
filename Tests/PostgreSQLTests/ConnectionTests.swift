import PostgreSQL
import TestKit
import Testing

@Suite struct ConnectionTests {
  @Test func `results carry names, types and text`() throws {
    var connection = try Cluster.shared().connect()
    let result = try connection.query("SELECT 1.50::numeric(5,2) AS a, NULL::int AS b, '' AS \"c d\", true AS bool")
    #expect(result.columns.map(\.name) == ["a", "b", "c d", "bool"])
    #expect(result.columns.map(\.type) == [1700, 23, 25, 16])
    #expect(result.columns[0].modifier == 5 << 16 + 2 + 4)
    #expect(result.rows == [["1.50", nil, "", "t"]])
    #expect(result.affectedRows == 1)
  }

  @Test func `a result without rows has columns`() throws {
    var connection = try Cluster.shared().connect()
    let result = try connection.query("SELECT 1 AS a WHERE false")
    #expect(result.count == 0 && result.columns.map(\.name) == ["a"] && result.rows == [])
    #expect(try connection.query("").columns == [])
  }

  @Test func `parameters arrive unchanged`() throws {
    var connection = try Cluster.shared().connect()
    let values = ["", "a", nil, "ü€𝄞", "it's \\ \"quoted\"", "\u{1}\n\t", String(repeating: "x", count: 1_000_000)]
    let placeholders = values.indices.map { "$\($0 + 1)::text" }.joined(separator: ", ")
    #expect(try connection.query("SELECT \(placeholders)", parameters: values).rows == [values])
  }

  @Test func `an error says what and where`() throws {
    var connection = try Cluster.shared().connect()
    let error = try #require(failure(of: { try connection.query("SELECT ä FROM (SELECT 1 AS b) AS t") }))
    #expect(error.sqlState == "42703" && error.position == 8 && error.message.contains("does not exist"))

    let violation = try #require(
      failure(of: { try connection.execute("CREATE TEMP TABLE u (k int PRIMARY KEY); INSERT INTO u VALUES (1), (1)") }))
    #expect(violation.sqlState == "23505" && violation.detail == "Key (k)=(1) already exists." && violation.position == nil)
    // And life goes on.
    #expect(try connection.query("SELECT 1").rows == [["1"]])
  }

  @Test func `a zero byte is refused and not cut off`() throws {
    var connection = try Cluster.shared().connect()
    #expect(failure(of: { try connection.query("SELECT 1\0, 2") })?.sqlState == "22021")
    #expect(failure(of: { try connection.query("SELECT $1::text", parameters: ["a\0b"]) })?.sqlState == "22021")
    #expect(failure(of: { try connection.execute("SELECT 1; \0") })?.sqlState == "22021")
    try connection.execute("CREATE TEMP TABLE z (a text)")
    #expect(failure(of: { try connection.copy("COPY z FROM STDIN", rows: [["a\0b"]]) })?.sqlState == "22021")
    #expect(try connection.query("SELECT count(*) FROM z").rows == [["0"]])
  }

  @Test func `a query is one statement, execute takes many in one transaction`() throws {
    var connection = try Cluster.shared().connect()
    #expect(failure(of: { try connection.query("SELECT 1; SELECT 2") })?.sqlState == "42601")
    #expect(failure(of: { try connection.execute("CREATE TEMP TABLE m (a int); SELECT 1/0") })?.sqlState == "22012")
    #expect(failure(of: { try connection.query("SELECT * FROM m") })?.sqlState == "42P01")
    try connection.execute("BEGIN; CREATE TEMP TABLE m (a int)")
    #expect(connection.transactionStatus == .open)
    #expect(failure(of: { try connection.execute("nonsense") })?.sqlState == "42601")
    #expect(connection.transactionStatus == .failed)
    try connection.execute("ROLLBACK")
    #expect(connection.transactionStatus == .idle)
  }

  @Test func `copied rows come back as they were`() throws {
    var connection = try Cluster.shared().connect()
    try connection.execute("CREATE TEMP TABLE c (n int, a text, b text)")
    let texts = [
      "", "\\N", "\\.", "a\tb", "a\nb\r\n", "\\", "\\\\t", "NULL", "ü𝄞", nil, String(repeating: "long\t", count: 50_000),
    ]
    let rows: [[String?]] = texts.enumerated().map { [String($0), $1, texts[texts.count - 1 - $0]] }
    #expect(try connection.copy("COPY c FROM STDIN", rows: rows) == rows.count)
    #expect(try connection.query("SELECT * FROM c ORDER BY n").rows == rows)
    #expect(try connection.copy("COPY c FROM STDIN", rows: []) == 0)
  }

  @Test func `a failed copy loads nothing and leaves the session usable`() throws {
    var connection = try Cluster.shared().connect()
    try connection.execute("CREATE TEMP TABLE f (n int)")
    let rows = (0..<100_000).map { [$0 == 99_999 ? "x" : String($0)] }
    #expect(failure(of: { try connection.copy("COPY f FROM STDIN", rows: rows) })?.sqlState == "22P02")
    #expect(failure(of: { try connection.copy("COPY nowhere FROM STDIN", rows: []) })?.sqlState == "42P01")
    #expect(failure(of: { try connection.copy("SELECT 1", rows: []) })?.sqlState == "42601")
    #expect(try connection.query("SELECT count(*) FROM f").rows == [["0"]])
  }

  @Test func `a copy in the wrong place is an error and not a hang`() throws {
    var connection = try Cluster.shared().connect()
    try connection.execute("CREATE TEMP TABLE w (n int); INSERT INTO w VALUES (1), (2)")
    #expect(failure(of: { try connection.execute("COPY w FROM STDIN") }) != nil)
    #expect(failure(of: { try connection.query("COPY w FROM STDIN") }) != nil)
    #expect(failure(of: { try connection.execute("COPY w TO STDOUT") })?.sqlState == "0A000")
    #expect(failure(of: { try connection.query("COPY w TO STDOUT") })?.sqlState == "0A000")
    #expect(failure(of: { try connection.copy("COPY w TO STDOUT", rows: []) }) != nil)
    #expect(try connection.query("SELECT sum(n) FROM w").rows == [["3"]])
  }

  @Test func `describing tells types without running or folding anything`() throws {
    var connection = try Cluster.shared().connect()
    #expect(try connection.describe("SELECT 1/0 AS a, 'x' AS b, now() AS c").map(\.type) == [23, 25, 1184])
    #expect(failure(of: { try connection.describe("SELECT 'x'::int") })?.sqlState == "22P02")
  }

  @Test func `a lost connection is class 08 and says so again`() throws {
    let cluster = try Cluster.shared()
    var connection = try cluster.connect()
    #expect(try cluster.query("SELECT pg_terminate_backend(\(connection.serverProcess), 10000)") == [["t"]])
    // The server's last words, if they arrive first.
    let first = try #require(failure(of: { try connection.query("SELECT 1") }))
    #expect(["57P01", PostgresError.connectionFailure].contains(first.sqlState))
    #expect(failure(of: { try connection.query("SELECT 1") })?.sqlState == PostgresError.connectionFailure)
    #expect(connection.transactionStatus == .unknown)
  }

  @Test func `no connection is 08001`() {
    #expect(failure(of: { try Connection("host=/nonexistent user=nobody") })?.sqlState == PostgresError.cannotConnect)
    #expect(failure(of: { try Connection("nonsense") })?.sqlState == PostgresError.cannotConnect)
  }
}

/// The error that the body throws, nil if it returns.
func failure<R: ~Copyable>(of body: () throws -> R) -> PostgresError? {
  do {
    _ = try body()
    return nil
  } catch {
    if !(error is PostgresError) { Issue.record(error) }
    return error as? PostgresError
  }
}

import Glibc
import TestKit
import Testing

/// `premise explain`, run as a process.
@Suite struct ExplainTests {
  private static let schema = """
    \\restrict abc
    SELECT pg_catalog.set_config('search_path', '', false);
    CREATE TABLE public.orders (id bigint PRIMARY KEY, customer_id integer, total numeric(10,2), placed timestamp with time zone);
    CREATE VIEW public.large AS SELECT orders.id, orders.total FROM public.orders WHERE (orders.total > (1000)::numeric);
    CREATE UNLOGGED TABLE public.scratch (a integer);
    CREATE TEXT SEARCH DICTIONARY public.d (TEMPLATE = simple);
    \\unrestrict abc
    """

  private func explain(_ arguments: String..., schema: String = Self.schema) throws -> Program.Run {
    var template = Array("/tmp/premise-explain-XXXXXX".utf8CString)
    let file = fdopen(mkstemp(&template), "w")!
    let path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    fputs(schema, file)
    fclose(file)
    defer { unlink(path) }
    var run = try Program.run(["explain", "--schema", path] + arguments)
    run.output = run.output.replacing(path, with: "S.sql")
    return run
  }

  @Test func `a question is explained`() throws {
    let run = try explain("SELECT count(*) FROM orders WHERE total > 100")
    #expect(run.status == 0)
    #expect(
      run.output == """
        note: S.sql: line 6, column 1: a text search definition is not followed: CREATE TEXT SEARCH DICTIONARY public.d (TEMPLATE = simple)
        template
          project c1
            aggregate count(*) AS c1
              filter (orders.total > ($1::integer)::numeric)
                scan public.orders

        constants
          $1  integer  100

        columns
          count  bigint

        footprints
          SELECT total FROM public.orders WHERE (total > (100)::numeric)
            by an ordered index of total

        besides rows
          none

        decided by
          footprint: holds where nothing that it looks at has changed on balance
          answer: what the changed rows add up to tells
          circuit: the question evaluated at both ends, with main's rows
          recheck: the same answer of the real database, or another one

        certificate
          rows, values and sums of all that is inside, the least and greatest with their ties

        not evaluated
          none

        """)
  }

  /// Each with where a change finds those who ask it, what can decide it, and what a certificate of it would remember.
  @Test(arguments: [
    (
      "SELECT id FROM orders WHERE customer_id = 7 AND total > 5", "by a hash of customer_id, then an ordered index of total",
      "the rows that came and went", "none"
    ),
    ("SELECT total FROM orders WHERE id IN (7, 8)", "by a hash of each of id", "the values of the changed rows", "none"),
    ("SELECT id FROM orders WHERE id = 7 OR customer_id = 8", "by a hash of id; or by a hash of customer_id", "the rows", "none"),
    ("SELECT count(*) FROM orders", "no index: all who ask it look at the same rows", "add up to", "rows, values"),
    (
      "SELECT id FROM orders WHERE total BETWEEN 1 AND 2 AND placed > '2026-01-01'", "no index: changes wait until somebody asks",
      "the rows", "none"
    ),
    (
      "SELECT customer_id, sum(total) FROM orders GROUP BY customer_id", "no index: all", "the groups",
      "rows, values and sums of each"
    ),
    ("SELECT max(total) FROM orders WHERE customer_id = 1", "by a hash of customer_id", "evaluated at both ends", "rows, values"),
    ("SELECT id FROM orders ORDER BY total, id LIMIT 3", "no index: all", "evaluated at both ends", "the first rows"),
    ("SELECT DISTINCT customer_id FROM orders WHERE placed < now()", "no index", "circuit: the question", "how often each row"),
  ])
  func `a question is told how it can be decided`(question: String, index: String, means: String, certificate: String) throws {
    let run = try explain(question)
    for (head, expected) in [("footprints", index), ("decided by", means), ("certificate", certificate)] {
      let section = run.output.split(separator: "\n\n").first { $0.hasPrefix(head + "\n") || $0.contains("\n" + head + "\n") }
      #expect(section?.contains(expected) == true, "\(run.output)")
    }
    if question.contains("now()") { #expect(!run.output.contains("footprint: holds"), "\(run.output)") }
  }

  @Test func `lists are told with all of their members`() throws {
    let run = try explain("SELECT id FROM orders WHERE customer_id IN (7, 8) AND total > 1.5 AND id IN (1)")
    #expect(run.status == 0)
    #expect(
      run.output.contains("constants\n  $1  integer  each of 7, 8\n  $2  numeric  1.5\n  $3  integer  each of 1\n\n"),
      "\(run.output)")
    let json = try explain("--format", "json", "SELECT id FROM orders WHERE customer_id IN (7, 8)")
    #expect(json.output.contains(#"{"type":"integer","each_of":["7","8"]}"#), "\(json.output)")
  }

  @Test func `a question that is not bound has an outline`() throws {
    let run = try explain("SELECT ROW(customer_id) FROM orders WHERE total > 5")
    #expect(run.status == 0)
    #expect(
      run.output.hasSuffix(
        """
        template
          select row ( customer_id ) from orders where total > $1

        constants
          $1  5

        columns
          not known

        footprints
          SELECT customer_id, total FROM public.orders

        besides rows
          none

        decided by
          footprint: holds where no column that it looks at has changed in any row
          recheck: the same answer of the real database

        not evaluated
          unsupported: RowExpr

        """), "\(run.output)")
    let json = try explain("--format", "json", "SELECT ROW(id, now()) FROM orders")
    #expect(
      json.output.contains(#""columns":["id"]"#) && json.output.contains(#""everything":false,"clock":true"#)
        && json.output.contains(#""not_evaluated":[{"reason":"unsupported","detail":"RowExpr"}]"#), "\(json.output)")
  }

  @Test func `programs get JSON`() throws {
    let run = try explain(
      "--format=json", "--param", "7", "SELECT id AS \"I d\" FROM large WHERE id = $1 AND now() > '2020-01-01'",
      schema: """
        CREATE TABLE orders (id bigint, total numeric); CREATE VIEW large AS SELECT * FROM orders WHERE total > 1000;
        """)
    #expect(run.status == 0)
    #expect(run.output.contains(#""columns":[{"name":"I d","type":"bigint"}]"#), "\(run.output)")
    #expect(run.output.contains(#"{"type":"integer","value":"1000"}"#) && run.output.contains(#""table":"public.orders""#))
    #expect(run.output.contains(#""clock":true,"volatile":[]"#))
  }

  @Test func `a refused question says where, and ends with 2`() throws {
    let run = try explain("SELECT id\nFROM orders WHERE nope > 1")
    #expect(run.status == 2)
    #expect(
      run.output.hasSuffix(
        "premise: ERROR 42703: column \"nope\" does not exist\nLINE 2: FROM orders WHERE nope > 1\n                          ^\n"),
      "\(run.output)")

    let json = try explain("--format", "json", "SELECT 'a")
    #expect(json.status == 2 && json.output.contains(#"{"error":{"sqlstate":"42601""#), "\(json.output)")
  }

  @Test func `a refused schema says where, and ends with 2`() throws {
    let run = try explain("SELECT 1", schema: "CREATE TABLE a (b int);\nCREATE TABLE c (d nope);\n")
    #expect(run.status == 2)
    #expect(
      run.output
        == "premise: S.sql:2:19: ERROR 42704: type \"nope\" does not exist\nLINE 2: CREATE TABLE c (d nope);\n                          ^\n",
      "\(run.output)")
  }

  @Test(arguments: [
    ("SELECT random() FROM orders", "volatile"), ("SELECT a FROM scratch", "not-followed"),
    ("SELECT ctid FROM orders", "not-followed"),
  ])
  func `what is not evaluated is told with its reason`(question: String, reason: String) throws {
    let run = try explain(question)
    #expect(run.status == 0 && run.output.contains("not evaluated\n  \(reason): "), "\(run.output)")
  }

  @Test(arguments: [
    ["--schema", "/nowhere", "SELECT 1"], ["SELECT 1"], ["--schema", "/dev/null"], ["--schema", "/dev/null", "a", "b"], ["--nope"],
  ])
  func `what is wrong with the command is told`(arguments: [String]) throws {
    let run = try Program.run(["explain"] + arguments)
    #expect(run.status == 2 && run.output.hasPrefix("premise: "), "\(run.output)")
  }
}

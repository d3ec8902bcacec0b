import PostgreSQL
import TestKit
import Testing

@Suite struct OracleTests {
  /// Five rows, out of order, with a null, an empty text, and a zero to divide by.
  private func table() throws -> String {
    let cluster = try Cluster.shared()
    let table = try cluster.schema() + ".t"
    try cluster.execute(
      #"""
      CREATE TABLE \#(table) (ordinal int, a int, b text, c char(3), "odd ""name" numeric(6,2));
      INSERT INTO \#(table) VALUES
        (3, 0, 'zero', 'x', 1.5), (1, 1, '', '', 2), (5, NULL, NULL, NULL, NULL), (2, 2, 'NULL', 'ab', 0), (4, -1, '"\,{}', 'abc', -3);
      """#)
    return table
  }

  @Test func `rows come in order, and null, empty and error are told apart`() throws {
    var oracle = try Oracle(table: table())
    let answers = try oracle.evaluate(["a", "b", "c", "10 / a", "a > 0", "\"odd \"\"name\"", "b::int"])
    #expect(answers[0].printed == "'1' '2' '0' '-1' NULL")
    #expect(answers[1].printed == #"'' 'NULL' 'zero' '"\,{}' NULL"#)
    #expect(answers[2].printed == "'   ' 'ab ' 'x  ' 'abc' NULL")
    #expect(answers[3].printed == "'10' '5' ERROR 22012 '-10' NULL")
    #expect(answers[4].printed == "'t' 't' 'f' 'f' NULL")
    #expect(answers[5].printed == "'2.00' '0.00' '1.50' '-3.00' NULL")
    #expect(answers[6].printed == "ERROR 22P02 ERROR 22P02 ERROR 22P02 ERROR 22P02 NULL")
    #expect(answers.map(\.type) == ["integer", "text", "character", "integer", "boolean", "numeric", "integer"])
    #expect(answers.map(\.modifier) == [-1, -1, 7, -1, -1, 393_222, -1], "numeric(6,2) is 6 * 65536 + 2 + 4")
    #expect(answers.allSatisfy { $0.refusal == nil })
  }

  @Test func `what does not bind has no type and one error`() throws {
    var oracle = try Oracle(table: table())
    let answers = try oracle.evaluate(["nothing", "a + b", "'x'::int", "(", "a; SELECT 1", "1"])
    let states = ["42703", "42883", "22P02", "42601", "42601"]
    #expect(answers.prefix(5).map(\.refusal) == states.map { .binding($0) })
    #expect(answers[0].type == nil && answers[0].rows == Array(repeating: .error("42703"), count: 5))
    #expect(answers[5].printed == "'1' '1' '1' '1' '1'")
  }

  @Test func `what the planner folds is told from what a row raises`() throws {
    var oracle = try Oracle(table: table())
    let folded = try oracle.evaluate(["1 / 0", "CASE WHEN a > 100 THEN 1 / 0 ELSE a END"])
    for answer in folded {
      #expect(answer.refusal == .planning("22012") && answer.type == "integer")
      #expect(answer.rows == Array(repeating: .error("22012"), count: 5))
    }
    let raised = try oracle.evaluate(["CASE WHEN a > 100 THEN 1 / (a - a) ELSE a END", "a <> 0 AND 1 / a > 0", "1 / a"])
    #expect(raised.allSatisfy { $0.refusal == nil })
    #expect(raised[0].printed == "'1' '2' '0' '-1' NULL")
    #expect(raised[1].printed == "'t' 'f' 'f' 'f' NULL")
    #expect(raised[2].printed == "'1' '0' ERROR 22012 '-1' NULL")
  }

  /// The two ways must agree: an expression over calm rows, and the same one over a table with one more row, which raises.
  @Test func `the loop over rows gives what the whole statement gives`() throws {
    let cluster = try Cluster.shared()
    let table = try table()
    let other = table.dropLast() + "u"
    try cluster.execute(
      "CREATE TABLE \(other) (LIKE \(table)); INSERT INTO \(other) SELECT * FROM \(table)")
    try cluster.execute("INSERT INTO \(other) (ordinal, a) VALUES (6, 777)")
    var whole = try Oracle(table: table)
    var loop = try Oracle(table: String(other))
    let expressions = [
      "a", "b", "c", "c || 'x'", "a = 1", "\"odd \"\"name\"", "length(c)", "upper(b)", "'x'", "NULL", "ordinal % 2", "a IS NULL",
      "a::numeric / 3", "a -- comment", "'a;b'", "ARRAY[a, 1]", "'x'::char(3)", "'x'::\"char\"", "B'101'::bit(3)",
      "'abc'::varchar(2)",
      "(SELECT max(a) FROM \(table))", "(SELECT n > 5 AND 1 / a > 0 FROM (VALUES (1), (2)) AS v (n) LIMIT 1)", "a::float8 / 3",
      "date '2020-01-01' + a", "CASE WHEN a <> 0 THEN 1 / a END",
      "coalesce(b, c)",
      "a <> 0 AND 1 / a > 0", "'\\'", "E'\\\\'", "$$x$$", "ROW(a, NULL)", "b LIKE '%\\\\%'", "«type»", "t.a", "(a, b) = (1, '')",
    ]
    let calm = try whole.evaluate(expressions)
    let raising = try loop.evaluate(
      expressions.map { "CASE WHEN a = 777 AND 1 / (a - 777) = 0 THEN NULL ELSE (\($0.replacing("t.a", with: "u.a"))\n) END" })
    for (index, expression) in expressions.enumerated() where calm[index].refusal == nil {
      #expect(calm[index].rows.count == 5)
      #expect(raising[index].rows == calm[index].rows + [.error("22012")], "\(expression)")
      #expect(raising[index].type == calm[index].type, "\(expression)")
    }
    #expect(calm.count { $0.refusal != nil } == 1)
  }

  @Test func `settings are the session's, and now is the same in all answers`() throws {
    let table = try table()
    var india = try Oracle(table: table, settings: ["TimeZone": "Asia/Kolkata"])
    var utc = try Oracle(table: table)
    #expect(try india.evaluate(["to_timestamp(0)"])[0].rows[0] == .value("1970-01-01 05:30:00+05:30"))
    #expect(try utc.evaluate(["to_timestamp(0)"])[0].rows[0] == .value("1970-01-01 00:00:00+00"))
    let nows = try utc.evaluate(["now()", "CASE WHEN 1 / nullif(a, 5) IS NULL THEN now() ELSE now() END"])
    #expect(nows[1].rows[2] == .error("22012") && nows[1].rows[0] == nows[0].rows[0])
  }

  @Test func `an empty table still binds`() throws {
    let cluster = try Cluster.shared()
    let table = try cluster.schema() + ".empty"
    try cluster.execute("CREATE TABLE \(table) (ordinal int, a int)")
    var oracle = try Oracle(table: table)
    let answers = try oracle.evaluate(["a + 1.5", "1 / 0", "b"])
    #expect(answers.map(\.type) == ["numeric", "integer", nil] && answers.allSatisfy { $0.rows.isEmpty })
    #expect(answers.map(\.refusal) == [nil, .planning("22012"), .binding("42703")])
    #expect(try oracle.evaluate([]).isEmpty)
  }

  @Test func `an oracle is usable after a failure`() throws {
    let cluster = try Cluster.shared()
    let table = try table()
    var oracle = try Oracle(table: table)
    #expect(try oracle.evaluate(["b\0"])[0].refusal == .binding("22021"))
    // Not an answer: a cancelled statement says nothing about the expression.
    try cluster.execute("CREATE FUNCTION \(table)_cancelled(int) RETURNS int LANGUAGE plpgsql AS 'BEGIN RAISE query_canceled; END'")
    #expect(failure { try oracle.evaluate(["\(table)_cancelled(a)"]) }?.sqlState == "57014")
    #expect(try oracle.evaluate(["a"])[0].printed == "'1' '2' '0' '-1' NULL")
  }

  /// Of the size that the tests of expressions have: hundreds of expressions, some hundred rows.
  @Test(arguments: [0, 10, 100])
  func `is fast enough to be asked a lot`(percent: Int) throws {
    let cluster = try Cluster.shared()
    let table = try cluster.schema() + ".many"
    try cluster.execute(
      """
      CREATE TABLE \(table) AS SELECT i AS ordinal, i % 5 AS a, i::text AS b, i / 7.0 AS c, i * 1.5::float8 AS d
      FROM generate_series(1, 200) AS i
      """)
    var oracle = try Oracle(table: table)
    let calm = ["a + # > 3", "b || 'x#'", "c * # + a", "d / (# + 1)"]
    let expressions = (0..<500).map { index in
      (index % 100 < percent ? "b::int / a + #" : calm[index % 4]).replacing("#", with: String(index))
    }
    var answers: [OracleAnswer] = []
    let time = try ContinuousClock().measure { answers = try oracle.evaluate(expressions) }
    #expect(answers.flatMap(\.rows).count { $0 == .error("22012") } == 500 * 200 * percent / 100 / 5)
    let rate = Int(100_000 / (time / .seconds(1)))
    print("oracle: \(rate) evaluations/s, of which \(percent / 5) % raise")
    #expect(rate > 10_000, "an order of magnitude below what a quiet machine does")
  }
}

extension OracleAnswer {
  fileprivate var printed: String { rows.map(\.description).joined(separator: " ") }
}

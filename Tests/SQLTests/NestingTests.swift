import TestKit
import Testing

@testable import SQL

/// No text ends the process, however deep it nests or however it tries.
@Suite struct NestingTests {
  /// What repeats, with `@` where the inner one goes.
  static let nests: [(name: String, piece: String, core: String)] = [
    ("parentheses", "(@)", "1"), ("calls", "f(@)", "1"), ("chains", "@+1", "1"), ("right chains", "1+(@)", "1"),
    ("concatenation", "@||a", "a"), ("not", "NOT @", "a"),
    ("minus", "- @", "a"), ("plus", "+@", "a"), ("prefix operators", "@", "a"), ("tildes", "~ @", "a"), ("casts", "@::int", "a"),
    ("cast()", "CAST(@ AS int)", "a"),
    ("case", "CASE WHEN @ THEN 1 END", "a"), ("case else", "CASE WHEN a THEN b ELSE @ END", "a"),
    ("case operand", "CASE @ WHEN 1 THEN 2 END", "a"),
    ("subselects", "(SELECT @)", "1"), ("exists", "EXISTS (SELECT 1 WHERE @)", "true"), ("in", "a IN (@, 1)", "1"),
    ("in select", "a IN (SELECT @)", "1"), ("any", "a = ANY (SELECT @)", "1"),
    ("between", "NOT a BETWEEN b AND @", "c"), ("between left", "(@) BETWEEN 1 AND 2", "c"), ("and brackets", "(a AND @)", "b"),
    ("or brackets", "(@ OR a)", "b"), ("arrays", "ARRAY[@]", "1"), ("array literals", "ARRAY[[@]]", "1"),
    ("subscripts", "a[@]", "1"), ("rows", "ROW(@, 2)", "1"), ("row pairs", "(@, 2)", "1"), ("is null", "@ IS NULL", "a"),
    ("isnull", "@ ISNULL", "a"), ("is distinct", "NOT a IS DISTINCT FROM @", "a"), ("like", "NOT a LIKE @", "a"),
    ("collate", "@ COLLATE \"C\"", "a"),
    ("at time zone", "@ AT TIME ZONE 'UTC'", "a"), ("operator()", "@ OPERATOR(pg_catalog.+) 1", "a"),
    ("coalesce", "COALESCE(@, 1)", "a"), ("filter", "f(*) FILTER (WHERE @)", "a"), ("over", "f(*) OVER (ORDER BY @)", "a"),
    ("within", "f(1) WITHIN GROUP (ORDER BY @)", "a"), ("fields", "(@).a", "a"), ("named", "f(a => @)", "a"),
    ("comparison", "(@) = 1", "a"), ("quoted", "\"f\"(@)", "'('"), ("xml", "XMLELEMENT(NAME a, @)", "b"),
    ("derived tables", "(SELECT * FROM (SELECT @) AS s)", "1"), ("common tables", "(WITH a AS (SELECT @) SELECT 1)", "1"),
    ("row sources", "(SELECT 1 FROM ROWS FROM (f(@)))", "1"),
    ("grouping sets", "(SELECT 1 GROUP BY GROUPING SETS ((a), (@)))", "1"),
    ("deep first", "(@+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1)", "1"),
  ]

  static let statements: [(name: String, before: String, piece: String, after: String)] = [
    ("joins", "SELECT * FROM a", " JOIN b ON true", ""), ("natural joins", "SELECT * FROM a", " NATURAL JOIN b", ""),
    ("unions", "SELECT 1", " UNION SELECT 1", ""), ("excepts", "SELECT 1", " EXCEPT ALL VALUES (1)", ""),
    ("intersects", "TABLE a", " INTERSECT TABLE a", ""), ("bodies", "", "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC ", ""),
    ("hidden bodies", "", "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1 end; ", ""), ("open brackets", "SELECT ", "(", ""),
    ("open square brackets", "SELECT ", "a[", ""), ("open cases", "SELECT ", "CASE ", ""), ("open comments", "", "/*", ""),
    ("join trees", "SELECT * FROM ", "(a JOIN ", ""), ("closed", "SELECT ", ")", ""), ("mixed", "SELECT ", "([", ""),
    ("operators", "SELECT 1 ", "+", ""), ("signs", "SELECT 1 ", "+-", " 1"), ("odd operators", "SELECT 1 ", "@-", " 1"),
    ("long operators", "SELECT 1 ", "<", "+ 1"),
    ("dollars", "SELECT ", "$a", ""), ("quotes", "SELECT ", "'", ""), ("semicolons", "", ";", ""), ("words", "SELECT ", "a ", ""),
    ("dots", "SELECT a", ".a", ""), ("commas", "SELECT 1", ",1", ""), ("ands", "SELECT a", " AND a", ""),
    ("betweens", "SELECT a", " BETWEEN a AND NOT a", ""),
    ("named ands", "SELECT NOT a", " BETWEEN a.and AND NOT a", ""), ("join ons", "SELECT * FROM a", " JOIN a", " ON true"),
    ("type names", "SELECT 1", "::int[]", ""), ("type modifiers", "SELECT 1::numeric(", "1,", "1)"),
    ("array types", "SELECT 1::int", "[]", ""), ("with", "", "WITH a AS (", ""), ("explain", "", "EXPLAIN ", "SELECT 1"),
    ("schema elements", "CREATE SCHEMA s", " CREATE TABLE t (a int)", ""), ("literal casts", "SELECT join 'x'", " + join 'x'", ""),
    ("join calls", "SELECT 1", " + join(1)", ""), ("when labels", "SELECT 1", " + a.when", ""),
    ("constraints", "CREATE TABLE t (a int", " NOT NULL", ")"),
    ("rules", "CREATE RULE r AS ON INSERT TO t DO (", "SELECT 1;", "SELECT 1)"), ("escapes", "SELECT E'", "\\'", "'"),
    ("continued", "SELECT E''", "\n'\\'('", ""), ("strings", "SELECT ''", "\n'('", ""), ("unicode", "SELECT U&'", "\\", "'"),
    ("nothing", "", "\t\n ", ""),
  ]

  static func nested(_ piece: String, _ core: String, _ count: Int) -> String {
    let parts = piece.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    return "SELECT " + String(repeating: parts[0], count: count) + (piece == "@" ? "@ " : "") + core
      + (piece == "@" ? "" : String(repeating: parts[1], count: count))
  }

  /// Parses and walks; tells what came out and how deep the tree was.
  private func outcome(_ text: String) -> (state: String?, depth: Int) {
    do throws(SQLTextError) {
      return (nil, try SQLParser.withTree(of: text) { tree in tree.message.depth })
    } catch {
      return (error.state.description, 0)
    }
  }

  @Test func `nested expressions parse at hundreds of levels and are refused far beyond`() {
    for (name, piece, core) in NestingTests.nests {
      let deep = outcome(Self.nested(piece, core, name == "deep first" ? 40 : 490))
      #expect(deep.state == nil, "\(name): \(deep)")
      for count in [10_000, 100_000] {
        let beyond = Self.nested(piece, core, count)
        let expected = name == "prefix operators" ? nil : "54001" as String?
        if beyond.utf8.count <= SQLParser.longest { #expect(outcome(beyond).state == expected, "\(name) × \(count)") }
      }
    }
  }

  @Test func `no repetition of anything hangs or crashes`() {
    for (name, before, piece, after) in NestingTests.statements {
      for count in [1, 100, 2_500, 50_000] {
        let text = before + String(repeating: piece, count: count) + after
        if text.utf8.count > SQLParser.longest { continue }
        let outcome = outcome(text)
        #expect(outcome.depth < 20_000, "\(name) × \(count)")
      }
    }
  }

  @Test(arguments: Cases.seeds(20))
  func `a tree is never deeper than the scan says`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    for _ in 0..<100 {
      let text = "SELECT " + NestingTests.expression(Int.random(in: 0...60, using: &random), using: &random)
      let bound = NestingTests.height(text)
      let depth = outcome(text).depth
      #expect(depth <= 9 * bound + 16, "\(Cases.replay(seed)): \(depth) with \(bound): \(text)")
    }
  }

  /// The least limit that the scan accepts.
  private static func height(_ text: String) -> Int {
    var text = text
    return text.withUTF8 { bytes in
      var (low, high) = (0, bytes.count)
      while low < high {
        let middle = (low + high) / 2
        if NestingScan.isShallow(bytes, limit: middle) { high = middle } else { low = middle + 1 }
      }
      return low
    }
  }

  /// Pieces within pieces, some of them chained.
  private static func expression(_ size: Int, using random: inout SplitMix64) -> String {
    if size == 0 { return ["a", "1", "'('", "\"CASE\"", "t.case", "$1", "E'\\'('"].randomElement(using: &random)! }
    switch Int.random(in: 0..<4, using: &random) {
    case 0:
      let left = Int.random(in: 0..<size, using: &random)
      let between = [" AND ", " OR ", " + ", " BETWEEN 1 AND ", " = ", ", ", " || ", " IS DISTINCT FROM "].randomElement(
        using: &random)!
      return expression(left, using: &random) + between + expression(size - 1 - left, using: &random)
    default:
      let piece = nests.randomElement(using: &random)!.piece
      return piece.replacing("@", with: expression(size - 1, using: &random), maxReplacements: 1)
    }
  }

  @Test func `long and flat texts are no deep ones`() {
    let numbers = (0..<20_000).map(String.init)
    let texts = [
      "SELECT * FROM t WHERE a IN (\(numbers.joined(separator: ", ")))",
      "SELECT * FROM t WHERE \(numbers.map { "a = \($0) AND b <> -\($0)" }.joined(separator: " OR "))",
      "SELECT CASE \(numbers.map { "WHEN a = \($0) THEN '\($0)'" }.joined(separator: " ")) ELSE 'x' END",
      "INSERT INTO t VALUES \(numbers.map { "(\($0), -1 + 2)" }.joined(separator: ", "))",
      "SELECT 1 + 1; " + String(repeating: "SELECT CASE WHEN a + b = 1 THEN 2 END; ", count: 20_000),
      "SELECT * FROM a" + (0..<900).map { " JOIN t\($0) ON t\($0).a = a.a AND t\($0).b = a.b + 1" }.joined(),
      "SELECT 1" + String(repeating: " UNION ALL SELECT a + b + c * 2 AS d", count: 1_900),
    ]
    for text in texts { #expect(outcome(text).state == nil, "\(text.prefix(60))…") }
  }
}

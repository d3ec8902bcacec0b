import TestKit

/// Functions, operators and casts that a schema could have beside PostgreSQL's own of the same names, and questions that could mean either.
struct RandomObjects {
  private var random: SplitMix64

  init(seed: UInt64) { random = SplitMix64(seed: seed) }

  /// What is always there.
  static let ground = """
    CREATE TYPE mood AS ENUM ('good', 'bad');
    CREATE DOMAIN pos AS int4 CHECK (VALUE > 0);
    CREATE DOMAIN label AS text;
    CREATE TABLE t (i int4, big int8, small int2, n numeric(10,2), f float8, v varchar(10), s text, c char(4), d date, at timestamp,
      yes bool, m mood, p pos, w label);
    CREATE TABLE u (i int8, v text, d timestamp, n int4, m mood);
    """
  static let rows = """
    INSERT INTO t VALUES (1, 2, 3, 4.50, 5.5, '6', '7', '8', '2026-01-02', '2026-01-02 03:04:05', true, 'good', 1, 'x'),
      (10, 1, 10, 1, 1, 'ab', 'ab', 'ab', '2026-05-01', '2026-01-01', false, 'bad', 7, '1');
    """

  private static let types = [
    "int4", "int8", "int2", "numeric", "float8", "varchar", "text", "bpchar", "date", "timestamp", "timestamptz", "bool", "mood",
    "pos",
    "label", "anyelement", "int4[]",
  ]
  private static let functionNames = [
    "lower", "abs", "length", "round", "upper", "substr", "date", "text", "mod", "sum", "max", "now", "int4", "concat", "coalesce",
    "generate_series", "left", "count", "rank", "mine",
  ]
  private static let operatorNames = ["=", "<>", "<", ">=", "<=", ">", "+", "-", "||", "~~", "@", "<=>"]

  private mutating func pick<T>(_ list: [T]) -> T { list.randomElement(using: &random)! }
  private mutating func type() -> String { pick(Self.types) }

  /// Statements, some of which PostgreSQL refuses.
  mutating func definitions() -> [String] {
    (0..<Int.random(in: 1...5, using: &random)).map { number in
      switch Int.random(in: 0..<8, using: &random) {
      case 0, 1, 2: return function(pick(Self.functionNames))
      case 3, 4, 5: return self.operator("made\(number)")
      default: return cast("made\(number)")
      }
    }
  }

  private mutating func function(_ name: String) -> String {
    var arguments = (0..<Int.random(in: 0...2, using: &random)).map { _ in type() }
    if !arguments.isEmpty {
      switch Int.random(in: 0..<8, using: &random) {
      case 0: arguments[arguments.count - 1] = "z int4 DEFAULT 1"
      case 1: arguments[arguments.count - 1] = "VARIADIC z int4[]"
      default: break
      }
    }
    return "CREATE FUNCTION \"\(name)\"(\(arguments.joined(separator: ", "))) RETURNS text LANGUAGE sql AS 'SELECT ''mine''::text'"
  }

  private mutating func `operator`(_ function: String) -> String {
    let name = pick(Self.operatorNames)
    let (left, right) = (type(), type())
    let isTruth = !["+", "-", "||", "@"].contains(name)
    let body = isTruth ? "RETURNS bool LANGUAGE sql AS 'SELECT true'" : "RETURNS text LANGUAGE sql AS 'SELECT ''mine''::text'"
    let isPrefix = ["@", "-"].contains(name) && Bool.random(using: &random)
    return "CREATE FUNCTION \(function)(\(isPrefix ? "" : left + ", ")\(right)) \(body); CREATE OPERATOR \(name) "
      + "(FUNCTION = \(function), \(isPrefix ? "" : "LEFTARG = \(left), ")RIGHTARG = \(right))"
  }

  private mutating func cast(_ function: String) -> String {
    let (source, target) = (type(), type())
    let context = pick([" AS IMPLICIT", " AS IMPLICIT", " AS ASSIGNMENT", ""])
    switch Int.random(in: 0..<5, using: &random) {
    case 0:
      return "CREATE FUNCTION \(function)(\(source)) RETURNS \(target) LANGUAGE sql AS 'SELECT NULL::\(target)'; "
        + "CREATE CAST (\(source) AS \(target)) WITH FUNCTION \(function)(\(source))\(context)"
    case 1: return "CREATE CAST (\(source) AS \(target)) WITHOUT FUNCTION\(context)"
    default: return "CREATE CAST (\(source) AS \(target)) WITH INOUT\(context)"
    }
  }
}

// MARK: - Questions

extension RandomObjects {
  private mutating func operand() -> String {
    let columns = ["i", "big", "small", "n", "f", "v", "s", "c", "d", "at", "yes", "m", "p", "w"]
    let literals = ["1", "'1'", "'ab'", "2.5", "'2026-01-02'", "NULL", "true", "99999999999"]
    switch Int.random(in: 0..<10, using: &random) {
    case 0...5: return pick(columns)
    case 6, 7: return pick(literals)
    case 8: return "\(pick(columns))::\(pick(["text", "int4", "numeric", "varchar", "date"]))"
    default: return "lower(\(pick(columns)))"
    }
  }

  /// One column, called `x`.
  mutating func question() -> String {
    let (a, b, c) = (operand(), operand(), operand())
    let symbol = pick(Self.operatorNames)
    let name = pick(Self.functionNames)
    switch Int.random(in: 0..<24, using: &random) {
    case 0...3: return "SELECT \(a) \(symbol) \(b) AS x FROM t"
    case 4: return "SELECT \(pick(["@", "-", "+"])) \(a) AS x FROM t"
    case 5: return "SELECT \(a) IN (\(b), \(c)) AS x FROM t"
    case 6: return "SELECT \(a) IN (\(b)) AS x FROM t"
    case 7: return "SELECT \(a) BETWEEN \(b) AND \(c) AS x FROM t"
    case 8: return "SELECT CASE \(a) WHEN \(b) THEN 1 END AS x FROM t"
    case 9: return "SELECT nullif(\(a), \(b)) AS x FROM t"
    case 10: return "SELECT \(a) IS DISTINCT FROM \(b) AS x FROM t"
    case 11: return "SELECT \(a) \(symbol) ANY (ARRAY[\(b), \(c)]) AS x FROM t"
    case 12: return "SELECT \(a) IN (SELECT \(pick(["i", "v", "d", "n", "m"])) FROM u) AS x FROM t"
    case 13: return "SELECT (\(a), \(b)) \(pick(["=", "<", "<>"])) (\(c), 1) AS x FROM t"
    case 14, 15: return "SELECT \(name)(\(a)) AS x FROM t"
    case 16, 17: return "SELECT \(name)(\(a), \(b)) AS x FROM t"
    case 18: return "SELECT \(a)::\(pick(["text", "int4", "numeric", "bool", "date", "varchar(3)"])) AS x FROM t"
    case 19: return "SELECT coalesce(\(a), \(b)) AS x FROM t"
    case 20: return "SELECT greatest(\(a), \(b)) AS x FROM t"
    case 21: return "SELECT count(*) AS x FROM t JOIN u USING (\(pick(["i", "v", "d", "n", "m"])))"
    case 22: return "SELECT \(a) AS x FROM t UNION ALL SELECT \(b) FROM t"
    default: return "SELECT \(a) \(pick(["LIKE", "NOT LIKE", "OPERATOR(pg_catalog.=)", "NOT IN"])) (\(b)) AS x FROM t"
    }
  }
}

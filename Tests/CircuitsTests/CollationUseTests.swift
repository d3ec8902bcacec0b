import Expressions
import PostgreSQL
import Relations
import TestKit
import Testing

/// A function that is said not to look at a collation gives the same under all of them: PostgreSQL's, in databases that differ in nothing
/// else.
@Suite struct CollationUseTests {
  @Test func `what does not look at a collation gives the same under all`() throws {
    let cluster = try Cluster.shared()
    let words = "TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'en-US-u-kf-upper' LOCALE 'C.UTF-8'"
    try cluster.execute("CREATE DATABASE use_words \(words)")
    try cluster.execute("CREATE DATABASE use_letters TEMPLATE template0 LOCALE_PROVIDER libc LC_COLLATE 'C' LC_CTYPE 'C.UTF-8'")
    var random = SplitMix64(seed: 15)
    var functions: [CollationUse: [String]] = [:]
    var calls: [CollationUse: [String]] = [:]
    let catalogue = Catalogue.builtIn
    for function in catalogue.functions where function.kind == .function && catalogue.evaluates(function) && !function.returnsSet {
      let types = function.arguments.map { Self.concrete($0, function.name) }
      guard function.volatility != .volatile, function.name != "domain_in", types.contains(where: Self.isText) else { continue }
      let all = types.map(Self.values)
      guard all.allSatisfy({ !$0.isEmpty }) else { continue }
      functions[function.collationUse, default: []].append(catalogue.signature(of: function))
      for _ in 0..<30 {
        let arguments = all.map { $0.randomElement(using: &random)! }
        calls[function.collationUse, default: []].append(
          "pg_catalog.\(Identifier.quoted(function.name))(\(arguments.joined(separator: ", ")))")
      }
    }
    #expect(functions[.nothing]?.count ?? 0 > 60 && functions[.equality]?.count ?? 0 > 20, "\(functions)")
    let plain = try answers(to: calls, in: "postgres")
    let (byWords, byLetters) = (try answers(to: calls, in: "use_words"), try answers(to: calls, in: "use_letters"))
    for use in [CollationUse.nothing, .equality] {
      for (place, call) in (calls[use] ?? []).enumerated() {
        #expect(plain[use]![place] == byWords[use]![place] && plain[use]![place] == byLetters[use]![place], "\(use): \(call)")
      }
    }
    for (place, call) in (calls[.order] ?? []).enumerated() {
      #expect(plain[.order]![place] == byLetters[.order]![place], "\(call)")
    }
    // And there is something to it.
    #expect(plain[.order] != byWords[.order] && plain[.letters] != byLetters[.letters])
  }

  private func answers(to calls: [CollationUse: [String]], in database: String) throws -> [CollationUse: [String?]] {
    var session = try Cluster.shared().connect(database: database)
    try session.execute(
      """
      CREATE FUNCTION pg_temp.answer(call text) RETURNS text LANGUAGE plpgsql AS $$
      DECLARE answer text;
      BEGIN EXECUTE 'SELECT (' || call || ')::text' INTO answer; RETURN answer;
      EXCEPTION WHEN OTHERS THEN RETURN SQLSTATE; END $$
      """)
    var answers: [CollationUse: [String?]] = [:]
    for (use, calls) in calls {
      let rows = try session.query(
        "SELECT pg_temp.answer(c) FROM unnest($1::text[]) WITH ORDINALITY AS u(c, n) ORDER BY n", parameters: [arrayLiteral(calls)])
      answers[use] = rows.rows.map { $0[0] }
    }
    return answers
  }

  private static func isText(_ type: TypeID) -> Bool { [.text, .bpchar, .jsonb, TypeID(1009)].contains(type) }

  private static func concrete(_ type: TypeID, _ name: String) -> TypeID {
    switch type {
    case TypeID(2277), TypeID(5078): TypeID(1009)
    case TypeID(2283), TypeID(2776), TypeID(5077), TypeID(5079), TypeID(2276): .text
    default: type
    }
  }

  private static func values(_ type: TypeID) -> [String] {
    let words = [
      "a", "A", "b", "B", "é", "É", "ab", "aB", "z_", "1", "", "day", "month", "UTC", "Mon DD YYYY", "99.9", "hex", "a%", "i",
    ]
    switch type {
    case .text: return words.map { "'\($0)'::text" }
    case .bpchar: return words.map { "'\($0)'::bpchar" }
    case .jsonb:
      return ["'{\"a\": \"B\", \"B\": 1}'", "'[\"a\", \"B\", \"É\"]'", "'\"a\"'", "'\"B\"'", "'{\"B\": \"a\"}'"].map {
        $0 + "::jsonb"
      }
    case TypeID(1009): return ["'{a,B}'", "'{B}'", "'{a}'", "'{é,É,z}'", "'{}'", "'{b,NULL}'"].map { $0 + "::text[]" }
    case .int4, .int8: return ["0", "1", "2", "3"].map { $0 + "::\(type)" }
    case .bool: return ["true", "false"]
    case .date: return ["'2024-02-29'::date"]
    case .timestamp: return ["'2024-02-29 12:00'::timestamp"]
    case .timestamptz: return ["'2024-02-29 12:00+00'::timestamptz"]
    case .interval: return ["'1 mon 3 days'::interval"]
    case .numeric: return ["12.5::numeric"]
    case .float8: return ["12.5::float8"]
    case .json: return ["'{\"a\": [1, \"B\"]}'::json"]
    case .bytea: return ["'abc'::bytea"]
    default: return []
    }
  }
}

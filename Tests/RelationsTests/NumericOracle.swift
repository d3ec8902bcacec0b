import TestKit
import Testing

@testable import Relations

/// Asks PostgreSQL for one expression over thousands of operands at once. An error is an answer: `ERROR 22012`.
struct NumericOracle {
  private let cluster: Cluster
  private let function: String

  /// - Parameter expression: SQL of type text over the texts `a` and `b`.
  init(_ expression: String) throws {
    cluster = try Cluster.shared()
    function = try cluster.schema() + ".answer"
    try cluster.execute(
      """
      CREATE FUNCTION \(function)(a text, b text) RETURNS text LANGUAGE plpgsql AS $$
      BEGIN RETURN \(expression); EXCEPTION WHEN OTHERS THEN RETURN 'ERROR ' || SQLSTATE; END $$
      """)
  }

  func answers(_ a: [String], _ b: [String]) throws -> [String?] {
    let sql = "SELECT \(function)(a, b) FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS t (a, b, i) ORDER BY i"
    return try cluster.query(sql, parameters: [Self.array(a), Self.array(b)]).map { $0[0] }
  }

  /// The text of an array.
  static func array(_ elements: [String]) -> String {
    "{" + elements.map { "\"" + $0.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\"" }.joined(separator: ",") + "}"
  }
}

/// What we answer, in the oracle's words.
func answer(_ compute: () throws(SQLError) -> String?) -> String? {
  do { return try compute() } catch { return "ERROR \(error.state)" }
}

/// Records where two lists of answers part, the first few times.
func expectEqual(
  _ ours: [String?], _ theirs: [String?], seed: UInt64, sourceLocation: SourceLocation = #_sourceLocation,
  _ question: (Int) -> String
) {
  #expect(ours.count == theirs.count, sourceLocation: sourceLocation)
  let differences = zip(ours, theirs).enumerated().filter { $1.0 != $1.1 }
  for (index, (our, their)) in differences.prefix(5) {
    Issue.record(
      "\(question(index)): we say \(shown(our)), PostgreSQL \(shown(their)) (\(differences.count) differ; \(Cases.replay(seed)))",
      sourceLocation: sourceLocation)
  }
}

private func shown(_ text: String?) -> String {
  guard let text else { return "NULL" }
  return text.count > 200 ? "\(text.prefix(100))…\(text.suffix(100)) (\(text.count))" : text
}

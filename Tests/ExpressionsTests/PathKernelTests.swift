import Expressions
import Relations
import TestKit
import Testing

/// Paths into documents: what they print as, and what they find.
@Suite struct PathKernelTests {
  @Test(arguments: Cases.seeds(6)) func `paths find what PostgreSQL finds`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    var comparison = try ExpressionComparison(SampleTable(rows: 2, using: &random), zone: "UTC")
    func document() -> Term { .cast(.literal(SampleTexts.text(of: .jsonb, using: &random)), SQLType(.jsonb)) }
    var terms: [Term] = []
    for _ in 0..<250 {
      let path = Term.cast(.literal(SampleTexts.text(of: .jsonpath, using: &random)), SQLType(.jsonpath))
      let variables = Term.cast(
        .literal(["{\"k\": 1}", "{\"k\": \"a\"}", "{}", "[]", nil].randomElement(using: &random)!), SQLType(.jsonb))
      let isSilent = Term.boolean(Bool.random(using: &random))
      terms.append(.cast(path, .text))
      for symbol in ["@?", "@@"] { terms.append(.infix(symbol, document(), path)) }
      for name in ["exists", "match", "query_array", "query_first", "exists_tz"] {
        terms.append(.call("jsonb_path_" + name, [document(), path]))
        terms.append(.call("jsonb_path_" + name, [document(), path, variables, isSilent]))
      }
    }
    for difference in try comparison.differences(terms) { Issue.record("\(difference)\n  \(Cases.replay(seed))") }
    #expect(comparison.tally.unsupported.values.reduce(0, +) * 10 < comparison.tally.evaluations, "\(comparison.tally)")
  }

  @Test(arguments: Cases.seeds(3)) func `documents are changed laxly, and stripped of nulls`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    var comparison = try ExpressionComparison(SampleTable(rows: 2, using: &random), zone: "UTC")
    func value(_ type: TypeID, _ texts: [String?]? = nil) -> Term {
      let text: String? = texts?.randomElement(using: &random)! ?? SampleTexts.text(of: type, using: &random)
      return .cast(.literal(Int.random(in: 0..<8, using: &random) == 0 ? nil : text), SQLType(type))
    }
    let treatments = ["raise_exception", "use_json_null", "delete_key", "return_target", "other"]
    var terms: [Term] = []
    for _ in 0..<200 {
      terms.append(.call("json_strip_nulls", [value(.json)]))
      let path = value(TypeID(1009), ["{a}", "{a,b}", "{0}", "{k}", "{a,0}", "{}"])
      terms.append(.call("jsonb_set_lax", [value(.jsonb), path, value(.jsonb)]))
      terms.append(
        .call("jsonb_set_lax", [value(.jsonb), path, value(.jsonb), value(.bool), value(.text, treatments)]))
    }
    for difference in try comparison.differences(terms) { Issue.record("\(difference)\n  \(Cases.replay(seed))") }
  }
}

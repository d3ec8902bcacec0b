import Testing

@testable import TestKit

@Suite struct CasesTests {
  @Test func `a factor is read in every way that people write it`() {
    #expect(["×10", "x10", "10", "0.5", "×1"].map(Cases.factor) == [10, 10, 10, 0.5, 1])
    #expect(["", "ten", "×", "-1", "0", "inf", "10×"].map(Cases.factor) == Array(repeating: nil, count: 7))
  }

  @Test func `seeds are scaled, never none, and the same every time`() {
    #expect(Cases.count(1) >= 1)
    if Cases.replayed == nil { #expect(Cases.seeds(20).count == Cases.count(20)) }
    #expect(Cases.seeds(20) == Cases.seeds(20))
  }

  @Test func `one line replays a seed`() {
    #expect(Cases.replay(17).hasSuffix("PREMISE_SEED=17 make test-one TEST=CasesTests"))
  }

  /// So that a seed in an old report still means the same.
  @Test func `equal seeds give equal numbers, for ever`() {
    var random = SplitMix64(seed: 1_234_567)
    let first = (0..<3).map { _ in random.next() }
    #expect(first == [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423])
  }

  @Test func `array literals survive the way to the server and back`() throws {
    var values: [String?] = ["", nil, "NULL", "null", "a,b", "{}", "\"", "\\", " x ", "ü𝄞", "\n\t", "a\\\"b"]
    var random = SplitMix64(seed: 1)
    for _ in 0..<100 {
      values.append(
        String(String.UnicodeScalarView((0..<5).map { _ in Array("ab\"\\,{} N€".unicodeScalars).randomElement(using: &random)! })))
    }
    var connection = try Cluster.shared().connect()
    let result = try connection.query(
      "SELECT $1::text[], cardinality($1::text[]), ($1::text[])[2] IS NULL, '{}'::text[]", parameters: [arrayLiteral(values)])
    #expect(result.withBytes(row: 0, column: 0) { parseArrayLiteral($0) } == values)
    #expect(result.rows[0].dropFirst() == ["\(values.count)", "t", "{}"])
    #expect(result.withBytes(row: 0, column: 3) { parseArrayLiteral($0) } == [])
    #expect(arrayLiteral([]) == "{}" && parseArrayLiteral(nil) == [])
  }
}

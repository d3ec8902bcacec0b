import TestKit
import Testing

@testable import Relations

@Suite struct ValueComparisonTests {
  @Test(arguments: Cases.seeds(2))
  func `a shuffled column is ordered, and told apart, as by PostgreSQL`(seed: UInt64) throws {
    var cases = ValueCases(seed: seed)
    let cluster = try Cluster.shared()
    for type in ValueCases.types {
      let texts = (0..<1_000).map { _ in cases.text(of: type.id) }
      let values = try texts.map { try Value(parsing: $0, as: type, style: TextStyle()) }
      let sql =
        "SELECT dense_rank() OVER (ORDER BY v) FROM unnest($1::\(type.id.testName)[]) WITH ORDINALITY AS u (v, i) ORDER BY i"
      let theirs = try cluster.query(sql, parameters: [NumericOracle.array(texts)]).map { $0[0] }
      expectEqual(Self.denseRanks(of: values, as: type).map { "\($0)" }, theirs, seed: seed) {
        "the rank of '\(texts[$0])' as \(type.id.testName)"
      }
    }
  }

  private static func denseRanks(of values: [Value], as type: SQLType) -> [Int] {
    let order = values.indices.sorted { Value.compare(values[$0], values[$1], as: type) < 0 }
    var ranks = [Int](repeating: 0, count: values.count)
    var rank = 0
    for (place, index) in order.enumerated() {
      if place == 0 || Value.compare(values[order[place - 1]], values[index], as: type) != 0 { rank += 1 }
      ranks[index] = rank
    }
    return ranks
  }

  @Test(arguments: Cases.seeds(2))
  func `values are identical when they print alike, and hash alike when they are equal or identical`(seed: UInt64) throws {
    var cases = ValueCases(seed: seed)
    for type in ValueCases.types {
      let values = try (0..<150).map { _ in try Value(parsing: cases.text(of: type.id), as: type, style: TextStyle()) }
      let printed = values.map { $0.text(as: type, style: TextStyle()) }
      var equalPairs = 0
      for (i, a) in values.enumerated() {
        for (j, b) in values.enumerated() {
          let isIdentical = a.isIdentical(to: b)
          #expect(
            isIdentical == (printed[i] == printed[j] && Array(printed[i]!.utf8) == Array(printed[j]!.utf8)), "\(Cases.replay(seed))"
          )
          let order = Value.compare(a, b, as: type)
          #expect(order.signum() == -Value.compare(b, a, as: type).signum(), "\(Cases.replay(seed))")
          if isIdentical { #expect(order == 0 && Self.identityHash(a) == Self.identityHash(b), "\(Cases.replay(seed))") }
          if order == 0 {
            equalPairs += 1
            #expect(Self.equalityHash(a, as: type) == Self.equalityHash(b, as: type), "\(Cases.replay(seed))")
          }
        }
      }
      #expect(equalPairs >= values.count)
    }
  }

  @Test func `what is equal need not be identical`() throws {
    let pairs: [(SQLType, String, String)] = [(.float8, "0", "-0"), (.numeric, "1.0", "1.00"), (.bpchar, "a", "a  ")]
    for (type, one, other) in pairs {
      let a = try Value(parsing: one, as: type, style: TextStyle())
      let b = try Value(parsing: other, as: type, style: TextStyle())
      #expect(Value.compare(a, b, as: type) == 0 && !a.isIdentical(to: b))
      #expect(Self.equalityHash(a, as: type) == Self.equalityHash(b, as: type))
    }
    let nan = Value.float(.nan)
    #expect(nan.isIdentical(to: .float(-Double.nan)) && Value.compare(nan, .float(.infinity), as: .float8) > 0)
    #expect(Value.null.isIdentical(to: .null) && !Value.null.isIdentical(to: .bool(false)))
    // Differently encoded text is different text.
    #expect(Value.compare(.text("é"), .text("e\u{301}"), as: .text) != 0)
  }

  private static func equalityHash(_ value: Value, as type: SQLType) -> Int {
    var hasher = Hasher()
    value.hashEquality(as: type, into: &hasher)
    return hasher.finalize()
  }

  private static func identityHash(_ value: Value) -> Int {
    var hasher = Hasher()
    value.hashIdentity(into: &hasher)
    return hasher.finalize()
  }
}

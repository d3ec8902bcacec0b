import TestKit
import Testing

@testable import Relations

@Suite struct NumericSumTests {
  /// What is in a sum, as texts, and the sum of it, which has seen more than that.
  private struct Group {
    var texts: [String] = []
    var sum = NumericSum()
  }

  @Test(arguments: Cases.seeds(4))
  func `sums and averages are PostgreSQL's, whatever came and went`(seed: UInt64) throws {
    var cases = NumericCases(seed: seed)
    let groups = try (0..<200).map { _ in try group(&cases) }
    var (keys, values): ([String], [String]) = ([], [])
    for (key, group) in groups.enumerated() {
      keys += group.texts.map { _ in String(key) }
      values += group.texts
    }
    let rows = try Cluster.shared().query(
      """
      SELECT sum(x), avg(x) FROM generate_series(0, \(groups.count - 1)) k
      LEFT JOIN (SELECT g, v::numeric AS x FROM unnest($1::int[], $2::text[]) AS t (g, v)) t ON g = k GROUP BY k ORDER BY k
      """, parameters: [NumericOracle.array(keys), NumericOracle.array(values)])
    let sums = groups.map { group in answer { () throws(SQLError) in try group.sum.sum()?.description } }
    let averages = groups.map { group in answer { () throws(SQLError) in try group.sum.average()?.description } }
    expectEqual(sums, rows.map { $0[0] }, seed: seed) { "sum of \(groups[$0].texts)" }
    expectEqual(averages, rows.map { $0[1] }, seed: seed) { "average of \(groups[$0].texts)" }
  }

  /// Adds and removes one by one, several at a time, as columns and as whole sums.
  private func group(_ cases: inout NumericCases) throws -> Group {
    var group = Group()
    let isOrdinary = cases.below(2) == 0
    for _ in 0..<cases.below(40) {
      switch cases.below(8) {
      case 0 where !group.texts.isEmpty:
        group.sum.remove(try Numeric(group.texts.remove(at: cases.below(group.texts.count))))
      case 1:
        let number = Int64(cases.integer(-1000...1000))
        group.sum.add(number)
        group.texts.append(String(number))
      case 2:
        let times = 1 + cases.below(4)
        let text = isOrdinary ? cases.ordinaryText() : cases.text(digits: 60)
        group.sum.add(try Numeric(text), times: Int64(times))
        group.texts += Array(repeating: text, count: times)
      case 3:
        let scale = cases.below(5)
        let column = (0..<cases.below(5)).map { _ in Int64(cases.integer(-100_000...100_000)) }
        column.withUnsafeBufferPointer { group.sum.add($0, scale: scale) }
        group.texts += column.map { Numeric(coefficient: Int128($0), scale: scale).description }
      case 4:
        var other = NumericSum()
        let texts = (0..<cases.below(5)).map { _ in isOrdinary ? cases.ordinaryText() : cases.text(digits: 60) }
        for text in texts { other.add(try Numeric(text)) }
        group.sum.add(other)
        if cases.below(2) == 0 { group.sum.remove(other) } else { group.texts += texts }
      default:
        let text = isOrdinary ? cases.ordinaryText() : cases.text(digits: 60)
        group.sum.add(try Numeric(text))
        group.texts.append(text)
      }
    }
    if cases.below(20) == 0 {
      for text in group.texts { group.sum.remove(try Numeric(text)) }
      group.texts = []
    }
    return group
  }

  @Test func `a sum may leave what a numeric can hold and come back`() throws {
    let largest = try Numeric("9e131071")
    var sum = NumericSum()
    sum.add(largest)
    sum.add(largest)
    #expect(throws: SQLError(.numericValueOutOfRange, "")) { try sum.sum() }
    sum.remove(largest)
    #expect(try sum.sum()?.isIdentical(to: largest) == true)
    sum.remove(largest)
    #expect(try sum.sum() == nil)
  }

  @Test func `a column at the ends of its type adds up`() throws {
    var sum = NumericSum()
    let column = [Int64](repeating: .min, count: 1000)
    column.withUnsafeBufferPointer { sum.add($0, scale: 2) }
    sum.add(.max, times: .max - 1000)
    #expect(try sum.sum()?.description == "85070591730234606531791150560908936169.00")
  }

  @Test func `totals beyond 128 bits spill and return`() throws {
    var sum = NumericSum()
    let number = Numeric(coefficient: Int128(PowersOfTen.wide(38)) - 1, scale: 3)
    sum.add(number, times: .max / 4)
    sum.add(number, times: .max / 4)
    sum.remove(number)
    sum.add(number, times: -.max / 4)
    sum.add(number, times: 1 - .max / 4)
    #expect(try sum.sum() == nil)
    sum.add(number)
    #expect(try sum.sum()?.isIdentical(to: number) == true)
  }
}

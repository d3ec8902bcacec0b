import Expressions
import Relations
import TestKit
import Testing

/// Random expressions over a random table: type, value and error of each row are PostgreSQL's.
@Suite struct GeneratedExpressionTests {
  @Test(arguments: Cases.seeds(12))
  func `every operator and function gives PostgreSQL's value or error`(seed: UInt64) throws {
    var generator = TermGenerator(columns: SampleTable.types, seed: seed)
    let covering = generator.coveringTerms(depth: 2)
    try compare(covering.map(\.term), seed: seed)
  }

  @Test(arguments: Cases.seeds(12))
  func `nested expressions give PostgreSQL's value or error`(seed: UInt64) throws {
    var generator = TermGenerator(columns: SampleTable.types, seed: seed &+ 1_000_000)
    try compare((0..<400).map { _ in generator.term(depth: 3) }, seed: seed)
  }

  private func compare(_ terms: [Term], seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let table = SampleTable(rows: 24, using: &random)
    var comparison = try ExpressionComparison(table, zone: zones[Int(seed) % zones.count])
    for failure in try comparison.differences(terms) {
      Issue.record("\(failure)\n  \(Cases.replay(seed))")
    }
    print(comparison.tally)
  }

  private let zones = ["UTC", "Europe/Berlin", "America/St_Johns", "Asia/Kolkata"]
}

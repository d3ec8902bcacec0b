import TestKit
import Testing

@testable import Circuits

/// What we answer, PostgreSQL answers.
@Suite struct EvaluationTests {
  @Test(arguments: Cases.seeds(8)) func `one table`(seed: UInt64) throws {
    try compare(seed: seed, questions: 150, atLeast: 80) { $0.simple() }
  }

  @Test(arguments: Cases.seeds(8)) func `joins`(seed: UInt64) throws {
    try compare(seed: seed, questions: 100, atLeast: 60, rows: 14) { $0.joins() }
  }

  @Test(arguments: Cases.seeds(8)) func `subqueries`(seed: UInt64) throws {
    try compare(seed: seed, questions: 100, atLeast: 60, rows: 12) { $0.subqueries() }
  }

  @Test(arguments: Cases.seeds(8)) func `set operations`(seed: UInt64) throws {
    try compare(seed: seed, questions: 100, atLeast: 60, rows: 12) { $0.sets() }
  }

  @Test(arguments: Cases.seeds(8)) func `order, limits and distinct rows`(seed: UInt64) throws {
    try compare(seed: seed, questions: 100, atLeast: 50, rows: 12) { $0.ordered() }
  }

  @Test(arguments: Cases.seeds(8)) func `of several answers that SQL allows PostgreSQL gives one`(seed: UInt64) throws {
    try compare(seed: seed, questions: 60, atLeast: 0, rows: 12, allowed: 20) { $0.cut() }
  }

  @Test(arguments: Cases.seeds(8)) func `floating sums that may round are the same up to that`(seed: UInt64) throws {
    try compare(seed: seed, questions: 60, atLeast: 1, rounded: 15) { $0.rounded() }
  }

  @Test(arguments: Cases.seeds(8)) func `window functions`(seed: UInt64) throws {
    try compare(seed: seed, questions: 100, atLeast: 40) { $0.windows() }
  }

  @Test(arguments: Cases.seeds(8)) func `further aggregates, grouping sets, lateral and recursive questions`(seed: UInt64) throws {
    try compare(seed: seed, questions: 100, atLeast: 40) { $0.further() }
  }

  @Test(arguments: Cases.seeds(10)) func `questions that may raise`(seed: UInt64) throws {
    try compare(seed: seed, questions: 120, atLeast: 10, rows: 3 + Int(seed)) { $0.risks() }
  }

  private func compare(
    seed: UInt64, questions: Int, atLeast: Int, rows: Int = 30, allowed: Int = 0, rounded: Int = 0,
    _ next: (inout QueryGenerator) -> String
  ) throws {
    var random = SplitMix64(seed: seed)
    var comparison = try AnswerComparison(SmallTables(rows: rows, using: &random))
    var generator = QueryGenerator(seed: seed)
    for _ in 0..<questions {
      let text = next(&generator)
      if let difference = comparison.difference(text) {
        Issue.record("\(text)\n  \(difference)\n\(Cases.replay(seed))")
      }
    }
    if environmentAsksForTallies { print(comparison.tally) }
    #expect(
      comparison.tally.allowed >= allowed && comparison.tally.rounded >= rounded, "\(comparison.tally)\n\(Cases.replay(seed))")
    #expect(comparison.tally.compared >= atLeast, "\(comparison.tally)\n\(Cases.replay(seed))")
  }
}

/// Set while a test is written, to see what a run means.
let environmentAsksForTallies = false

import TestKit
import Testing

@testable import Circuits

/// What we answer, PostgreSQL answers.
@Suite struct EvaluationTests {
  @Test(arguments: Cases.seeds(8)) func `one table`(seed: UInt64) throws {
    try compare(seed: seed, questions: 150, atLeast: 80) { $0.simple() }
  }

  private func compare(
    seed: UInt64, questions: Int, atLeast: Int, rows: Int = 30, _ next: (inout QueryGenerator) -> String
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
    #expect(comparison.tally.compared >= atLeast, "\(comparison.tally)\n\(Cases.replay(seed))")
  }
}

/// Set while a test is written, to see what a run means.
let environmentAsksForTallies = true

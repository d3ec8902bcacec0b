import Relations
import TestKit
import Testing

/// Rows that are outside of a question's footprints come, go and change; columns that it does not use change: its answer does not. Over
/// questions of all constructs.
@Suite struct FootprintChangeTests {
  @Test(arguments: Cases.seeds(6)) func `answers to written questions stay`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let count = 5 + Int(seed % 4)
    let (own, other) = (Shop.rows(count, using: &random), Shop.rows(count, using: &random))
    var trial = try FootprintTrial(Shop.schema, own: Shop.definition + own, other: Shop.definition + other, seed: seed)
    for text in SelectCorpus.ending + FootprintCorpus.all {
      if let difference = try trial.difference(text, changes: 6) { Issue.record("\(difference)\n\(Cases.replay(seed))") }
    }
    #expect(trial.tally.cases > 1_500 && trial.tally.boundedCases > 500, "\(trial.tally): the test says little")
    print(trial.tally)
  }

  @Test(arguments: Cases.seeds(10)) func `answers to random questions stay`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let (own, other) = (SampleTables(rows: 6, using: &random), SampleTables(rows: 6, using: &random))
    var trial = try FootprintTrial(SampleTables.schema, own: own.definition, other: other.definition, seed: seed)
    var selects = RandomSelects(seed: seed)
    for _ in 0..<200 {
      if let difference = try trial.difference(selects.next(), changes: 8) { Issue.record("\(difference)\n\(Cases.replay(seed))") }
    }
    #expect(trial.tally.cases > 800 && trial.tally.boundedCases > 300, "\(trial.tally): the test says little")
    print(trial.tally)
  }
}

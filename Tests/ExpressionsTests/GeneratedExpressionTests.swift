import Expressions
import Relations
import TestKit
import Testing

/// Random expressions over a random table: type, value and error of each row are PostgreSQL's.
@Suite struct GeneratedExpressionTests {
  /// Some are rarely given arguments that they take, so it is over all seeds that each has to be reached.
  @Test func `every operator and function is reached and gives PostgreSQL's value or error`() throws {
    var reached: Set<String> = [], all: Set<String> = []
    for seed in Cases.seeds(14) {
      var generator = TermGenerator(columns: SampleTable.types, seed: seed)
      let covering = generator.coveringTerms(depth: 2)
      var comparison = try self.comparison(seed)
      report(try comparison.differences(covering.map(\.term)), seed)
      all.formUnion(covering.map(\.name))
      reached.formUnion(zip(covering, comparison.evaluations).filter { $1 > 0 }.map(\.0.name))
      print(comparison.tally)
    }
    print("reached \(reached.count) of \(all.count): \(reached.sorted().joined(separator: "; "))")
    if Cases.replayed == nil { #expect(all.subtracting(reached).isEmpty, "never compared") }
  }

  @Test(arguments: Cases.seeds(14))
  func `nested expressions give PostgreSQL's value or error`(seed: UInt64) throws {
    var comparison = try self.comparison(seed)
    report(try comparison.differences(nested(seed)), seed)
    print(comparison.tally)
  }

  @Test(arguments: Cases.seeds(5))
  func `an expression printed as SQL means the same to PostgreSQL`(seed: UInt64) throws {
    var comparison = try self.comparison(seed)
    report(try comparison.differences(nested(seed &+ 500), printed: true), seed)
  }

  @Test(arguments: Cases.seeds(5))
  func `neither storage nor batch size changes an answer`(seed: UInt64) throws {
    let comparison = try self.comparison(seed)
    for term in nested(seed &+ 900) { report(comparison.dependenceOnStorage(term), seed) }
  }

  private func nested(_ seed: UInt64) -> [Term] {
    var generator = TermGenerator(columns: SampleTable.types, seed: seed &+ 1_000_000)
    return (0..<400).map { _ in generator.term(depth: 3) }
  }

  private func comparison(_ seed: UInt64) throws -> ExpressionComparison {
    var random = SplitMix64(seed: seed)
    let zones = ["UTC", "Europe/Berlin", "America/St_Johns", "Asia/Kolkata"]
    return try ExpressionComparison(SampleTable(rows: 24, using: &random), zone: zones[Int(seed % 4)])
  }

  private func report(_ differences: [String], _ seed: UInt64) {
    for difference in differences { Issue.record("\(difference)\n  \(Cases.replay(seed))") }
  }
}

import Expressions
import Relations
import TestKit
import Testing

/// Random expressions over a random table: type, value and error of each row are PostgreSQL's.
@Suite struct GeneratedExpressionTests {
  /// Some are rarely given arguments that they take, so it is over all seeds that each has to be reached.
  @Test func `every operator and function is reached and gives PostgreSQL's value or error`() throws {
    var reached: Set<String> = [], all: Set<String> = []
    var (evaluations, unsupported) = (0, 0)
    for seed in Cases.seeds(14) {
      var generator = TermGenerator(columns: SampleTable.types, seed: seed)
      let covering = generator.coveringTerms(depth: 2)
      var comparison = try self.comparison(seed)
      report(try comparison.differences(covering.map(\.term)), seed)
      all.formUnion(covering.map(\.name))
      reached.formUnion(zip(covering, comparison.evaluations).filter { $1 > 0 }.map(\.0.name))
      evaluations += comparison.tally.evaluations
      unsupported += comparison.tally.unsupported.values.reduce(0, +)
      print(comparison.tally)
    }
    print("reached \(reached.count) of \(all.count): \(reached.sorted().joined(separator: "; "))")
    if Cases.replayed == nil && Cases.count(14) >= 14 {
      #expect(all.subtracting(reached).isEmpty, "never compared")
      #expect(evaluations >= 200_000, "too few to mean much")
      #expect(unsupported * 50 < evaluations, "too much is not evaluated")
    }
  }

  @Test(arguments: Cases.seeds(14))
  func `nested expressions give PostgreSQL's value or error`(seed: UInt64) throws {
    var comparison = try self.comparison(seed)
    report(try comparison.differences(nested(seed)), seed)
    print(comparison.tally)
  }

  /// Of constants alone: what the planner computes before it sees a row, and what it leaves out.
  @Test(arguments: Cases.seeds(14))
  func `constants are folded as PostgreSQL's planner folds them`(seed: UInt64) throws {
    var comparison = try self.comparison(seed, rows: 1)
    var generator = TermGenerator(columns: [], seed: seed &+ 2_000_000)
    report(try comparison.differences((0..<500).map { _ in generator.term(depth: 3) }), seed)
    // A condition that no row satisfies, and beside it what must be computed all the same, or must not.
    let never = Term.infix("<", .column(2), .cast(.literal("-2147483648"), .int4))
    let guarded = (0..<200).map { _ in
      Term.branches(operand: nil, [(never, generator.term(of: .text, 3))], otherwise: .cast(.literal("else"), .text))
    }
    report(try comparison.differences(guarded), seed)
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

  /// What the generators found once and might not find again soon.
  @Test func `cases that were wrong once`() throws {
    var comparison = try self.comparison(1)
    let last = Term.cast(.literal("294276-12-31 23:59:59.999999+00"), .timestamptz)
    let code = Term.column(SampleTable.names.firstIndex(of: "code")!)
    func date(_ text: String) -> Term { .cast(.literal(text), .date) }
    func moment(_ text: String) -> Term { .cast(.literal(text), .timestamptz) }
    report(
      try comparison.differences([
        // Rounded past the end of the range, and rounded again to a precision that there is not.
        .call("timestamptz", [.call("timestamptz", [last, .column(2)]), .number("7")]),
        // Folded under the session's zone or not at all.
        .isDistinct(date("2024-01-01"), moment("2024-01-01 00:00+05:30"), negated: false),
        .nullIf(date("2024-01-01"), moment("2024-01-01 00:00+05:30")),
        .isIn(date("2024-01-01"), [moment("2024-01-01 00:00+05:30"), moment("2024-01-01 00:00+01")], negated: true),
        // A body in a call's place is as stable as what it does.
        .branches(
          operand: nil,
          [(.infix("<", .column(2), .column(2)), .cast(.infix("||", .cast(.literal("a"), .text), .number("1")), .int4))],
          otherwise: .number("1")),
        .infix("+", .infix("/", .number("1"), .number("0")), .call("make_date", [.number("2020"), .number("13"), .number("1")])),
        .call("varchar", [code, .number("10"), .literal(nil)]),
      ]), 1)
  }

  private func nested(_ seed: UInt64) -> [Term] {
    var generator = TermGenerator(columns: SampleTable.types, seed: seed &+ 1_000_000)
    return (0..<400).map { _ in generator.term(depth: 3) }
  }

  /// Rows fill no word of a bitmap, one, just more than one, or several.
  private func comparison(_ seed: UInt64, rows: Int? = nil) throws -> ExpressionComparison {
    var random = SplitMix64(seed: seed)
    let zones = ["UTC", "Europe/Berlin", "America/St_Johns", "Asia/Kolkata"]
    let rows = rows ?? [24, 24, 24, 64, 65, 130][Int(seed % 6)]
    return try ExpressionComparison(SampleTable(rows: rows, using: &random), zone: zones[Int(seed % 4)])
  }

  private func report(_ differences: [String], _ seed: UInt64) {
    for difference in differences { Issue.record("\(difference)\n  \(Cases.replay(seed))") }
  }
}

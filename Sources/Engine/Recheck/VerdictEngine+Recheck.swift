import Circuits
import Formats
import Queries
import Relations
import SQL

/// Settling doubts by asking the real database.
extension VerdictEngine {
  /// The same verdicts, with those settled that are doubtful for a reason which a live query settles. What the budget does not reach, and
  /// what is not answered, stays as it was.
  ///
  /// Where a branch wrote to a table of a question itself, main's database does not have the state that it is about: that is not asked.
  ///
  /// - Parameters:
  ///   - verdicts: of all reads, as `verdicts` gives them.
  ///   - options: by which they were found.
  public func rechecked<A: RecheckAnswerer & ~Copyable>(
    _ verdicts: [Verdict], by answerer: inout A, _ budget: RecheckBudget = RecheckBudget(), _ options: Options = Options()
  ) -> [Verdict] {
    precondition(verdicts.count == reads.count, "a verdict for each read")
    var session = RecheckSession(budget: budget)
    var settled = verdicts
    for (place, verdict) in verdicts.enumerated() where !options.isCancelled() {
      guard let recheck = Recheck(self, reads[place], verdict, options) else { continue }
      if let better = recheck.settle({ session.answer($0, by: &answerer) }) { settled[place] = better }
    }
    return settled
  }
}

/// What was asked already, and what is left of the budget.
private struct RecheckSession {
  private var budget: RecheckBudget
  private var known: [RecheckQuestion: RecheckAnswer] = [:]

  init(budget: RecheckBudget) { self.budget = budget }

  mutating func answer<A: RecheckAnswerer & ~Copyable>(_ question: RecheckQuestion, by answerer: inout A) -> RecheckAnswer? {
    if let known = known[question] { return known }
    guard budget.questions > 0, budget.milliseconds > 0 else { return nil }
    let answer = answerer.answer(question)
    budget.questions -= 1
    budget.milliseconds -= answer.milliseconds
    known[question] = answer
    return answer
  }
}

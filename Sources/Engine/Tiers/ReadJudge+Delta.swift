import Expressions
import Queries
import Relations

/// What came into a stale answer and what left it, though nobody may know the whole of it.
extension ReadJudge {
  /// nil where nothing is known beyond the answers themselves, or where these are one row, which says it all.
  func delta(_ evidence: Verdict.Evidence) -> AnswerDelta? {
    if let was = evidence.was, let now = evidence.now { return AnswerDelta(was: was, now: now) }
    // An error on either side has no rows to be compared.
    guard evidence.was?.rows != nil || evidence.was == nil, evidence.now == nil, let cells, !known.usesClock,
      let question = known.question, let seen = cells.findings.seen.first, cells.findings.seen.count == 1, seen.main == nil,
      question.cannotRaise
    else { return nil }
    switch question.output {
    case .totals(let totals):
      guard let changes = cells.findings.changes(cells.read) else { return nil }
      return AnswerDelta(types: totals.map(\.type), content: .totals(zip(totals, changes).map { $0.change($1) }))
    case .rows(let expressions):
      guard run.maySpend(seen.branch.count(cells.read)) else { return nil }
      // Rows of which the cell is, as they are shown.
      if cells.findings.tellsRows {
        return AnswerDelta(seen.branch.net(cells.read, columns: expressions.compactMap(\.columnPlace)))
      }
      return try? rows(question, expressions, seen.branch.net(cells.read))
    case .groups: return nil
    }
  }

  private func rows(
    _ question: SingleTableQuestion, _ expressions: [Expression], _ net: ZSet
  ) throws(Failure) -> AnswerDelta {
    let tier = AnswerTier(question: question, context: context(nil))
    let shown = try tier.shown(try tier.inside(net), expressions).consolidated()
    return AnswerDelta(shown)
  }
}

extension Expression {
  /// The column that it is; nil if it is anything else.
  fileprivate var columnPlace: Int? { if case .column(let place, _) = self { place } else { nil } }
}

extension SingleTableQuestion.Total {
  fileprivate func change(_ change: TotalChange) -> Numeric? { isCount ? Numeric(change.count) : change.sum }
}

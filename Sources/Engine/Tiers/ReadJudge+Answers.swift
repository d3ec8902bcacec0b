import Circuits
import Queries
import Relations

/// The old answer, where it can be computed: for reads that recorded none, and to check those that did.
extension ReadJudge {
  /// Takes the old answer from the base where none was recorded and it is wanted, or where the recorded one is wrong.
  mutating func settleAnswer(_ evidence: inout Verdict.Evidence) {
    let isUnchanged = cells.map { $0.findings.isUnchanged($0.read) } ?? false
    switch origin(isNeeded: !isUnchanged || placed.read.holdsIf != nil) {
    case .unknown, .recorded: return
    case .contradicted(let computed):
      evidence.recorded = was
      was = computed
    case .computed(let computed): was = computed
    }
    evidence.was = was
  }

  /// The answer now, where the changes alone did not tell it.
  func computedNow() -> AnswerRows? {
    guard !known.usesClock || clocks.now != nil, run.mayEvaluate(known.footprints) else { return nil }
    let now = answer(.now(.branch), clocks.now)
    return now.hasUnknownOrder ? nil : AnswerRows(settled: now)
  }

  /// What the base says that the answer was.
  private enum Origin {
    /// Nobody looked, or nobody can tell.
    case unknown
    case recorded
    /// The recorded answer is another one: it was got elsewhere, at another time, or from another branch.
    case contradicted(AnswerRows)
    /// None was recorded.
    case computed(AnswerRows)
  }

  /// - Parameter isNeeded: whether the answer is wanted though none was recorded.
  private mutating func origin(isNeeded: Bool) -> Origin {
    guard was != nil || isNeeded, !known.usesClock || clocks.then != nil, run.mayEvaluate(known.footprints) else { return .unknown }
    let before = asked()
    self.before = before
    run.refund(known.footprints, butFor: asking.visited)
    guard let computed = AnswerRows(settled: before) else { return .unknown }
    guard let was else { return before.hasUnknownOrder ? .unknown : .computed(computed) }
    return AnswerComparison.same(recorded: was, computed) ? .recorded : .contradicted(computed)
  }
}

extension Outcome {
  fileprivate var hasUnknownOrder: Bool { if case .rows(let answer) = self { answer.unknownOrder != nil } else { false } }
}

extension AnswerRows {
  /// nil of an outcome that SQL leaves open, or that is none.
  fileprivate init?(settled outcome: Outcome) {
    switch outcome {
    case .rows(let answer) where answer.doubts.isEmpty: self.init(answer)
    case .raised(let error): self.init(error.state)
    case .rows, .errorOrder, .unsupported, .unreadable: return nil
    }
  }
}

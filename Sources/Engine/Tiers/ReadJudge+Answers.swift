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
  private func origin(isNeeded: Bool) -> Origin {
    guard was != nil || isNeeded, !known.usesClock || clocks.then != nil, run.mayEvaluate(known.footprints) else { return .unknown }
    let computed: AnswerRows
    switch answer(.then, clocks.then) {
    case .rows(let answer) where answer.doubts.isEmpty: computed = AnswerRows(answer)
    case .raised(let error): computed = AnswerRows(error.state)
    case .rows, .errorOrder, .unsupported, .unreadable: return .unknown
    }
    guard let was else { return .computed(computed) }
    return AnswerComparison.same(recorded: was, computed) ? .recorded : .contradicted(computed)
  }
}

import Expressions
import Queries
import Relations

extension VerdictRun {
  /// A question without a plan holds if nothing in the tables that it can read has changed, and nothing else can have.
  func decide(_ placed: PlacedRead, _ outline: Outline, _ evidence: inout Verdict.Evidence) -> Verdict.Decision {
    if let obstacle = outline.obstacle {
      evidence.detail = obstacle.detail
      return .doubtful(obstacle.reason)
    }
    evidence.detail = outline.doubt.detail
    guard !outline.readsEverything, let standpoint = engine.standpoint(of: placed), let branch = engine.branches[placed.branch]
    else { return .doubtful(outline.doubt.reason) }
    // The clock of both ends is one only if it stands still.
    if outline.usesClock, !options.clockStandsStill || placed.read.askedAt == nil { return .doubtful(outline.doubt.reason) }
    if let doubt = doubt(outline.footprints, standpoint, branch, placed.read, &evidence) {
      return .doubtful(doubt)
    }
    // A whole row shows what its columns are called.
    let tables = Set(outline.footprints.map(\.table))
    if engine.schemaHistory.moves(tables, after: standpoint.fork, until: asOf) { return .doubtful(.schema) }
    let sight = Sight(self, outline.footprints, standpoint, EvaluationContext())
    if let doubt = sight.doubt {
      evidence.detail = sight.detail
      return .doubtful(doubt)
    }
    guard sight.isEmpty else { return .doubtful(outline.doubt.reason) }
    evidence.detail = nil
    evidence.decidedBy = .footprint
    return .holds
  }
}

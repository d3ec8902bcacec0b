import Circuits
import Expressions
import Formats
import Queries
import Relations

/// The tiers in their order, cheapest first: the first proof ends it.
extension VerdictRun {
  func verdict(of placed: PlacedRead) -> Verdict {
    var evidence = Verdict.Evidence()
    let decision = decide(placed, &evidence)
    return Verdict(
      read: placed.name, branch: placed.branch, unit: placed.read.unit, sql: placed.read.sql, decision: decision,
      evidence: evidence,
      asOf: asOf)
  }

  private func decide(_ placed: PlacedRead, _ evidence: inout Verdict.Evidence) -> Verdict.Decision {
    switch placed.question.content {
    case .unclear(let reason, let what):
      evidence.detail = what
      return .doubtful(reason)
    case .outline(let outline): return decide(placed, outline, &evidence)
    case .unknownNames(let error):
      // The branch got this error as well: whatever main did, the text names nothing that main's stream carries.
      evidence.detail = error.message
      return .doubtful(.branchSchema)
    case .query(let query): return decide(placed, query, &evidence)
    }
  }

  /// A question without a plan holds if nothing in the tables that it can read has changed, and nothing else can have.
  private func decide(_ placed: PlacedRead, _ outline: Outline, _ evidence: inout Verdict.Evidence) -> Verdict.Decision {
    if let obstacle = outline.obstacle {
      evidence.detail = obstacle.detail
      return .doubtful(obstacle.reason)
    }
    evidence.detail = outline.doubt.detail
    guard !outline.readsEverything, let standpoint = engine.standpoint(of: placed), let branch = engine.branches[placed.branch]
    else { return .doubtful(outline.doubt.reason) }
    // The clock of both ends is one only if it stands still.
    if outline.usesClock, !options.clockStandsStill || placed.read.askedAt == nil { return .doubtful(outline.doubt.reason) }
    if let doubt = doubt(outline.footprints, standpoint, branch, &evidence) ?? doubtfulEvent(standpoint, branch) {
      return .doubtful(doubt)
    }
    let sight = ReadJudge.Sight(self, outline.footprints, standpoint, EvaluationContext())
    if let doubt = sight.doubt {
      evidence.detail = sight.detail
      return .doubtful(doubt)
    }
    guard sight.isEmpty else { return .doubtful(outline.doubt.reason) }
    evidence.detail = nil
    evidence.decidedBy = .footprint
    return .holds
  }

  private func decide(_ placed: PlacedRead, _ query: Query, _ evidence: inout Verdict.Evidence) -> Verdict.Decision {
    guard let standpoint = engine.standpoint(of: placed) else {
      evidence.detail = "the branch's parent is a branch"
      return .doubtful(.unsupported)
    }
    guard let branch = engine.branches[placed.branch] else { return .doubtful(.unsupported) }
    let footprints = query.footprints
    if let doubt = doubt(footprints, standpoint, branch, &evidence) { return .doubtful(doubt) }
    let recorded = RecordedAnswer.read(placed.read, as: query, placed.question.style)
    evidence.was = recorded
    var judge = ReadJudge(run: self, query: query, footprints: footprints, standpoint: standpoint, placed: placed, was: recorded)
    return judge.decide(&evidence)
  }

  /// What stands in the way of any proof, whatever the rows say.
  private func doubt(
    _ footprints: [Footprint], _ standpoint: Standpoint, _ branch: BranchTimeline, _ evidence: inout Verdict.Evidence
  ) -> DoubtReason? {
    if asOf > engine.ledger.end || standpoint.fork > engine.ledger.end { return .notReached }
    if let base = engine.base, standpoint.fork < base.position { return .notCovered }
    for footprint in footprints {
      guard let table = engine.schema[footprint.table] else { return .branchSchema }
      if table.unstreamed != nil {
        evidence.detail = "no stream carries the rows of \(table.name)"
        return .notFollowed
      }
      if engine.coverage == nil, options.requiresCoverage { return .notCovered }
      if let coverage = engine.coverage, !coverage.covers(footprint.table, since: standpoint.fork) {
        evidence.detail = "the log does not say that it has all changes of \(table.name) since the fork"
        return .notCovered
      }
    }
    return footprints.isEmpty ? nil : doubtfulEvent(standpoint, branch)
  }

  private func doubtfulEvent(_ standpoint: Standpoint, _ branch: BranchTimeline) -> DoubtReason? {
    engine.ledger.events.lazy.compactMap { self.doubt($0, standpoint.fork) }.first
      ?? branch.events.lazy.compactMap { self.doubt($0, .start) }.first
  }

  /// What an event after the fork takes away.
  private func doubt(_ event: StreamEvent, _ fork: Position) -> DoubtReason? {
    switch event {
    case .gap(let position): fork < position && position <= asOf ? .gap : nil
    case .rewind(let position): fork > position ? .rewound : .gap
    case .schemaChange(let change): fork < change.position && change.position <= asOf ? .schema : nil
    case .start, .transaction: nil
    }
  }
}

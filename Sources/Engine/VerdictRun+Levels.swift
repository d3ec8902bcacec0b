import Expressions
import Queries
import Relations

/// Verdicts about less than the answer: whether something that a read looked at has changed, whether rows came or went.
extension VerdictRun {
  /// - Parameters:
  ///   - footprints: looking at that level.
  ///   - findings: what their cells say.
  func decide(
    _ group: ReadGroup, _ known: KnownTemplate, by footprints: [Footprint], _ findings: CellFindings?
  ) -> [Verdict] {
    // A row inside may be outside of what is asked by a collation that we do not have.
    let isForeign = known.template.query.foreignCollation != nil
    let isExact = !isForeign && footprints.allSatisfy(\.condition.isTotal)
    return group.reads.indices.map { place in
      let placed = engine.reads[group.reads[place]]
      var evidence = Verdict.Evidence()
      evidence.decidedBy = .footprint
      guard let findings else {
        let reason = undecided(known, group, placed, &evidence)
        return verdict(placed, reason.map { .doubtful($0) } ?? .holds, evidence)
      }
      let (branch, main) = findings.isUnchangedByWay(place)
      if branch != main {
        evidence.under = (branch ? .holds : .stale, main ? .holds : .stale)
        evidence.decidedBy = nil
        return verdict(placed, .doubtful(.contested), evidence)
      }
      if branch { return verdict(placed, .holds, evidence) }
      // A row whose condition raises is inside without being a row of the answer.
      if isExact || options.level == .footprint { return verdict(placed, .stale, evidence) }
      evidence.decidedBy = nil
      return verdict(placed, .doubtful(isForeign ? .collation : .errorOrder), evidence)
    }
  }

  /// Without cells: nil if nothing at all has changed.
  private func undecided(
    _ known: KnownTemplate, _ group: ReadGroup, _ placed: PlacedRead, _ evidence: inout Verdict.Evidence
  ) -> DoubtReason? {
    let footprints = known.footprints.map { $0.supplying(placed.constants) }
    let sight = Sight(self, footprints, group.standpoint, EvaluationContext(style: placed.style ?? TextStyle()))
    if sight.doubt == nil, sight.isEmpty, !known.usesClock { return nil }
    evidence.decidedBy = nil
    evidence.detail = sight.detail ?? "this level, of a question that uses the clock"
    return sight.doubt ?? .unsupported
  }
}

extension Footprint {
  /// With the columns by which a level tells rows apart.
  func looking(at level: Verdict.Level, _ schema: Schema) -> Footprint {
    let all = schema[table].map { Array($0.columns.indices) } ?? projected
    let told = level == .membership ? schema[table]?.comparableKey ?? all : columns
    return Footprint(table: table, condition: condition, projected: told)
  }
}

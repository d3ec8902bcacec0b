import Circuits
import Expressions
import Formats
import Queries
import Relations

/// The tiers in their order, cheapest first: the first proof ends it.
extension VerdictRun {
  /// A verdict for each read of a pack, in its order.
  ///
  /// - Parameter tell: told how many more have been decided.
  func verdicts(of pack: ReadPack, tell: (Int) -> Void) -> [Verdict] {
    var verdicts: [Verdict] = []
    verdicts.reserveCapacity(pack.count)
    for template in pack.templates {
      for verdictsOfGroup in decide(template) {
        verdicts += verdictsOfGroup
        tell(verdictsOfGroup.count)
      }
    }
    return verdicts
  }

  func verdict(_ placed: PlacedRead, _ decision: Verdict.Decision, _ evidence: Verdict.Evidence) -> Verdict {
    Verdict(placed, decision, options.level, evidence, asOf: asOf)
  }

  /// What is said of a read that has no query, or no place.
  func unbound(_ placed: PlacedRead) -> Verdict {
    var evidence = Verdict.Evidence()
    let reason: DoubtReason
    switch placed.question {
    case .outline(let outline): return verdict(placed, decide(placed, outline, &evidence), evidence)
    case .unclear(let why, let what): (reason, evidence.detail) = (why, what)
    // The branch got this error as well: whatever main did, the text names nothing that main's stream carries.
    case .unknownNames(let error): (reason, evidence.detail) = (.branchSchema, error.message)
    case .asked: reason = .unsupported  // Somebody else decides.
    }
    return verdict(placed, .doubtful(reason), evidence)
  }
}

// MARK: - Groups

extension VerdictRun {
  /// For each group of those who ask the same, its verdicts, one after the other as somebody takes them.
  private func decide(_ template: TemplateGroup) -> some Sequence<[Verdict]> {
    let known = engine.templates[template.template]
    let obstacles = template.groups.map { obstacle(known.footprints, $0) }
    let open = template.groups.indices.filter { obstacles[$0] == nil }
    let tier = CellTier(
      run: self, known: known, style: template.style ?? TextStyle(), groups: open.map { template.groups[$0] })
    let isOfRows = options.level == .footprint || options.level == .membership
    let footprints = isOfRows ? known.footprints.map { $0.looking(at: options.level, engine.schema) } : nil
    var findings = [CellFindings?](repeating: nil, count: template.groups.count)
    if !known.usesClock, !options.isCancelled(), !options.without.contains(.cells) {
      for (place, found) in zip(open, footprints.map(tier.findings) ?? tier.findings()) { findings[place] = found }
    }
    return template.groups.indices.lazy.map { [self] place in
      let group = template.groups[place]
      if options.isCancelled() { return group.reads.map { self.undecided(self.engine.reads[$0]) } }
      if let obstacle = obstacles[place] {
        return group.reads.map { self.verdict(self.engine.reads[$0], .doubtful(obstacle.reason), obstacle.evidence) }
      }
      return footprints.map { self.decide(group, known, by: $0, findings[place]) } ?? decide(group, known, findings[place])
    }
  }

  /// What stands in the way of all reads of a group.
  private func obstacle(_ footprints: [Footprint], _ group: ReadGroup) -> (reason: DoubtReason, evidence: Verdict.Evidence)? {
    var evidence = Verdict.Evidence()
    let doubt = doubt(footprints, group.standpoint, group.branch, engine.reads[group.reads[0]].read, &evidence)
    return doubt.map { ($0, evidence) }
  }

  private func decide(_ group: ReadGroup, _ known: KnownTemplate, _ findings: CellFindings?) -> [Verdict] {
    group.reads.indices.map { place in
      let placed = engine.reads[group.reads[place]]
      if options.isCancelled() { return undecided(placed) }
      var evidence = Verdict.Evidence()
      evidence.was = RecordedAnswer.read(placed.read.answer, as: known.types, placed.style)
      var judge = ReadJudge(
        run: self, known: known, standpoint: group.standpoint, placed: placed, was: evidence.was,
        cells: findings.map { ($0, place) })
      judge.settleAnswer(&evidence)
      let decision = judge.decide(&evidence)
      if evidence.was == nil, evidence.detail == nil, decision != .holds {
        evidence.detail = RecordedAnswer.fault(placed.read.answer, as: known.types, placed.style)
      }
      return verdict(placed, weighed(decision, placed, known, &evidence), evidence)
    }
  }

  private func undecided(_ placed: PlacedRead) -> Verdict {
    var evidence = Verdict.Evidence()
    evidence.detail = "it was not looked at: somebody stopped the work"
    return verdict(placed, .doubtful(.budget), evidence)
  }

  /// What becomes of the decision that rests on the answer, and of the verdict if that is what was asked for.
  private func weighed(
    _ decision: Verdict.Decision, _ placed: PlacedRead, _ known: KnownTemplate, _ evidence: inout Verdict.Evidence
  ) -> Verdict.Decision {
    guard let condition = placed.read.holdsIf else { return decision }
    let judged = evidence.weigh(condition, known.template.query.columns, decision)
    guard options.level == .decision else { return decision }
    switch (judged, decision) {
    case (.stands, _): return .holds
    case (.fails, _): return .stale
    case (.unknown, .doubtful): return decision
    case (.unknown, _):
      evidence.detail = "the answer has changed, and what it is now is not known"
      return .doubtful(.noBase)
    }
  }
}

// MARK: - What stands in the way

extension VerdictRun {
  /// What stands in the way of any proof, whatever the rows say.
  func doubt(
    _ footprints: [Footprint], _ standpoint: Standpoint, _ branch: BranchTimeline, _ read: RecordedRead,
    _ evidence: inout Verdict.Evidence
  ) -> DoubtReason? {
    if max(asOf, standpoint.fork) > engine.ledger.end {
      evidence.waitsFor = max(asOf, standpoint.fork)
      return .notReached
    }
    if !engine.ledger.retains(standpoint.fork) || !engine.ledger.retains(asOf) { return .notRetained }
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
    let doubt = doubtfulEvent(footprints, standpoint, branch, read)
    if doubt == .schema { evidence.detail = engine.schemaHistory.lost(footprints, after: standpoint.fork, until: asOf) }
    if doubt == nil, let table = rewrittenUnderWrites(footprints, standpoint) {
      evidence.detail = "the branch wrote to \(table.name), whose keys are others on main by now"
      return .schema
    }
    return doubt
  }

  /// A table of whose rows nobody can tell any more which ones the branch wrote.
  private func rewrittenUnderWrites(_ footprints: [Footprint], _ standpoint: Standpoint) -> Table? {
    let tables = engine.schemaHistory.rewritten(Set(footprints.map(\.table)), after: standpoint.fork, until: asOf)
    return tables.sorted().lazy.compactMap { self.engine.schema[$0] }.first { self.memory.isWritten($0, standpoint) }
  }

  /// Why an event after the fork leaves nothing to be proven.
  func doubtfulEvent(
    _ footprints: [Footprint], _ standpoint: Standpoint, _ branch: BranchTimeline, _ read: RecordedRead
  ) -> DoubtReason? {
    if engine.schemaHistory.touches(footprints, after: standpoint.fork, until: asOf, read) { return .schema }
    // What sees no table misses no change of one.
    if footprints.isEmpty { return nil }
    return engine.ledger.events.lazy.compactMap { self.doubt($0, standpoint.fork) }.first
      ?? branch.events.lazy.compactMap(\.doubtOfBranch).first
  }

  private func doubt(_ event: StreamEvent, _ fork: Position) -> DoubtReason? {
    switch event {
    case .gap(let position): fork < position && position <= asOf ? .gap : nil
    case .rewind(let position): fork > position ? .rewound : .gap
    case .start, .transaction, .schemaChange: nil
    }
  }
}

extension StreamEvent {
  /// What an event of the branch's own stream takes away from all of its reads: where it stands among them is not looked at.
  fileprivate var doubtOfBranch: DoubtReason? {
    switch self {
    case .gap, .rewind: .gap
    case .schemaChange: .schema
    case .start, .transaction: nil
    }
  }
}

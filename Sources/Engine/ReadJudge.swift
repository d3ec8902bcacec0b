import Circuits
import Expressions
import Queries
import Relations

/// Judges one read: from the changes that it can see, then from its answer, then from the question asked again of both states.
struct ReadJudge {
  let run: VerdictRun
  let query: Query
  let footprints: [Footprint]
  let standpoint: Standpoint
  let placed: PlacedRead
  let was: AnswerRows?

  init(
    run: VerdictRun, query: Query, footprints: [Footprint], standpoint: Standpoint, placed: PlacedRead, was: AnswerRows?
  ) {
    self.run = run
    self.query = query
    self.footprints = footprints
    self.standpoint = standpoint
    self.placed = placed
    self.was = was
  }

  /// The clock at which it was asked, and the one that it is judged by.
  private var clocks: (then: Int64?, now: Int64?) {
    let asked = placed.read.askedAt
    return (asked, run.options.clockStandsStill ? asked : run.clock ?? asked)
  }

  private func context(_ clock: Int64?) -> EvaluationContext {
    EvaluationContext(clock: clock, style: placed.question.style ?? TextStyle())
  }
}

// MARK: - Tiers

extension ReadJudge {
  mutating func decide(_ evidence: inout Verdict.Evidence) -> Verdict.Decision {
    if query.usesClock {
      guard clocks.then != nil, clocks.now != nil else { return .doubtful(.noClock) }
    }
    let sight = Sight(run, footprints, standpoint, context(nil))
    if let doubt = sight.doubt {
      evidence.detail = sight.detail
      return .doubtful(doubt)
    }
    if sight.isEmpty, !query.usesClock {
      evidence.decidedBy = .footprint
      evidence.now = evidence.was
      return .holds
    }
    let decision = decideBySight(sight, &evidence)
    if case .stale = decision { addWitnesses(sight, &evidence) }
    return decision
  }

  private mutating func decideBySight(_ sight: Sight, _ evidence: inout Verdict.Evidence) -> Verdict.Decision {
    let branch = decide(sight.branch, .branch, &evidence)
    guard let other = sight.main else { return branch }
    var ignored = Verdict.Evidence()
    let main = decide(other, .main, &ignored)
    if branch == main { return branch }
    evidence.under = (branch, main)
    evidence.detail = "branch and main changed the same row"
    evidence.now = nil
    return .doubtful(.contested)
  }

  /// Tier 1, then tier 2, for one way to resolve what is contested.
  private func decide(_ deltas: [TableID: ZSet], _ way: Side.Way, _ evidence: inout Verdict.Evidence) -> Verdict.Decision {
    if !query.usesClock, let question = SingleTableQuestion(query), let delta = deltas[question.table] {
      switch AnswerTier(question: question, context: context(nil)).finding(delta, was: was) {
      case .holds:
        evidence.decidedBy = .answer
        evidence.now = was
        return .holds
      case .stale(let now):
        evidence.decidedBy = .answer
        evidence.now = now
        return .stale
      case .undecided: break
      }
    }
    return evaluate(way, &evidence)
  }

  /// Tier 2: the question asked again of both states.
  private func evaluate(_ way: Side.Way, _ evidence: inout Verdict.Evidence) -> Verdict.Decision {
    let before = answer(.then, clocks.then)
    let after = answer(.now(way), clocks.now)
    switch (before, after) {
    case (.unreadable(let failure), _), (_, .unreadable(let failure)): return .doubtful(failure.reason)
    case (.unsupported(let what), _), (_, .unsupported(let what)):
      evidence.detail = what
      return .doubtful(.unsupported)
    case (.errorOrder(let error), _), (_, .errorOrder(let error)):
      evidence.detail = error.message
      return .doubtful(.errorOrder)
    case (.raised(let a), .raised(let b)):
      evidence.decidedBy = .circuit
      (evidence.was, evidence.now) = (AnswerRows(a.state), AnswerRows(b.state))
      return a.state == b.state ? .holds : .stale
    case (.raised(let error), .rows(let answer)):
      return answer.doubt.map { .doubtful($0) } ?? differ(AnswerRows(error.state), AnswerRows(answer), &evidence)
    case (.rows(let answer), .raised(let error)):
      return answer.doubt.map { .doubtful($0) } ?? differ(AnswerRows(answer), AnswerRows(error.state), &evidence)
    case (.rows(let a), .rows(let b)):
      if let doubt = a.doubt ?? b.doubt { return .doubtful(doubt) }
      guard let same = AnswerComparison.same(a, b) else { return .doubtful(.undetermined) }
      if !same { return differ(AnswerRows(a), AnswerRows(b), &evidence) }
      evidence.decidedBy = .circuit
      (evidence.was, evidence.now) = (AnswerRows(a), AnswerRows(b))
      return .holds
    }
  }

  private func differ(_ was: AnswerRows, _ now: AnswerRows, _ evidence: inout Verdict.Evidence) -> Verdict.Decision {
    evidence.decidedBy = .circuit
    (evidence.was, evidence.now) = (was, now)
    return .stale
  }

  private func answer(_ side: Side, _ clock: Int64?) -> Outcome {
    Circuits.answer(to: query, on: StateSnapshot(run: run, standpoint: standpoint, side: side), context(clock))
  }
}

extension AnswerRows {
  fileprivate init(_ answer: Answer) { self.init(answer.columns.map(\.type), answer.rows.rows) }
}

extension Answer {
  /// What SQL leaves open of it.
  fileprivate var doubt: DoubtReason? {
    if doubts.contains(.errorOrder) { return .errorOrder }
    if doubts.contains(.unordered) { return .unordered }
    if doubts.contains(.floatRounding) { return .floatRounding }
    return doubts.isEmpty ? nil : .undetermined
  }
}

// MARK: - What the read can see of the changes

extension ReadJudge {
  /// The changes that the read can see: per table, those of rows inside a footprint.
  struct Sight {
    var branch: [TableID: ZSet] = [:]
    /// Where main's way of a contested key is taken; nil if none is contested.
    var main: [TableID: ZSet]?
    var doubt: DoubtReason?
    var detail: String?
    /// Whether nothing visible has changed, in either way.
    var isEmpty = true
  }
}

extension ReadJudge.Sight {
  init(_ run: VerdictRun, _ footprints: [Footprint], _ standpoint: Standpoint, _ context: EvaluationContext) {
    var other: [TableID: ZSet] = [:]
    var isContested = false
    for footprint in footprints {
      guard let table = run.engine.schema[footprint.table] else { continue }
      let delta = run.delta(table, standpoint)
      if let doubt = delta.doubt {
        (self.doubt, detail) = (doubt, "of \(table.name)")
        return
      }
      if let (column, reason) = footprint.columns.lazy.compactMap({ c in delta.unknown[c].map { (c, $0) } }).first {
        let lens = Lens(footprint, context, knowing: delta.unknown.keys)
        if lens?.seesNothing(of: delta.traffic) ?? delta.traffic.isEmpty { continue }
        (doubt, detail) = (reason, "\(table.name).\(table.columns[column].name)")
        return
      }
      let lens = Lens(footprint, context, knowing: [])
      if lens?.seesNoChange(delta.branch) ?? delta.branch.isEmpty, delta.main.map({ lens?.seesNoChange($0) ?? $0.isEmpty }) ?? true
      {
        branch[table.id] = branch[table.id] ?? delta.branch
        other[table.id] = other[table.id] ?? delta.main ?? delta.branch
        continue
      }
      isEmpty = false
      branch[table.id] = delta.branch
      other[table.id] = delta.main ?? delta.branch
      isContested = isContested || delta.main != nil
    }
    main = isContested ? other : nil
  }
}

extension ReadJudge {
  /// The net changes inside the footprints: what a stale verdict rests on.
  private func addWitnesses(_ sight: Sight, _ evidence: inout Verdict.Evidence) {
    for footprint in footprints {
      guard let table = run.engine.schema[footprint.table], let delta = sight.branch[footprint.table] else { continue }
      let inside = Lens(footprint, context(clocks.now), knowing: []).map { $0.inside(delta) } ?? delta
      let witnesses = WitnessFinder(table, run.span(table.id, since: standpoint.fork)).witnesses(inside, footprint.columns)
      evidence.witnessCount += witnesses.count
      evidence.witnesses += witnesses.prefix(run.options.witnesses - evidence.witnesses.count)
    }
  }
}

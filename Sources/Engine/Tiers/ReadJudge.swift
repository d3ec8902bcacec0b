import Circuits
import Expressions
import Queries
import Relations

/// Judges one read: from the changes that it can see, then from its answer, then from the question asked again of both states.
struct ReadJudge {
  let run: VerdictRun
  let known: KnownTemplate
  let standpoint: Standpoint
  let placed: PlacedRead
  /// The old answer, as far as it is known.
  var was: AnswerRows?
  /// What the cells say, and which of their reads this is; nil if there are none.
  let cells: (findings: CellFindings, read: Int)?
  /// The question asked of the old end, once somebody has.
  var before: Outcome?
  /// What was made to ask it with.
  let asking = Asking()

  var query: Query { known.template.query(placed.constants) }

  var footprints: [Footprint] { known.footprints.map { $0.supplying(placed.constants) } }

  /// The clock at which it was asked, and the one that it is judged by.
  var clocks: (then: Int64?, now: Int64?) {
    let asked = placed.read.askedAt
    return (asked, run.options.clockStandsStill ? asked : run.clock ?? asked)
  }

  func context(_ clock: Int64?) -> EvaluationContext {
    EvaluationContext(parameters: placed.constants, clock: clock, style: placed.style ?? TextStyle())
  }
}

// MARK: - Tiers

extension ReadJudge {
  func decide(_ evidence: inout Verdict.Evidence) -> Verdict.Decision {
    if known.usesClock {
      guard clocks.then != nil, clocks.now != nil else { return .doubtful(.noClock) }
    }
    if let cells, cells.findings.isUnchanged(cells.read) {
      evidence.decidedBy = .footprint
      evidence.now = was
      return .holds
    }
    let decision = decideStep(&evidence)
    if case .stale = decision {
      evidence.because = known.usesClock ? cause() : .data
      if evidence.now == nil { evidence.now = computedNow() }
      evidence.delta = delta(evidence)
      addWitnesses(&evidence)
      evidence.staleSince = staleSince()
    }
    return decision
  }

  /// The decision alone.
  func decideStep(_ evidence: inout Verdict.Evidence) -> Verdict.Decision {
    decideBySums(&evidence) ?? decideByRows(&evidence) ?? decideBySight(&evidence)
  }

  func uses(_ means: VerdictEngine.Options.Means) -> Bool { !run.options.without.contains(means) }

  /// Which of data and clock made the answer another one: both ends evaluated with only one of them moved.
  private func cause() -> Verdict.Cause? {
    var ignored = Verdict.Evidence()
    let before = asked()
    let byData = compare(before, answer(.now(.branch), clocks.then), &ignored)
    let byClock = compare(before, answer(.then, clocks.now), &ignored)
    switch (byData, byClock) {
    case (.stale, .stale): return .both
    case (.stale, .holds): return .data
    case (.holds, .stale): return .clock
    case (.holds, .holds): return .together
    default: return nil
    }
  }

  /// Tier 1 from the sums beside the cells; nil if they leave it open.
  private func decideBySums(_ evidence: inout Verdict.Evidence) -> Verdict.Decision? {
    guard uses(.answers), let cells, let changes = cells.findings.changes(cells.read), let totals = known.totals else { return nil }
    // An error that totals like these cannot raise: what was recorded is not their answer.
    if let was, was.rows == nil { return nil }
    if totals.isGrouped { return decideGroups(by: changes, totals, &evidence) }
    return decision(TotalChange.finding(totals.totals, changes, was: was), &evidence)
  }

  /// Where the groups' counts add up to something else, some group's count is another one; and where nothing but rows is counted, the cell
  /// that is not nothing says so.
  private func decideGroups(
    by changes: [TotalChange], _ totals: SummedTotals, _ evidence: inout Verdict.Evidence
  ) -> Verdict.Decision? {
    let isCounted = totals.tellsGroups || zip(totals.totals, changes).contains { $0.isCount && $1.count != 0 }
    // What was recorded tells what the groups are now, if there is time to look at them.
    if !isCounted || (was != nil && run.maySpend(cells?.findings.rowCount(cells!.read) ?? 0)) { return nil }
    return decision(.stale(now: nil), &evidence)
  }

  /// Tier 1 where the cell is of the very rows that the answer shows: it is not zero, so they are others. Which ones they are now costs a
  /// look at what came and went.
  private func decideByRows(_ evidence: inout Verdict.Evidence) -> Verdict.Decision? {
    guard uses(.answers), let cells, cells.findings.tellsRows, was == nil || was?.rows != nil else { return nil }
    if was != nil, run.maySpend(cells.findings.rowCount(cells.read)) { return nil }
    return decision(.stale(now: nil), &evidence)
  }

  private func decideBySight(_ evidence: inout Verdict.Evidence) -> Verdict.Decision {
    let sight =
      cells.map { Sight($0.findings, $0.read, wantsRows: known.question != nil) }
      ?? Sight(run, footprints, standpoint, context(nil))
    if let doubt = sight.doubt {
      evidence.detail = sight.detail
      return .doubtful(doubt)
    }
    if sight.isEmpty, !known.usesClock, uses(.sight) {
      evidence.decidedBy = .footprint
      evidence.now = evidence.was
      return .holds
    }
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
    if !known.usesClock, uses(.answers), let question = known.question, let delta = deltas[question.table] {
      let finding = AnswerTier(question: question, context: context(nil)).finding(delta, was: was)
      if let decision = decision(finding, &evidence) { return decision }
    }
    guard placed.read.certificate != nil else { return evaluate(way, &evidence) }
    var certified = evidence
    if let decision = decideByCertificate(way, &certified) {
      evidence = certified
      return decision
    }
    let decision = evaluate(way, &evidence)
    if decision == .doubtful(.noBase) { evidence.detail = certified.detail ?? evidence.detail }
    return decision
  }

  /// nil for what is open.
  private func decision(_ finding: AnswerTier.Finding, _ evidence: inout Verdict.Evidence) -> Verdict.Decision? {
    switch finding {
    case .undecided: return nil
    case .holds: (evidence.decidedBy, evidence.now) = (.answer, was)
    case .stale(let now):
      (evidence.decidedBy, evidence.now) = (.answer, now)
      return .stale
    }
    return .holds
  }

  /// Tier 2: by what the answer changes by, or the question asked again of both states.
  private func evaluate(_ way: Side.Way, _ evidence: inout Verdict.Evidence) -> Verdict.Decision {
    if let decision = step(way, &evidence) { return decision }
    guard uses(.evaluation) else { return .doubtful(.noBase) }
    let (before, after) = (asked(), answer(.now(way), clocks.now))
    let decision = compare(before, after, &evidence)
    guard decision == .doubtful(.floatRounding), differBeyondRounding(before, after, way) else { return decision }
    evidence.decidedBy = .circuit
    return .stale
  }

  private func compare(_ before: Outcome, _ after: Outcome, _ evidence: inout Verdict.Evidence) -> Verdict.Decision {
    switch (before, after) {
    case (.unreadable(let failure), _), (_, .unreadable(let failure)): return .doubtful(failure.reason)
    case (.unsupported(let what), _), (_, .unsupported(let what)):
      evidence.detail = what
      return .doubtful(query.foreignCollation == nil ? .unsupported : .collation)
    case (.errorOrder(let error), _), (_, .errorOrder(let error)):
      evidence.detail = error.message
      return .doubtful(.errorOrder)
    case (.raised(let a), .raised(let b)):
      evidence.decidedBy = .circuit
      (evidence.was, evidence.now) = (AnswerRows(a.state), AnswerRows(b.state))
      return a.state == b.state ? .holds : .stale
    case (.raised(let error), .rows(let answer)):
      return answer.doubt.map { .doubtful($0) } ?? differ(AnswerRows(error.state), answer.shown, &evidence)
    case (.rows(let answer), .raised(let error)):
      return answer.doubt.map { .doubtful($0) } ?? differ(answer.shown, AnswerRows(error.state), &evidence)
    case (.rows(let a), .rows(let b)):
      if let doubt = a.doubt ?? b.doubt { return .doubtful(doubt) }
      guard let same = AnswerComparison.same(a, b) else { return .doubtful(.undetermined) }
      if !same { return differ(a.shown, b.shown, &evidence) }
      evidence.decidedBy = .circuit
      (evidence.was, evidence.now) = (a.shown ?? evidence.was, b.shown)
      return .holds
    }
  }

  private func differ(_ was: AnswerRows?, _ now: AnswerRows?, _ evidence: inout Verdict.Evidence) -> Verdict.Decision {
    evidence.decidedBy = .circuit
    (evidence.was, evidence.now) = (was ?? evidence.was, now)
    return .stale
  }

  /// The question asked of the old end, at the clock of then.
  func asked() -> Outcome {
    if let before = before ?? asking.before { return before }
    let (outcome, visited) = circuit.answer(on: state(.then), context(clocks.then))
    (asking.before, asking.visited) = (outcome, visited)
    return outcome
  }

  /// - Parameter other: the read's own question if left out.
  func answer(_ side: Side, _ clock: Int64?, to other: Query? = nil) -> Outcome {
    if let other { return Circuits.answer(to: other, on: state(side), context(clock)) }
    return circuit.answer(on: state(side), context(clock)).outcome
  }

  func state(_ side: Side) -> StateSnapshot { StateSnapshot(memory: run.memory, standpoint: standpoint, side: side) }

  var circuit: Circuit {
    if let known = asking.circuit { return known }
    let made = Circuit(query)
    asking.circuit = made
    return made
  }
}

/// What is made when a read's question is first asked, and serves whoever asks it again. A class, because those who ask only look.
final class Asking {
  fileprivate(set) var circuit: Circuit?
  fileprivate(set) var before: Outcome?
  /// How many rows of tables it took to ask the old end.
  fileprivate(set) var visited = 0
}

extension AnswerRows {
  init(_ answer: Answer) { self.init(answer.columns.map(\.type), answer.rows.rows) }
}

extension Answer {
  /// Nil if its rows are there and their order is not.
  var shown: AnswerRows? { unknownOrder == nil ? AnswerRows(self) : nil }

  /// What SQL leaves open of it.
  fileprivate var doubt: DoubtReason? {
    if doubts.contains(.errorOrder) { return .errorOrder }
    if doubts.contains(.unordered) { return .unordered }
    if doubts.contains(.floatRounding) { return .floatRounding }
    return doubts.isEmpty ? nil : .undetermined
  }
}

import Circuits
import Expressions
import Queries
import Relations
import Storage

/// Since when a stale answer has differed: the transaction after which it has done so without interruption.
///
/// The states between those that touched what the read can see are judged from the last backwards, until one gives the old answer: by sums
/// that run along (`ReadHistory`), by steps from one to the one before (`SteppedHistory`), or each as if it were the present.
extension ReadJudge {
  /// Where that takes too long, an interval; nil where nobody can tell.
  ///
  /// Not for questions that use the clock: time passes between transactions too.
  func staleSince() -> Verdict.Since? {
    if known.usesClock { return nil }
    if let cells, cells.findings.telling != nil {
      guard run.maySpend(cost) else { return nil }
      if let moment = cells.findings.differsSince(cells.read, was: was) {
        return moment <= run.engine.ledger.wholeFrom ? sinceSomeTime : .exactly(moment)
      }
    }
    // Sums that run along tell of groups only while these are more or fewer.
    let isGrouped = cells?.findings.totals?.isGrouped ?? false
    if isGrouped, let steps = SteppedHistory(self) { return steps.since }
    if let cells, cells.findings.totals != nil {
      guard run.maySpend(cost) else { return nil }
      if let history = ReadHistory(cells.findings, cells.read, was: was) { return since(history) }
    }
    if !isGrouped, let steps = SteppedHistory(self) { return steps.since }
    guard run.maySpend(cost) else { return nil }
    var states = EarlierStates(self)
    let moments = states.moments
    for (place, moment) in moments.enumerated().reversed() {
      if moment <= run.engine.ledger.wholeFrom { break }
      // Before the first there is the fork's state.
      guard place > 0 else { return .exactly(moment) }
      switch states.isUnchanged(after: moments[place - 1]) {
      case true?: return .exactly(moment)
      case false?: continue
      case nil: return .between(after: standpoint.fork, by: moment)
      }
    }
    return moments.isEmpty ? nil : sinceSomeTime
  }

  private func since(_ history: ReadHistory) -> Verdict.Since? {
    var states = EarlierStates(self)
    var found = history.lastMoment()
    while let moment = found {
      if moment.after <= run.engine.ledger.wholeFrom { return sinceSomeTime }
      switch moment.isUnchanged ?? states.isUnchanged(after: moment.before) {
      case true?: return .exactly(moment.after)
      case false?: found = history.lastMoment(before: moment)
      case nil: return .between(after: standpoint.fork, by: moment.after)
      }
    }
    return history.first.map { $0 <= run.engine.ledger.wholeFrom ? sinceSomeTime : .exactly($0) }
  }

  /// Of what the log was before it was kept whole, the states between pins are not known.
  var sinceSomeTime: Verdict.Since { .between(after: standpoint.fork, by: run.engine.ledger.wholeFrom) }

  /// About how many rows are looked at for one more state: the changes, and all that there are where the question is asked again.
  fileprivate var cost: Int {
    let changes =
      cells.map { $0.findings.rowCount($0.read) }
      ?? footprints.reduce(0) { $0 + (run.memory.span($1.table, since: standpoint.fork)?.count ?? 0) }
    if known.question != nil { return changes }
    return footprints.reduce(changes) { $0 + (run.engine.base?.rows[$1.table] ?? []).reduce(0) { $0 + $1.count } }
  }
}

/// The states of main at which a read's answer can have become another one, each judged as if it were the present.
private struct EarlierStates {
  private let judge: ReadJudge
  private lazy var seen = judge.seenChanges()
  private lazy var question = seen.count == 1 ? judge.questionOver(seen[0]) : nil
  /// What the question gives at the old end, which is the same for all states, where somebody has to ask it.
  private lazy var before = judge.before ?? (judge.known.question == nil ? judge.asked() : nil)

  init(_ judge: ReadJudge) { self.judge = judge }

  /// The transactions that the read can see, ascending.
  var moments: [Position] { mutating get { Set(seen.flatMap(\.positions)).sorted() } }

  /// nil where that is open.
  mutating func isUnchanged(after moment: Position) -> Bool? {
    switch question.flatMap({ judge.decision($0, seen[0], at: moment) }) ?? decision(at: moment) {
    case .holds: true
    case .stale: false
    case .doubtful, nil: nil
    }
  }

  private mutating func decision(at moment: Position) -> Verdict.Decision? {
    guard let state = judge.run.at(moment, cost: judge.cost) else { return nil }
    var evidence = Verdict.Evidence()
    return ReadJudge(
      run: state, known: judge.known, standpoint: judge.standpoint, placed: judge.placed, was: judge.was, cells: nil,
      before: before
    ).decideStep(&evidence)
  }
}

// MARK: - What the read can see

extension ReadJudge {
  /// What main did to a table, as far as the read can see it: in the order of the log, with the transactions' positions.
  struct LoggedChanges {
    let table: Table
    let changes: ZSet
    let positions: [Position]
    /// Whether these are the rows inside the footprint, all of them known, and not all that there are.
    let isInside: Bool
  }

  func seenChanges() -> [LoggedChanges] {
    guard let cells else { return footprints.compactMap(seenChanges) }
    return cells.findings.seen.compactMap { seen in
      guard let traffic = seen.traffic else { return nil }
      guard let rows = seen.branch.trafficRows(cells.read) else { return seenChanges(seen.footprint.supplying(placed.constants)) }
      return LoggedChanges(
        table: seen.table, changes: traffic.changes.picking(rows), positions: rows.map { traffic.span.positions[Int($0)] },
        isInside: true)
    }
  }

  /// Nil where nothing has happened.
  private func seenChanges(_ footprint: Footprint) -> LoggedChanges? {
    guard let table = run.engine.schema[footprint.table], let span = run.memory.span(table.id, since: standpoint.fork) else {
      return nil
    }
    let changes = span.changes
    // A row that the branch wrote too may be inside for what both wrote, and outside as main has it.
    guard !run.memory.isWritten(table, standpoint),
      let lens = Lens(footprint, EvaluationContext(parameters: placed.constants), knowing: [])
    else { return LoggedChanges(table: table, changes: changes, positions: span.positions, isInside: false) }
    let inside = lens.places(inside: changes)
    return LoggedChanges(
      table: table, changes: changes.picking(inside), positions: inside.map { span.positions[Int($0)] },
      isInside: span.truncations.isEmpty && span.unknown(anyOf: table) == nil)
  }

  /// The question, if the changed rows that it can see, which are few beside all that has changed, are all that it needs.
  fileprivate func questionOver(_ seen: LoggedChanges) -> SingleTableQuestion? {
    guard seen.isInside, footprints.count == 1, let question = known.question, question.table == seen.table.id else { return nil }
    return question
  }

  /// What these rows said up to a position; nil where they leave it open.
  fileprivate func decision(_ question: SingleTableQuestion, _ seen: LoggedChanges, at position: Position) -> Verdict.Decision? {
    let count = seen.positions.count { $0 <= position }
    guard run.maySpend(count) else { return nil }
    let delta = seen.changes.picking((0..<Int32(count)).map { $0 }).consolidated()
    if delta.isEmpty { return .holds }
    return switch AnswerTier(question: question, context: context(nil)).finding(delta, was: was) {
    case .holds: .holds
    case .stale: .stale
    // Without a base nobody can say more.
    case .undecided: run.engine.base == nil ? .doubtful(.noBase) : nil
    }
  }
}

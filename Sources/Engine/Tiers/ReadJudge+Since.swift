import Circuits
import Expressions
import Queries
import Relations
import Storage

/// Since when a stale answer has differed: the transaction after which it has done so without interruption.
///
/// The states between those that touched what the read can see are judged from the last backwards, until one gives the old answer.
extension ReadJudge {
  /// Where that takes too long, an interval; nil where nobody can tell.
  ///
  /// Not for questions that use the clock: time passes between transactions too.
  func staleSince() -> Verdict.Since? {
    if known.usesClock { return nil }
    if let cells, cells.findings.isSummed {
      guard run.maySpend(cells.findings.rowCount(cells.read)) else { return nil }
      if let since = sinceByCells() { return since }
    }
    guard run.maySpend(cost) else { return nil }
    let seen = seenChanges()
    let touches = Set(seen.flatMap(\.positions)).sorted()
    let question = seen.count == 1 ? questionOver(seen[0]) : nil
    let before = before ?? (known.question == nil ? asked() : nil)
    for (place, touch) in touches.enumerated().reversed() {
      if touch <= run.engine.ledger.wholeFrom { return sinceSomeTime }
      // Before the first there is the fork's state.
      guard place > 0 else { return .exactly(touch) }
      let earlier = touches[place - 1]
      switch question.flatMap({ decision($0, seen[0], at: earlier) })
        ?? run.at(earlier, cost: cost).map({ decision(in: $0, before) })
      {
      case .holds: return .exactly(touch)
      case .stale: continue
      case .doubtful, nil: return .between(after: standpoint.fork, by: touch)
      }
    }
    return nil
  }

  /// Of what the log was before it was kept whole, the states between pins are not known.
  var sinceSomeTime: Verdict.Since { .between(after: standpoint.fork, by: run.engine.ledger.wholeFrom) }

  /// About how many rows are looked at for one more state: the changes, and all that there are where the question is asked again.
  private var cost: Int {
    let changes =
      cells.map { $0.findings.rowCount($0.read) }
      ?? footprints.reduce(0) { $0 + (run.span($1.table, since: standpoint.fork)?.count ?? 0) }
    if known.question != nil { return changes }
    return footprints.reduce(changes) { $0 + (run.engine.base?.rows[$1.table] ?? []).reduce(0) { $0 + $1.count } }
  }

  /// - Parameter before: what the question gives at the old end, which is the same for all states, if somebody has asked it.
  private func decision(in state: VerdictRun, _ before: Outcome?) -> Verdict.Decision {
    var evidence = Verdict.Evidence()
    return ReadJudge(
      run: state, known: known, standpoint: standpoint, placed: placed, was: was, cells: nil, before: before
    ).decideStep(&evidence)
  }
}

// MARK: - What the read can see

extension ReadJudge {
  /// What main did to a table, as far as the read can see it: in the order of the log, with the transactions' positions.
  private struct SeenChanges {
    let table: Table
    let changes: ZSet
    let positions: [Position]
    /// Whether these are the rows inside the footprint, all of them known, and not all that there are.
    let isInside: Bool
  }

  private func seenChanges() -> [SeenChanges] {
    guard let cells else { return footprints.compactMap(seenChanges) }
    return cells.findings.seen.compactMap { seen in
      guard let traffic = seen.traffic else { return nil }
      guard let rows = seen.branch.trafficRows(cells.read) else { return seenChanges(seen.footprint.supplying(placed.constants)) }
      return SeenChanges(
        table: seen.table, changes: traffic.changes.picking(rows), positions: rows.map { traffic.span.positions[Int($0)] },
        isInside: true)
    }
  }

  /// Nil where nothing has happened.
  private func seenChanges(_ footprint: Footprint) -> SeenChanges? {
    guard let table = run.engine.schema[footprint.table], let span = run.span(table.id, since: standpoint.fork) else { return nil }
    let changes = span.changes
    // A row that the branch wrote too may be inside for what both wrote, and outside as main has it.
    guard !run.isWritten(table, standpoint),
      let lens = Lens(footprint, EvaluationContext(parameters: placed.constants), knowing: [])
    else { return SeenChanges(table: table, changes: changes, positions: span.positions, isInside: false) }
    let inside = lens.places(inside: changes)
    return SeenChanges(
      table: table, changes: changes.picking(inside), positions: inside.map { span.positions[Int($0)] },
      isInside: span.truncations.isEmpty && span.unknown(anyOf: table) == nil)
  }

  /// The question, if the changed rows that it can see, which are few beside all that has changed, are all that it needs.
  private func questionOver(_ seen: SeenChanges) -> SingleTableQuestion? {
    guard seen.isInside, footprints.count == 1, let question = known.question, question.table == seen.table.id else { return nil }
    return question
  }

  /// What these rows said up to a position; nil where they leave it open.
  private func decision(_ question: SingleTableQuestion, _ seen: SeenChanges, at position: Position) -> Verdict.Decision? {
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

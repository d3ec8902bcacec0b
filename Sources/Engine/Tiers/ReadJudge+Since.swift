import Circuits
import Expressions
import Queries
import Relations
import Storage

/// Since when a stale answer has differed.
extension ReadJudge {
  /// The transaction after which the answer has differed without interruption: the states between those that touched what the read can
  /// see are judged one by one, from the last backwards, until one gives the old answer. Where that takes too long, an interval.
  ///
  /// Not for questions that use the clock: time passes between transactions too.
  func staleSince() -> Verdict.Since? {
    guard !known.usesClock, let touches = touches() else { return nil }
    let before = before ?? (known.question == nil ? asked() : nil)
    let own = ownRows()
    for (place, touch) in touches.enumerated().reversed() {
      // Before the first there is the fork's state.
      guard place > 0 else { return .exactly(touch) }
      let earlier = touches[place - 1]
      switch own.flatMap({ decision($0, at: earlier) }) ?? run.at(earlier, cost: cost).map({ decision(in: $0, before) }) {
      case .holds: return .exactly(touch)
      case .stale: continue
      case .doubtful, nil: return .between(after: standpoint.fork, by: touch)
      }
    }
    return nil
  }

  /// About how many rows are looked at for one more state: the changes, and all that there are where the question is asked again.
  private var cost: Int {
    footprints.reduce(0) { cost, footprint in
      let rows = known.question == nil ? run.engine.base?.rows[footprint.table] : nil
      return cost + (run.span(footprint.table, since: standpoint.fork)?.count ?? 0) + (rows?.reduce(0) { $0 + $1.count } ?? 0)
    }
  }

  /// - Parameter before: what the question gives at the old end, which is the same for all states, if somebody has asked it.
  private func decision(in state: VerdictRun, _ before: Outcome?) -> Verdict.Decision {
    var evidence = Verdict.Evidence()
    return ReadJudge(
      run: state, known: known, standpoint: standpoint, placed: placed, was: was, cells: nil, before: before
    ).decideStep(&evidence)
  }

  /// The positions of the transactions that touched rows inside a footprint, ascending; nil if it takes too long to find them.
  private func touches() -> [Position]? {
    guard run.maySpend(cost) else { return nil }
    var touches: Set<Position> = []
    for footprint in footprints {
      guard let table = run.engine.schema[footprint.table], let span = run.span(table.id, since: standpoint.fork) else { continue }
      // A row that the branch wrote too may be inside for what both wrote, and outside as main has it.
      let lens =
        run.isWritten(table, standpoint) ? nil : Lens(footprint, EvaluationContext(parameters: placed.constants), knowing: [])
      let inside = lens?.places(inside: span.changes) ?? Array(0..<Int32(span.count))
      for image in inside { touches.insert(span.positions[Int(image)]) }
    }
    return touches.sorted()
  }
}

// MARK: - One table that the branch has not written

extension ReadJudge {
  /// The changed rows that the read can see, in the order of the log: few beside all that has changed, and they decide alone.
  private struct OwnRows {
    let question: SingleTableQuestion
    let changes: ZSet
    let positions: [Position]
  }

  private func ownRows() -> OwnRows? {
    guard let question = known.question, footprints.count == 1, let footprint = footprints.first, footprint.table == question.table,
      let table = run.engine.schema[footprint.table], !run.isWritten(table, standpoint),
      let span = run.span(table.id, since: standpoint.fork), span.truncations.isEmpty, span.unknown(anyOf: table) == nil,
      let lens = Lens(footprint, EvaluationContext(parameters: placed.constants), knowing: []), run.maySpend(span.count)
    else { return nil }
    let changes = span.changes
    let inside = lens.places(inside: changes)
    return OwnRows(question: question, changes: changes.picking(inside), positions: inside.map { span.positions[Int($0)] })
  }

  /// What these rows said up to a position; nil where they leave it open.
  private func decision(_ own: OwnRows, at position: Position) -> Verdict.Decision? {
    let count = own.positions.count { $0 <= position }
    guard run.maySpend(count) else { return nil }
    let delta = own.changes.picking((0..<Int32(count)).map { $0 }).consolidated()
    if delta.isEmpty { return .holds }
    return switch AnswerTier(question: own.question, context: context(nil)).finding(delta, was: was) {
    case .holds: .holds
    case .stale: .stale
    // Without a base nobody can say more.
    case .undecided: run.engine.base == nil ? .doubtful(.noBase) : nil
    }
  }
}

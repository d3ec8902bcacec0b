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
    for (place, touch) in touches.enumerated().reversed() {
      // Before the first there is the fork's state.
      guard place > 0 else { return .exactly(touch) }
      switch run.at(touches[place - 1], cost: cost).map({ decision(in: $0, before) }) {
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

import Circuits
import Expressions
import Queries
import Relations

/// Tier 2 by a step: what the old answer changes by, from what the read can see of the changes, and what these meet in the tables.
extension ReadJudge {
  /// nil where that leaves it open, or where evaluating looks at fewer rows than have changed.
  ///
  /// Says something only of an old answer without errors or doubts: a step looks at what changes, and errors may be in what stays.
  func step(_ way: Side.Way, _ evidence: inout Verdict.Evidence) -> Verdict.Decision? {
    guard uses(.steps), case .rows(let before) = asked(), before.doubts.isEmpty, before.unknownOrder == nil,
      known.template.query.foreignCollation == nil, let changes = changes(way)
    else { return nil }
    let isCheaper = changes.values.reduce(0) { $0 + $1.count } <= asking.visited
    guard isCheaper || !uses(.evaluation) else { return nil }
    circuit.forget()
    let outcome = circuit.step(
      on: state(.then), by: changes, context(clocks.then), until: known.usesClock ? clocks.now : nil)
    circuit.forget()
    guard case .delta(let delta) = outcome, let decision = decision(before, delta, &evidence) else { return nil }
    evidence.decidedBy = .circuit
    return decision
  }

  private func decision(_ before: Answer, _ delta: Circuits.AnswerDelta, _ evidence: inout Verdict.Evidence) -> Verdict.Decision? {
    let was = AnswerRows(before)
    if delta.isEmpty {
      (evidence.was, evidence.now) = (was, was)
      return .holds
    }
    // Rows that differ in nothing that is printed, such as a number's trailing zeros, may have moved, or changed no answer.
    guard let now = was.changed(by: delta.rows), let old = was.rows, let new = now.rows,
      !AnswerComparison.printsSame(old, new, isOrdered: false)
    else { return nil }
    (evidence.was, evidence.now) = (was, before.isOrdered ? nil : now)
    return .stale
  }

  /// What the read can see of the changes, per table, under the branch's writes; nil where not all of it is known.
  func changes(_ way: Side.Way) -> [TableID: ZSet]? {
    guard Set(known.footprints.map(\.table)).count == known.footprints.count else { return nil }
    var changes: [TableID: ZSet] = [:]
    if let cells {
      for seen in cells.findings.seen {
        changes[seen.table.id] = (way == .main ? seen.main ?? seen.branch : seen.branch).net(cells.read)
      }
      return changes
    }
    for footprint in footprints {
      guard let table = run.engine.schema[footprint.table] else { return nil }
      let delta = run.memory.delta(table, standpoint)
      guard delta.doubt == nil, delta.unknown.isEmpty else { return nil }
      let all = way == .main ? delta.main ?? delta.branch : delta.branch
      let lens = known.usesClock ? nil : Lens(footprint, context(nil), knowing: [])
      changes[table.id] = lens.map { all.picking($0.places(inside: all)) } ?? all
    }
    return changes
  }
}

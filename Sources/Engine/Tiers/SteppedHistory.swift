import Circuits
import Expressions
import Queries
import Relations

/// Since when an answer differs, by stepping from the present backwards, one transaction after the other, until the old answer is there.
///
/// Shaped for questions that need main's rows: joins, groups, least and greatest values, first rows. Their state is made once, and then a step
/// costs what a transaction changed. What the question does not look at is null, so that transactions that change nothing else are none.
struct SteppedHistory {
  private let judge: ReadJudge
  private let before: Answer
  private let old: MaskedSnapshot<StateSnapshot>
  private let traffic: [Traffic]
  private let moments: [Position]

  /// What main did to a table, in the order of the log, as far as the question looks at it.
  private struct Traffic {
    let table: TableID
    let changes: ZSet
    let positions: [Position]

    /// How many of them there are up to a position.
    func count(until position: Position) -> Int {
      var (low, high) = (0, positions.count)
      while low < high {
        let middle = (low + high) / 2
        if positions[middle] <= position { low = middle + 1 } else { high = middle }
      }
      return low
    }

    func picking(_ rows: Range<Int>) -> ZSet { changes.picking(rows.map { Int32($0) }).consolidated().compacted }
  }

  /// nil where the question is not asked of main's rows, or not all changes of these are known.
  init?(_ judge: ReadJudge) {
    let footprints = judge.footprints
    guard judge.uses(.steps), !judge.known.usesClock, judge.run.engine.base != nil,
      judge.known.template.query.foreignCollation == nil,
      Set(footprints.map(\.table)).count == footprints.count
    else { return nil }
    if let cells = judge.cells { guard judge.run.maySpend(cells.findings.rowCount(cells.read)) else { return nil } }
    let seen = judge.seenChanges()
    guard seen.allSatisfy(\.isInside), judge.before != nil || judge.run.mayEvaluate(footprints),
      case .rows(let before) = judge.asked(), before.doubts.isEmpty, before.unknownOrder == nil
    else { return nil }
    self.judge = judge
    self.before = before
    old = MaskedSnapshot(judge.state(.then), Dictionary(uniqueKeysWithValues: footprints.map { ($0.table, $0.columns) }))
    traffic = seen.compactMap { [old] seen in
      let changes = ZSet(seen.changes.rows.masked(old.columns[seen.table.id] ?? []), weights: seen.changes.weights)
      return Self.traffic(seen.table.id, changes, seen.positions, judge, old)
    }
    moments = Set(traffic.flatMap(\.positions)).sorted()
  }

  private static func traffic(
    _ table: TableID, _ changes: ZSet, _ positions: [Position], _ judge: ReadJudge, _ old: MaskedSnapshot<StateSnapshot>
  ) -> Traffic {
    var kept = changes.rowsThatCount(positions)
    var (own, places) = (changes.picking(kept), kept.map { positions[Int($0)] })
    if own.count > 64, let few = judge.circuit.mattering(among: own, of: table, on: old, judge.context(judge.clocks.then)) {
      kept = few
      (own, places) = (own.picking(kept), kept.map { places[Int($0)] })
    }
    return Traffic(table: table, changes: own, positions: places)
  }
}

extension ZSet {
  /// Without rows that go where the same row comes at once: an update of what nobody looks at.
  fileprivate func rowsThatCount(_ positions: [Position]) -> [Int32] {
    guard count > 1 else { return (0..<Int32(count)).map { $0 } }
    let same = rows.rowsEqual((0..<Int32(count - 1)).map { $0 }, rows, (1..<Int32(count)).map { $0 }, .representation)
    var kept: [Int32] = []
    var row = 0
    while row < count {
      if row + 1 < count, same[row], weights[row] + weights[row + 1] == 0, positions[row] == positions[row + 1] {
        row += 2
      } else {
        kept.append(Int32(row))
        row += 1
      }
    }
    return kept
  }
}

// MARK: - Walking back

extension SteppedHistory {
  /// Where a step would cost more than there is time for, an interval; nil where nobody can tell.
  var since: Verdict.Since? {
    guard let last = moments.last else { return nil }
    let unknown = Verdict.Since.between(after: judge.standpoint.fork, by: last)
    guard moments.count <= Self.mostSteps, judge.run.maySpend(moments.count * Self.costOfStep), let present = answer(after: last)
    else { return unknown }
    // Compact, or each step would move all text of the tables.
    var difference = (ZSet(present.rows).compacted - ZSet(before.rows).compacted).consolidated()
    let circuit = judge.circuit
    circuit.forget()
    defer { circuit.forget() }
    for place in moments.indices.reversed() {
      let moment = moments[place]
      if moment <= judge.run.engine.ledger.wholeFrom { return judge.sinceSomeTime }
      // Before the first there is the fork's state.
      guard place > 0 else { return .exactly(moment) }
      let earlier = moments[place - 1]
      if case .delta(let step) = circuit.step(on: state(after: moment), by: undoing(moment), judge.context(judge.clocks.then)) {
        if !step.rows.isEmpty { difference = (difference + step.rows.compacted).consolidated().compacted }
      } else {
        guard let answer = answer(after: earlier) else { return .between(after: judge.standpoint.fork, by: moment) }
        difference = (ZSet(answer.rows).compacted - ZSet(before.rows).compacted).consolidated()
      }
      switch isUnchanged(after: earlier, difference) {
      case true?: return .exactly(moment)
      case false?: continue
      case nil: return .between(after: judge.standpoint.fork, by: moment)
      }
    }
    return nil
  }

  /// In changes that are looked at.
  private static let costOfStep = 512
  private static let mostSteps = 4_096

  /// Whether the answer was the old one; nil where that is open.
  private func isUnchanged(after moment: Position, _ difference: ZSet) -> Bool? {
    if difference.isEmpty, !before.isOrdered { return true }
    if !difference.isEmpty, difference.printsDifferently { return false }
    // Rows in another order, or numbers that print alike.
    return answer(after: moment).flatMap { AnswerComparison.same(before, $0) }
  }

  /// nil of one that is open.
  private func answer(after moment: Position) -> Answer? {
    let outcome = judge.circuit.answer(on: state(after: moment), judge.context(judge.clocks.then)).outcome
    guard case .rows(let answer) = outcome, answer.doubts.isEmpty else { return nil }
    return answer
  }

  private func state(after moment: Position) -> Moment {
    Moment(base: old) {
      changes { traffic in traffic.picking(0..<traffic.count(until: moment)) }
    }
  }

  private func undoing(_ moment: Position) -> [TableID: ZSet] {
    changes { traffic in
      let end = traffic.count(until: moment)
      var start = end
      while start > 0, traffic.positions[start - 1] == moment { start -= 1 }
      return -traffic.picking(start..<end)
    }
  }

  private func changes(_ own: (Traffic) -> ZSet) -> [TableID: ZSet] {
    Dictionary(uniqueKeysWithValues: traffic.map { ($0.table, own($0)) }).filter { !$0.value.isEmpty }
  }
}

extension ZSet {
  /// Whether rows came or went that a reader can tell apart.
  var printsDifferently: Bool {
    var counts: [[PrintedValue]: Int64] = [:]
    for row in 0..<count { counts[rows[row].map(PrintedValue.init), default: 0] += weights[row] }
    return counts.values.contains { $0 != 0 }
  }
}

/// The tables after some transactions: made when somebody looks, because most steps do not.
private final class Moment: Snapshot {
  private let base: MaskedSnapshot<StateSnapshot>
  private let changes: () -> [TableID: ZSet]
  private lazy var made = ChangedSnapshot(base, changes())

  init(base: MaskedSnapshot<StateSnapshot>, _ changes: @escaping () -> [TableID: ZSet]) {
    self.base = base
    self.changes = changes
  }

  func scan(
    _ table: TableID, columns: [Int], where condition: Expression?, _ context: EvaluationContext
  ) throws(SnapshotFailure) -> [Batch] {
    try made.scan(table, columns: columns, where: condition, context)
  }

  func probe(
    _ table: TableID, key: [Int], among values: Batch, columns: [Int], _ context: EvaluationContext
  ) throws(SnapshotFailure) -> [Batch] {
    try made.probe(table, key: key, among: values, columns: columns, context)
  }

  func count(of table: TableID) -> Int? { base.count(of: table) }

  var isIndexed: Bool { true }
}

import Expressions
import Queries
import Relations
import TestKit

@testable import Circuits

/// Tables, changes of them, and whether a step tells how answers differ.
struct SteppedCase {
  let before: MemorySnapshot
  let changes: [TableID: ZSet]
  let after: MemorySnapshot
  var context = EvaluationContext()
  /// The clock of the answer after.
  var clock: Int64?

  struct Tally: CustomStringConvertible {
    var asked = 0
    var stepped = 0
    /// How many of these changed anything.
    var changed = 0
    var evaluated = 0
    var costly = 0
    var unsupported = 0
    /// Not stepped because the answer before was no plain answer.
    var open = 0

    var description: String {
      "\(asked) asked: \(stepped) stepped, \(changed) of them changed; \(evaluated) to be evaluated, \(costly) too costly; "
        + "\(unsupported) not evaluated, \(open) open before"
    }
  }

  init(_ before: MemorySnapshot, _ changes: [TableID: ZSet]) {
    self.before = before
    self.changes = changes
    var after = before
    for (table, change) in changes {
      let rows = (ZSet.sum(before.tables[table]!.map { ZSet($0) } + [ZSet(change.types), change])).consolidated()
      after.tables[table] = [rows.listed]
    }
    self.after = after
  }

  /// What is wrong with the step; nil if nothing is.
  func fault(_ query: Query, _ form: Form, _ tally: inout Tally, isTraced: Bool = false) -> String? {
    tally.asked += 1
    guard case .rows(let old) = answer(to: query, on: before, context), old.doubts.isEmpty else {
      tally.open += 1
      return nil
    }
    let outcome =
      switch form {
      case .memory: step(query, on: before, by: changes, context, until: clock, isTraced: isTraced)
      case .indexed: step(query, on: IndexedSnapshot(before), by: changes, context, until: clock, isTraced: isTraced)
      case .undone:
        step(
          query, on: ChangedSnapshot(IndexedSnapshot(after), changes.mapValues { -$0 }), by: changes, context, until: clock,
          isTraced: isTraced)
      }
    return fault(query, old, outcome, &tally)
  }

  func fault(_ query: Query, _ old: Answer, _ outcome: StepOutcome, _ tally: inout Tally) -> String? {
    var later = context
    if let clock { later.clock = clock }
    switch outcome {
    case .evaluate(.open): tally.evaluated += 1
    case .evaluate(.cost): tally.costly += 1
    case .unsupported: tally.unsupported += 1
    case .unreadable(let failure): return "unreadable: \(failure)"
    case .delta(let delta):
      tally.stepped += 1
      if !delta.isEmpty { tally.changed += 1 }
      guard case .rows(let new) = answer(to: query, on: after, later) else { return "a step where there is no answer" }
      if !new.doubts.isEmpty { return "a step to an answer that is open: \(new.doubts.names)" }
      let difference = (ZSet(new.rows) - ZSet(old.rows) - delta.rows).consolidated()
      if !difference.isEmpty {
        return "the step is \(delta.rows.text), and the difference \((ZSet(new.rows) - ZSet(old.rows)).consolidated().text)"
      }
      if delta.isEmpty && !old.isSameList(as: new) { return "a step that does not see that the order changes" }
      if let origins = delta.origins { return fault(origins, delta.rows) }
    }
    return nil
  }

  /// Each row that changes rests on something that is there.
  private func fault(_ origins: [[InputChange]], _ rows: ZSet) -> String? {
    if origins.count != rows.count { return "not all rows have origins" }
    for (row, own) in origins.enumerated() {
      if own.isEmpty && clock == nil { return "row \(rows.rows[row]) rests on nothing" }
      for change in own where !(0..<(changes[change.table]?.consolidated().count ?? 0) ~= change.row) {
        return "row \(rows.rows[row]) rests on \(change), which is not there"
      }
    }
    return nil
  }

  enum Form: CaseIterable { case memory, indexed, undone }
}

extension ZSet {
  var text: String { "\(zip(rows.rows, weights).prefix(6).map { "\($1) × \($0)" }) of \(count)" }
}

extension Answer {
  /// Whether the rows come in the same order, as far as one is fixed.
  func isSameList(as other: Answer) -> Bool {
    guard let ranks, let others = other.ranks else { return true }
    func runs(_ answer: Answer, _ ranks: [Int32]) -> [ZSet] {
      var runs: [ZSet] = []
      var start = 0
      while start < ranks.count {
        var end = start + 1
        while end < ranks.count && ranks[end] == ranks[start] { end += 1 }
        runs.append(ZSet(answer.rows.picking((Int32(start)..<Int32(end)).map { $0 })))
        start = end
      }
      return runs
    }
    // Ties may be split by what is not shown: then they are lists of lists.
    let (a, b) = (runs(self, ranks), runs(other, others))
    return a.count == b.count && zip(a, b).allSatisfy { $0 == $1 }
  }
}

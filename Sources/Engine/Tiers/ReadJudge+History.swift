import Relations
import Sentry

/// Since when, where what the rows come to says all there is to say of an answer: running sums, and no state of anything.
extension ReadJudge {
  /// nil where it takes more than that, or more time than there is.
  func sinceByCells() -> Verdict.Since? {
    guard let cells, cells.findings.isSummed, let seen = cells.findings.seen.first, let traffic = seen.traffic,
      seen.branch.parts.count == 1, was == nil || was?.rows != nil
    else { return nil }
    let part = seen.branch.parts[0]
    guard run.maySpend(seen.branch.count(cells.read)) else { return nil }
    let history = part.join.history(of: part.first + cells.read)
    var touch: Position?
    for place in history.rows.indices.reversed() {
      let position = traffic.span.positions[Int(history.rows[place])]
      // After the last row of each transaction.
      if let later = touch, position != later {
        guard let isUnchanged = isUnchanged(history, place) else { return nil }
        if isUnchanged { return .exactly(later) }
      }
      touch = position
    }
    return touch.map { .exactly($0) }
  }

  /// Whether the rows up to a place leave the answer what it was; nil where that is open.
  private func isUnchanged(_ history: CellHistory, _ place: Int) -> Bool? {
    if history.running.cells[place].isZero { return true }
    guard let totals = cells?.findings.totals else { return false }
    if totals.countsRows { return history.running.cells[place].count == 0 }
    switch TotalChange.finding(totals.totals, totals.changes(history.running, place), was: was) {
    case .holds: return true
    case .stale: return false
    case .undecided: return nil
    }
  }
}

extension CellFindings {
  /// Whether what the rows come to decides what becomes of the answer.
  fileprivate var isSummed: Bool { tellsRows || totals.map { !$0.isGrouped } ?? false }
}

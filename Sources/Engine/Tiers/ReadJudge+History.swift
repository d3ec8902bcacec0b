import Relations
import Sentry

/// Since when, where what the rows come to says all there is to say of an answer: running sums, and no state of anything.
extension ReadJudge {
  /// nil where it takes more than that.
  func sinceByCells() -> Verdict.Since? {
    guard let cells, let seen = cells.findings.seen.first, let traffic = seen.traffic, seen.branch.parts.count == 1,
      was == nil || was?.rows != nil
    else { return nil }
    let part = seen.branch.parts[0]
    let history = part.join.history(of: part.first + cells.read)
    // After the last row of each transaction, from the last one backwards, until nothing has changed.
    var later: Position?
    for end in history.ends(of: traffic.span.positions).reversed() {
      if let later {
        if later <= run.engine.ledger.wholeFrom { return sinceSomeTime }
        guard let isUnchanged = isUnchanged(history, end.place, cells.findings.totals) else { return nil }
        if isUnchanged { return .exactly(later) }
      }
      later = end.position
    }
    return later.map { $0 <= run.engine.ledger.wholeFrom ? sinceSomeTime : .exactly($0) }
  }

  /// Whether the rows up to a place leave the answer what it was; nil where that is open.
  private func isUnchanged(_ history: CellHistory, _ place: Int, _ totals: SummedTotals?) -> Bool? {
    if history.running.cells[place].isZero { return true }
    guard let totals else { return false }
    if totals.countsRows { return history.running.cells[place].count == 0 }
    switch TotalChange.finding(totals.totals, totals.changes(history.running, place), was: was) {
    case .holds: return true
    case .stale: return false
    case .undecided: return nil
    }
  }
}

extension CellHistory {
  /// The last place of each transaction.
  fileprivate func ends(of positions: [Position]) -> [(place: Int, position: Position)] {
    var ends: [(place: Int, position: Position)] = []
    for place in rows.indices {
      let position = positions[Int(rows[place])]
      if place + 1 < rows.count, positions[Int(rows[place + 1])] == position { continue }
      ends.append((place, position))
    }
    return ends
  }
}

extension CellFindings {
  /// Whether what the rows come to decides what becomes of the answer.
  var isSummed: Bool { tellsRows || totals.map { !$0.isGrouped } ?? false }
}

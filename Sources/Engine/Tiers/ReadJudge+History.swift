import Relations
import Sentry

/// What a read saw of main's traffic, in the order of the log: where what the rows come to says what became of the answer, running sums
/// tell it of every moment, and no state of anything is needed.
struct ReadHistory {
  /// For each row, where its transaction is.
  private let positions: [Position]
  private let running: Running
  private let was: AnswerRows?

  /// What the rows come to, one after the other.
  private enum Running {
    /// The answer is a number of rows: they are most.
    case counts([Int64])
    /// Other rows are another answer.
    case rows(CellAnswer)
    case totals(CellAnswer, SummedTotals)
  }

  /// nil where the cells do not say it all.
  init?(_ findings: CellFindings, _ read: Int, was: AnswerRows?) {
    guard findings.tellsRows || findings.totals != nil, was == nil || was?.rows != nil, let seen = findings.seen.first,
      let traffic = seen.traffic, seen.branch.parts.count == 1
    else { return nil }
    let (join, place) = (seen.branch.parts[0].join, seen.branch.parts[0].first + read)
    let rows: [Int32]
    if let totals = findings.totals, totals.countsRows, !totals.isGrouped {
      let counts = join.counts(of: place)
      (rows, running) = (counts.rows, .counts(counts.running))
    } else {
      let history = join.history(of: place)
      (rows, running) = (history.rows, findings.totals.map { .totals(history.running, $0) } ?? .rows(history.running))
    }
    positions = traffic.span.positions.withUnsafeBufferPointer { all in rows.map { all[Int($0)] } }
    self.was = was
  }
}

extension ReadHistory {
  /// Between two transactions: the last moment at which the answer may have been the old one.
  struct Moment {
    let before: Position
    let after: Position
    /// Whether it was; nil where that is open.
    let isUnchanged: Bool?
    /// The last row before it.
    fileprivate let place: Int
  }

  /// The first transaction that the read can see.
  var first: Position? { positions.first }

  /// The last such moment, or the last one before another; nil if there is none behind the fork.
  func lastMoment(before later: Moment? = nil) -> Moment? {
    // What it was after the last row is why somebody asks.
    var place = (later?.place ?? positions.count - 1) - 1
    while place >= 0 {
      let isUnchanged = isUnchanged(place)
      if isUnchanged != false, positions[place] != positions[place + 1] {
        return Moment(before: positions[place], after: positions[place + 1], isUnchanged: isUnchanged, place: place)
      }
      place -= 1
    }
    return nil
  }

  /// Whether the answer was the old one after a row; nil where that is open.
  private func isUnchanged(_ place: Int) -> Bool? {
    switch running {
    case .counts(let counts): counts[place] == 0
    case .rows(let answer): answer.cells[place].isZero
    case .totals(let answer, let totals): answer.cells[place].isZero ? true : totals.areUnchanged(answer, place, was)
    }
  }
}

extension SummedTotals {
  fileprivate func areUnchanged(_ running: CellAnswer, _ place: Int, _ was: AnswerRows?) -> Bool? {
    // Most often the rows of all groups say it: where they are more or fewer, some group's are.
    if isGrouped, countsRows, running.cells[place].count != 0 { return false }
    let changes = changes(running, place)
    // Where the groups' counts add up to something else, some group's count is another one.
    if isGrouped { return zip(totals, changes).allSatisfy { !$0.isCount || $1.count == 0 } ? nil : false }
    switch TotalChange.finding(totals, changes, was: was) {
    case .holds: return true
    case .stale: return false
    case .undecided: return nil
    }
  }
}

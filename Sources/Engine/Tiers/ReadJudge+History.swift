import Relations
import Sentry

/// What the rows say that a read saw of main's traffic, one after the other.
extension CellFindings {
  /// The first transaction behind the last moment at which the answer was the old one, where the cells alone tell that.
  func differsSince(_ read: Int, was: AnswerRows?) -> Position? {
    guard let measure = telling, was == nil || was?.rows != nil, let (traffic, join, place) = loggedRows(of: read) else {
      return nil
    }
    return traffic.span.positions.withUnsafeBufferPointer { positions in
      join.firstRow(sinceNothingOf: measure, place) { positions[Int($0)] != positions[Int($1)] }.map { positions[Int($0)] }
    }
  }

  /// What a read's cell has to be nothing of for the answer to be the old one, and for no other; nil where the rows have to be looked at.
  var telling: CellJoin.Measure? {
    guard let totals else { return tellsRows ? .rows : nil }
    if totals.tellsGroups { return .rows }
    return totals.countsRows && !totals.isGrouped ? .count : nil
  }

  /// The rows that a read sees, in the order of the log: the join, and its place there; nil where they are in several joins.
  fileprivate func loggedRows(of read: Int) -> (traffic: TableTraffic, join: CellJoin, place: Int)? {
    guard let seen = seen.first, let traffic = seen.traffic, seen.branch.parts.count == 1 else { return nil }
    return (traffic, seen.branch.parts[0].join, seen.branch.parts[0].first + read)
  }
}

/// The same where running sums tell of most moments what became of the answer, though not of all.
struct ReadHistory {
  /// For each row, where its transaction is.
  private let positions: [Position]
  private let running: CellAnswer
  private let totals: SummedTotals
  private let was: AnswerRows?

  /// nil where the cells do not say it all.
  init?(_ findings: CellFindings, _ read: Int, was: AnswerRows?) {
    guard let totals = findings.totals, was == nil || was?.rows != nil, let (traffic, join, place) = findings.loggedRows(of: read)
    else { return nil }
    let history = join.history(of: place)
    positions = traffic.span.positions.withUnsafeBufferPointer { all in history.rows.map { all[Int($0)] } }
    (running, self.totals, self.was) = (history.running, totals, was)
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
    running.cells[place].isZero ? true : totals.areUnchanged(running, place, was)
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

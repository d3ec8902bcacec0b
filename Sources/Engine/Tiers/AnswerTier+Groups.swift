import Expressions
import Queries
import Relations

/// Groups: only those that a changed row is of can have changed.
extension AnswerTier {
  func groups(_ inside: ZSet, _ groups: SingleTableQuestion.Groups, _ was: AnswerRows?) throws(Failure) -> Finding {
    if inside.isEmpty { return .holds }
    var keys: [Column] = []
    for key in groups.keys { keys.append(try inside.column(key, context)) }
    let recorded = was?.rows.map { RecordedGroups($0, groups) }
    var now = recorded
    var isOther = false
    var isOpen = false
    for rows in Batch(keys, count: inside.count).rowsByEquality {
      let change = try change(of: inside.picking(rows), groups)
      if change.isNothing { continue }
      let shown = keys.map { $0[Int(rows[0])] }
      switch change.finding(groups, recorded?.row(shown), isRecorded: recorded != nil) {
      case .other(let row):
        isOther = true
        now?.replace(shown, by: row)
      case .same: break
      case .open: isOpen = true
      }
    }
    if isOther {
      let isKnown = !isOpen && !question.isOrdered && now?.isKnown == true
      return .stale(now: isKnown ? now.map { AnswerRows(was!.types, $0.rows) } : nil)
    }
    // The same rows, but maybe in another order.
    return isOpen || question.isOrdered ? .undecided : .holds
  }

  private func change(of rows: ZSet, _ groups: SingleTableQuestion.Groups) throws(Failure) -> GroupChange {
    var totals: [TotalChange] = []
    for total in groups.totals { totals.append(try change(of: total, rows)) }
    return GroupChange(rows: rows.weights.reduce(0, +), totals: totals)
  }
}

/// What becomes of one group.
private struct GroupChange {
  /// How many rows came, on balance.
  let rows: Int64
  let totals: [TotalChange]

  var isNothing: Bool { rows == 0 && totals.allSatisfy(\.isNothing) }

  enum Finding {
    case same
    /// Its row is now this one, if that is known.
    case other(Row)
    case open

    enum Row {
      case values([Value])
      case gone
      case unknown
    }
  }

  /// - Parameters:
  ///   - before: the totals of the group's recorded row; nil if it had none, or nothing was recorded.
  ///   - isRecorded: whether what was recorded tells that.
  func finding(_ groups: SingleTableQuestion.Groups, _ before: [Value]?, isRecorded: Bool) -> Finding {
    if isRecorded, before == nil { return appearing(groups) }
    var values: [Value] = []
    var isOther = false
    var isOpen = false
    var count: Int64?
    for (place, total) in groups.totals.enumerated() {
      switch totals[place].finding(total, was: before?[place]) {
      case .same(let value): if let value { values.append(value) }
      case .other(let value):
        isOther = true
        if let value { values.append(value) }
        if case .countRows = total.kind, total.filter == nil, case .integer(let now)? = value { count = now }
      case .open: isOpen = true
      }
    }
    // The last row of a group takes the group with it, whatever the totals say.
    if count == 0 { return .other(.gone) }
    let mayVanish = rows < 0 && count == nil
    if isOther { return .other(values.count == groups.totals.count && !mayVanish ? .values(values) : .unknown) }
    return isOpen || rows < 0 || (rows > 0 && !isRecorded) ? .open : .same
  }

  /// A group that was not there: what it has now is what came.
  private func appearing(_ groups: SingleTableQuestion.Groups) -> Finding {
    guard rows > 0 else { return .open }
    var values: [Value] = []
    for (place, total) in groups.totals.enumerated() {
      let nothing: Value = if case .sum = total.kind { .null } else { .integer(0) }
      switch totals[place].finding(total, was: nothing) {
      case .same(let value?), .other(let value?): values.append(value)
      case .same(nil), .other(nil), .open: return .other(.unknown)
      }
    }
    return .other(.values(values))
  }
}

/// The rows of a recorded answer, found by group.
private struct RecordedGroups {
  private let groups: SingleTableQuestion.Groups
  private(set) var rows: [[Value]]
  private var places: [[UInt8]: Int] = [:]
  /// Whether every row is what it is now.
  private(set) var isKnown = true

  init(_ rows: [[Value]], _ groups: SingleTableQuestion.Groups) {
    self.groups = groups
    self.rows = rows
    for (place, row) in rows.enumerated() { places[name(groups.keys.indices.map { key in row[groups.place(.key(key))] })] = place }
  }

  private func name(_ key: [Value]) -> [UInt8] { KeyEncoding(groups.keys.map(\.type)).encode(key) }

  /// The totals of a group.
  func row(_ key: [Value]) -> [Value]? {
    places[name(key)].map { place in groups.totals.indices.map { rows[place][groups.place(.total($0))] } }
  }

  mutating func replace(_ key: [Value], by row: GroupChange.Finding.Row) {
    switch row {
    case .unknown: isKnown = false
    case .gone:
      guard let place = places.removeValue(forKey: name(key)) else { return isKnown = false }
      rows.remove(at: place)
      for (name, other) in places where other > place { places[name] = other - 1 }
    case .values(let totals):
      let values = groups.shown.map { shown in
        switch shown {
        case .key(let place): key[place]
        case .total(let place): totals[place]
        }
      }
      if let place = places[name(key)] { rows[place] = values } else { rows.append(values) }
    }
  }
}

extension SingleTableQuestion.Groups {
  /// The column of the answer in which something is shown first.
  fileprivate func place(_ shown: Shown) -> Int { self.shown.firstIndex(of: shown)! }
}

extension Batch {
  /// The rows, those together that are equal in every column.
  fileprivate var rowsByEquality: [[Int32]] {
    let encoded = keys()
    var places: [[UInt8]: Int] = [:]
    var groups: [[Int32]] = []
    for row in 0..<count {
      let name = Array(encoded[row])
      if let place = places[name] {
        groups[place].append(Int32(row))
      } else {
        places[name] = groups.count
        groups.append([Int32(row)])
      }
    }
    return groups
  }
}

import Expressions
import Queries
import Relations

/// Operators that put rows in order, or make use of it.
extension Computation {
  func sort(_ plan: Plan, _ keys: [Plan.SortKey], _ surroundings: Surroundings?, _ isNeeded: Bool) throws(Stop) -> Rows {
    try sort(try rows(of: plan, in: surroundings, isNeeded: isNeeded), keys, surroundings, isNeeded)
  }

  func sort(_ rows: Rows, _ keys: [Plan.SortKey], _ surroundings: Surroundings?, _ isNeeded: Bool) throws(Stop) -> Rows {
    let expressions = keys.map(\.expression)
    let input = bound(rows, for: expressions, surroundings)
    let columns = try values(expressions, input, surroundings, isNeeded: isNeeded)
    for column in columns { try catalogue.requireOrder(of: column.type) }
    return sorted(input, columns, keys.map(\.order))
  }

  func sorted(_ input: Rows, _ columns: [Column], _ orders: [KeyOrder]) -> Rows {
    let bindings = input.bindingColumns
    let keys = Batch(bindings + columns, count: input.count)
    let order = bindings.indices.map { SortOrder.Key($0) } + orders.enumerated().map { .init(bindings.count + $0, $1) }
    let sorted = keys.sortedRows(by: SortOrder(order))
    var rows = input.picking(sorted)
    rows.ranks = keys.picking(sorted).ranks
    return rows
  }

  func distinct(_ plan: Plan, _ surroundings: Surroundings?, _ isNeeded: Bool) throws(Stop) -> Rows {
    distinct(try rows(of: plan, in: surroundings, isNeeded: isNeeded), try requireOrders(of: plan))
  }

  func requireOrders(of plan: Plan) throws(Stop) { for type in plan.types { try catalogue.requireOrder(of: type) } }

  func distinct(_ input: Rows, _: Void) -> Rows {
    let grouping = Grouping(input.bindingColumns + input.columns, count: input.count)
    if !grouping.areIdentical(input.columns) && !Planted.bug("equal rows print alike") { doubts.insert(.undetermined) }
    var rows = grouping.count == input.count ? input : input.picking(grouping.firsts)
    rows.ranks = nil
    return rows
  }

  func distinctOn(_ plan: Plan, _ keys: [Expression], _ surroundings: Surroundings?, _ isNeeded: Bool) throws(Stop) -> Rows {
    try distinctOn(try rows(of: plan, in: surroundings, isNeeded: isNeeded), keys, surroundings, isNeeded)
  }

  func distinctOn(_ rows: Rows, _ keys: [Expression], _ surroundings: Surroundings?, _ isNeeded: Bool) throws(Stop) -> Rows {
    let input = bound(rows, for: keys, surroundings)
    let columns = try values(keys, input, surroundings, isNeeded: isNeeded)
    for column in columns { try catalogue.requireOrder(of: column.type) }
    let grouping = Grouping(input.bindingColumns + columns, count: input.count)
    // Of rows that tie for the first place any may be the one.
    let contenders = input.ranks.map { ranks in
      (0..<Int32(input.count)).filter { ranks[Int($0)] == ranks[Int(grouping.firsts[Int(grouping.groups[Int($0)])])] }
    }
    let rows = contenders ?? (0..<Int32(input.count)).map { $0 }
    let firsts = rows.map { grouping.firsts[Int(grouping.groups[Int($0)])] }
    let batch = input.batch
    if !batch.rowsEqual(rows, batch, firsts, .representation).isAllTrue { doubts.insert(.undetermined) }
    return input.picking(grouping.firsts)
  }
}

extension Batch {
  /// Numbers that ascend from row to row, the same for neighbours that are equal.
  var ranks: [Int32] {
    guard count > 1 else { return Array(repeating: 0, count: count) }
    let ties = rowsEqual((0..<Int32(count - 1)).map { $0 }, self, (1..<Int32(count)).map { $0 }, .equality)
    var rank: Int32 = 0
    return [0]
      + (0..<count - 1).map { row in
        if !ties[row] { rank += 1 }
        return rank
      }
  }
}

// MARK: - Limits

extension Computation {
  func limit(_ plan: Plan, _ limit: Plan.Limit, _ surroundings: Surroundings?, _ isNeeded: Bool) throws(Stop) -> Rows {
    try self.limit(try rows(of: plan, in: surroundings, isNeeded: false), limit, surroundings, isNeeded)
  }

  func limit(_ rows: Rows, _ limit: Plan.Limit, _ surroundings: Surroundings?, _ isNeeded: Bool) throws(Stop) -> Rows {
    let input = bound(rows, for: [limit.count, limit.offset].compactMap { $0 }, surroundings)
    let count = try bound(limit.count, surroundings, SQLError(SQLState("2201W"), "LIMIT must not be negative"), isNeeded)
    let offset = try bound(limit.offset, surroundings, SQLError(SQLState("2201X"), "OFFSET must not be negative"), isNeeded)
    let ties = try limit.ties.map { keys throws(Stop) in
      let columns = try values(keys.map(\.expression), input, surroundings, isNeeded: false)
      for column in columns { try catalogue.requireOrder(of: column.type) }
      return Batch(columns, count: input.count)
    }
    var kept: [Int32] = []
    for part in input.perBinding {
      let skipped = min(offset(part.binding) ?? 0, Int64(part.rows.count))
      let taken = min(count(part.binding) ?? .max, Int64(part.rows.count) - skipped)
      var end = Int(skipped + taken)
      if let ties, taken > 0 {
        while end < part.rows.count && ties.rowsEqual(Int(part.rows[end - 1]), ties, Int(part.rows[end]), .equality) { end += 1 }
      }
      if taken > 0 || end > skipped {
        noteCut(input, part.rows, at: Int(skipped))
        noteCut(input, part.rows, at: end)
      }
      kept += part.rows[Int(skipped)..<end]
    }
    return input.picking(kept)
  }

  /// The value of a bound for each binding; nil for none.
  private func bound(
    _ expression: Expression?, _ surroundings: Surroundings?, _ refusal: SQLError, _ isNeeded: Bool
  ) throws(Stop) -> (Int32) -> Int64? {
    guard let expression else { return { _ in nil } }
    let row = bound(Rows(Batch([], count: 1)), for: [expression], surroundings)
    let column = try values(expression, row, surroundings, isNeeded: isNeeded)
    for row in 0..<column.count {
      if case .integer(let bound) = column[row], bound < 0 { errors.note(refusal, isCertain: isNeeded) }
    }
    return { binding in
      if case .integer(let bound) = column[row.bindings == nil ? 0 : Int(binding)] { max(bound, 0) } else { nil }
    }
  }

  /// How many rows a limit looks at, the skipped ones included; nil for all.
  func reach(_ limit: Plan.Limit) throws(Stop) -> Int? {
    guard let count = limit.count else { return nil }
    let row = Rows(Batch([], count: 1))
    guard case .integer(let taken) = try values(count, row, nil, isNeeded: false)[0] else { return nil }
    guard let offset = limit.offset else { return Int(clamping: taken) }
    guard case .integer(let skipped) = try values(offset, row, nil, isNeeded: false)[0] else { return nil }
    return Int(clamping: taken.addingReportingOverflow(skipped).partialValue)
  }

  /// Where a limit separates rows that tie and differ, others might have come out.
  private func noteCut(_ input: Rows, _ rows: [Int32], at place: Int) {
    guard place > 0, place < rows.count, !Planted.bug("a cut through a tie is not told") else { return }
    var (start, end) = (0, rows.count)
    if let ranks = input.ranks {
      let rank = ranks[Int(rows[place])]
      if ranks[Int(rows[place - 1])] != rank { return }
      (start, end) = (place, place)
      while start > 0 && ranks[Int(rows[start - 1])] == rank { start -= 1 }
      while end < rows.count && ranks[Int(rows[end])] == rank { end += 1 }
    }
    let ties = Array(rows[start..<end])
    let first = Array(repeating: ties[0], count: ties.count)
    let batch = input.batch
    if !batch.rowsEqual(ties, batch, first, .representation).isAllTrue { doubts.insert(.undetermined) }
  }
}

extension Rows {
  /// The rows of each binding that has some, in their order.
  var perBinding: [(binding: Int32, rows: [Int32])] {
    guard let bindings else { return [(0, (0..<Int32(count)).map { $0 })] }
    var parts: [(binding: Int32, rows: [Int32])] = []
    var places: [Int32: Int] = [:]
    for (row, binding) in bindings.enumerated() {
      if let place = places[binding] {
        parts[place].rows.append(Int32(row))
      } else {
        places[binding] = parts.count
        parts.append((binding, [Int32(row)]))
      }
    }
    return parts
  }
}

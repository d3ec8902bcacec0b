import Expressions
import Queries
import Relations

/// Set operations, rows that are written out, and recursion.
extension Computation {
  func combine(_ operation: Plan.SetOperation, _ surroundings: Surroundings?, _ isNeeded: Bool) throws(Stop) -> Rows {
    let areNeeded = isNeeded && operation.kind == .union
    let left = try rows(of: operation.left, in: surroundings, isNeeded: areNeeded)
    return try combine(operation, left, try rows(of: operation.right, in: surroundings, isNeeded: areNeeded), surroundings)
  }

  func combine(
    _ operation: Plan.SetOperation, _ left: Rows, _ right: Rows, _ surroundings: Surroundings?
  ) throws(Stop) -> Rows {
    var (left, right) = (left, right)
    if left.bindings != nil || right.bindings != nil { (left, right) = (bound(left, surroundings), bound(right, surroundings)) }
    left.ranks = nil
    right = right.relabeled(operation.left.types)
    let all = Rows.concatenating([left, right])
    if operation.kind == .union && operation.isAll { return all }
    try requireOrders(of: operation.left)
    if operation.kind == .union { return distinct(all, ()) }

    let grouping = Grouping(all.bindingColumns + all.columns, count: all.count)
    if !grouping.areIdentical(all.columns) { doubts.insert(.undetermined) }
    var quota = quotas(operation, grouping, leftCount: left.count)
    return left.picking(
      (0..<Int32(left.count)).filter { row in
        let group = Int(grouping.groups[Int(row)])
        quota[group] -= 1
        return quota[group] >= 0
      })
  }

  /// How many rows of each group come out.
  private func quotas(_ operation: Plan.SetOperation, _ grouping: Grouping, leftCount: Int) -> [Int] {
    var counts = [(left: Int, right: Int)](repeating: (0, 0), count: grouping.count)
    for (row, group) in grouping.groups.enumerated() {
      if row < leftCount { counts[Int(group)].left += 1 } else { counts[Int(group)].right += 1 }
    }
    return counts.map { count in
      switch (operation.kind, operation.isAll) {
      case (.intersect, true): min(count.left, count.right)
      case (.intersect, false): min(count.left, count.right, 1)
      case (.except, true): count.left - count.right
      case (.except, false): count.right == 0 ? min(count.left, 1) : 0
      case (.union, _): preconditionFailure("a union is not counted")
      }
    }
  }

  func values(
    written rows: [[Expression]], _ types: [SQLType], _ surroundings: Surroundings?, _ isNeeded: Bool
  ) throws(Stop) -> Rows {
    if rows.isEmpty { return Rows(Batch(types, rows: [])) }
    let source = bound(Rows(Batch([], count: 1)), for: rows.flatMap { $0 }, surroundings)
    var parts: [Rows] = []
    for row in rows { parts.append(source.with(try values(row, source, surroundings, isNeeded: isNeeded))) }
    return .concatenating(parts)
  }
}

// MARK: - Recursion

/// What the last round of a recursion found.
struct Working {
  var rows: Rows
  /// Those that the recursion itself is in.
  let surroundings: Surroundings?
}

extension Computation {
  /// Beyond this, a recursion is taken to be endless.
  private static var roundLimit: Int { 100_000 }
  private static var rowLimit: Int { 20_000_000 }

  func recursive(_ recursion: Plan.Recursion, _ surroundings: Surroundings?) throws(Stop) -> Rows {
    var found = try rows(of: recursion.initial, in: surroundings, isNeeded: false)
    found.ranks = nil
    if !recursion.step.outerColumns.isEmpty { found = bound(found, surroundings) }
    if !recursion.isAll {
      try requireOrders(of: recursion.initial)
      found = distinct(found, ())
    }
    var all = found
    var rounds = 0
    while found.count > 0 {
      rounds += 1
      if rounds > Self.roundLimit || all.count > Self.rowLimit { throw .unsupported("a recursion without an end in sight") }
      working.append(Working(rows: found, surroundings: surroundings))
      defer { working.removeLast() }
      var next = try rows(of: recursion.step, in: surroundings, isNeeded: false)
      next.ranks = nil
      if found.bindings != nil { next = bound(next, surroundings) }
      next = next.relabeled(recursion.initial.types)
      if !recursion.isAll { next = fresh(next, beside: all) }
      found = next
      all = .concatenating([all, next])
    }
    return all
  }

  /// The rows that are not known yet, each once.
  private func fresh(_ rows: Rows, beside known: Rows) -> Rows {
    let all = Rows.concatenating([known, rows])
    let grouping = Grouping(all.bindingColumns + all.columns, count: all.count)
    if !grouping.areIdentical(all.columns) { doubts.insert(.undetermined) }
    return all.picking(grouping.firsts.filter { $0 >= known.count })
  }

  func working(level: Int, _ types: [SQLType], _ surroundings: Surroundings?) throws(Stop) -> Rows {
    precondition((1...working.count).contains(level), "the rows of a recursion are asked for in its step")
    let round = working[working.count - level]
    guard round.rows.bindings == nil || round.surroundings?.number == surroundings?.number else {
      throw .unsupported("a dependent recursion that is read in a subquery of its step")
    }
    return round.rows
  }
}

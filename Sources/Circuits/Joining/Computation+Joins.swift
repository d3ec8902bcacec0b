import Expressions
import Queries
import Relations

/// Joins: equalities are looked up, the other conditions are asked of the pairs that are left.
extension Computation {
  func join(_ join: Plan.Join, _ surroundings: Surroundings?, _ isNeeded: Bool) throws(Stop) -> Rows {
    if join.kind == .inner && !join.isLateral { return try innerJoin(join, surroundings, isNeeded) }
    if let rows = try foundByConstants(join, in: surroundings) { return rows }
    var left = try rows(of: join.left, in: surroundings, isNeeded: false)
    noteOrder(of: join)
    if join.isLateral { return try lateral(join, left, surroundings, isNeeded) }
    var right = try rows(of: join.right, in: surroundings, isNeeded: false)
    let conjuncts = join.condition.conjuncts
    // Nulls stand for partners in each binding: the side that is kept must know its bindings.
    let isDependent = left.bindings != nil || right.bindings != nil || conjuncts.contains(where: \.isDependent)
    if isDependent && (join.kind == .left || join.kind == .full) { left = bound(left, surroundings) }
    if isDependent && (join.kind == .right || join.kind == .full) { right = bound(right, surroundings) }
    return try joined(join.kind, left, right, conjuncts, surroundings, isNeeded)
  }

  /// Rows of two sides that match, bound as they have to be.
  func joined(
    _ kind: Plan.Join.Kind, _ left: Rows, _ right: Rows, _ conjuncts: [Expression], _ surroundings: Surroundings?, _ isNeeded: Bool
  ) throws(Stop) -> Rows {
    let sides = Sides(left: left, right: right, leftTags: left.bindings, rightTags: right.bindings)
    return joined(kind, sides, try pairs(sides, conjuncts, surroundings, isNeeded: isNeeded))
  }

  /// A dependent right side is evaluated for all left rows at once.
  func lateral(_ join: Plan.Join, _ left: Rows, _ surroundings: Surroundings?, _ isNeeded: Bool) throws(Stop) -> Rows {
    let conjuncts = join.condition.conjuncts
    let left = bound(left, for: conjuncts, surroundings)
    let entry = try enter(join.right, from: left, surroundings)
    let right = try rows(of: join.right, in: entry.surroundings, isNeeded: false)
    let sides = Sides(
      left: entry.rows, right: right, leftTags: right.bindings == nil ? nil : entry.bindings, rightTags: right.bindings)
    let pairs = try self.pairs(sides, conjuncts, surroundings, isNeeded: isNeeded)
    var rows = joined(join.kind, sides, pairs, bindings: entry.rows.bindings)
    rows.ranks = nil
    return rows
  }

  /// The planner may join in another order, and ask of other pairs. A condition that nothing else precedes is asked of all pairs.
  func noteOrder(of join: Plan.Join) {
    let conjuncts = join.condition.conjuncts
    let isAlone = conjuncts.count == 1 && join.left.isBase && join.right.isBase
    for conjunct in conjuncts where conjunct.mayRaise(over: .join(join), catalogue) {
      let condition = JoinCondition([conjunct], leftWidth: join.left.types.count, catalogue)
      // What is looked up is computed for all rows of its side.
      let isLookedUp = !condition.equalities.isEmpty && join.left.isBase && join.right.isBase
      if !isAlone && !isLookedUp { doubts.insert(.errorOrder) }
    }
  }

  /// Two sides of a join. Rows with different tags are no pairs.
  struct Sides {
    let left: Rows
    let right: Rows
    let leftTags: [Int32]?
    let rightTags: [Int32]?
  }

  /// The pairs for which all conditions are true.
  func pairs(
    _ sides: Sides, _ conjuncts: [Expression], _ surroundings: Surroundings?, isNeeded: Bool
  ) throws(Stop) -> Pairs {
    let condition = JoinCondition(conjuncts, leftWidth: sides.left.width, catalogue)
    var (leftKeys, rightKeys): ([Column], [Column]) = ([], [])
    if let leftTags = sides.leftTags, let rightTags = sides.rightTags {
      leftKeys.append(leftTags.asKey)
      rightKeys.append(rightTags.asKey)
    }
    for equality in condition.equalities {
      leftKeys.append(try values(equality.left, sides.left, surroundings, isNeeded: false).asKey)
      rightKeys.append(try values(equality.right, sides.right, surroundings, isNeeded: false).asKey)
    }
    var found = Pairs()
    let keep = { (pairs: Pairs) throws(Stop) in
      found.append(try self.passing(pairs, sides, condition.rest, surroundings, isNeeded: isNeeded))
    }
    if leftKeys.isEmpty {
      try Pairs.all(sides.left.count, sides.right.count, keep)
    } else {
      // The index is made of the smaller side.
      let (left, right) = (Batch(leftKeys), Batch(rightKeys))
      if left.count < right.count {
        try RowIndex(left).pairs(with: right) { pairs throws(Stop) in try keep(Pairs(left: pairs.right, right: pairs.left)) }
      } else {
        try RowIndex(right).pairs(with: left, keep)
      }
    }
    return found
  }

  /// The pairs for which conditions over the columns of both sides are true.
  private func passing(
    _ pairs: Pairs, _ sides: Sides, _ conditions: [Expression], _ surroundings: Surroundings?, isNeeded: Bool
  ) throws(Stop) -> Pairs {
    if conditions.isEmpty { return pairs }
    return pairs.filtered(by: try passing(conditions, sides.rows(pairs), surroundings, isNeeded))
  }

  func joined(_ kind: Plan.Join.Kind, _ sides: Sides, _ pairs: Pairs, bindings: [Int32]?? = .none) -> Rows {
    let (left, right) = (sides.left, sides.right)
    let leftAlone = kind == .left || kind == .full ? left.unmatched(pairs.left) : []
    let rightAlone = kind == .right || kind == .full ? right.unmatched(pairs.right) : []
    let leftRows = pairs.left + leftAlone + Array(repeating: -1, count: rightAlone.count)
    let rightRows = pairs.right + Array(repeating: -1, count: leftAlone.count) + rightAlone
    var rows = Rows.beside(left, leftRows, right, rightRows, hasNulls: !leftAlone.isEmpty || !rightAlone.isEmpty)
    if case .some(let own) = bindings {
      rows.bindings = own?.picking(leftRows)
    } else if let own = left.bindings {
      rows.bindings = own.picking(pairs.left + leftAlone) + (rightAlone.isEmpty ? [] : right.bindings!.picking(rightAlone))
    } else if let own = right.bindings {
      assert(leftAlone.isEmpty)
      rows.bindings = own.picking(rightRows)
    }
    return rows
  }
}

extension Computation.Sides {
  /// Pairs as rows.
  func rows(_ pairs: Pairs) -> Rows {
    var rows = Rows.beside(left, pairs.left, right, pairs.right, hasNulls: false)
    rows.bindings = left.bindings?.picking(pairs.left) ?? right.bindings?.picking(pairs.right)
    return rows
  }
}

extension Rows {
  /// The rows that are in no pair.
  fileprivate func unmatched(_ matched: [Int32]) -> [Int32] {
    var alone = Bitmap(repeating: true, count: count)
    for row in matched { alone[Int(row)] = false }
    return alone.trueRows
  }
}

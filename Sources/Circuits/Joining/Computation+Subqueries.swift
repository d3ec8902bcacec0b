import Expressions
import Queries
import Relations

/// Dependent plans, and what subqueries say of a row.
///
/// A dependent plan is evaluated once for all distinct rows of the outer values that it names, with its rows carrying their numbers: so
/// `EXISTS (… WHERE o.customer = c.id)` becomes a join of the customers' numbers with the orders, whatever stands between.
extension Computation {
  struct Entry {
    /// The rows around, bound if they had to be.
    let rows: Rows
    /// The binding of each of them; nil if the plan depends on nothing.
    let bindings: [Int32]?
    let surroundings: Surroundings?
  }

  func enter(_ plan: Plan, from rows: Rows, _ surroundings: Surroundings?) throws(Stop) -> Entry {
    let outer = plan.outerColumns
    if outer.isEmpty { return Entry(rows: rows, bindings: nil, surroundings: nil) }
    let rows = outer.contains { $0.column.level > 1 } ? bound(rows, surroundings) : rows
    var columns: [Column] = []
    var places: [OuterColumn: Int] = [:]
    for (column, type) in outer {
      places[column] = columns.count
      if column.level == 1 {
        columns.append(rows.column(column.index).relabeled(type))
      } else {
        guard let surroundings, let bindings = rows.bindings,
          let place = surroundings.places[OuterColumn(level: column.level - 1, index: column.index)]
        else { preconditionFailure("an outer column is in the surroundings of the surroundings") }
        columns.append(surroundings.batch.columns[place].picking(bindings))
      }
    }
    // By representation: a subquery may tell 1.0 from 1.00.
    let grouping = Grouping(columns, count: rows.count, .representation)
    surroundingsCount += 1
    let batch = Batch(columns, count: rows.count).picking(grouping.firsts)
    return Entry(
      rows: rows, bindings: grouping.groups, surroundings: Surroundings(number: surroundingsCount, batch: batch, places: places))
  }

  func apply(_ apply: Plan.Apply, _ surroundings: Surroundings?, _ isNeeded: Bool) throws(Stop) -> Rows {
    try self.apply(apply, to: try rows(of: apply.input, in: surroundings, isNeeded: isNeeded), surroundings, isNeeded)
  }

  /// What the subquery says of some rows of the input.
  ///
  /// - Parameter nullIsFalse: whether only truth matters of what it says.
  func apply(
    _ apply: Plan.Apply, to rows: Rows, _ surroundings: Surroundings?, _ isNeeded: Bool, nullIsFalse: Bool = false
  ) throws(Stop) -> Rows {
    var input = rows
    switch apply.kind {
    case .any(let comparison), .all(let comparison): input = bound(input, for: [comparison], surroundings)
    case .scalar, .exists, .array: break
    }
    let plan = apply.kind == .exists ? apply.subquery.withoutTargets : apply.subquery
    let entry = try enter(plan, from: input, surroundings)
    let found =
      if input.count == 0 {
        Rows(Batch(plan.types, rows: []))
      } else if nullIsFalse, let members = try members(apply, among: input, surroundings) {
        members
      } else {
        try self.rows(of: plan, in: entry.surroundings, isNeeded: false)
      }
    let subquery = Subquery(entry: entry, found: found)
    let column: Column
    switch apply.kind {
    case .exists: column = subquery.existence
    case .scalar: column = scalar(subquery, apply.type, isNeeded)
    case .array(let type): column = try array(subquery, type)
    case .any(let comparison): column = try quantified(subquery, comparison, deciding: true, surroundings)
    case .all(let comparison): column = try quantified(subquery, comparison, deciding: false, surroundings)
    }
    return entry.rows.adding([column])
  }

  /// For `IN` where null is as good as false: the members that are asked for.
  private func members(
    _ apply: Plan.Apply, among input: Rows, _ surroundings: Surroundings?
  ) throws(Stop) -> Rows? {
    guard looksUp, case .any(let comparison) = apply.kind, apply.subquery.outerColumns.isEmpty else { return nil }
    let condition = JoinCondition(comparison.conjuncts, leftWidth: input.width, catalogue)
    if condition.equalities.isEmpty || !condition.rest.isEmpty { return nil }
    let values = Batch(try values(condition.equalities.map(\.left), input, surroundings, isNeeded: false), count: input.count)
    return try candidates(of: apply.subquery, in: nil, Restriction(condition.equalities.map(\.right), values))
  }

  /// The rows of a subquery, and the rows around that it says something of.
  struct Subquery {
    let entry: Entry
    let found: Rows

    /// How many sets of rows there are.
    var setCount: Int { found.bindings == nil ? 1 : entry.surroundings!.count }
    /// The set of each row around.
    func set(_ row: Int) -> Int { found.bindings == nil ? 0 : Int(entry.bindings![row]) }
    /// The set of each row found.
    func set(found row: Int) -> Int { found.bindings.map { Int($0[row]) } ?? 0 }

    var existence: Column {
      var exists = Bitmap(repeating: false, count: setCount)
      for row in 0..<found.count { exists[set(found: row)] = true }
      return Column(.bool, .bits(Bitmap(count: entry.rows.count) { exists[set($0)] }))
    }
  }

  private func scalar(_ subquery: Subquery, _ type: SQLType, _ isNeeded: Bool) -> Column {
    let found = subquery.found
    var rows = [Int32](repeating: Int32(found.count), count: subquery.setCount)
    for row in 0..<found.count {
      let set = subquery.set(found: row)
      if rows[set] < found.count {
        errors.note(
          SQLError(SQLState("21000"), "more than one row returned by a subquery used as an expression"), isCertain: isNeeded)
      }
      rows[set] = Int32(row)
    }
    let values = Column.concatenating([found.column(0), Column(found.column(0).type, [.null])])
    return values.picking((0..<subquery.entry.rows.count).map { rows[subquery.set($0)] }).relabeled(type)
  }

  /// `ANY` with `deciding` true, `ALL` with false: the comparison that decides, else null if one is null, else the opposite.
  private func quantified(
    _ subquery: Subquery, _ comparison: Expression, deciding: Bool, _ surroundings: Surroundings?
  ) throws(Stop) -> Column {
    let (outer, found) = (subquery.entry.rows, subquery.found)
    let count = outer.count
    var decided = Bitmap(repeating: false, count: count)
    var unknown = decided
    // What decides is looked up, if it can be.
    var asked: [Int32] = (0..<Int32(count)).map { $0 }
    if deciding {
      let condition = JoinCondition(comparison.conjuncts, leftWidth: outer.width, catalogue)
      if condition.rest.isEmpty && !condition.equalities.isEmpty {
        let (matched, isUndecided) = try lookedUp(subquery, condition, surroundings)
        decided = matched
        asked = isUndecided.subtracting(matched).trueRows
      }
    }
    let some = outer.picking(asked)
    let sides = Sides(
      left: some, right: found, leftTags: found.bindings == nil ? nil : subquery.entry.bindings!.picking(asked),
      rightTags: found.bindings)
    let ask = { (pairs: Pairs) throws(Stop) in
      let truths = try self.values(comparison, sides.rows(pairs), surroundings, isNeeded: false)
      guard case .bits(let bits) = truths.storage else { preconditionFailure("a comparison is a boolean") }
      for (pair, row) in pairs.left.enumerated() {
        if truths.isNull(pair) {
          unknown[Int(asked[Int(row)])] = true
        } else if bits[pair] == deciding {
          decided[Int(asked[Int(row)])] = true
        }
      }
    }
    if let left = sides.leftTags, let right = sides.rightTags {
      try RowIndex(Batch([right.asKey])).pairs(with: Batch([left.asKey]), ask)
    } else {
      try Pairs.all(some.count, found.count, ask)
    }
    return Column(.bool, .bits(deciding ? decided : ~decided), nulls: unknown.subtracting(decided))
  }

  /// For `IN`: the rows that have an equal, and those that might yet be null, because a null is among what would be compared.
  private func lookedUp(
    _ subquery: Subquery, _ condition: JoinCondition, _ surroundings: Surroundings?
  ) throws(Stop) -> (matched: Bitmap, isUndecided: Bitmap) {
    let (outer, found) = (subquery.entry.rows, subquery.found)
    var (left, right): ([Column], [Column]) = ([], [])
    for equality in condition.equalities {
      left.append(try values(equality.left, outer, surroundings, isNeeded: false).asKey)
      right.append(try values(equality.right, found, surroundings, isNeeded: false).asKey)
    }
    var nullSets = Bitmap(repeating: false, count: subquery.setCount)
    if let nulls = Batch(right).nulls { for row in nulls.trueRows { nullSets[subquery.set(found: Int(row))] = true } }
    let nulls = Batch(left).nulls
    let isUndecided = Bitmap(count: outer.count) { nullSets[subquery.set($0)] || (nulls?[$0] ?? false) }
    if let bindings = found.bindings {
      left.append(subquery.entry.bindings!.asKey)
      right.append(bindings.asKey)
    }
    var matched = Bitmap(repeating: false, count: outer.count)
    RowIndex(Batch(right)).pairs(with: Batch(left)) { pairs in for row in pairs.left { matched[Int(row)] = true } }
    return (matched, isUndecided)
  }

  /// `ARRAY(SELECT …)` as PostgreSQL prints it.
  private func array(_ subquery: Subquery, _ type: SQLType) throws(Stop) -> Column {
    let found = subquery.found
    let groups = (0..<Int32(found.count)).map { Int32(subquery.set(found: Int($0))) }
    let arrays = try arrays(of: found.column(0), groups, subquery.setCount, type, emptyIsNull: false)
    noteOrder(of: found.column(0), groups, ranks: found.ranks)
    return arrays.picking((0..<Int32(subquery.entry.rows.count)).map { Int32(subquery.set(Int($0))) })
  }

  /// Notes that values of one group come in an order that nothing fixes, if they differ.
  private func noteOrder(of column: Column, _ groups: [Int32], ranks: [Int32]?) {
    let keys = [groups, ranks ?? []].filter { !$0.isEmpty }.map { Column(.int4, .integers($0.map(Int64.init))) }
    let grouping = Grouping(keys, count: column.count)
    let batch = Batch([column])
    let all = (0..<Int32(column.count)).map { $0 }
    if !batch.rowsEqual(all, batch, grouping.firsts.picking(grouping.groups), .representation).isAllTrue {
      doubts.insert(.unordered)
    }
  }
}

extension [Int32] {
  /// As a column to look up by.
  var asKey: Column { Column(.int8, .integers(map(Int64.init))) }
}

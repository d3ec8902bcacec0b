import Expressions
import Queries
import Relations

/// Operators that look at each row by itself.
extension Computation {
  func scan(_ scan: Plan.Scan, _ columns: [Int]) throws(Stop) -> Batch {
    do throws(SnapshotFailure) {
      let batches = try snapshot.scan(scan.table, columns: columns, where: nil, context)
      let types = columns.map { scan.columns[$0] }
      let filled = batches.filter { $0.count > 0 }
      seenRows += filled.reduce(0) { $0 + $1.count }
      if filled.isEmpty { return Batch(types, rows: []) }
      assert(filled.allSatisfy { $0.types.map(\.id) == types.map(\.id) }, "a snapshot has the columns that the query was bound to")
      return filled.count == 1 ? filled[0] : .concatenating(filled)
    } catch {
      throw .unreadable(error)
    }
  }

  /// Keeps rows for which all conditions are true. The planner takes them in any order and skips the rest after one that is not true: so
  /// a row may raise where any of them does, and must raise where one does and the others are true.
  func filter(_ input: Rows, _ condition: Expression, _ surroundings: Surroundings?, _ isNeeded: Bool) throws(Stop) -> Rows {
    let conjuncts = condition.conjuncts
    let input = try boundByEquality(input, conjuncts, surroundings) ?? bound(input, for: conjuncts, surroundings)
    return input.filtered(by: try passing(conjuncts, input, surroundings, isNeeded))
  }

  /// Each row in the bindings that it equals in what a condition compares, instead of in all of them; nil if none compares so.
  private func boundByEquality(
    _ input: Rows, _ conjuncts: [Expression], _ surroundings: Surroundings?
  ) throws(Stop) -> Rows? {
    guard input.bindings == nil, let surroundings else { return nil }
    let equalities = conjuncts.compactMap { $0.outerEquality(catalogue) }
    if equalities.isEmpty { return nil }
    if conjuncts.contains(where: { $0.mayRaise(catalogue) }) {
      // What raises where the rows are not equal is seen only by looking at all of them.
      if input.count * surroundings.count < 1_000_000 { return nil }
      doubts.insert(.errorOrder)
    }
    let plain = conjuncts.filter { !$0.isDependent }
    let rows = plain.isEmpty ? input : input.filtered(by: try passing(plain, input, nil, false))
    var (own, around): ([Column], [Column]) = ([], [])
    for equality in equalities {
      own.append(try values(equality.inner, rows, nil, isNeeded: false).asKey)
      let outer = equality.outer.replacingReferences { column, type in .column(surroundings.places[column]!, type) }
      around.append(try values(outer, Rows(surroundings.batch), nil, isNeeded: false).asKey)
    }
    var found = Pairs()
    RowIndex(Batch(around, count: surroundings.count)).pairs(with: Batch(own, count: rows.count)) { found.append($0) }
    var bound = rows.picking(found.left)
    bound.bindings = found.right
    return bound
  }

  /// The rows for which all conditions are true.
  func passing(
    _ conjuncts: [Expression], _ input: Rows, _ surroundings: Surroundings?, _ isNeeded: Bool
  ) throws(Stop) -> Bitmap {
    var passing = Bitmap(repeating: true, count: input.count)
    var open = passing  // true or raising in all of them
    var raising: [(errors: RowErrors, isPlain: Bool)] = []
    for conjunct in conjuncts {
      let (expression, batch) = placed(conjunct, input, surroundings)
      guard let evaluator = try evaluator(expression, order: .any, isNeeded: isNeeded) else {
        passing = Bitmap(repeating: false, count: input.count)
        continue
      }
      let (matching, errors) = evaluator.matches(batch, context)
      passing = passing & matching
      open = open & (errors.map { matching | $0.rows } ?? matching)
      if let errors { raising.append((errors, !conjunct.hasLogic)) }
    }
    for (errors, isPlain) in raising { try note(errors, certain: isNeeded && isPlain ? open : nil) }
    return passing
  }

  /// Over anything but a table, the planner may ask a condition of rows that did not get here: before a join, below a group.
  func noteOrder(of conditions: [Expression], over plan: Plan) {
    if plan.isBase { return }
    // All conditions over groups and what is computed of them are asked here.
    if case .aggregate(_, let aggregation) = plan {
      let keys = conditions.filter { $0.columns.allSatisfy { $0 < aggregation.keys.count } }
      if keys.contains(where: { $0.mayRaise(over: plan, catalogue) }) { doubts.insert(.errorOrder) }
      return
    }
    if case .apply(let apply) = plan, apply.input.isBase { return }
    if conditions.contains(where: { $0.mayRaise(over: plan, catalogue) }) { doubts.insert(.errorOrder) }
  }

  func project(
    _ plan: Plan, _ expressions: [Expression], _ surroundings: Surroundings?, _ isNeeded: Bool
  ) throws(Stop) -> Rows {
    let input = try rows(of: plan, in: surroundings, isNeeded: isNeeded && !plan.isPulledUp(below: expressions))
    return try projected(input, expressions, surroundings, isNeeded)
  }

  func projected(
    _ input: Rows, _ expressions: [Expression], _ surroundings: Surroundings?, _ isNeeded: Bool
  ) throws(Stop) -> Rows {
    let bound = bound(input, for: expressions, surroundings)
    // Columns that are only passed on are not looked at.
    var computed: [Column] = []
    var places: [Int] = []
    for expression in expressions {
      if case .column(let index, _) = expression {
        places.append(index)
      } else {
        places.append(bound.width + computed.count)
        computed.append(try values(expression, bound, surroundings, isNeeded: isNeeded))
      }
    }
    return bound.adding(computed).projecting(places, as: expressions.map(\.type))
  }
}

extension Plan {
  /// Whether it is a subquery that the planner merges with the expressions over it, so that what they do not use is never computed.
  func isPulledUp(below expressions: [Expression]) -> Bool {
    switch self {
    case .project(_, let own): Set(own.indices) != expressions.reduce(into: []) { $0.formUnion($1.columns) }
    case .sort(let input, let keys): input.isPulledUp(below: expressions + keys.map(\.expression))
    case .distinct, .distinctOn, .limit, .combine, .window, .aggregate:
      Set(types.indices) != expressions.reduce(into: []) { $0.formUnion($1.columns) }
    case .apply(let apply): apply.input.isPulledUp(below: apply.used(by: expressions))
    default: false
    }
  }
}

extension Plan.Apply {
  /// The columns of the input that are looked at by what is over this, and by this.
  fileprivate func used(by expressions: [Expression]) -> [Expression] {
    var used = Set(expressions.flatMap(\.columns))
    switch kind {
    case .any(let comparison), .all(let comparison): used.formUnion(comparison.columns)
    case .scalar, .exists, .array: break
    }
    used.formUnion(subquery.outerColumns.filter { $0.column.level == 1 }.map(\.column.index))
    let types = input.types
    return used.filter { $0 < types.count }.sorted().map { .column($0, types[$0]) }
  }
}

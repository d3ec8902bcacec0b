import Expressions
import Queries
import Relations

/// Subqueries: a change of the row asks the subquery anew, a change in the subquery asks for the rows that it says something of.
extension Stepping {
  /// - Parameter nullIsFalse: whether only truth matters of what the subquery says.
  func applied(_ apply: Plan.Apply, nullIsFalse: Bool, _ path: Path?) throws(Stop) -> Change {
    let plan = Plan.apply(apply)
    let change = try change(of: apply.input, at: path?.below())
    if apply.kind == .scalar, let compared = try comparedWithOne(apply, change, path) { return compared }
    if apply.kind == .exists, let said = try counted(apply, path) { return said }
    let subquery = apply.kind == .exists ? apply.subquery.withoutTargets : apply.subquery
    let touched = try touchedRows(apply, subquery, nullIsFalse, path)
    guard case .some(let restrictions, let origins) = touched else { return try difference(plan) }
    func said(_ rows: Rows, _ computation: Computation) throws(Stop) -> Rows {
      try computation.apply(apply, to: rows, nil, false, nullIsFalse: nullIsFalse)
    }
    return try split(change, apply.input, restrictions, origins, said)
  }

  /// A change of rows that a subquery is asked about, and of what it says of rows that stay.
  private func split(
    _ change: Change, _ input: Plan, _ restrictions: [Restriction], _ origins: [[Change.Origins]]?,
    _ said: (Rows, Computation) throws(Stop) -> Rows
  ) throws(Stop) -> Change {
    var rest = change
    for restriction in restrictions {
      rest = rest.filtered(by: ~(try new.matches(rest.rows, restriction.keys, restriction.values)))
    }
    var parts: [Change] = []
    for weight in Set(rest.weights).sorted() {
      let rows = rest.filtered(by: Bitmap(count: rest.count) { rest.weights[$0] == weight })
      let result = try said(rows.rows, new)
      var part = Change(result, Array(repeating: weight, count: result.count))
      if let own = rows.origins {
        part.origins =
          result.count == rows.count
          ? own : self.origins(of: result.first(input.types.count), among: [(rows.rows.first(input.types.count), own)])
      }
      parts.append(part)
    }
    if !restrictions.isEmpty {
      let (before, after) = (
        try said(try old.rows(of: input, matching: restrictions), old),
        try said(try new.rows(of: input, matching: restrictions), new)
      )
      var part = difference(before, after, origins: nil)
      if let origins {
        var known = Array(repeating: Change.Origins(), count: part.count)
        for (restriction, own) in zip(restrictions, origins) {
          let keys = try self.keys(restriction.keys, part)
          for (row, found) in self.origins(of: keys, among: [(restriction.values, own)]).enumerated() {
            known[row] = [known[row], found].union
          }
        }
        let width = input.types.count
        if let own = change.origins {
          for (row, found) in self.origins(of: part.rows.first(width), among: [(change.rows.first(width), own)]).enumerated() {
            known[row] = [known[row], found].union
          }
        }
        part.origins = known
      }
      parts.append(part)
    }
    if let first = parts.first { return parts.count == 1 ? first : .sum(parts) }
    return Change(none: try said(Rows(Batch(input.types, rows: [])), new).types)
  }

  func lateral(_ join: Plan.Join, _ path: Path?) throws(Stop) -> Change {
    let change = try change(of: join.left, at: path?.below())
    guard case .some(let restrictions, let origins) = try touchedBindings(join.right) else { return try difference(.join(join)) }
    return try split(change, join.left, restrictions, origins) { rows, computation throws(Stop) in
      try computation.lateral(join, rows, nil, false)
    }
  }
}

extension Stepping {
  /// A subquery of one value, the same for all rows: when it changes, all rows come with the new one and go with the old one, and
  /// whoever filters them sees which of them matter. Needs the rows, which are remembered.
  private func comparedWithOne(_ apply: Plan.Apply, _ change: Change, _ path: Path?) throws(Stop) -> Change? {
    guard let memory, let path, numbering == nil, apply.subquery.outerColumns.isEmpty, apply.subquery.hasAtMostOneRow,
      touches(apply.subquery) || memory.knowsRows(path.below())
    else { return nil }
    let moved = try self.change(of: apply.subquery, at: path.below(1)).delta.consolidated()
    let before = try memory.rows(of: apply.subquery, path.below(1), old)
    let after = moved.isEmpty ? before : (before + moved).consolidated()
    if !Planted.bug("what rows are compared with stays as it was") { memory.keep(after, path.below(1)) }
    guard before.weights.allSatisfy({ $0 == 1 }), after.weights.allSatisfy({ $0 == 1 }), max(before.count, after.count) < 2 else {
      throw .tooCostly
    }
    func with(_ value: ZSet, _ rows: Rows) -> Rows {
      rows.adding([.repeating(value.isEmpty ? .null : value.rows.columns[0][0], apply.type, count: rows.count)])
    }
    let rows = try memory.rows(of: apply.input, path.below(), old)
    memory.keep((rows + change.delta).consolidated(), path.below())
    let moving = change.with(with(after, change.rows))
    if moved.isEmpty { return moving }
    return .sum([
      moving, Change(with(before, Rows(rows.rows)), rows.weights.map { -$0 }), Change(with(after, Rows(rows.rows)), rows.weights),
    ])
  }
}

extension Stepping {
  /// `SELECT EXISTS (…)`: when the first row comes or the last one goes. How many there are is remembered.
  private func counted(_ apply: Plan.Apply, _ path: Path?) throws(Stop) -> Change? {
    guard let memory, let path, numbering == nil, apply.subquery.outerColumns.isEmpty, apply.input.scans.isEmpty else { return nil }
    let subquery = apply.subquery.withoutTargets
    guard touches(subquery), let sums = try memory.sums(of: subquery, .size, path.below(2), old) else { return nil }
    let before = sums.size
    let change = try change(of: subquery, at: path.below(1))
    guard try sums.step(change, of: subquery, .size, new, exhausted: &memory.exhausted) != nil else { throw .tooCostly }
    let after = sums.size
    let rows = try old.all(of: apply.input)
    func with(_ isThere: Bool, _ weight: Int64) -> Change {
      Change(rows.adding([.repeating(.bool(isThere), .bool, count: rows.count)]), Array(repeating: weight, count: rows.count))
    }
    let (was, now) = (before > 0, after > (Planted.bug("one row is none") ? 1 : 0))
    return was == now
      ? Change(none: Plan.apply(apply).types) : .sum([with(was, -1), with(now, 1)])
  }
}

extension Rows {
  fileprivate func first(_ width: Int) -> Batch { Batch((0..<width).map(column), count: count) }
}

// MARK: - Which rows a change in a subquery touches

/// Rows around a subquery of which it may say something else.
enum Touched {
  case all
  /// Rows of the input that match any of these; for each value, what it rests on.
  case some([Restriction], origins: [[Change.Origins]]?)
}

extension Stepping {
  private var nothing: Touched { .some([], origins: numbering.map { _ in [] }) }

  private func touchedRows(
    _ apply: Plan.Apply, _ subquery: Plan, _ nullIsFalse: Bool, _ path: Path?
  ) throws(Stop) -> Touched {
    guard touches(subquery) else { return nothing }
    if case .array = apply.kind { return .all }
    if !subquery.outerColumns.isEmpty { return try touchedBindings(subquery) }
    let change = try change(of: subquery, at: path?.below(1))
    if change.isEmpty && !subquery.isOrdered { return nothing }
    switch apply.kind {
    case .array: return .all
    // Different rows may say the same.
    case .scalar where subquery.hasAtMostOneRow && !change.delta.consolidated().isEmpty: return .all
    case .scalar: return try isSame(subquery) { $0.count < 2 && $0.batch.isSame(as: $1.batch) } ? nothing : .all
    case .exists: return try isSame(subquery) { ($0.count == 0) == ($1.count == 0) } ? nothing : .all
    case .all: return .all
    case .any(let comparison):
      let condition = JoinCondition(comparison.conjuncts, leftWidth: apply.input.types.count, new.catalogue)
      guard !condition.equalities.isEmpty, condition.rest.isEmpty, !comparison.isDependent else { return .all }
      let values = try keys(condition.equalities.map(\.right), change)
      if !nullIsFalse {
        // A null makes every answer that is not true unknown, and a row with a null looks at whether there is anything.
        if (values.nulls != nil && !Planted.bug("a null that comes to NOT IN is nothing")) || condition.equalities.count > 1 {
          return .all
        }
        if !(try isSame(subquery) { ($0.count == 0) == ($1.count == 0) }) { return .all }
      }
      return some(condition.equalities.map(\.left), values, change)
    }
  }

  private func some(_ keys: [Expression], _ values: Batch, _ change: Change) -> Touched {
    let restriction = Restriction(keys, values)
    return .some([restriction], origins: change.origins.map { [origins(of: restriction.values, among: [(values, $0)])] })
  }

  /// Whether a subquery that depends on nothing says the same on both sides.
  private func isSame(_ subquery: Plan, _ test: (Rows, Rows) -> Bool) throws(Stop) -> Bool {
    test(try old.rows(of: subquery, in: nil, isNeeded: false), try new.rows(of: subquery, in: nil, isNeeded: false))
  }

  /// The rows around a dependent plan for which its rows may differ.
  func touchedBindings(_ plan: Plan) throws(Stop) -> Touched {
    guard touches(plan) else { return nothing }
    if plan.readsClock && clockMoves { return .all }
    if plan.outerColumns.isEmpty { return try change(of: plan).isEmpty && !plan.isOrdered ? nothing : .all }
    if let (core, conjuncts) = plan.withoutDependentConditions, core.outerColumns.isEmpty {
      if clockMoves && conjuncts.contains(where: \.readsClock) { return .all }
      let change = try change(of: core)
      if change.isEmpty { return nothing }
      let equalities = conjuncts.compactMap { $0.outerEquality(new.catalogue) }.filter { $0.outer.isNearest }
      if equalities.isEmpty { return .all }
      // What is null equals nothing: no row around sees it.
      let keys = equalities.map { $0.outer.replacingReferences { .column($0.index, $1) } }
      return some(keys, try self.keys(equalities.map(\.inner), change), change)
    }
    switch plan {
    case .project(let input, _), .sort(let input, _), .limit(let input, _), .distinct(let input), .distinctOn(let input, _),
      .aggregate(let input, _), .window(let input, _), .filter(let input, _):
      return try touchedBindings(input)
    case .apply(let apply):
      return touches(apply.subquery) ? .all : try touchedBindings(apply.input)
    case .join(let join):
      if join.isLateral && touches(join.right) { return .all }
      return try either(join.left, join.right)
    case .combine(let operation): return try either(operation.left, operation.right)
    case .oneRow, .scan, .values, .rows, .recursive, .working: return .all
    }
  }

  private func either(_ a: Plan, _ b: Plan) throws(Stop) -> Touched {
    guard case .some(let first, let firstOrigins) = try touchedBindings(a),
      case .some(let second, let secondOrigins) = try touchedBindings(b)
    else { return .all }
    return .some(
      Planted.bug("only one part of a dependent union is asked about") ? first : first + second,
      origins: firstOrigins.map { $0 + secondOrigins! })
  }
}

extension Expression {
  /// Whether it reads the nearest row around, and no further one.
  fileprivate var isNearest: Bool {
    if case .outer(let level, _, _) = self { return level == 1 }
    return children.allSatisfy(\.isNearest)
  }
}

extension Plan {
  /// Filters and inner joins without their dependent conditions, and these, over the same columns; nil for another plan.
  fileprivate var withoutDependentConditions: (core: Plan, conjuncts: [Expression])? {
    switch self {
    case .filter(let input, let condition):
      guard let (core, conjuncts) = input.withoutDependentConditions else { return nil }
      let own = condition.conjuncts
      return (core.filtered(by: own.filter { !$0.isDependent }), conjuncts + own.filter(\.isDependent))
    case .join(let join) where join.kind == .inner && !join.isLateral:
      guard let (left, lefts) = join.left.withoutDependentConditions, let (right, rights) = join.right.withoutDependentConditions
      else { return nil }
      let own = join.condition.conjuncts
      let width = left.types.count
      let kept = own.filter { !$0.isDependent }
      let core = Plan.join(.init(.inner, left, right, on: kept.isEmpty ? .constant(.bool(true), .bool) : .and(kept)))
      return (core, lefts + rights.map { $0.replacingColumns { .column($0 + width, $1) } } + own.filter(\.isDependent))
    default: return outerColumns.isEmpty ? (self, []) : nil
    }
  }
}

extension Batch {
  /// Whether it has the same rows, to a reader, in the same order.
  func isSame(as other: Batch) -> Bool {
    guard count == other.count else { return false }
    let all = (0..<Int32(count)).map { $0 }
    return rowsEqual(all, other, all, .representation).isAllTrue
  }
}

import Expressions
import Queries
import Relations

/// The rows of a plan that a change meets, and not all of them.
extension Computation {
  /// The rows for which some expressions equal a row of values. Nulls equal each other, as in groups.
  func rows(of plan: Plan, where keys: [Expression], among values: Batch) throws(Stop) -> Rows {
    let wanted = Batch(values.columns.map(\.asKey), count: values.count).distinctRows
    var parts: [Rows] = []
    for (columns, rows) in wanted.byNulls {
      let restriction = Restriction(columns.map { keys[$0] }, rows.projecting(columns))
      let found =
        columns.isEmpty ? try self.rows(of: plan, in: nil, isNeeded: false) : try candidates(of: plan, in: nil, restriction)
      parts.append(found.filtered(by: try matches(found, keys, rows)))
    }
    return parts.count == 1 ? parts[0] : parts.isEmpty ? Rows(Batch(plan.types, rows: [])) : .concatenating(parts)
  }

  /// The rows that match one of several restrictions, each once.
  func rows(of plan: Plan, matching restrictions: [Restriction]) throws(Stop) -> Rows {
    var parts: [Rows] = []
    for (place, restriction) in restrictions.enumerated() {
      var found = try rows(of: plan, where: restriction.keys, among: restriction.values)
      for earlier in restrictions[..<place] { found = found.filtered(by: ~(try matches(found, earlier.keys, earlier.values))) }
      parts.append(found)
    }
    return parts.isEmpty ? Rows(Batch(plan.types, rows: [])) : .concatenating(parts)
  }

  /// Which rows have keys among the values; nulls equal each other.
  func matches(_ rows: Rows, _ keys: [Expression], _ values: Batch) throws(Stop) -> Bitmap {
    let columns = try self.values(keys, rows, nil, isNeeded: false).map(\.asKey)
    let all = zip(values.columns, columns).map { Column.concatenating([$0, $1]) }
    let grouping = Grouping(all, count: values.count + rows.count)
    return Bitmap(count: rows.count) { row in Int(grouping.firsts[Int(grouping.groups[values.count + row])]) < values.count }
  }
}

// MARK: - Operators

extension Computation {
  /// All rows that match a restriction, and perhaps others, which need not be rows of the plan: they are told by their keys.
  func candidates(of plan: Plan, in surroundings: Surroundings?, _ restriction: Restriction) throws(Stop) -> Rows {
    func below(_ input: Plan, _ restriction: Restriction?) throws(Stop) -> Rows {
      guard let restriction else { return try rows(of: input, in: surroundings, isNeeded: false) }
      return try candidates(of: input, in: surroundings, restriction)
    }
    switch plan {
    case .scan(let scan):
      guard let known = restriction.keeping({ $0.keyColumn != nil }) else { break }
      return Rows(try probe(scan, known))
    case .filter(let input, let condition):
      noteOrder(of: condition.conjuncts, over: input)
      return try filter(try below(input, restriction), condition, surroundings, false)
    case .project(let input, let expressions):
      return try projected(
        try below(input, restriction.replacing { place, _ in expressions[place] }), expressions, surroundings, false)
    case .sort(let input, let keys): return try sort(try below(input, restriction), keys, surroundings, false)
    case .distinct(let input):
      return distinct(try below(input, restriction.keeping { $0.keyColumn != nil }), try requireOrders(of: input))
    case .distinctOn(let input, let keys):
      return try distinctOn(try below(input, restriction.keeping { keys.contains($0) }), keys, surroundings, false)
    case .aggregate(let input, let aggregation) where aggregation.sets.count == 1:
      let own = restriction.keeping { $0.keyColumn.map { aggregation.sets[0].contains($0) } ?? false }
      return try aggregate(
        try below(input, own?.replacing { place, _ in aggregation.keys[place] }), aggregation, surroundings, false)
    case .window(let input, let calls):
      let own = restriction.keeping { key in calls.allSatisfy { $0.partition.contains(key) } }
      return try window(try below(input, own), calls, surroundings, false)
    case .join(let join): if let rows = try candidates(of: join, in: surroundings, restriction) { return rows }
    case .apply(let apply):
      let width = apply.input.types.count
      guard let own = restriction.keeping({ $0.columns.allSatisfy { $0 < width } }) else { break }
      return try self.apply(apply, to: try below(apply.input, own), surroundings, false)
    case .combine(let operation):
      let own = restriction.keeping { $0.keyColumn != nil }
      return try combine(operation, try below(operation.left, own), try below(operation.right, own), surroundings)
    case .oneRow, .values, .rows, .working, .recursive, .limit, .aggregate: break
    }
    return try rows(of: plan, in: surroundings, isNeeded: false)
  }

  private func probe(_ scan: Plan.Scan, _ restriction: Restriction) throws(Stop) -> Batch {
    if restriction.values.count == 0 { return Batch(scan.columns, rows: []) }
    let found: [Batch]
    do throws(SnapshotFailure) {
      let key = restriction.keys.map { $0.keyColumn! }
      let columns = used?[scan.table] ?? Array(scan.columns.indices)
      found = try snapshot.probe(scan.table, key: key, among: restriction.values, columns: columns, context)
        .filter { $0.count > 0 }
    } catch {
      throw .unreadable(error)
    }
    guard let first = found.first else { return Batch(scan.columns, rows: []) }
    let rows = found.count == 1 ? first : Batch.concatenating(found)
    seenRows += rows.count
    try visit(rows.count)
    return used?[scan.table].map { rows.widened($0, to: scan.columns) } ?? rows
  }

  /// The rows of a join of which one side is restricted; nil if neither can be.
  private func candidates(
    of join: Plan.Join, in surroundings: Surroundings?, _ restriction: Restriction
  ) throws(Stop) -> Rows? {
    let width = join.left.types.count
    if join.kind == .inner && !join.isLateral {
      let flat = JoinedInputs(.join(join))
      let places = restriction.keys.map { flat.inputs(of: $0) }.filter { $0.count == 1 }.map { $0.first! }
      guard let place = places.max(by: { a, b in places.count { $0 == a } < places.count { $0 == b } }) else { return nil }
      let own = restriction.keeping { flat.inputs(of: $0) == [place] }!.shifted(by: -flat.offsets[place])
      let rows = try candidates(of: flat.inputs[place], in: surroundings, own)
      return try flat.rows(startingWith: place, rows, surroundings) { _ in self }
    }
    // A row of nulls has no key that is looked for, if that is a column.
    let canBeNull = join.kind == .right || join.kind == .full
    if let left = restriction.keeping({ $0.columns.allSatisfy { $0 < width } && (!canBeNull || $0.keyColumn != nil) }) {
      let rows = try candidates(of: join.left, in: surroundings, left)
      if join.isLateral { return try lateral(join, rows, surroundings, false) }
      return try outerJoin(join.kind == .right ? .inner : .left, join, rows, nil, surroundings)
    }
    if let right = restriction.keeping({ $0.keyColumn.map { $0 >= width } ?? false }), !join.isLateral {
      let rows = try candidates(of: join.right, in: surroundings, right.shifted(by: -width))
      return try outerJoin(join.kind == .left ? .inner : .right, join, nil, rows, surroundings)
    }
    return nil
  }

  /// A join with one side given, the other looked up.
  func outerJoin(
    _ kind: Plan.Join.Kind, _ join: Plan.Join, _ left: Rows?, _ right: Rows?, _ surroundings: Surroundings?
  ) throws(Stop) -> Rows {
    noteOrder(of: join)
    let conjuncts = join.condition.conjuncts
    let condition = JoinCondition(conjuncts, leftWidth: join.left.types.count, catalogue)
    func partners(_ plan: Plan, of rows: Rows, _ own: [Expression], _ theirs: [Expression]) throws(Stop) -> Rows {
      if own.isEmpty { return try self.rows(of: plan, in: surroundings, isNeeded: false) }
      let values = Batch(try self.values(own, rows, surroundings, isNeeded: false), count: rows.count)
      return try candidates(of: plan, in: surroundings, Restriction(theirs, values))
    }
    let (lefts, rights) = (condition.equalities.map(\.left), condition.equalities.map(\.right))
    var l: Rows
    var r: Rows
    if let left {
      (l, r) = (left, try partners(join.right, of: left, lefts, rights))
    } else {
      (l, r) = (try partners(join.left, of: right!, rights, lefts), right!)
    }
    let isDependent = l.bindings != nil || r.bindings != nil || conjuncts.contains(where: \.isDependent)
    if isDependent && kind != .right { l = bound(l, surroundings) }
    if isDependent && kind == .right { r = bound(r, surroundings) }
    return try joined(kind, l, r, conjuncts, surroundings, false)
  }
}

extension Batch {
  /// With nulls in the columns that nobody looks at.
  func widened(_ places: [Int], to types: [SQLType]) -> Batch {
    if places.count == types.count { return self }
    var widened = types.map { Column.repeating(.null, $0, count: count) }
    for (place, column) in zip(places, columns) { widened[place] = column }
    return Batch(widened, count: count)
  }
}

// MARK: - Dependent plans

extension Computation {
  /// What the rows around ask for, if equalities say it.
  func restriction(_ conjuncts: [Expression], _ surroundings: Surroundings) throws(Stop) -> Restriction? {
    let equalities = conjuncts.compactMap { $0.outerEquality(catalogue) }
    if equalities.isEmpty { return nil }
    var columns: [Column] = []
    for equality in equalities {
      let known = equality.outer.replacingReferences { column, type in .column(surroundings.places[column]!, type) }
      columns.append(try values(known, Rows(surroundings.batch), nil, isNeeded: false))
    }
    return Restriction(equalities.map(\.inner), Batch(columns, count: surroundings.count))
  }
}

extension Expression {
  /// The sides of an equality of something in a plan with something around it.
  func outerEquality(_ catalogue: Catalogue) -> (inner: Expression, outer: Expression)? {
    guard case .call(let call) = self, call.arguments.count == 2, catalogue.isClassEquality(call.function) else { return nil }
    let (a, b) = (call.arguments[0], call.arguments[1])
    func isInner(_ e: Expression) -> Bool { !e.columns.isEmpty && !e.isDependent }
    func isOuter(_ e: Expression) -> Bool { e.columns.isEmpty && e.isDependent }
    if isInner(a) && isOuter(b) { return (a, b) }
    return isInner(b) && isOuter(a) ? (b, a) : nil
  }
}

extension JoinedInputs {
  /// Rows of one input joined with all others, which are looked up. Columns behind those of the input stay, at the end.
  ///
  /// - Parameter computation: by which each of the others is read.
  func rows(
    startingWith start: Int, _ rows: Rows, _ surroundings: Surroundings?, _ computation: (Int) -> Computation
  ) throws(Stop) -> Rows {
    let own = inputs[start].types.count
    let catalogue = computation(start).catalogue
    var joined = rows
    joined.ranks = nil
    var places = [start: 0]
    var waiting = Set(inputs.indices).subtracting([start])
    var conditions = conjuncts
    func ready() -> [Expression] {
      func isReady(_ condition: Expression) -> Bool { inputs(of: condition).allSatisfy { places[$0] != nil } }
      defer { conditions.removeAll(where: isReady) }
      return conditions.filter(isReady).map { placed($0, places) }
    }
    let first = ready()
    if !first.isEmpty { joined = try computation(start).filter(joined, .and(first), surroundings, false) }
    while !waiting.isEmpty {
      let connected = connected(waiting, places, conditions, catalogue)
      let next = (connected.isEmpty ? waiting : connected).min()!
      let reader = computation(next)
      waiting.remove(next)
      let width = joined.width
      places[next] = width
      let asked = ready()
      let condition = JoinCondition(asked, leftWidth: width, catalogue)
      var right: Rows
      if condition.equalities.isEmpty {
        right = try reader.rows(of: inputs[next], in: surroundings, isNeeded: false)
      } else {
        let values = Batch(
          try reader.values(condition.equalities.map(\.left), joined, surroundings, isNeeded: false), count: joined.count)
        right = try reader.candidates(
          of: inputs[next], in: surroundings, Restriction(condition.equalities.map(\.right), values))
      }
      right.ranks = nil
      if joined.bindings == nil && right.bindings == nil && asked.contains(where: \.isDependent) {
        joined = reader.bound(joined, surroundings)
      }
      joined = try reader.joined(.inner, joined, right, asked, surroundings, false)
      try reader.visit(joined.count)
    }
    let extra = Array(own..<rows.width)
    return joined.projecting(order(places) + extra, as: types + extra.map { rows.types[$0] })
  }
}

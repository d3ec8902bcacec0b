import Expressions
import Queries
import Relations

/// The rows of a plan that a change meets, and no others.
extension Computation {
  /// The rows for which some expressions equal a row of values. Nulls equal each other, as in groups.
  func rows(of plan: Plan, where keys: [Expression], among values: Batch) throws(Stop) -> Rows {
    // A null is looked up in no index.
    if values.nulls != nil { return try chosen(try rows(of: plan, in: nil, isNeeded: false), keys, values) }
    return try chosen(try candidates(of: plan, where: keys, among: values), keys, values)
  }

  /// Those rows, and maybe others; without nulls in the keys.
  func candidates(of plan: Plan, where keys: [Expression], among values: Batch) throws(Stop) -> Rows {
    switch plan {
    case .scan(let scan) where keys.allSatisfy(\.isColumn) && !keys.isEmpty:
      return Rows(try probe(scan, keys.map { $0.columns.first! }, values))
    case .filter(let input, let condition) where input.isBase:
      return try filter(try candidates(of: input, where: keys, among: values), condition, nil, false)
    case .project(let input, let expressions):
      let below = keys.map { $0.replacingColumns { place, _ in expressions[place] } }
      return try projected(try candidates(of: input, where: below, among: values), expressions, nil, false)
    case .join(let join) where join.kind == .inner && !join.isLateral:
      let joined = JoinedInputs(plan)
      let own = keys.reduce(into: Set<Int>()) { $0.formUnion(joined.inputs(of: $1)) }
      guard own.count == 1, let place = own.first else { break }
      let shifted = keys.map { $0.replacingColumns { .column($0 - joined.offsets[place], $1) } }
      return try joined.rows(startingWith: place, try candidates(of: joined.inputs[place], where: shifted, among: values)) { _ in self }
    default: break
    }
    return try rows(of: plan, in: nil, isNeeded: false)
  }

  private func probe(_ scan: Plan.Scan, _ key: [Int], _ values: Batch) throws(Stop) -> Batch {
    do throws(SnapshotFailure) {
      let found = try snapshot.probe(scan.table, key: key, among: values, columns: Array(scan.columns.indices), context)
        .filter { $0.count > 0 }
      return found.isEmpty ? Batch(scan.columns, rows: []) : .concatenating(found)
    } catch {
      throw .unreadable(error)
    }
  }

  private func chosen(_ rows: Rows, _ keys: [Expression], _ values: Batch) throws(Stop) -> Rows {
    let columns = try self.values(keys, rows, nil, isNeeded: false).map(\.asKey)
    let all = zip(values.columns, columns).map { Column.concatenating([$0.asKey, $1]) }
    let grouping = Grouping(all, count: values.count + rows.count)
    return rows.filtered(
      by: Bitmap(count: rows.count) { row in
        Int(grouping.firsts[Int(grouping.groups[values.count + row])]) < values.count
      })
  }
}

extension JoinedInputs {
  /// Rows of one input joined with all others, which are looked up. Columns behind those of the input stay, at the end.
  ///
  /// - Parameter computation: by which each of the others is read.
  func rows(
    startingWith start: Int, _ rows: Rows, _ computation: (Int) -> Computation
  ) throws(Stop) -> Rows {
    let own = inputs[start].types.count
    var joined = rows
    var places = [start: 0]
    var waiting = Set(inputs.indices).subtracting([start])
    var conditions = conjuncts
    // The conditions on this input alone were asked of all its rows before.
    var further = conditions.filter { inputs(of: $0).isSubset(of: [start]) }
    while !waiting.isEmpty {
      let connected = connected(waiting, places, conditions, .builtIn)
      let next = (connected.isEmpty ? waiting : connected).min()!
      let reader = computation(next)
      waiting.remove(next)
      let width = joined.width
      places[next] = width
      func isReady(_ condition: Expression) -> Bool { inputs(of: condition).allSatisfy { places[$0] != nil } }
      let asked = conditions.filter(isReady).map { placed($0, places) }
      conditions.removeAll(where: isReady)
      further = []
      let condition = JoinCondition(asked, leftWidth: width, .builtIn)
      let right: Rows
      if condition.equalities.isEmpty {
        right = try reader.rows(of: inputs[next], in: nil, isNeeded: false)
      } else {
        let values = Batch(try reader.values(condition.equalities.map(\.left), joined, nil, isNeeded: false), count: joined.count)
        let known = values.nulls.map { values.filtered(by: ~$0) } ?? values
        right = try reader.candidates(of: inputs[next], where: condition.equalities.map(\.right), among: known.distinctRows)
      }
      var left = joined
      left.ranks = nil
      let sides = Computation.Sides(left: left, right: right, leftTags: nil, rightTags: nil)
      joined = reader.joined(.inner, sides, try reader.pairs(sides, asked, nil, isNeeded: false))
    }
    assert(further.isEmpty || inputs.count > 1)
    let extra = Array(own..<rows.width)
    return joined.projecting(order(places) + extra, as: types + extra.map { rows.types[$0] })
  }
}

extension Batch {
  /// Each row once, by equality.
  var distinctRows: Batch {
    let grouping = Grouping(columns.map(\.asKey), count: count)
    return grouping.count == count ? self : picking(grouping.firsts)
  }
}

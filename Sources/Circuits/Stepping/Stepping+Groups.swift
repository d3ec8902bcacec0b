import Expressions
import Queries
import Relations

/// What looks at groups of rows: computed afresh for those that a change touches.
extension Stepping {
  /// - Parameters:
  ///   - inputs: of the same columns.
  ///   - keys: over these, and over the operator's rows too; what it does to rows of one group has nothing to do with others.
  func regrouped(_ plan: Plan, _ inputs: [Plan], by keys: [Expression], _ path: Path?) throws(Stop) -> Change {
    let types = plan.types
    var touched: [Change] = []
    for (place, input) in inputs.enumerated() {
      let change = try change(of: input, at: path?.below(place))
      touched.append(change.with(change.rows.relabeled(inputs[0].types)))
    }
    let all = Change.sum(touched)
    if all.isEmpty && !inputs[0].hidesOrder { return Change(none: types) }
    if keys.isEmpty || inputs[0].hidesOrder { return try difference(plan) }
    let values = try self.keys(keys, all)
    func groups(_ computation: Computation) throws(Stop) -> Rows {
      var rows: [Rows] = []
      for input in inputs { rows.append(try computation.rows(of: input, where: keys, among: values)) }
      switch plan {
      case .distinct(let input): return computation.distinct(rows[0], try computation.requireOrders(of: input))
      case .distinctOn(let input, let keys):
        if case .sort(_, let order) = input { rows[0] = try computation.sort(rows[0], order, nil, false) }
        return try computation.distinctOn(rows[0], keys, nil, false)
      case .window(_, let calls): return try computation.window(rows[0], calls, nil, false)
      case .combine(let operation): return try computation.combine(operation, rows[0], rows[1], nil)
      default: preconditionFailure("an operator over groups")
      }
    }
    var change = difference(try groups(old), try groups(new), origins: nil)
    if let known = all.origins { change.origins = origins(of: try self.keys(keys, change), among: [(values, known)]) }
    return change
  }

  func aggregated(_ input: Plan, _ aggregation: Plan.Aggregation, _ path: Path?) throws(Stop) -> Change {
    let touched = try change(of: input, at: path?.below())
    if touched.isEmpty { return Change(none: aggregation.types) }
    if let memory, let path, numbering == nil, let sums = try memory.sums(of: input, aggregation, path, old) {
      if let change = try sums.step(touched, of: input, aggregation, new, exhausted: &memory.exhausted) { return change }
      memory.drop(path)
    }
    var parts: [Change] = []
    for set in aggregation.sets { parts.append(try group(set, touched, input, aggregation)) }
    return .sum(parts)
  }

  /// The groups of one grouping set.
  private func group(
    _ set: [Int], _ touched: Change, _ input: Plan, _ aggregation: Plan.Aggregation
  ) throws(Stop) -> Change {
    let own = Plan.Aggregation(keys: aggregation.keys, sets: [set], calls: aggregation.calls, groupings: aggregation.groupings)
    if set.isEmpty {
      let plan = Plan.aggregate(input, own)
      var change = try difference(plan)
      if let origins = touched.origins { change.origins = Array(repeating: origins.union, count: change.count) }
      return change
    }
    let keys = set.map { aggregation.keys[$0] }
    let values = try self.keys(keys, touched)
    func groups(_ computation: Computation) throws(Stop) -> Rows {
      try computation.aggregate(try computation.rows(of: input, where: keys, among: values), own, nil, false)
    }
    var change = difference(try groups(old), try groups(new), origins: nil)
    if let known = touched.origins {
      let columns = Batch(set.map { change.rows.column($0).asKey }, count: change.count)
      change.origins = origins(of: columns, among: [(values, known)])
    }
    return change
  }

  /// What different rows change by, if it is remembered how often each is there.
  func counted(_ input: Plan, _ path: Path?) throws(Stop) -> Change? {
    guard let memory, let path, numbering == nil, !input.hidesOrder, let sums = memory.knownSums(path) else { return nil }
    let change = try change(of: input, at: path.below())
    if let counted = try sums.step(change, of: input, .distinct(input), new, exhausted: &memory.exhausted) { return counted }
    memory.drop(path)
    // Nothing below may be asked twice.
    throw .tooCostly
  }

  /// What the first rows of an order change by, if some rows behind them are remembered.
  private func first(_ input: Plan, _ limit: Plan.Limit, _ change: Change, _ path: Path?) throws(Stop) -> Change? {
    guard let memory, let path, numbering == nil, case .sort(let below, let keys) = input, limit.isTied(by: keys),
      let count = try new.reach(limit), 0...TopRows.most ~= count,
      let top = try memory.top(of: below, keys, wanted: count, path, old)
    else { return nil }
    let before = try top.sorted(old)
    var after = try top.step(change.delta, wanted: count, new)
    if after == nil {
      memory.exhausted += 1
      memory.keep(nil as TopRows?, path)
      let made = try TopRows(ZSet(try new.all(of: below).batch).consolidated(), keys, wanted: count, new)
      memory.keep(made, path)
      after = try made.sorted(new)
    }
    return difference(try old.limit(before, limit, nil, false), try new.limit(after!, limit, nil, false), origins: nil)
  }

  /// The first rows of an order.
  func limited(_ input: Plan, _ limit: Plan.Limit, _ path: Path?) throws(Stop) -> Change {
    let plan = Plan.limit(input, limit)
    let change = try change(of: input, at: path?.below())
    if input.hidesOrder { return try difference(plan) }
    if change.isEmpty { return Change(none: plan.types) }
    if let first = try first(input, limit, change, path) { return first }
    return try difference(plan)
  }
}

extension Plan.Limit {
  /// Whether rows tie with the last one, if that matters, as they do in an order.
  func isTied(by keys: [Plan.SortKey]) -> Bool { ties == nil || ties! == keys }
}

extension Plan.Aggregation {
  /// The different rows of a plan.
  static func distinct(_ input: Plan) -> Plan.Aggregation {
    Plan.Aggregation(keys: input.types.enumerated().map { .column($0, $1) }, calls: [])
  }

  /// How many rows a plan has.
  static let size = Plan.Aggregation(keys: [], calls: [])
}

extension Plan {
  /// Whether its rows are in an order.
  var isOrdered: Bool {
    switch self {
    case .sort: true
    case .limit(let input, _), .filter(let input, _), .project(let input, _), .distinctOn(let input, _): input.isOrdered
    default: false
    }
  }

  /// Whether something that its rows are ordered by is perhaps not among them: then their order may change, and they do not.
  var hidesOrder: Bool {
    switch self {
    case .project(let input, _): input.isOrdered
    case .limit(let input, _), .filter(let input, _), .distinctOn(let input, _): input.hidesOrder
    default: false
    }
  }
}

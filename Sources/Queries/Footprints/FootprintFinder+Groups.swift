import Expressions
import Relations

/// Conditions on their way through what makes rows of several rows.
extension FootprintFinder {
  mutating func visit(_ aggregation: Plan.Aggregation, over input: Plan, _ demand: Demand) {
    var below = Demand()
    for key in aggregation.keys { below.used.formUnion(key.columns) }
    let first = aggregation.keys.count
    for (place, call) in aggregation.calls.enumerated() where demand.needs(first + place) || call.mayRaise(over: input, catalogue) {
      for part in call.parts { below.used.formUnion(part.columns) }
    }
    if aggregation.sets == [[]] {
      bound(byFiltersOf: aggregation.calls, &below)
      return visit(input, below)
    }
    func isOfKeys(_ expression: Expression) -> Bool { expression.columns.allSatisfy { $0 < first } }
    // In a grouping set that lacks it, a key is null.
    func boundsAllSets(_ condition: Expression) -> Bool {
      aggregation.sets.allSatisfy { set in
        Planted.bug("every grouping set has every key") || condition.columns.isSubset(of: set)
          || condition.isNeverTrue(whenNull: { !set.contains($0) })
      }
    }
    func written(_ expression: Expression) -> Expression { expression.replacingColumns { place, _ in aggregation.keys[place] } }
    // A group that a bound drops may raise before it is dropped.
    let isSafe =
      !aggregation.calls.contains { !$0.neverRaises(catalogue) } && demand.risks.allSatisfy(isOfKeys)
      && demand.bounds.allSatisfy {
        isOfKeys($0.condition) || !$0.condition.mayRaise(over: .aggregate(input, aggregation), catalogue)
      }
    var hasBounds = false
    for bound in demand.bounds where isOfKeys(bound.condition) {
      if isSafe, bound.condition.isInvariant, boundsAllSets(bound.condition) {
        hasBounds = true
        take(Bound(condition: written(bound.condition), isExact: false, isNear: false), of: input, into: &below)
      } else {
        below.addRisks(of: written(bound.condition), over: input)
      }
    }
    for risk in demand.risks where isOfKeys(risk) { below.addRisks(of: written(risk), over: input) }
    if hasBounds {
      for expression in aggregation.keys + aggregation.calls.flatMap(\.parts) { below.addRisks(of: expression, over: input) }
    }
    visit(input, below)
  }

  /// Rows that no aggregate takes in, where there is one group whatever rows there are.
  private func bound(byFiltersOf calls: [Plan.AggregateCall], _ below: inout Demand) {
    let filters = calls.compactMap(\.filter)
    guard let filter = filters.first, filters.count == calls.count || Planted.bug("one aggregate's filter is every aggregate's"),
      !filters.contains(where: \.hasOuter)
    else { return }
    if filters.allSatisfy({ $0 == filter }) {
      let parts = calls.flatMap { $0.arguments + $0.order.map(\.expression) }
      below.used = parts.reduce(into: []) { $0.formUnion($1.columns) }
      // Whatever is below is evaluated for rows that the filter leaves out, too.
      below.bounds += filter.conjuncts.map { Bound(condition: $0, isExact: true, isNear: false) }
    } else {
      var different: [Expression] = []
      for filter in filters where !different.contains(filter) { different.append(filter) }
      below.bounds.append(.implied(.or(different)))
    }
  }

  mutating func visit(_ calls: [Plan.WindowCall], over input: Plan, _ demand: Demand) {
    let width = input.types.count
    var below = fenced(demand)
    below.used = demand.used.filter { $0 < width }
    for (place, call) in calls.enumerated()
    where demand.needs(width + place) || call.parts.contains(where: { $0.mayRaise(over: input, catalogue) }) {
      for part in call.parts { below.used.formUnion(part.columns) }
    }
    // What partitions all have in common: a row sees only rows that share it.
    let shared = calls.reduce(Set(0..<width)) { shared, call in
      Planted.bug("windows see their own row") ? shared : shared.intersection(call.partition.compactMap(\.plainColumn))
    }
    func isShared(_ expression: Expression) -> Bool { expression.columns.isSubset(of: shared) }
    below.risks = demand.risks.filter(isShared)
    let isSafe =
      calls.allSatisfy { $0.neverRaises(catalogue) } && demand.risks.allSatisfy(isShared)
      && demand.bounds.allSatisfy { isShared($0.condition) || !$0.condition.mayRaise(over: .window(input, calls), catalogue) }
    for bound in demand.bounds {
      if isSafe, isShared(bound.condition), bound.condition.isInvariant {
        below.bounds.append(Bound(condition: bound.condition, isExact: bound.isExact, isNear: false))
      } else {
        if bound.isExact { below.used.formUnion(bound.condition.columns.filter { $0 < width }) }
        if isShared(bound.condition) { below.addRisks(of: bound.condition, over: input) }
      }
    }
    if !below.bounds.isEmpty {
      for part in calls.flatMap(\.parts) { below.addRisks(of: part, over: input) }
    }
    visit(input, below)
  }

  mutating func visit(distinctOn keys: [Expression], _ input: Plan, _ demand: Demand) {
    var below = fenced(demand)
    below.used = keys.reduce(into: demand.used) { $0.formUnion($1.columns) }
    let plain = Set(keys.compactMap(\.plainColumn))
    for bound in demand.bounds {
      if bound.condition.columns.isSubset(of: plain), bound.condition.isInvariant {
        below.bounds.append(bound)
      } else {
        below.drop(bound)
        below.addRisks(of: bound.condition, over: input)
      }
    }
    if !below.bounds.isEmpty {
      for key in keys { below.addRisks(of: key, over: input) }
    }
    visit(input, below)
  }

  mutating func visit(_ operation: Plan.SetOperation, _ demand: Demand) {
    let isPlain = operation.kind == .union && operation.isAll
    var (left, right) = (demand, demand)
    if !isPlain {
      left = fenced(demand)
      left.used = Set(operation.left.types.indices)
      for bound in demand.bounds {
        if bound.condition.isInvariant {
          left.bounds.append(bound)
        } else {
          left.addRisks(of: bound.condition, over: operation.left)
        }
      }
      right = left
      // Rows that can have no equal on the other side.
      if operation.kind != .union { right.add(operation.left.knowledge.closed.facts) }
      if operation.kind == .intersect || Planted.bug("EXCEPT keeps what both have") {
        left.add(operation.right.knowledge.closed.facts)
      }
    }
    // The sides' columns may differ in modifiers.
    let types = operation.right.types
    func retyped(_ expression: Expression) -> Expression {
      expression.replacingColumns { place, _ in .column(place, types[place]) }
    }
    right.bounds = right.bounds.map { $0.replacing(retyped($0.condition)) }
    right.risks = right.risks.map(retyped)
    visit(operation.left, left)
    visit(operation.right, right)
  }
}

extension Demand {
  /// Whether a computed column is looked at.
  fileprivate func needs(_ place: Int) -> Bool {
    used.contains(place) || bounds.contains { $0.isExact && $0.condition.columns.contains(place) }
  }
}

extension Expression {
  fileprivate var plainColumn: Int? { if case .column(let place, _) = self { place } else { nil } }
}

extension Plan.AggregateCall {
  fileprivate func mayRaise(over input: Plan, _ catalogue: Catalogue) -> Bool {
    !neverRaises(catalogue) || parts.contains { $0.mayRaise(over: input, catalogue) }
  }
}

extension Plan.WindowCall {
  /// Of its arguments nothing is said.
  fileprivate func neverRaises(_ catalogue: Catalogue) -> Bool {
    guard let name = catalogue.function(function)?.name else { return false }
    for case .preceding(let distance) in [frame.start, frame.end] where !distance.isNatural || frame.mode == .range { return false }
    for case .following(let distance) in [frame.start, frame.end] where !distance.isNatural || frame.mode == .range { return false }
    let harmless: Set<String> = [
      "row_number", "rank", "dense_rank", "percent_rank", "cume_dist", "lag", "lead", "first_value", "last_value", "count", "min",
      "max", "bool_and", "bool_or", "every",
    ]
    if harmless.contains(name) { return true }
    return ["sum", "avg"].contains(name) && arguments.allSatisfy { ![.float8, .float4, .interval].contains($0.type.id) }
  }
}

extension Expression {
  fileprivate var isNatural: Bool {
    if case .constant(let constant) = self, case .integer(0...) = constant.value { true } else { false }
  }
}

import Expressions
import Queries
import Relations

/// Inner joins of several tables, in an order of our own: the smallest first, then always one that a look-up connects.
///
/// The rows of each table are there before any two are joined, so that their number is known and need not be estimated.
extension Computation {
  func innerJoin(_ join: Plan.Join, _ surroundings: Surroundings?, _ isNeeded: Bool) throws(Stop) -> Rows {
    let flat = JoinedInputs(.join(join))
    if let surroundings, looksUp(.join(join), of: surroundings), let rows = try lookedUp(flat, surroundings) { return rows }
    if let rows = try foundByConstants(flat, in: surroundings) { return rows }
    var inputs: [Rows] = []
    for input in flat.inputs {
      var rows = try self.rows(of: input, in: surroundings, isNeeded: false)
      rows.ranks = nil
      inputs.append(rows)
    }
    try noteRisks(flat, inputs, surroundings)
    if inputs.allSatisfy({ $0.bindings == nil }), flat.conjuncts.contains(where: \.isDependent) {
      // A dependent plan's own conditions are joins with the row around: the input that they are about knows its bindings first.
      bindOne(&inputs, flat, surroundings)
    }

    var waiting = Set(inputs.indices)
    var conditions = flat.conjuncts
    let first = start(inputs, conditions, flat)
    waiting.remove(first)
    var joined = inputs[first]
    // For each input that is in, where its columns start.
    var places = [first: 0]
    while !waiting.isEmpty {
      let next = self.next(waiting, places, conditions, inputs, flat)
      waiting.remove(next)
      let (left, right) = (joined, inputs[next])
      places[next] = left.width
      func isReady(_ condition: Expression) -> Bool {
        if condition.isDependent && left.bindings == nil && right.bindings == nil { return false }
        return flat.inputs(of: condition).allSatisfy { places[$0] != nil }
      }
      let ready = conditions.filter(isReady)
      conditions.removeAll(where: isReady)
      let asked = ready.map { flat.placed($0, places) }
      let sides = Sides(left: left, right: right, leftTags: left.bindings, rightTags: right.bindings)
      joined = self.joined(.inner, sides, try pairs(sides, asked, surroundings, isNeeded: isNeeded))
    }
    precondition(conditions.isEmpty, "every condition is asked once all that it is about is there")
    return joined.projecting(flat.order(places), as: flat.types)
  }

  /// Starts with the input that the rows around ask for, and looks the others up; nil if there is none.
  private func lookedUp(_ flat: JoinedInputs, _ surroundings: Surroundings) throws(Stop) -> Rows? {
    for (place, input) in flat.inputs.enumerated() where input.isFiltered(catalogue) {
      noteOrder(of: flat)
      let rows = try self.rows(of: input, in: surroundings, isNeeded: false)
      return try flat.rows(startingWith: place, rows, surroundings) { _ in self }
    }
    return nil
  }

  /// What is looked up may be asked of other pairs by PostgreSQL.
  func noteOrder(of flat: JoinedInputs) {
    for conjunct in flat.conjuncts {
      let isRisky =
        conjunct.mayRaise(catalogue)
        || conjunct.columns.contains { column in
          let input = flat.input(of: column)
          return flat.inputs[input].columnMayRaise(column - flat.offsets[input], catalogue)
        }
      if isRisky { doubts.insert(.errorOrder) }
    }
  }

  private func bindOne(_ inputs: inout [Rows], _ flat: JoinedInputs, _ surroundings: Surroundings?) {
    let named = flat.conjuncts.filter(\.isDependent).flatMap { flat.inputs(of: $0) }
    let chosen = (named.isEmpty ? Array(inputs.indices) : named).min { inputs[$0].count < inputs[$1].count }!
    inputs[chosen] = bound(inputs[chosen], surroundings)
  }

  /// The input to begin with: of those that a look-up connects with another one, the smallest.
  private func start(_ inputs: [Rows], _ conditions: [Expression], _ flat: JoinedInputs) -> Int {
    let connected = conditions.filter { flat.lookUp($0, catalogue) != nil }.flatMap { flat.inputs(of: $0) }
    return (connected.isEmpty ? Array(inputs.indices) : connected).min { (inputs[$0].count, $0) < (inputs[$1].count, $1) }!
  }

  private func next(
    _ waiting: Set<Int>, _ places: [Int: Int], _ conditions: [Expression], _ inputs: [Rows], _ flat: JoinedInputs
  ) -> Int {
    let connected = flat.connected(waiting, places, conditions, catalogue)
    return (connected.isEmpty ? waiting : connected).min { (inputs[$0].count, $0) < (inputs[$1].count, $1) }!
  }

  /// The planner may join in another order, and ask of other pairs than we do. What is looked up it computes for all rows of a table,
  /// and a condition that is the only one it asks of all pairs.
  private func noteRisks(_ flat: JoinedInputs, _ inputs: [Rows], _ surroundings: Surroundings?) throws(Stop) {
    for conjunct in flat.conjuncts {
      let own = flat.inputs(of: conjunct)
      let isRisky =
        conjunct.mayRaise(catalogue)
        || conjunct.columns.contains { column in
          let input = flat.input(of: column)
          return flat.inputs[input].columnMayRaise(column - flat.offsets[input], catalogue)
        }
      guard isRisky else { continue }
      let areBase = own.allSatisfy { flat.inputs[$0].isBase }
      if areBase && flat.inputs.count == 2 && flat.conjuncts.count == 1 { continue }
      guard areBase, let (a, b) = flat.lookUp(conjunct, catalogue), a.count == 1, b.count == 1, case .call(let call) = conjunct
      else {
        doubts.insert(.errorOrder)
        continue
      }
      for (expression, input) in [(call.arguments[0], a.first!), (call.arguments[1], b.first!)] {
        let own = expression.replacingColumns { .column($0 - flat.offsets[input], $1) }
        _ = try values(own, inputs[input], surroundings, isNeeded: false)
      }
    }
  }
}

extension Plan {
  /// Whether the rows around say by an equality which of its rows they want.
  fileprivate func isFiltered(_ catalogue: Catalogue) -> Bool {
    switch self {
    case .filter(let input, let condition):
      condition.conjuncts.contains { $0.outerEquality(catalogue) != nil } || input.isFiltered(catalogue)
    case .project(let input, _), .sort(let input, _): input.isFiltered(catalogue)
    default: false
    }
  }
}

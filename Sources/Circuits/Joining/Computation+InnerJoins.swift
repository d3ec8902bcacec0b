import Expressions
import Queries
import Relations

/// Inner joins of several tables, in an order of our own: the smallest first, then always one that a look-up connects.
///
/// The rows of each table are there before any two are joined, so that their number is known and need not be estimated.
extension Computation {
  /// The inputs of inner joins upon inner joins, and all conditions, over the columns of all of them side by side.
  private struct Flattened {
    var inputs: [Plan] = []
    var offsets: [Int] = []
    var width = 0
    var conjuncts: [Expression] = []

    init(_ plan: Plan) { add(plan) }

    private mutating func add(_ plan: Plan) {
      guard case .join(let join) = plan, join.kind == .inner, !join.isLateral else {
        inputs.append(plan)
        offsets.append(width)
        width += plan.types.count
        return
      }
      let start = width
      add(join.left)
      add(join.right)
      conjuncts += join.condition.conjuncts.map { $0.replacingColumns { .column($0 + start, $1) } }
    }

    func input(of column: Int) -> Int { offsets.lastIndex { $0 <= column }! }
    func inputs(of expression: Expression) -> Set<Int> { Set(expression.columns.map(input)) }
  }

  func innerJoin(_ join: Plan.Join, _ surroundings: Surroundings?, _ isNeeded: Bool) throws(Stop) -> Rows {
    let flat = Flattened(.join(join))
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
      let asked = ready.map { self.placed($0, places, flat) }
      let sides = Sides(left: left, right: right, leftTags: left.bindings, rightTags: right.bindings)
      joined = self.joined(.inner, sides, try pairs(sides, asked, surroundings, isNeeded: isNeeded))
    }
    precondition(conditions.isEmpty, "every condition is asked once all that it is about is there")
    let order = (0..<flat.width).map { column -> Int in
      let input = flat.input(of: column)
      return places[input]! + column - flat.offsets[input]
    }
    return joined.projecting(order, as: flat.inputs.flatMap(\.types))
  }

  private func placed(_ expression: Expression, _ places: [Int: Int], _ flat: Flattened) -> Expression {
    expression.replacingColumns { column, type in
      let input = flat.input(of: column)
      return .column(places[input]! + column - flat.offsets[input], type)
    }
  }

  private func bindOne(_ inputs: inout [Rows], _ flat: Flattened, _ surroundings: Surroundings?) {
    let named = flat.conjuncts.filter(\.isDependent).flatMap { flat.inputs(of: $0) }
    let chosen = (named.isEmpty ? Array(inputs.indices) : named).min { inputs[$0].count < inputs[$1].count }!
    inputs[chosen] = bound(inputs[chosen], surroundings)
  }

  /// The input to begin with: of those that a look-up connects with another one, the smallest.
  private func start(_ inputs: [Rows], _ conditions: [Expression], _ flat: Flattened) -> Int {
    let connected = conditions.filter { lookUp($0, flat) != nil }.flatMap { flat.inputs(of: $0) }
    return (connected.isEmpty ? Array(inputs.indices) : connected).min { (inputs[$0].count, $0) < (inputs[$1].count, $1) }!
  }

  private func next(
    _ waiting: Set<Int>, _ places: [Int: Int], _ conditions: [Expression], _ inputs: [Rows], _ flat: Flattened
  ) -> Int {
    let connected = waiting.filter { input in
      conditions.contains { condition in
        guard let (a, b) = lookUp(condition, flat) else { return false }
        return (a == [input] && b.allSatisfy { places[$0] != nil }) || (b == [input] && a.allSatisfy { places[$0] != nil })
      }
    }
    return (connected.isEmpty ? waiting : connected).min { (inputs[$0].count, $0) < (inputs[$1].count, $1) }!
  }

  /// The inputs of both sides of an equality; nil for another condition.
  private func lookUp(_ condition: Expression, _ flat: Flattened) -> (Set<Int>, Set<Int>)? {
    guard case .call(let call) = condition, call.arguments.count == 2, catalogue.isClassEquality(call.function),
      !condition.isDependent
    else { return nil }
    let (a, b) = (flat.inputs(of: call.arguments[0]), flat.inputs(of: call.arguments[1]))
    return a.isEmpty || b.isEmpty || !a.isDisjoint(with: b) ? nil : (a, b)
  }

  /// The planner may join in another order, and ask of other pairs than we do. What is looked up it computes for all rows of a table,
  /// and a condition that is the only one it asks of all pairs.
  private func noteRisks(_ flat: Flattened, _ inputs: [Rows], _ surroundings: Surroundings?) throws(Stop) {
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
      guard areBase, let (a, b) = lookUp(conjunct, flat), a.count == 1, b.count == 1, case .call(let call) = conjunct else {
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

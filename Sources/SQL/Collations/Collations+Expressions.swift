import Expressions
import Relations

/// Expressions over the columns of a plan.
extension Collations {
  typealias Derived = (expression: Expression, state: CollationState)

  /// The expression with its marks, and the collation of its value.
  func derived(_ expression: Expression, over columns: [Column]) throws(CollationMismatch) -> Derived {
    switch expression {
    case .column(let place, _): return (expression, columns.indices.contains(place) ? columns[place].asNamed : .none)
    case .outer(let level, let place, _):
      guard around.indices.contains(level - 1), around[level - 1].indices.contains(place) else { return (expression, .none) }
      return (expression, around[level - 1][place].asNamed)
    case .parameter, .constant, .clock: return (expression, .implicit(collation(of: expression.type.id)))
    case .collated(let operand, let collating):
      let inner = try derived(operand, over: columns)
      if collating.isSettled { return (.collated(inner.expression, collating), inner.state) }
      return (inner.expression, CollationState(ground: .explicit, name: collating.name, location: collating.location))
    case .call(let call):
      let made = try derived(call, over: columns)
      return (.call(made.call), made.state)
    case .relabel(let operand, let type):
      let inner = try derived(operand, over: columns)
      return (.relabel(inner.expression, type), cast(inner.state, from: operand.type.id, to: type.id))
    case .viaText(let operand, let type):
      let inner = try derived(operand, over: columns)
      return (.viaText(inner.expression, type), cast(inner.state, from: operand.type.id, to: type.id))
    case .and, .or, .not, .isNull, .isTruth:
      let whole = try expression.rewritingChildren { (child) throws(CollationMismatch) in
        try derived(child, over: columns).expression
      }
      return (whole, .none)
    case .isDistinct(let equality, let negated):
      return (.isDistinct(equality: try derived(equality, over: columns).call, negated: negated), .none)
    case .nullIf(let equality, let type):
      let made = try derived(equality, over: columns)
      return (.nullIf(equality: made.call, type), result(made.input, type.id))
    case .branches(let branches, let otherwise, let type):
      var made: [Expression.Branch] = []
      var state = CollationState.none
      for branch in branches {
        let (condition, value) = (try derived(branch.condition, over: columns), try derived(branch.value, over: columns))
        try state.merge(value.state)
        made.append(.init(condition: condition.expression, value: value.expression))
      }
      let last = try derived(otherwise, over: columns)
      try state.merge(last.state)
      return (.branches(made, otherwise: last.expression, type), result(state, type.id))
    case .coalesce(let operands, let type):
      let made = try derived(operands, over: columns)
      return (.coalesce(made.expressions, type), result(made.state, type.id))
    case .extreme(let extreme, let operands, let type):
      var made = try derived(operands, over: columns)
      if let state = orderState(type.id, made.state), let mark = mark(.order, state) { made.expressions.mark(0, mark) }
      return (.extreme(extreme, made.expressions, type), result(made.state, type.id))
    case .quantified(let quantified): return (.quantified(try derived(quantified, over: columns)), .none)
    case .overArray(let quantified): return (.overArray(try derived(quantified, over: columns)), .none)
    }
  }

  func derived(
    _ operands: [Expression], over columns: [Column]
  ) throws(CollationMismatch) -> (expressions: [Expression], state: CollationState) {
    var expressions: [Expression] = []
    var state = CollationState.none
    for operand in operands {
      let made = try derived(operand, over: columns)
      expressions.append(made.expression)
      try state.merge(made.state)
    }
    return (expressions, state)
  }

  /// A call, the collation that its function gets, and that of its value.
  func derived(
    _ call: Expression.Call, over columns: [Column]
  ) throws(CollationMismatch) -> (call: Expression.Call, input: CollationState, state: CollationState) {
    var made = try derived(call.arguments, over: columns)
    var function = call.function
    if let (place, state) = input(call.arguments, made.state), let mark = mark(call.collationUse(catalogue), state) {
      if let rules = rules(of: mark), let comparison = catalogue.comparingSortKeys(function) {
        function = comparison
        made.expressions = made.expressions.map { .collated($0, rules) }
      } else {
        made.expressions.mark(place, mark)
      }
    }
    let whole = Expression.Call(function: function, arguments: made.expressions, type: call.type, spelling: call.spelling)
    return (whole, made.state, result(made.state, call.type.id))
  }

  private func derived(
    _ quantified: Expression.Quantified, over columns: [Column]
  ) throws(CollationMismatch) -> Expression.Quantified {
    let operands = [quantified.operand] + quantified.list
    var made = try derived(operands, over: columns)
    let use = catalogue.function(quantified.comparison)?.collationUse ?? .everything
    var comparison = quantified.comparison
    if let (_, state) = input(operands, made.state), let mark = mark(use, state) {
      // The elements of an array are not at hand.
      let areTexts = operands.allSatisfy { catalogue.element(of: $0.type.id) == nil }
      if areTexts, let rules = rules(of: mark), let ours = catalogue.comparingSortKeys(comparison) {
        comparison = ours
        made.expressions = made.expressions.map { .collated($0, rules) }
      } else {
        made.expressions.mark(0, mark)
      }
    }
    return Expression.Quantified(
      comparison: comparison, symbol: quantified.symbol, operand: made.expressions[0],
      list: Array(made.expressions.dropFirst()), all: quantified.all)
  }

  /// The first argument that has to do with a collation, and which one that is; nil if there is none.
  private func input(_ arguments: [Expression], _ state: CollationState) -> (place: Int, state: CollationState)? {
    if let place = arguments.firstIndex(where: { collation(of: $0.type.id) != nil }) { return (place, state) }
    return arguments.firstIndex { isOrderedByDefault($0.type.id) }.map { ($0, .implicit(Collation.defaultName)) }
  }

  /// Of what is made from values with this one.
  func result(_ state: CollationState, _ type: TypeID) -> CollationState {
    guard let own = collation(of: type) else { return .none }
    return state.ground == .none ? .implicit(own) : state
  }

  /// A domain's own collation comes with a cast to it.
  private func cast(_ state: CollationState, from source: TypeID, to type: TypeID) -> CollationState {
    if source != type, case .domain? = schema[type]?.definition, let own = collation(of: type), own != Collation.defaultName {
      return .implicit(own)
    }
    return result(state, type)
  }
}

extension [Expression] {
  mutating func mark(_ place: Int, _ mark: Collating) {
    if case .collated(_, mark) = self[place] { return }
    self[place] = .collated(self[place], mark)
  }
}

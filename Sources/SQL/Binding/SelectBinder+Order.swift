internal import CPgQuery
import Expressions
import Queries
import Relations

/// `ORDER BY` and `DISTINCT`: by the name or the number of a target, or by an expression, which is one more target that nobody sees.
extension SelectBinder {
  func order(_ clauses: inout Clauses, _ select: Syntax.SelectStmt, _ scalar: ScalarBinder) throws(BindingFailure) {
    for case .sortBy(let item) in select.sortClause.map(\.kind) {
      let target = try self.target(item.node!, &clauses.targets, .orderBy, scalar)
      let order = try scalar.order(item, clauses.targets.expressions[target])
      if !clauses.order.contains(where: { $0.target == target }) { clauses.order.append((target, order)) }
    }
  }

  /// The target that an item of `ORDER BY` or `DISTINCT ON` means, a new one if need be.
  private func target(
    _ node: Node, _ targets: inout Targets, _ clause: Clause, _ scalar: ScalarBinder
  ) throws(BindingFailure) -> Int {
    switch node.kind {
    case .aConst(let constant):
      let place = try targets.place(constant, clause, self)
      try targets.resolve(place, scalar)
      return place
    case .columnRef(let reference) where reference.fields.count == 1 && reference.fields[0].text != "":
      let name = Identifier(reference.fields[0].text)
      let places = targets.names.indices.filter { targets.names[$0] == name }
      if places.contains(where: { targets.expressions[$0] != targets.expressions[places[0]] }) {
        throw refusal(SQLState("42702"), "\(clause.rawValue) \"\(name.text)\" is ambiguous", reference.location)
      }
      if let place = places.first {
        try targets.resolve(place, scalar)
        return place
      }
    default: break
    }
    let start = scalar.level.uses.count
    let expression = try scalar.clause(clause) { () throws(BindingFailure) in try scalar.expression(node) }
    if let place = targets.expressions.firstIndex(of: expression) {
      try targets.resolve(place, scalar)
      return place
    }
    targets.expressions.append(expression)
    targets.nodes.append(node)
    targets.places.append((node.leftmost, start..<scalar.level.uses.count))
    try targets.resolve(targets.expressions.count - 1, scalar)
    return targets.expressions.count - 1
  }

  func distinct(_ clauses: inout Clauses, _ select: Syntax.SelectStmt, _ scalar: ScalarBinder) throws(BindingFailure) {
    guard !select.distinctClause.isEmpty else { return }
    // A plain DISTINCT has a list with nothing in it.
    if select.distinctClause.allSatisfy({ $0.isNothing }) {
      clauses.isDistinct = true
      let visible = clauses.targets.visibleCount
      for place in 0..<visible { try clauses.targets.resolve(place, scalar) }
      for (target, _) in clauses.order where target >= visible {
        throw refusal(
          SQLState("42P10"), "for SELECT DISTINCT, ORDER BY expressions must appear in select list",
          clauses.targets.places[target].location)
      }
      for place in 0..<visible {
        try scalar.requireEquality(clauses.targets.expressions[place], clauses.targets.places[place].location)
      }
      return
    }
    var places: [Int] = []
    var locations: [Int32] = []
    for node in select.distinctClause {
      let place = try target(node, &clauses.targets, .distinctOn, scalar)
      try scalar.requireEquality(clauses.targets.expressions[place], clauses.targets.places[place].location)
      if places.contains(place) { continue }
      places.append(place)
      locations.append(node.leftmost)
    }
    // The order begins with these, in any order among themselves.
    var hasOther = false
    for (target, _) in clauses.order {
      guard let item = places.firstIndex(of: target) else {
        hasOther = true
        continue
      }
      if hasOther { throw mismatched(locations[item]) }
    }
    if hasOther, let item = places.firstIndex(where: { place in !clauses.order.contains { $0.target == place } }) {
      throw mismatched(locations[item])
    }
    clauses.distinctOn = places
  }

  private func mismatched(_ location: Int32) -> BindingFailure {
    refusal(SQLState("42P10"), "SELECT DISTINCT ON expressions must match initial ORDER BY expressions", location)
  }

}

extension Targets {
  /// The place of the target that a number means.
  func place(_ constant: Syntax.AConst, _ clause: Clause, _ binder: SelectBinder) throws(BindingFailure) -> Int {
    guard case .integer(let number) = constant.value else {
      throw binder.refusal(SQLState("42601"), "non-integer constant in \(clause.rawValue)", constant.location)
    }
    guard names.indices.contains(Int(number) - 1) else {
      throw binder.refusal(SQLState("42P10"), "\(clause.rawValue) position \(number) is not in select list", constant.location)
    }
    return Int(number) - 1
  }
}

extension Node {
  fileprivate var isNothing: Bool {
    switch kind {
    case .nothing: true
    default: false
    }
  }
}

internal import CPgQuery
import Expressions
import Queries
import Relations

/// `GROUP BY` with its grouping sets.
extension SelectBinder {
  func group(_ clauses: inout Clauses, _ select: Syntax.SelectStmt, _ scalar: ScalarBinder) throws(BindingFailure) {
    var items: [[[Int]]] = []
    var hasSets = false
    for node in select.groupClause {
      if case .groupingSet(let set) = node.kind {
        hasSets = true
        items.append(try sets(set, &clauses, scalar))
      } else {
        items.append([try keys(node, &clauses, scalar)])
      }
    }
    clauses.isGrouped = !select.groupClause.isEmpty || clauses.having != nil || !scalar.level.aggregates.isEmpty
    guard hasSets else { return }
    var all: [[Int]] = [[]]
    for item in items {
      guard all.count * item.count <= 4096 else {
        throw refusal(SQLState("54001"), "too many grouping sets present (maximum 4096)", -1)
      }
      all = all.flatMap { set in item.map { set + $0 } }
    }
    all = all.map { Set($0).sorted() }
    if select.groupDistinct { all = all.enumerated().filter { place, set in !all[..<place].contains(set) }.map(\.element) }
    clauses.sets = all
  }

  /// One plain item: an expression, or several in parentheses.
  private func keys(_ node: Node, _ clauses: inout Clauses, _ scalar: ScalarBinder) throws(BindingFailure) -> [Int] {
    if case .rowExpr(let row) = node.kind, row.row_format == PG_QUERY__COERCION_FORM__COERCE_IMPLICIT_CAST {
      var all: [Int] = []
      for part in row.args { all += try keys(part, &clauses, scalar) }
      return all
    }
    let key = try self.key(node, &clauses.targets, scalar)
    try scalar.requireEquality(key, node.leftmost)
    if let place = clauses.keys.firstIndex(of: key) { return [place] }
    clauses.keys.append(key)
    return [clauses.keys.count - 1]
  }

  private func sets(_ set: Syntax.GroupingSet, _ clauses: inout Clauses, _ scalar: ScalarBinder) throws(BindingFailure) -> [[Int]] {
    switch set.kind {
    case PG_QUERY__GROUPING_SET_KIND__GROUPING_SET_EMPTY: return [[]]
    case PG_QUERY__GROUPING_SET_KIND__GROUPING_SET_ROLLUP:
      var parts: [[Int]] = []
      for node in set.content { parts.append(try keys(node, &clauses, scalar)) }
      return (0...parts.count).reversed().map { Array(parts[..<$0].joined()) }
    case PG_QUERY__GROUPING_SET_KIND__GROUPING_SET_CUBE:
      guard set.content.count <= 12 else { throw refusal(SQLState("54011"), "CUBE is limited to 12 elements", set.location) }
      var parts: [[Int]] = []
      for node in set.content { parts.append(try keys(node, &clauses, scalar)) }
      return (0..<1 << parts.count).reversed().map { mask in
        parts.indices.filter { mask >> (parts.count - 1 - $0) & 1 == 1 }.flatMap { parts[$0] }
      }
    case PG_QUERY__GROUPING_SET_KIND__GROUPING_SET_SETS:
      var all: [[Int]] = []
      for node in set.content {
        if case .groupingSet(let inner) = node.kind {
          all += try sets(inner, &clauses, scalar)
        } else {
          all.append(try keys(node, &clauses, scalar))
        }
      }
      return all
    default:
      var all: [Int] = []
      for node in set.content { all += try keys(node, &clauses, scalar) }
      return [all]
    }
  }

  /// What is grouped by: an expression, a target by its number, or by its name where no column has it.
  private func key(_ node: Node, _ targets: inout Targets, _ scalar: ScalarBinder) throws(BindingFailure) -> Expression {
    switch node.kind {
    case .aConst(let constant):
      let place = try targets.place(constant, .groupBy, self)
      return try key(place, &targets, scalar, constant.location)
    case .columnRef(let reference) where reference.fields.count == 1 && reference.fields[0].text != "":
      let name = Identifier(reference.fields[0].text)
      let places = targets.names.indices.filter { targets.names[$0] == name }
      guard scalar.level.scope.columns(named: name).isEmpty, let place = places.first else { break }
      guard places.allSatisfy({ targets.expressions[$0] == targets.expressions[place] }) else {
        throw refusal(SQLState("42702"), "GROUP BY \"\(name.text)\" is ambiguous", reference.location)
      }
      return try key(place, &targets, scalar, reference.location)
    default: break
    }
    let key = try scalar.clause(.groupBy) { () throws(BindingFailure) in try scalar.expression(node) }
    if key.hasSeries { throw .unsupported("GROUP BY a set-returning function") }
    guard key.type.id == .unknown else { return key }
    if let place = targets.expressions.firstIndex(of: key) { return try self.key(place, &targets, scalar, node.location) }
    return try scalar.resolved(key, node)
  }

  private func key(_ place: Int, _ targets: inout Targets, _ scalar: ScalarBinder, _ location: Int32) throws(BindingFailure)
    -> Expression
  {
    try targets.resolve(place, scalar)
    let key = targets.expressions[place]
    func contains(_ expression: Expression, _ test: (Reference) -> Bool) -> Bool {
      if case .column(let place, _) = expression { return test(Reference(place)) }
      return expression.children.contains { contains($0, test) }
    }
    if contains(key, { if case .aggregate = $0 { true } else if case .grouping = $0 { true } else { false } }) {
      throw refusal(SQLState("42803"), "aggregate functions are not allowed in GROUP BY", targets.places[place].location)
    }
    if contains(key, { if case .window = $0 { true } else { false } }) {
      throw refusal(SQLState("42P20"), "window functions are not allowed in GROUP BY", targets.places[place].location)
    }
    if key.hasSeries { throw .unsupported("GROUP BY a set-returning function") }
    return key
  }
}

// MARK: - The operator

extension SelectBinder {
  func group(_ stage: inout Stage, _ clauses: Clauses) throws(BindingFailure) {
    guard clauses.isGrouped || !stage.level.groupings.isEmpty else { return }
    // PostgreSQL takes all columns together for more than each of them.
    if stage.level.namesRow { throw .unsupported("a whole row beside groups") }
    var (keys, sets) = (clauses.keys, clauses.sets)
    if let given = sets, given.contains(where: { $0.count < keys.count }) {
      // PostgreSQL 15 does not always make such a key null where it is not in the set.
      guard keys.allSatisfy({ !$0.columns.isEmpty || $0.hasOuter }) else { throw .unsupported("grouping sets over constants") }
    }
    var groupings: [[Int]] = []
    for (number, arguments) in stage.level.groupings.enumerated() {
      var places: [Int] = []
      for (index, argument) in arguments.enumerated() {
        guard let place = keys.firstIndex(of: argument) else {
          throw refusal(
            SQLState("42803"), "arguments to GROUPING must be grouping expressions of the associated query level",
            stage.level.groupingLocations[number][index])
        }
        places.append(place)
      }
      groupings.append(places)
    }
    let common = sets.map { sets in keys.indices.filter { key in sets.allSatisfy { $0.contains(key) } } } ?? Array(keys.indices)
    let fixed = try fixedColumns(clauses, stage.level, keys: keys, common: common)
    for column in fixed {
      keys.append(column)
      sets = sets.map { $0.map { $0 + [keys.count - 1] } }
    }
    try UngroupedColumns(keys: keys, level: stage.level, surroundings: surroundings).refuse(clauses)
    try stage.group(keys: keys, sets: sets, groupings: groupings)
  }

  /// Columns that are named above the groups and are no keys, but fixed by a primary key that is among them.
  private func fixedColumns(_ clauses: Clauses, _ level: Level, keys: [Expression], common: [Int]) throws(BindingFailure)
    -> [Expression]
  {
    let keyed = Set(common.compactMap { key in if case .column(let place, _) = keys[key] { place } else { nil } })
    let tables = level.scope.keyed.filter { !$0.key.isEmpty && $0.key.allSatisfy(keyed.contains) }
    guard !tables.isEmpty else { return [] }
    var fixed: [Expression] = []
    var isSound = true
    func visit(_ expression: Expression) {
      if !expression.isConstantValue, keys.contains(expression) || fixed.contains(expression) { return }
      guard case .column(let place, let type) = expression else { return expression.children.forEach(visit) }
      switch Reference(place) {
      case .input(let place):
        guard let table = tables.first(where: { $0.columns.contains(place) }) else { return }
        fixed.append(.column(place, type))
        isSound = isSound && table.isSound
      case .subquery(let number):
        let subquery = level.subqueries[number]
        switch subquery.kind {
        case .any(let comparison), .all(let comparison): visit(comparison)
        default: break
        }
        _ = subquery.plan.mappingOuter { outward, place, type in
          if outward == 1 { visit(.column(place, type)) }
          return .outer(level: outward, place, type)
        }
      case .window(let number): level.windows[number].expressions.forEach(visit)
      case .series(let number): level.series[number].arguments.forEach(visit)
      case .aggregate, .grouping, .compared: break
      }
    }
    (clauses.targets.expressions + (clauses.having.map { [$0] } ?? [])).forEach(visit)
    if !isSound { throw .unsupported("columns fixed by a key that inherited tables do not have") }
    return fixed
  }
}

extension Expression {
  fileprivate var hasOuter: Bool {
    if case .outer = self { return true }
    return children.contains(where: \.hasOuter)
  }
}

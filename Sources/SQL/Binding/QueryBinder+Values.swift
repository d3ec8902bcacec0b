internal import CPgQuery
import Expressions
import Queries
import Relations

/// `VALUES`: rows that are written out, each column brought to a common type.
extension QueryBinder {
  func values(_ select: Syntax.SelectStmt) throws(BindingFailure) -> BoundQuery {
    if !select.lockingClause.isEmpty { throw refusal(SQLState("0A000"), "FOR UPDATE cannot be applied to VALUES", -1) }
    var rows: [[Expression]] = []
    var levels: [Level] = []
    var locations: [[Int32]] = []
    for list in select.valuesLists {
      guard case .list(let nodes) = list.kind else { throw .unsupported("VALUES without lists") }
      if let first = rows.first, first.count != nodes.count {
        throw refusal(SQLState("42601"), "VALUES lists must all be the same length", nodes.first?.location ?? -1)
      }
      let level = Level(scope: .none)
      level.clause = .values
      let scalar = ScalarBinder(surroundings: surroundings, level: level)
      rows.append(try scalar.expressions(nodes))
      locations.append(nodes.map(\.leftmost))
      levels.append(level)
    }
    let (unified, types) = try self.unified(rows, locations)
    let names = types.indices.map { Identifier("column\($0 + 1)") }
    var query = BoundQuery(plan: try plan(unified, types, levels), names: names)
    try order(&query, select, isUnion: false)
    return query
  }

  private func unified(
    _ rows: [[Expression]], _ locations: [[Int32]]
  ) throws(BindingFailure) -> ([[Expression]], [SQLType]) {
    var unified = rows
    var types: [SQLType] = []
    for place in rows[0].indices {
      let operands = rows.map { $0[place] }
      let column = try surroundings.located(locations.map { $0[place] }, operands.map(\.type.id)) { () throws(Failure) in
        try surroundings.builder.unified(operands, context: "VALUES")
      }
      for (row, expression) in column.expressions.enumerated() { unified[row][place] = expression }
      types.append(column.type)
    }
    return (unified, types)
  }

  /// Rows with subqueries are each a query of its own.
  private func plan(_ rows: [[Expression]], _ types: [SQLType], _ levels: [Level]) throws(BindingFailure) -> Plan {
    if levels.allSatisfy({ $0.subqueries.isEmpty }) { return .values(rows, types) }
    var plan: Plan?
    for (row, level) in zip(rows, levels) {
      try surroundings.binding.spend(2)
      var stage = Stage(level, .oneRow, width: 0, surroundings)
      let lowered = try stage.lowered(row)
      let one = Plan.project(stage.plan, lowered)
      plan = plan.map { .combine(.init(.union, all: true, $0, one)) } ?? one
    }
    return plan!
  }
}

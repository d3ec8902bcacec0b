import Expressions
import Queries
import Relations

/// Columns that are named above `GROUP BY` and are no part of a key, in the order in which PostgreSQL looks for them: the select list
/// with what the order and windows need, then `HAVING`.
///
/// An expression does not say where in the text its columns are. So those that it names are counted, and the uses that the level has
/// noted in the same clause are counted along.
struct UngroupedColumns {
  let keys: [Expression]
  let level: Level
  let surroundings: Surroundings

  func refuse(_ clauses: Clauses) throws(BindingFailure) {
    for (expression, place) in zip(clauses.targets.expressions, clauses.targets.places) { try refuse(expression, place.uses) }
    if let having = clauses.having { try refuse(having, clauses.havingUses) }
  }

  private func refuse(_ expression: Expression, _ uses: Range<Int>) throws(BindingFailure) {
    var search = Search(keys: keys, level: level)
    search.visit(expression)
    guard let (place, inSubquery) = search.found else { return }
    let uses = level.uses[uses].filter { $0.place == place && !$0.isInAggregate }
    let location = uses.isEmpty ? -1 : uses[min(search.grouped[place, default: 0], uses.count - 1)].location
    throw ungrouped(place, inSubquery: inSubquery, location)
  }

  func ungrouped(_ place: Int, inSubquery: Bool, _ location: Int32) -> BindingFailure {
    let column = level.scope.written(place)
    let message =
      inSubquery
      ? "subquery uses ungrouped column \"\(column)\" from outer query"
      : "column \"\(column)\" must appear in the GROUP BY clause or be used in an aggregate function"
    return surroundings.refusal(SQLState("42803"), message, location)
  }

  private struct Search {
    let keys: [Expression]
    let level: Level
    /// The first one.
    var found: (place: Int, inSubquery: Bool)?
    /// How often each column was named before, within keys.
    var grouped: [Int: Int] = [:]

    mutating func visit(_ expression: Expression, inSubquery: Bool = false) {
      if found != nil { return }
      if !expression.isConstantValue, keys.contains(expression) {
        for place in expression.columns { grouped[place, default: 0] += 1 }
        return
      }
      guard case .column(let place, _) = expression else {
        for child in expression.children { visit(child, inSubquery: inSubquery) }
        return
      }
      switch Reference(place) {
      case .input(let place): found = (place, inSubquery)
      case .subquery(let number):
        let subquery = level.subqueries[number]
        switch subquery.kind {
        case .any(let comparison), .all(let comparison): visit(comparison, inSubquery: inSubquery)
        default: break
        }
        _ = subquery.plan.mappingOuter { outward, place, type in
          if outward == 1 { visit(.column(place, type), inSubquery: true) }
          return .outer(level: outward, place, type)
        }
      case .window(let number): for expression in level.windows[number].expressions { visit(expression) }
      case .series(let number): for argument in level.series[number].arguments { visit(argument) }
      case .aggregate, .grouping, .compared: break
      }
    }
  }
}

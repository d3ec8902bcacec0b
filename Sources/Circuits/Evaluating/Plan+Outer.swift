import Expressions
import Queries
import Relations

extension Plan {
  /// The columns of the rows around that a dependent plan names, in an order of their own: of the nearest row first.
  var outerColumns: [(column: OuterColumn, type: SQLType)] {
    var found: [OuterColumn: SQLType] = [:]
    collectOuter(depth: 0, &found)
    return found.sorted { ($0.key.level, $0.key.index) < ($1.key.level, $1.key.index) }.map { ($0.key, $0.value) }
  }

  private func collectOuter(depth: Int, _ found: inout [OuterColumn: SQLType]) {
    for expression in ownExpressions { expression.collectOuter(depth, &found) }
    for (place, input) in inputs.enumerated() { input.collectOuter(depth: depth + (isDependent(place) ? 1 : 0), &found) }
  }

  /// Whether the input at a place is a dependent plan, for which this operator's rows are the rows around.
  func isDependent(_ place: Int) -> Bool {
    switch self {
    case .apply: place == 1
    case .join(let join): place == 1 && join.isLateral
    default: false
    }
  }

  /// The expressions of this operator alone.
  var ownExpressions: [Expression] {
    switch self {
    case .oneRow, .scan, .working, .distinct, .combine, .recursive: []
    case .values(let rows, _): rows.flatMap { $0 }
    case .rows(let functions): functions.calls.flatMap(\.arguments)
    case .filter(_, let condition): [condition]
    case .project(_, let expressions), .distinctOn(_, let expressions): expressions
    case .join(let join): [join.condition]
    case .apply(let apply):
      switch apply.kind {
      case .any(let comparison), .all(let comparison): [comparison]
      case .scalar, .exists, .array: []
      }
    case .aggregate(_, let aggregation): aggregation.expressions
    case .window(_, let calls): calls.flatMap(\.expressions)
    case .sort(_, let keys): keys.map(\.expression)
    case .limit(_, let limit): [limit.count, limit.offset].compactMap { $0 } + (limit.ties ?? []).map(\.expression)
    }
  }
}

extension Plan.WindowCall {
  var expressions: [Expression] {
    arguments + (filter.map { [$0] } ?? []) + partition + order.map(\.expression) + frame.start.expressions + frame.end.expressions
  }
}

extension Plan.Frame.Bound {
  fileprivate var expressions: [Expression] {
    switch self {
    case .preceding(let distance), .following(let distance): [distance]
    case .unboundedPreceding, .currentRow, .unboundedFollowing: []
    }
  }
}

extension Expression {
  fileprivate func collectOuter(_ depth: Int, _ found: inout [OuterColumn: SQLType]) {
    if case .outer(let level, let index, let type) = self {
      if level > depth { found[OuterColumn(level: level - depth, index: index)] = type }
      return
    }
    for child in children { child.collectOuter(depth, &found) }
  }
}

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

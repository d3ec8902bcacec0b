import Expressions
import Queries
import Relations

/// Which columns of its tables a plan looks at: what is looked up need not be more.
extension Plan {
  /// Per table, ascending.
  var usedColumns: [TableID: [Int]] {
    var used: [TableID: Set<Int>] = [:]
    collectUsed(Set(types.indices), &used)
    return used.mapValues { $0.sorted() }
  }

  /// - Parameter needed: which of its columns are looked at above.
  private func collectUsed(_ needed: Set<Int>, _ used: inout [TableID: Set<Int>]) {
    func all(_ plan: Plan) -> Set<Int> { Set(plan.types.indices) }
    var own = ownExpressions.reduce(into: Set<Int>()) { $0.formUnion($1.columns) }
    switch self {
    case .scan(let scan): used[scan.table, default: []].formUnion(needed)
    case .filter(let input, _), .sort(let input, _): input.collectUsed(needed.union(own), &used)
    case .project(let input, _), .aggregate(let input, _): input.collectUsed(own, &used)
    case .window(let input, _):
      let width = input.types.count
      input.collectUsed(own.union(needed.filter { $0 < width }), &used)
    case .join(let join):
      let width = join.left.types.count
      own.formUnion(needed)
      if join.isLateral { own.formUnion(join.right.outerColumns.filter { $0.column.level == 1 }.map(\.column.index)) }
      join.left.collectUsed(own.filter { $0 < width }, &used)
      join.right.collectUsed(Set(own.filter { $0 >= width }.map { $0 - width }), &used)
    case .apply(let apply):
      let width = apply.input.types.count
      let around = apply.subquery.outerColumns.filter { $0.column.level == 1 }.map(\.column.index)
      apply.input.collectUsed(own.union(needed).union(around).filter { $0 < width }, &used)
      apply.subquery.collectUsed(all(apply.subquery), &used)
    // Whole rows are compared, if only to see whether they tie.
    case .distinct, .distinctOn, .limit, .combine, .recursive: for input in inputs { input.collectUsed(all(input), &used) }
    case .oneRow, .values, .rows, .working: break
    }
  }
}

import Expressions
import Relations

/// What a query depends on in one table: a condition that bounds the rows it can see, and the columns it looks at in them.
///
/// A row for which the condition is false or null can come, go and change without the answer changing. A row for which it raises
/// is inside: an error is an answer. It may be larger than what the query really sees, and is never smaller.
public struct Footprint: Hashable, Sendable {
  public let table: TableID
  /// Over the table's columns; true for all rows.
  public let condition: Expression
  /// The columns whose values reach the answer from rows inside, in order: rows inside that agree in these are as good as each other.
  public let projected: [Int]

  /// - Parameter projected: the columns that matter of rows for which the condition is true. Where a condition may raise, whatever it
  ///   looks at matters as well: of two rows inside, one may be true and the other an error.
  public init(table: TableID, condition: Expression, projected: [Int]) {
    self.table = table
    self.condition = condition
    self.projected = condition.isTotal ? projected : condition.columns.union(projected).sorted()
  }

  /// Every column it looks at: an update of others leaves the answer alone.
  public var columns: [Int] { Set(projected).union(condition.columns).sorted() }
}

extension Query {
  /// A footprint for each table that the query names, in the order of the plan.
  public var footprints: [Footprint] { plan.footprints(condition: .constant(.bool(true), .bool), used: Set(plan.types.indices)) }
}

extension Plan {
  /// - Parameters:
  ///   - condition: what is known of the rows of this operator that matter to the answer, over its columns.
  ///   - used: which of its columns matter.
  fileprivate func footprints(condition: Expression, used: Set<Int>) -> [Footprint] {
    switch self {
    case .oneRow, .values, .working, .rows: []
    case .scan(let scan): [Footprint(table: scan.table, condition: condition, projected: used.sorted())]
    case .filter(let input, let filter): input.footprints(condition: .conjunction(filter, condition), used: used)
    case .project(let input, let expressions):
      // Conditions are not carried through computed columns: that makes the footprint larger, never smaller. What they look at is used.
      input.footprints(
        condition: .constant(.bool(true), .bool),
        used: used.union(condition.columns).reduce(into: []) { $0.formUnion(expressions[$1].columns) })
    case .aggregate(let input, let aggregation):
      input.footprints(condition: .constant(.bool(true), .bool), used: aggregation.columns)
    default:
      // Everything below is looked at as a whole: too much, and never too little.
      inputs.flatMap { $0.footprints(condition: .constant(.bool(true), .bool), used: Set($0.types.indices)) }
    }
  }
}

extension Plan.Aggregation {
  fileprivate var columns: Set<Int> {
    let expressions = keys + calls.flatMap { $0.arguments + ($0.filter.map { [$0] } ?? []) }
    return expressions.reduce(into: []) { $0.formUnion($1.columns) }
  }
}

extension Expression {
  /// The columns that it names.
  public var columns: Set<Int> {
    if case .column(let index, _) = self { return [index] }
    return children.reduce(into: []) { $0.formUnion($1.columns) }
  }

  /// Both conditions, in this order; a condition that is plainly true is left out.
  fileprivate static func conjunction(_ a: Expression, _ b: Expression) -> Expression {
    let conditions = [a, b].filter { $0 != .constant(.bool(true), .bool) }
    return switch conditions.count {
    case 0: .constant(.bool(true), .bool)
    case 1: conditions[0]
    default: .and(conditions)
    }
  }
}

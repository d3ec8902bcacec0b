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
    let isTotal = condition.isTotal || ((try? condition.folded())?.isTotal ?? false)
    self.projected =
      isTotal || Planted.bug("what raises is not projected") ? projected : condition.columns.union(projected).sorted()
  }

  /// Every column it looks at: an update of others leaves the answer alone.
  public var columns: [Int] { Set(projected).union(condition.columns).sorted() }
}

extension Query {
  /// What the query depends on: one footprint for each naming of a table, in the order of the plan; namings that depend on the same
  /// share one.
  public var footprints: [Footprint] {
    var finder = FootprintFinder()
    finder.visit(plan, Demand(used: Set(plan.types.indices)))
    return finder.footprints
  }
}

import Expressions
import Relations

/// A query as a tree of relational operators over tables: bound, typed, and free of the text that it came from.
///
/// A plain value that knows nothing of parsers. Expressions name the columns of the operator below them by place; those of a
/// *dependent* plan (the subquery of an `apply`, the right side of a lateral join) reach the row around it by `Expression.outer`. Two
/// texts mean the same if their plans are equal.
///
/// Rows come in some order that means nothing, except from `sort`, and from `limit`, `project` and `filter` directly over it.
public indirect enum Plan: Hashable, Sendable {
  /// One row without columns: what `SELECT 1` reads.
  case oneRow
  /// All rows of a table, with all its columns in their order.
  case scan(Scan)
  /// Rows that are written in the query, over no columns.
  case values([[Expression]], [SQLType])
  /// Rows that functions make, over no columns: `FROM generate_series(1, 10)`.
  case rows(TableFunctions)
  /// The rows for which the condition is true.
  case filter(Plan, Expression)
  case project(Plan, [Expression])
  case join(Join)
  /// Each row with one more column: what a subquery says of it.
  case apply(Apply)
  case aggregate(Plan, Aggregation)
  /// Each row with one more column for each window function.
  case window(Plan, [WindowCall])
  /// One of each group of rows that are equal; which one, if they print differently, is open.
  case distinct(Plan)
  /// The first row of each group in which these are equal, in the order of the rows.
  case distinctOn(Plan, [Expression])
  case sort(Plan, [SortKey])
  case limit(Plan, Limit)
  case combine(SetOperation)
  case recursive(Recursion)
  /// The rows that the last round of a recursion found; only in its `step`. Level 1 is the nearest recursion around it.
  case working(level: Int, [SQLType])
}

extension Plan {
  /// The types of its columns.
  public var types: [SQLType] {
    switch self {
    case .oneRow: []
    case .scan(let scan): scan.columns
    case .values(_, let types), .working(_, let types): types
    case .rows(let functions): functions.types
    case .filter(let input, _), .distinct(let input), .distinctOn(let input, _), .sort(let input, _), .limit(let input, _):
      input.types
    case .project(_, let expressions): expressions.map(\.type)
    case .join(let join): join.left.types + join.right.types
    case .apply(let apply): apply.input.types + [apply.type]
    case .aggregate(_, let aggregation): aggregation.types
    case .window(let input, let calls): input.types + calls.map(\.type)
    case .combine(let operation): operation.left.types
    case .recursive(let recursion): recursion.initial.types
    }
  }

  /// The plans directly below, in the order in which the query names them. A dependent one comes after what it depends on.
  public var inputs: [Plan] {
    switch self {
    case .oneRow, .scan, .values, .rows, .working: []
    case .filter(let input, _), .project(let input, _), .aggregate(let input, _), .window(let input, _), .distinct(let input),
      .distinctOn(let input, _), .sort(let input, _), .limit(let input, _):
      [input]
    case .join(let join): [join.left, join.right]
    case .apply(let apply): [apply.input, apply.subquery]
    case .combine(let operation): [operation.left, operation.right]
    case .recursive(let recursion): [recursion.initial, recursion.step]
    }
  }
}

import Expressions
import Relations

/// What an operator consists of, whatever it is.
extension Plan {
  /// Whether the input at a place is a dependent plan, for which this operator's rows are the rows around.
  public func isDependent(_ place: Int) -> Bool {
    switch self {
    case .apply: place == 1
    case .join(let join): place == 1 && join.isLateral
    default: false
    }
  }

  /// The expressions of this operator alone.
  public var ownExpressions: [Expression] {
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
    case .aggregate(_, let aggregation): aggregation.keys + aggregation.calls.flatMap(\.parts)
    case .window(_, let calls): calls.flatMap(\.parts)
    case .sort(_, let keys): keys.map(\.expression)
    case .limit(_, let limit): [limit.count, limit.offset].compactMap { $0 } + (limit.ties ?? []).map(\.expression)
    }
  }
}

extension Plan.AggregateCall {
  public var parts: [Expression] { arguments + (filter.map { [$0] } ?? []) + order.map(\.expression) }
}

extension Plan.WindowCall {
  public var parts: [Expression] {
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

extension Plan {
  /// For `EXISTS`: PostgreSQL does not look at what would be selected, nor at its order.
  public var withoutTargets: Plan {
    switch self {
    case .project(let input, _), .sort(let input, _), .distinct(let input): input.withoutTargets
    default: self
    }
  }
}

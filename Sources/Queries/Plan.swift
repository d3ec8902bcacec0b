import Expressions
import Relations

/// A query as a tree of relational operators over tables: bound, typed, and free of the text that it came from.
///
/// A plain value that knows nothing of parsers. Expressions name the columns of the operator below them by place. Two texts
/// mean the same if their plans are equal.
public indirect enum Plan: Hashable, Sendable {
  /// One row without columns: what `SELECT 1` reads.
  case oneRow
  /// All rows of a table, with all its columns in their order.
  case scan(Scan)
  /// The rows for which the condition is true.
  case filter(Plan, Expression)
  case project(Plan, [Expression])
  case aggregate(Plan, Aggregation)
}

extension Plan {
  /// A table as a query names it.
  public struct Scan: Hashable, Sendable {
    public let table: TableID
    public let columns: [SQLType]

    public init(_ table: TableID, columns: [SQLType]) {
      self.table = table
      self.columns = columns
    }
  }

  /// Rows gathered into groups. Its columns are the keys, then the aggregates. Without keys there is one group, also of nothing.
  public struct Aggregation: Hashable, Sendable {
    public let keys: [Expression]
    public let calls: [AggregateCall]

    public init(keys: [Expression], calls: [AggregateCall]) {
      self.keys = keys
      self.calls = calls
    }
  }

  /// One aggregate over the rows of a group: `count(DISTINCT x) FILTER (WHERE y)`.
  public struct AggregateCall: Hashable, Sendable {
    public let function: FunctionID
    public let arguments: [Expression]
    public let isDistinct: Bool
    public let filter: Expression?
    public let type: SQLType

    public init(function: FunctionID, arguments: [Expression], isDistinct: Bool, filter: Expression?, type: SQLType) {
      self.function = function
      self.arguments = arguments
      self.isDistinct = isDistinct
      self.filter = filter
      self.type = type
    }
  }
}

extension Plan {
  /// The types of its columns.
  public var types: [SQLType] {
    switch self {
    case .oneRow: []
    case .scan(let scan): scan.columns
    case .filter(let input, _): input.types
    case .project(_, let expressions): expressions.map(\.type)
    case .aggregate(_, let aggregation): aggregation.keys.map(\.type) + aggregation.calls.map(\.type)
    }
  }

  /// The plan with each of its expressions replaced, from the bottom up and from left to right.
  public func mapping<E>(_ replace: (Expression) throws(E) -> Expression) throws(E) -> Plan {
    func all(_ expressions: [Expression]) throws(E) -> [Expression] {
      var replaced: [Expression] = []
      for expression in expressions { replaced.append(try replace(expression)) }
      return replaced
    }
    switch self {
    case .oneRow, .scan: return self
    case .filter(let input, let condition): return .filter(try input.mapping(replace), try replace(condition))
    case .project(let input, let expressions): return .project(try input.mapping(replace), try all(expressions))
    case .aggregate(let input, let aggregation):
      let below = try input.mapping(replace)
      let keys = try all(aggregation.keys)
      var calls: [AggregateCall] = []
      for call in aggregation.calls {
        let arguments = try all(call.arguments)
        var filter: Expression?
        if let condition = call.filter { filter = try replace(condition) }
        calls.append(
          AggregateCall(function: call.function, arguments: arguments, isDistinct: call.isDistinct, filter: filter, type: call.type)
        )
      }
      return .aggregate(below, Aggregation(keys: keys, calls: calls))
    }
  }
}

import Expressions
import Relations

/// What operators with more than an input and an expression consist of.
extension Plan {
  /// A table as a query names it.
  public struct Scan: Hashable, Sendable {
    public let table: TableID
    public let columns: [SQLType]
    /// Columns in which no two rows agree, in any state of the table.
    public let keys: [[Int]]

    public init(_ table: TableID, columns: [SQLType], keys: [[Int]] = []) {
      self.table = table
      self.columns = columns
      self.keys = keys
    }
  }

  /// Set-returning functions side by side, as `ROWS FROM` has them: the shorter ones are filled up with nulls.
  public struct TableFunctions: Hashable, Sendable {
    public let calls: [Expression.Call]
    /// The types of all the calls' columns, and of the row number if it is asked for.
    public let types: [SQLType]
    /// `WITH ORDINALITY`: a last column that counts from 1.
    public let isNumbered: Bool

    public init(_ calls: [Expression.Call], types: [SQLType], isNumbered: Bool) {
      self.calls = calls
      self.types = types
      self.isNumbered = isNumbered
    }
  }

  /// Pairs of rows. The condition is over the columns of the left side and then those of the right one. Where a row of an outer
  /// side finds no partner, nulls stand for it.
  public struct Join: Hashable, Sendable {
    public let kind: Kind
    public let left: Plan
    public let right: Plan
    public let condition: Expression
    /// Whether the right side is a dependent plan, evaluated for each row of the left one.
    public let isLateral: Bool

    public enum Kind: Hashable, Sendable { case inner, left, right, full }

    public init(_ kind: Kind, _ left: Plan, _ right: Plan, on condition: Expression, isLateral: Bool = false) {
      self.kind = kind
      self.left = left
      self.right = right
      self.condition = condition
      self.isLateral = isLateral
    }
  }

  /// A subquery in an expression. It is a dependent plan; what it says of a row is a column behind those of the input.
  public struct Apply: Hashable, Sendable {
    public let input: Plan
    public let subquery: Plan
    public let kind: Kind

    public enum Kind: Hashable, Sendable {
      /// The one column of the one row; null if there is none. Several rows are an error, 21000.
      case scalar
      /// Whether there is a row.
      case exists
      /// `x op ANY (subquery)`, and `IN`: the comparison, over the columns of the input and then of the subquery, joined by `OR`
      /// over the rows.
      case any(Expression)
      /// `x op ALL (subquery)`: joined by `AND`.
      case all(Expression)
      /// `ARRAY(subquery)`, of this type.
      case array(SQLType)
    }

    public init(_ input: Plan, _ subquery: Plan, _ kind: Kind) {
      self.input = input
      self.subquery = subquery
      self.kind = kind
    }

    public var type: SQLType {
      switch kind {
      case .scalar: subquery.types[0]
      case .exists, .any, .all: .bool
      case .array(let type): type
      }
    }
  }

  /// Rows gathered into groups. Its columns are the keys, the aggregates, and the `GROUPING` masks.
  public struct Aggregation: Hashable, Sendable {
    public let keys: [Expression]
    /// The grouping sets, each by places of keys. A key that is not in its set is null. The plain `GROUP BY` is one set of all keys. A
    /// set without keys has one group, also of nothing.
    public let sets: [[Int]]
    public let calls: [AggregateCall]
    /// `GROUPING(…)`, each by places of keys: a bit per key, the last one the lowest, set where the key is not in the set.
    public let groupings: [[Int]]

    public init(keys: [Expression], sets: [[Int]]? = nil, calls: [AggregateCall], groupings: [[Int]] = []) {
      self.keys = keys
      self.sets = sets ?? [Array(keys.indices)]
      self.calls = calls
      self.groupings = groupings
    }

    public var types: [SQLType] { keys.map(\.type) + calls.map(\.type) + groupings.map { _ in .int4 } }
  }

  /// One aggregate over the rows of a group: `string_agg(DISTINCT x, ',' ORDER BY z) FILTER (WHERE y)`.
  public struct AggregateCall: Hashable, Sendable {
    public let function: FunctionID
    /// Of an ordered-set aggregate, the direct arguments; what is aggregated is in `order`.
    public let arguments: [Expression]
    public let isDistinct: Bool
    public let filter: Expression?
    public let order: [SortKey]
    public let type: SQLType

    public init(
      function: FunctionID, arguments: [Expression], isDistinct: Bool, filter: Expression?, order: [SortKey] = [], type: SQLType
    ) {
      self.function = function
      self.arguments = arguments
      self.isDistinct = isDistinct
      self.filter = filter
      self.order = order
      self.type = type
    }
  }

  /// A window function, or an aggregate over a frame.
  public struct WindowCall: Hashable, Sendable {
    public let function: FunctionID
    public let arguments: [Expression]
    public let filter: Expression?
    public let partition: [Expression]
    public let order: [SortKey]
    public let frame: Frame
    public let type: SQLType

    public init(
      function: FunctionID, arguments: [Expression], filter: Expression?, partition: [Expression], order: [SortKey], frame: Frame,
      type: SQLType
    ) {
      self.function = function
      self.arguments = arguments
      self.filter = filter
      self.partition = partition
      self.order = order
      self.frame = frame
      self.type = type
    }
  }

  /// Which rows of its partition a window function sees from a row.
  public struct Frame: Hashable, Sendable {
    public let mode: Mode
    public let start: Bound
    public let end: Bound
    public let exclusion: Exclusion

    public enum Mode: Hashable, Sendable { case rows, range, groups }
    public enum Bound: Hashable, Sendable {
      case unboundedPreceding, currentRow, unboundedFollowing
      case preceding(Expression)
      case following(Expression)
    }
    public enum Exclusion: Hashable, Sendable { case none, currentRow, group, ties }

    public init(_ mode: Mode, _ start: Bound, _ end: Bound, excluding exclusion: Exclusion = .none) {
      self.mode = mode
      self.start = start
      self.end = end
      self.exclusion = exclusion
    }

    /// What a window without a frame has.
    public static let standard = Frame(.range, .unboundedPreceding, .currentRow)
  }

  /// One expression of an `ORDER BY`.
  public struct SortKey: Hashable, Sendable {
    public let expression: Expression
    public let order: KeyOrder

    public init(_ expression: Expression, _ order: KeyOrder = .ascending) {
      self.expression = expression
      self.order = order
    }
  }

  /// Some rows of many. Null is no limit, and no offset.
  public struct Limit: Hashable, Sendable {
    public let count: Expression?
    public let offset: Expression?
    /// `WITH TIES`: rows that equal the last one in these come along.
    public let ties: [SortKey]?

    public init(count: Expression?, offset: Expression?, ties: [SortKey]? = nil) {
      self.count = count
      self.offset = offset
      self.ties = ties
    }
  }

  /// Both sides have the same types.
  public struct SetOperation: Hashable, Sendable {
    public let kind: Kind
    /// Whether rows are counted, or only there or not.
    public let isAll: Bool
    public let left: Plan
    public let right: Plan

    public enum Kind: Hashable, Sendable { case union, intersect, except }

    public init(_ kind: Kind, all isAll: Bool, _ left: Plan, _ right: Plan) {
      self.kind = kind
      self.isAll = isAll
      self.left = left
      self.right = right
    }
  }

  /// `WITH RECURSIVE`: the initial rows, and what `step` finds from the rows of the round before, until it finds nothing more.
  public struct Recursion: Hashable, Sendable {
    public let initial: Plan
    public let step: Plan
    /// `UNION ALL`; else a row that was found before is not found again.
    public let isAll: Bool

    public init(_ initial: Plan, step: Plan, all isAll: Bool) {
      self.initial = initial
      self.step = step
      self.isAll = isAll
    }
  }
}

import Relations

/// A typed scalar expression over the columns of a batch, as PostgreSQL's parser would leave it: every name resolved, every
/// implicit cast written out.
///
/// A plain value. It is made by `ExpressionBuilder`, simplified by `folded`, printed by `sql`, and computed by `Evaluator`,
/// the only thing in the house that gives expressions a meaning.
public indirect enum Expression: Hashable, Sendable {
  /// A column of the input batch, by place.
  case column(Int, SQLType)
  /// A column of the row around a dependent plan, by how many plans outward (1: the nearest) and by place. Whoever runs the plan puts
  /// a value in its stead; the evaluator has none.
  case outer(level: Int, Int, SQLType)
  /// A constant that comes with the evaluation: `$1` is `parameter(0, …)`. Constants are data, not programs.
  case parameter(Int, SQLType)
  case constant(Constant)
  /// A function, or the function behind an operator or a cast.
  case call(Call)
  /// The same value under another type that has the same bytes: `varchar` as `text`.
  case relabel(Expression, SQLType)
  /// A cast that prints the value and parses what was printed.
  case viaText(Expression, SQLType)
  /// Text that somebody compares, orders or folds by a collation. What binding leaves of these are collations that we do not have, which
  /// nobody evaluates, and sort keys by rules that we have: bytes that order as the texts do.
  case collated(Expression, Collating)
  case and([Expression])
  case or([Expression])
  case not(Expression)
  case isNull(Expression, negated: Bool)
  case isTruth(Expression, Truth, negated: Bool)
  /// `IS [NOT] DISTINCT FROM`: `equality` is the call of the types' `=`.
  case isDistinct(equality: Call, negated: Bool)
  /// `CASE`: the first branch whose condition is true. `CASE x WHEN …` has its comparisons written out.
  case branches([Branch], otherwise: Expression, SQLType)
  case coalesce([Expression], SQLType)
  /// `NULLIF`: null where `equality` is true, else its first argument.
  case nullIf(equality: Call, SQLType)
  /// `GREATEST` and `LEAST`, which skip nulls.
  case extreme(Extreme, [Expression], SQLType)
  /// `x = ANY (…)`, `x <> ALL (…)` over a list: `IN` and `NOT IN`.
  case quantified(Quantified)
  /// The same over the elements of an array: the one member of the list.
  case overArray(Quantified)
  /// `CURRENT_DATE` and the like: the clock is an input.
  case clock(ClockReading, SQLType)
}

extension Expression {
  public enum Truth: Hashable, Sendable { case `true`, `false`, unknown }
  public enum Extreme: Hashable, Sendable { case greatest, least }

  public enum ClockReading: Hashable, Sendable {
    case currentDate, currentTimestamp, localTimestamp
  }

  public struct Branch: Hashable, Sendable {
    public let condition: Expression
    public let value: Expression
    public init(condition: Expression, value: Expression) {
      self.condition = condition
      self.value = value
    }
  }

  /// One application of a built-in function.
  public struct Call: Hashable, Sendable {
    public let function: FunctionID
    public let arguments: [Expression]
    public let type: SQLType
    /// How it was written: as an operator, if it was one. Says nothing of what is computed.
    public let spelling: Spelling

    public init(function: FunctionID, arguments: [Expression], type: SQLType, spelling: Spelling = .function) {
      self.function = function
      self.arguments = arguments
      self.type = type
      self.spelling = spelling
    }

    public enum Spelling: Hashable, Sendable {
      case function, explicitCast, implicitCast
      case `operator`(OperatorID)
    }
  }

  /// A comparison of one operand with each member of a list.
  public struct Quantified: Hashable, Sendable {
    /// Compares a pair of the types of `operand` and `list`.
    public let comparison: FunctionID
    public let symbol: OperatorID
    public let operand: Expression
    public let list: [Expression]
    /// `ALL` if set, else `ANY`.
    public let all: Bool

    public init(comparison: FunctionID, symbol: OperatorID, operand: Expression, list: [Expression], all: Bool) {
      self.comparison = comparison
      self.symbol = symbol
      self.operand = operand
      self.list = list
      self.all = all
    }
  }
}

extension Expression {
  public var type: SQLType {
    switch self {
    case .column(_, let type), .outer(_, _, let type), .parameter(_, let type), .relabel(_, let type), .viaText(_, let type),
      .branches(_, _, let type),
      .coalesce(_, let type), .nullIf(_, let type), .extreme(_, _, let type), .clock(_, let type):
      type
    case .constant(let constant): constant.type
    case .call(let call): call.type
    case .collated(let operand, let collating): collating.rules == nil ? operand.type : SQLType(.bytea)
    case .and, .or, .not, .isNull, .isTruth, .isDistinct, .quantified, .overArray: .bool
    }
  }

  public static func constant(_ value: Value, _ type: SQLType) -> Expression { .constant(Constant(value, type)) }
}

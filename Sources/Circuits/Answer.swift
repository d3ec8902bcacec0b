import Expressions
import Queries
import Relations

/// What a query gives on a snapshot, and what of it SQL leaves open.
public struct Answer: Sendable {
  public let columns: [Query.OutputColumn]
  public let rows: Batch
  /// Where the query orders its rows: a number for each, ascending; rows with one number tie, and come in any order among themselves.
  /// Nil: all do.
  public let ranks: [Int32]?
  /// Empty if PostgreSQL gives this answer and no other one.
  public let doubts: Doubts
  /// By what the rows would have to be in order, and are not: then they are the answer's rows, and other rows make another answer.
  public let unknownOrder: Collating?

  public init(
    columns: [Query.OutputColumn], rows: Batch, ranks: [Int32]? = nil, doubts: Doubts = [], unknownOrder: Collating? = nil
  ) {
    self.columns = columns
    self.rows = rows
    self.ranks = ranks
    self.doubts = doubts
    self.unknownOrder = unknownOrder
  }

  public var isOrdered: Bool { ranks != nil }
}

/// Why PostgreSQL may give another answer than ours and be right too.
public struct Doubts: OptionSet, Hashable, Sendable {
  public let rawValue: UInt8
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// SQL allows several answers: `LIMIT` cuts through a tie, or one of several equal values that print differently is shown.
  public static let undetermined = Doubts(rawValue: 1)
  /// An aggregate or window function depends on the order of its input, which nothing fixes.
  public static let unordered = Doubts(rawValue: 2)
  /// A floating sum depends on the order of its input by rounding.
  public static let floatRounding = Doubts(rawValue: 4)
  /// The planner may evaluate something on rows that we did not look at, and it might raise there.
  public static let errorOrder = Doubts(rawValue: 8)
}

/// What becomes of a question.
public enum Outcome: Sendable {
  case rows(Answer)
  /// PostgreSQL raises this, whatever its planner does.
  case raised(SQLError)
  /// PostgreSQL raises this, or another error, or nothing: its planner decides.
  case errorOrder(SQLError)
  /// Something in it is not evaluated; what.
  case unsupported(String)
  /// The snapshot does not have the rows.
  case unreadable(SnapshotFailure)
}
